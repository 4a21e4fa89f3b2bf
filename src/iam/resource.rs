use super::context::{Context, Keys};
use super::glob::glob_matches;
use super::policy::Selector;
use super::template::{Comparison, Template};
use super::tri::{Tri, over};

/// Services in whose ARNs the first piece of the resource is a name and not its type, though more follows: there a wildcard
/// may stand in it. Read from the ARN formats of the service authorization table.
const WITHOUT_TYPE: [&str; 7] =
    ["s3", "execute-api", "codepipeline", "neptune-db", "servicequotas", "sns", "apigateway"];

/// Parts of an ARN before the resource: `arn`, partition, service, Region, account.
const HEAD: usize = 5;

/// The resource of a request: an ARN, or `*` for an action that takes none.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResourceName<'a> {
    text: &'a str,
    /// The six parts of the ARN.
    parts: Option<[&'a str; HEAD + 1]>,
}

impl<'a> ResourceName<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut parts = [""; HEAD + 1];
        let mut count = 0;
        for (slot, part) in parts.iter_mut().zip(text.splitn(HEAD + 1, ':')) {
            *slot = part;
            count += 1;
        }
        Self { text, parts: (count == HEAD + 1).then_some(parts) }
    }

    /// Whether the resource part begins with this type.
    pub(super) fn kind_is(&self, kind: &str) -> bool {
        let rest = self.parts.and_then(|parts| parts[HEAD].strip_prefix(kind));
        rest.is_some_and(|rest| rest.starts_with(['/', ':']))
    }

    /// The account of the ARN, where it has one.
    pub(super) fn account(&self) -> Option<&'a str> {
        self.parts.map(|parts| parts[HEAD - 1]).filter(|account| !account.is_empty())
    }
}

/// One pattern of `Resource` or `NotResource`, split once.
///
/// Each of the first five parts is compared with its own part of the ARN; a `*` at the end of one may reach over the colons
/// that follow, and a pattern that ends early covers all that follows. Variables can stand only in the resource part, and no
/// wildcard in the service or in what names the resource type: IAM would refuse such a pattern, and it matches nothing here.
/// Resources compare with case.
/// Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.
#[derive(Debug, Clone)]
pub(super) enum ResourcePattern {
    Everything,
    /// A whole ARN without wildcard or variable.
    Exact(Box<str>),
    Arn {
        head: Box<[Box<str>]>,
        resource: Option<Template>,
        /// The whole pattern, where a part before the resource ends in a `*` that may reach over the colons after it.
        whole: Option<Template>,
    },
    /// Nothing that IAM would accept: it matches no resource.
    Never,
}

impl ResourcePattern {
    pub(super) fn parse(text: &str, variables: bool) -> Self {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Self::Everything;
        }
        let mut parts = text.splitn(HEAD + 1, ':');
        let head: Box<[Box<str>]> = parts.by_ref().take(HEAD).map(Into::into).collect();
        let resource = parts.next();
        let unlawful = variables && head.iter().any(|part| part.contains("${"));
        if unlawful || head.get(2).is_some_and(|service| service.contains(['*', '?'])) {
            return Self::Never;
        }
        let plain = !text.contains(['*', '?']) && (!variables || !text.contains('$'));
        match resource {
            Some(resource) if wildcard_in_type(&head[2], resource, variables) => Self::Never,
            Some(_) if plain => Self::Exact(text.into()),
            resource => Self::Arn {
                whole: head.iter().any(|part| part.ends_with('*')).then(|| Template::parse(text, variables)),
                resource: resource.map(|resource| Template::parse(resource, variables)),
                head,
            },
        }
    }

    /// `None` where a variable cannot be resolved: then the resource is neither named nor excepted.
    fn matches<'p>(&'p self, name: &ResourceName<'_>, context: &Context, keys: &mut Keys<'p>) -> Option<Tri> {
        match (self, name.parts) {
            (Self::Everything, _) => Some(Tri::Yes),
            (Self::Never, _) | (Self::Arn { .. }, None) => Some(Tri::No),
            (Self::Exact(own), _) => Some((&**own == name.text).into()),
            (Self::Arn { head, resource, whole }, Some(parts)) => {
                let how = Comparison { wildcards: true, ignore_case: false };
                let same = |own: &str, part: &str| own == part || glob_matches(own, part, false);
                let by_part = if head.iter().zip(parts).all(|(own, part)| same(own, part)) {
                    resource
                        .as_ref()
                        .map_or(Some(Tri::Yes), |resource| resource.matches(parts[HEAD], how, context, keys))
                } else {
                    Some(Tri::No)
                };
                match (by_part, whole) {
                    (Some(Tri::No), Some(whole)) => whole.matches(name.text, how, context, keys),
                    (answer, _) => answer,
                }
            }
        }
    }
}

