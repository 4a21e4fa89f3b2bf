//! Intrinsic functions of JSONPath: `States.Format('arn:aws:s3:::{}', $.bucket)`.
//! Source: <https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html>.

use serde_json::{Number, Value};

use super::path::Path;

/// Nested calls that Step Functions takes.
pub(super) const DEEPEST: usize = 10;

/// Every function that there is.
const FUNCTIONS: [&str; 18] = [
    "Array",
    "ArrayContains",
    "ArrayGetItem",
    "ArrayLength",
    "ArrayPartition",
    "ArrayRange",
    "ArrayUnique",
    "Base64Decode",
    "Base64Encode",
    "Format",
    "Hash",
    "JsonMerge",
    "JsonToString",
    "MathAdd",
    "MathRandom",
    "StringSplit",
    "StringToJson",
    "UUID",
];

/// What is said of one that is not among them; AWS may have added it since.
pub(super) const NO_FUNCTION: &str = "no intrinsic function has this name";

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    /// A text as it stands between its quotes.
    Text(String),
    /// A number, a boolean or null.
    Literal(Value),
    Path(Path),
    Call(Call),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    /// Without `States.`.
    pub(super) name: String,
    pub(super) arguments: Vec<Term>,
}

impl Call {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut reader = Reader { rest: text };
        let call = reader.call(1)?;
        if reader.rest.is_empty() { Ok(call) } else { Err("something follows the closing )") }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn call(&mut self, depth: usize) -> Result<Call, &'static str> {
        if depth > DEEPEST {
            return Err("more than 10 nested intrinsic functions");
        }
        let after = self.rest.strip_prefix("States.").ok_or("an intrinsic function starts with States.")?;
        let end = after.find('(').ok_or("an intrinsic function has ( )")?;
        let name = &after[..end];
        if !FUNCTIONS.contains(&name) {
            return Err(NO_FUNCTION);
        }
        self.rest = after[end + 1..].trim_start();
        let mut arguments = Vec::new();
        while !self.take(')') {
            if !arguments.is_empty() && !self.take(',') {
                return Err("arguments stand between commas");
            }
            self.rest = self.rest.trim_start();
            arguments.push(self.argument(depth)?);
            self.rest = self.rest.trim_start();
        }
        Ok(Call { name: name.to_owned(), arguments })
    }

    fn take(&mut self, c: char) -> bool {
        let after = self.rest.strip_prefix(c);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn argument(&mut self, depth: usize) -> Result<Term, &'static str> {
        match self.rest.chars().next() {
            Some('\'') => self.text(),
            Some('$') => Path::parse(self.until_comma()).map(Term::Path),
            Some('S') => self.call(depth + 1).map(Term::Call),
            _ => {
                let word = self.until_comma();
                let literal = serde_json::from_str(word).ok().filter(|value: &Value| !value.is_string());
                literal
                    .map(Term::Literal)
                    .ok_or("an argument is a 'text', a number, true, false, null, a path or a call")
            }
        }
    }

    fn text(&mut self) -> Result<Term, &'static str> {
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\'' => {
                    let text = self.rest[1..at].to_owned();
                    self.rest = &self.rest[at + 1..];
                    return Ok(Term::Text(text));
                }
                _ => {}
            }
        }
        Err("a text is not closed")
    }

    /// Up to the comma or the bracket that ends the argument.
    fn until_comma(&mut self) -> &'a str {
        let (mut depth, mut quote) = (0_usize, None);
        for (at, c) in self.rest.char_indices() {
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (None, '\'' | '"') => quote = Some(c),
                (None, '[' | '(') => depth += 1,
                (None, ',' | ')') if depth == 0 => {
                    let (word, rest) = self.rest.split_at(at);
                    self.rest = rest;
                    return word.trim_end();
                }
                (None, ']' | ')') => depth = depth.saturating_sub(1),
                (Some(_) | None, _) => {}
            }
        }
        std::mem::take(&mut self.rest)
    }
}

/// A text as it stands between quotes, read: `\'`, `\{`, `\}` and `\\` stand for what follows the backslash.
pub(super) fn unescaped(text: &str) -> String {
    let (mut out, mut escaped) = (String::with_capacity(text.len()), false);
    for c in text.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            c => {
                out.push(c);
                escaped = false;
            }
        }
    }
    out
}

