//! Paths of JSONPath: `$.a[0].b`, `$$.Execution.Id`, `$variable.field`.

/// What a path starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Root {
    /// `$`
    Input,
    /// `$$`
    Context,
    /// `$name`
    Variable(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
    /// A wildcard, slice, filter, descent, function or index from the end: it may select any number of things.
    Many,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) root: Root,
    pub(super) steps: Vec<Step>,
}

impl Path {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let Some(rest) = text.strip_prefix('$') else { return Err("a path starts with $") };
        let (root, rest) = match rest.chars().next() {
            None | Some('.' | '[') => (Root::Input, rest),
            Some('$') => (Root::Context, &rest[1..]),
            Some(first) if first.is_alphabetic() || first == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                (Root::Variable(rest[..end].to_owned()), &rest[end..])
            }
            Some(_) => return Err("after $ comes a step or the name of a variable"),
        };
        Ok(Self { root, steps: steps(rest)? })
    }

    /// It names one place: a reference path.
    pub(super) fn is_reference(&self) -> bool {
        !self.steps.contains(&Step::Many)
    }

    /// The keys joined by dots, where there are only keys.
    pub(super) fn dotted(&self) -> Option<String> {
        let key = |step: &Step| match step {
            Step::Key(key) => Some(key.clone()),
            _ => None,
        };
        Some(self.steps.iter().map(key).collect::<Option<Vec<_>>>()?.join("."))
    }
}

fn steps(mut rest: &str) -> Result<Vec<Step>, &'static str> {
    let mut steps = Vec::new();
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '[' => {
                let end = closing(rest).ok_or("a [ is not closed")?;
                steps.push(bracket(rest[1..end].trim())?);
                &rest[end + 1..]
            }
            '.' if rest.starts_with("..") => {
                steps.push(Step::Many);
                let after = &rest[2..];
                if after.starts_with('[') { after } else { name(after)?.1 }
            }
            '.' if rest[1..].starts_with('[') => &rest[1..],
            '.' => {
                let (step, after) = name(&rest[1..])?;
                steps.push(step);
                after
            }
            _ => return Err("a step of a path starts with . or ["),
        };
    }
    Ok(steps)
}

/// `name`, `*` or `name()`.
fn name(text: &str) -> Result<(Step, &str), &'static str> {
    let end = text.find(['.', '[', ']', '(', ')', '\'', '"', ',', '?', '@']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    if word.trim().is_empty() {
        return Err("a step of a path has a name");
    }
    if rest.starts_with('(') {
        let end = closing(rest).ok_or("a ( is not closed")?;
        return Ok((Step::Many, &rest[end + 1..]));
    }
    Ok((if word == "*" { Step::Many } else { Step::Key(word.to_owned()) }, rest))
}

fn bracket(inside: &str) -> Result<Step, &'static str> {
    let quoted = |quote: char| {
        let word = inside.strip_prefix(quote)?.strip_suffix(quote)?;
        (inside.len() > 1 && !word.contains(quote) && !word.contains('\\')).then(|| word.to_owned())
    };
    if let Some(word) = quoted('\'').or_else(|| quoted('"')) {
        return Ok(Step::Key(word));
    }
    if let Ok(index) = inside.parse() {
        return Ok(Step::Index(index));
    }
    let plain = !inside.is_empty() && inside.chars().all(|c| c.is_ascii_digit() || "-:, *".contains(c));
    let list = inside.starts_with('\'') || inside.starts_with('"');
    let script = inside.starts_with('?') || inside.starts_with('(');
    if plain || list || script { Ok(Step::Many) } else { Err("what stands in [ ] is no index, name, slice or filter") }
}

/// Where the bracket that opens `text` closes; brackets in quotes do not count.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Path, Root, Step};

    #[test]
    fn references() {
        let key = |name: &str| Step::Key(name.to_owned());
        for (text, root, steps) in [
            ("$", Root::Input, vec![]),
            ("$.a.b-c[0]['d e']", Root::Input, vec![key("a"), key("b-c"), Step::Index(0), key("d e")]),
            ("$['a'].b", Root::Input, vec![key("a"), key("b")]),
            ("$$", Root::Context, vec![]),
            ("$$.Map.Item.Value", Root::Context, vec![key("Map"), key("Item"), key("Value")]),
            ("$cfg.bucket", Root::Variable("cfg".to_owned()), vec![key("bucket")]),
            ("$list[1]", Root::Variable("list".to_owned()), vec![Step::Index(1)]),
        ] {
            assert_eq!(Path::parse(text), Ok(Path { root, steps }), "{text}");
        }
    }

    #[test]
    fn paths_that_select_many() {
        for text in [
            "$.a[*]",
            "$.a[1:3]",
            "$.a[-1]",
            "$..b",
            "$.*",
            "$.store.book[?(@.price < 10)].title",
            "$.a[?(@.n == ']')]",
            "$.a.length()",
            "$.vals[3:]",
            "$['a','b']",
            "$..[0]",
            "$.a[(@.length-1)]",
        ] {
            assert!(!Path::parse(text).unwrap().is_reference(), "{text}");
        }
    }

    #[test]
    fn what_is_no_path() {
        for text in [
            "", "a", ".guid", "..guid", "()", "$...", "$.", "$a.", "$23", "$$23", "$.a[", "$.a[]", "$.a[x]", "$ .a",
            "$.a]",
        ] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }
}