/// A wildcard before the first separator of a resource such as `function:orders`; one that covers all the rest is none.
fn wildcard_in_type(service: &str, resource: &str, variables: bool) -> bool {
    let mut depth = false;
    let mut wild = false;
    for (at, byte) in resource.bytes().enumerate() {
        match byte {
            b'$' if variables && resource[at + 1..].starts_with('{') => depth = true,
            b'}' => depth = false,
            _ if depth => {}
            b'*' | b'?' => wild = true,
            b':' | b'/' => return wild && !WITHOUT_TYPE.contains(&service),
            _ => {}
        }
    }
    false
}

/// `Resource` or `NotResource` of one statement.
#[derive(Debug, Clone)]
pub(super) struct ResourceSet {
    all_but: bool,
    patterns: Box<[ResourcePattern]>,
}

impl ResourceSet {
    pub(super) fn new(selector: &Selector, variables: bool) -> Self {
        let (all_but, patterns) = match selector {
            Selector::Only(patterns) => (false, patterns),
            Selector::AllBut(patterns) => (true, patterns),
        };
        Self { all_but, patterns: patterns.iter().map(|text| ResourcePattern::parse(text, variables)).collect() }
    }

    pub(super) fn matches<'p>(&'p self, name: &ResourceName<'_>, context: &Context, keys: &mut Keys<'p>) -> Tri {
        let answers = self.patterns.iter().map(|pattern| pattern.matches(name, context, keys));
        over(answers, self.all_but)
    }
}

/// What one statement names as resources, made ready to be asked often.
#[derive(Debug, Clone)]
pub struct Resources(ResourceSet);

impl Resources {
    /// `variables`: whether `${...}` is one in the statement's policy.
    pub fn new(selector: &Selector, variables: bool) -> Self {
        Self(ResourceSet::new(selector, variables))
    }

    /// Whether `resource` is among them; `None` where that hangs on a condition key of which nothing is known.
    pub fn matches(&self, resource: &str, context: &Context) -> Option<bool> {
        match self.0.matches(&ResourceName::new(resource), context, &mut Keys::default()) {
            Tri::Yes => Some(true),
            Tri::No => Some(false),
            Tri::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ResourceName, ResourceSet};
    use crate::iam::Selector;
    use crate::iam::context::{Context, Keys};
    use crate::iam::tri::Tri;

    fn matches(pattern: &str, resource: &str) -> bool {
        let set = ResourceSet::new(&Selector::Only(vec![pattern.to_owned()]), true);
        let context = Context::closed().with("aws:PrincipalTag/team", "orders").with("aws:Account", "1");
        set.matches(&ResourceName::new(resource), &context, &mut Keys::default()) == Tri::Yes
    }

    #[test]
    fn patterns_and_resources() {
        let function = "arn:aws:lambda:us-east-1:1:function:orders-fn";
        for (pattern, resource, expected) in [
            ("*", function, true),
            ("*", "*", true),
            ("arn:aws:lambda:*", "*", false),
            ("?", function, false),
            ("arn:aws:lambda", function, true),
            ("arn:aws:lambda:*", function, true),
            ("arn:aws:lambda:us-*", function, true),
            ("arn:aws:lambda:us-east-1:1:*", function, true),
            ("arn:aws:lambda:*:*:function:*fn", function, true),
            ("arn:aws:lambda:*:function:orders-fn", function, true),
            ("arn:aws:lambda:us*:function:orders-fn", function, true),
            ("arn:aws:lambda:us*east:function:orders-fn", function, false),
            ("arn:aws:*:us-east-1:1:function:orders-fn", function, false),
            ("arn:*", function, true),
            ("arn:aws:lambda:us-east-1:1:f*", function, true),
            ("arn:aws:lambda:us-east-1:1:*:orders-fn", function, false),
            ("arn:aws:lambda:us-east-1:1:functio?:orders-fn", function, false),
            ("arn:aws:lambda:us-east-1:1:Function:orders-fn", function, false),
            ("arn:aws:lambda:us-east-1:1:function:${aws:PrincipalTag/team}*", function, true),
            ("arn:aws:lambda:us-east-1:${aws:Account}:function:orders-fn", function, false),
            ("arn:aws:sqs:us-east-1:1:${aws:PrincipalTag/team}*", "arn:aws:sqs:us-east-1:1:orders-q", true),
            ("arn:aws:s3:::*/in/*", "arn:aws:s3:::bucket/in/file", true),
            ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket/in/file", false),
            ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/in:file", true),
            ("arn:aws:execute-api:*:*:*/prod/GET/*", "arn:aws:execute-api:us-east-1:1:abc/prod/GET/x", true),
            ("arn:aws:states:*:*:execution:orders:*", "arn:aws:states:us-east-1:1:execution:orders/Label:run", false),
        ] {
            assert_eq!(matches(pattern, resource), expected, "{pattern} {resource}");
        }
    }
}
