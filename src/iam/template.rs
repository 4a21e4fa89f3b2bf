use super::context::{Context, Keys, Lookup};
use super::glob::{Token, glob_matches, tokens_match};
use super::tri::Tri;

/// A text of a policy that may hold wildcards and variables, split once.
///
/// `${key}` and `${key, 'default'}` are variables from version 2012-10-17 on; `${*}`, `${?}` and `${$}` are the characters
/// themselves. What a variable brings is text, never a wildcard.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Template {
    /// `*`: matches every text where wildcards count.
    Everything(Box<str>),
    /// No wildcard and no variable.
    Exact(Box<str>),
    /// Wildcards only.
    Glob(Box<str>),
    Pieces(Box<[Piece]>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Text(Box<str>),
    /// A character that would be a wildcard, meant literally.
    Literal(u8),
    Variable {
        key: Box<str>,
        default: Option<Box<str>>,
    },
}

/// How a text is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) wildcards: bool,
    pub(super) ignore_case: bool,
}

/// What a template becomes in one request.
#[derive(Debug)]
pub(super) enum Resolved {
    Tokens(Vec<Token>),
    /// A variable's key is unknown: the tokens are the widest that it could become.
    AtMost(Vec<Token>),
    /// A variable's key is not in the request and there is no default.
    Nothing,
}

impl Template {
    pub(super) fn parse(text: &str, variables: bool) -> Self {
        if text.bytes().all(|byte| byte == b'*') && !text.is_empty() {
            return Self::Everything(text.into());
        }
        if variables && text.contains("${") {
            let pieces = pieces(text);
            if pieces.iter().any(|piece| !matches!(piece, Piece::Text(_))) {
                return Self::Pieces(pieces.into());
            }
        }
        if text.contains(['*', '?']) { Self::Glob(text.into()) } else { Self::Exact(text.into()) }
    }

    /// Whether `text` matches. `None` where a variable cannot be resolved: then a comparison is neither true nor false, and
    /// its negation is not true either.
    pub(super) fn matches<'p>(
        &'p self,
        text: &str,
        how: Comparison,
        context: &Context,
        keys: &mut Keys<'p>,
    ) -> Option<Tri> {
        let same = |a: &str, b: &str| a == b || (how.ignore_case && a.to_lowercase() == b.to_lowercase());
        Some(match self {
            Self::Everything(own) => (how.wildcards || &**own == text).into(),
            Self::Glob(own) if how.wildcards => glob_matches(own, text, how.ignore_case).into(),
            Self::Exact(own) | Self::Glob(own) => same(own, text).into(),
            Self::Pieces(pieces) => match resolve(pieces, how.wildcards, context, keys) {
                Resolved::Tokens(tokens) => tokens_match(&tokens, text, how.ignore_case).into(),
                Resolved::AtMost(tokens) if tokens_match(&tokens, text, how.ignore_case) => Tri::Unknown,
                Resolved::AtMost(_) => Tri::No,
                Resolved::Nothing => return None,
            },
        })
    }

    /// The tokens in one request.
    pub(super) fn resolve<'p>(&'p self, wildcards: bool, context: &Context, keys: &mut Keys<'p>) -> Resolved {
        match self {
            Self::Everything(text) | Self::Exact(text) | Self::Glob(text) => {
                Resolved::Tokens(tokens(text, wildcards).collect())
            }
            Self::Pieces(pieces) => resolve(pieces, wildcards, context, keys),
        }
    }
}

enum Value<'a> {
    Text(&'a str),
    Unknown,
    Nothing,
}

/// A key with several values cannot stand in a variable.
fn value<'a>(key: &str, default: Option<&'a str>, context: &'a Context) -> Value<'a> {
    match (context.look_up(key), default) {
        (Lookup::Values([one]), _) => Value::Text(one),
        (Lookup::Unknown, _) => Value::Unknown,
        (Lookup::Absent, Some(default)) => Value::Text(default),
        _ => Value::Nothing,
    }
}

fn tokens(text: &str, wildcards: bool) -> impl Iterator<Item = Token> {
    text.bytes().map(move |byte| match byte {
        b'*' if wildcards => Token::Run,
        b'?' if wildcards => Token::One,
        byte => Token::Byte(byte),
    })
}

fn resolve<'p>(pieces: &'p [Piece], wildcards: bool, context: &Context, keys: &mut Keys<'p>) -> Resolved {
    let mut all = Vec::new();
    let mut at_most = false;
    for piece in pieces {
        match piece {
            Piece::Text(text) => all.extend(tokens(text, wildcards)),
            Piece::Literal(one) => all.push(Token::Byte(*one)),
            Piece::Variable { key, default } => match value(key, default.as_deref(), context) {
                Value::Text(text) => all.extend(text.bytes().map(Token::Byte)),
                Value::Unknown => {
                    keys.add(key);
                    at_most = true;
                    all.push(Token::Run);
                }
                Value::Nothing => return Resolved::Nothing,
            },
        }
    }
    if at_most { Resolved::AtMost(all) } else { Resolved::Tokens(all) }
}

/// `${` without its `}` is text, as is a `$` alone.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        plain.push_str(&rest[..start]);
        let inner = &rest[start + 2..start + length];
        rest = &rest[start + length + 1..];
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain).into()));
        }
        pieces.push(match inner {
            "*" => Piece::Literal(b'*'),
            "?" => Piece::Literal(b'?'),
            "$" => Piece::Literal(b'$'),
            _ => variable(inner),
        });
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain.into()));
    }
    pieces
}

fn variable(inner: &str) -> Piece {
    let (key, default) = match inner.split_once(',') {
        Some((key, default)) => (key.trim(), Some(default.trim())),
        None => (inner.trim(), None),
    };
    let unquoted = |text: &str| text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).map(Into::into);
    Piece::Variable { key: key.into(), default: default.and_then(unquoted) }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Piece, Template, pieces};
    use crate::iam::context::{Context, Keys};
    use crate::iam::tri::Tri;

    fn matches(template: &str, text: &str, context: &Context) -> Option<Tri> {
        let how = Comparison { wildcards: true, ignore_case: false };
        Template::parse(template, true).matches(text, how, context, &mut Keys::default())
    }

    #[test]
    fn variables_defaults_and_literals() {
        let context = Context::closed().with("aws:PrincipalTag/team", "pay*");
        assert_eq!(matches("${aws:principaltag/team}?", "pay*x", &context), Some(Tri::Yes));
        assert_eq!(matches("${aws:principaltag/team}", "payments", &context), Some(Tri::No));
        assert_eq!(matches("${aws:x, 'd'}*", "dx", &context), Some(Tri::Yes));
        assert_eq!(matches("${aws:x}*", "dx", &context), None);
        assert_eq!(matches("a${*}", "ab", &context), Some(Tri::No));
        assert_eq!(matches("a${*}${?}${$}", "a*?$", &context), Some(Tri::Yes));
        assert_eq!(matches("a${", "a${", &context), Some(Tri::Yes));
    }

    #[test]
    fn unknown_keys_decide_only_what_they_could_change() {
        assert_eq!(matches("a${aws:x}", "ab", &Context::open()), Some(Tri::Unknown));
        assert_eq!(matches("a${aws:x}", "b", &Context::open()), Some(Tri::No));
    }

    #[test]
    fn old_policies_have_no_variables() {
        assert_eq!(Template::parse("${aws:x}", false), Template::Exact("${aws:x}".into()));
        assert_eq!(Template::parse("${*}", false), Template::Glob("${*}".into()));
        assert_eq!(pieces("a${b"), [Piece::Text("a${b".into())]);
    }
}
