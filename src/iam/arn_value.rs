use super::context::{Context, Keys};
use super::glob::{Token, glob_matches, tokens_match};
use super::template::{Resolved, Template};
use super::tri::Tri;

/// What an ARN operator compares: six parts, each with its own wildcards, with case. `ArnEquals` and `ArnLike` are the same.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>.
#[derive(Debug, Clone)]
pub(super) enum ArnTemplate {
    Parts(Box<[Box<str>; 6]>),
    Variable(Template),
    /// Fewer than six parts: compares with nothing.
    Malformed,
}

fn parts(text: &str) -> Option<[&str; 6]> {
    let mut parts = text.splitn(6, ':');
    let all = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    Some(all)
}

impl ArnTemplate {
    pub(super) fn parse(text: &str, variables: bool) -> Self {
        match Template::parse(text, variables) {
            template @ Template::Pieces(_) => Self::Variable(template),
            _ => parts(text).map_or(Self::Malformed, |parts| Self::Parts(Box::new(parts.map(Into::into)))),
        }
    }

    /// `None` where either side is no ARN, or a variable cannot be resolved.
    pub(super) fn matches<'p>(&'p self, value: &str, context: &Context, keys: &mut Keys<'p>) -> Option<Tri> {
        let value_parts = parts(value)?;
        match self {
            Self::Malformed => None,
            Self::Parts(own) => {
                Some(own.iter().zip(value_parts).all(|(own, part)| glob_matches(own, part, false)).into())
            }
            Self::Variable(template) => match template.resolve(true, context, keys) {
                Resolved::Nothing => None,
                Resolved::AtMost(tokens) => {
                    Some(if tokens_match(&tokens, value, false) { Tri::Unknown } else { Tri::No })
                }
                Resolved::Tokens(tokens) => {
                    let own: Vec<_> = tokens.splitn(6, |token| *token == Token::Byte(b':')).collect();
                    (own.len() == 6)
                        .then(|| own.iter().zip(value_parts).all(|(own, part)| tokens_match(own, part, false)).into())
                }
            },
        }
    }
}