/// A format's texts around its `{}`.
pub(super) fn format_pieces(format: &str) -> Vec<String> {
    let (mut pieces, mut piece, mut characters) = (Vec::new(), String::new(), format.chars().peekable());
    while let Some(c) = characters.next() {
        match c {
            '\\' => piece.extend(characters.next()),
            '{' if characters.peek() == Some(&'}') => {
                characters.next();
                pieces.push(std::mem::take(&mut piece));
            }
            c => piece.push(c),
        }
    }
    pieces.push(piece);
    pieces
}

/// Whether `call` has arguments that its function never takes: a text where only numbers go, too many or too few.
pub(super) fn misuse(call: &Call) -> Option<&'static str> {
    let arguments = call.arguments.as_slice();
    let fits = match call.name.as_str() {
        "Array" => true,
        "Format" => !arguments.is_empty(),
        "UUID" => arguments.is_empty(),
        "ArrayLength" | "ArrayUnique" | "Base64Decode" | "Base64Encode" | "JsonToString" | "StringToJson" => {
            arguments.len() == 1
        }
        "ArrayRange" | "JsonMerge" => arguments.len() == 3,
        "MathRandom" => matches!(arguments.len(), 2 | 3),
        _ => arguments.len() == 2,
    };
    let whole =
        |term: &Term| !matches!(term, Term::Literal(value) if !value.as_f64().is_some_and(|n| n.fract() == 0.0));
    let numbers = |terms: &[Term]| terms.iter().all(|term| !matches!(term, Term::Text(_)) && whole(term));
    let inner = || arguments.iter().find_map(|term| if let Term::Call(call) = term { misuse(call) } else { None });
    match call.name.as_str() {
        _ if !fits => Some("the function takes another number of arguments"),
        "MathAdd" | "MathRandom" | "ArrayRange" if !numbers(arguments) => Some("the function takes whole numbers"),
        _ => inner(),
    }
}

/// A whole number that every implementation writes alike.
pub(super) fn whole(number: &Number) -> Option<i64> {
    number.as_i64().filter(|n| n.unsigned_abs() < 1 << 53)
}

#[cfg(test)]
mod tests {
    use super::{Call, Term, format_pieces, misuse, unescaped};

    #[test]
    fn calls() {
        let call =
            Call::parse(r"States.Format('a {} \'b\' \{\} {}', $.x['a,b)'], States.Array(1, true, null))").unwrap();
        assert_eq!(call.name, "Format");
        let [Term::Text(format), Term::Path(_), Term::Call(array)] = call.arguments.as_slice() else {
            panic!("{call:?}")
        };
        assert_eq!(format_pieces(format), ["a ", " 'b' {} ", ""]);
        assert_eq!(array.arguments.len(), 3);
        assert_eq!(Call::parse("States.UUID()").unwrap().arguments, []);
        assert_eq!(unescaped(r"it\'s \\"), r"it's \");
    }

    #[test]
    fn what_is_no_call() {
        for text in [
            "States.Format(",
            "States.Format('a)",
            "States.Xyz($.a)",
            " States.Array(1)",
            "States.Array(1) ",
            "States.Array(\"a\")",
            "States.Array(a)",
            "States.Array(1 2)",
            "States.Array",
        ] {
            assert!(Call::parse(text).is_err(), "{text}");
        }
        let nested = |n: usize| format!("{}1{}", "States.Array(".repeat(n), ")".repeat(n));
        assert!(Call::parse(&nested(10)).is_ok() && Call::parse(&nested(11)).is_err());
        assert!(Call::parse(&nested(100_000)).is_err());
    }

    #[test]
    fn arguments_that_a_function_never_takes() {
        for text in
            ["States.MathAdd(1,'-1')", "States.UUID(1)", "States.Array(States.MathAdd(1.5, 1))", "States.Format()"]
        {
            assert!(misuse(&Call::parse(text).unwrap()).is_some(), "{text}");
        }
        assert_eq!(misuse(&Call::parse("States.MathAdd(1, $.a)").unwrap()), None);
    }
}
