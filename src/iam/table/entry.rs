/// What an action does.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    List,
    Read,
    Tagging,
    Write,
    PermissionsManagement,
}

/// One action. Its lists stay text until they are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Action<'t> {
    pub service: &'t str,
    /// As AWS writes it.
    pub name: &'t str,
    pub level: AccessLevel,
    types: &'t str,
    keys: &'t str,
    dependent: &'t str,
}

/// A resource type that an action takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionResource<'t> {
    pub name: &'t str,
    /// A request always names one; otherwise it may.
    pub required: bool,
}

/// A resource type of a service.
#[derive(Debug, Clone, Copy)]
pub struct ResourceType<'t> {
    pub name: &'t str,
    /// With placeholders: `arn:${Partition}:states:${Region}:${Account}:activity:${ActivityName}`.
    pub arn: &'t str,
    keys: &'t str,
}

/// Actions that the Service Authorization Reference lists without a resource type, though AWS scopes them elsewhere.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html>.
const SCOPED_ALL_THE_SAME: [(&str, &str); 1] = [("states", "InvokeHTTPEndpoint")];

fn list(field: &str) -> impl Iterator<Item = &str> {
    field.split(',').filter(|item| !item.is_empty())
}

impl<'t> Action<'t> {
    /// The order of the fields is `generate.py`'s.
    pub(super) fn parse(service: &'t str, line: &'t str) -> Self {
        let mut fields = line.split('\t').skip(1);
        let mut next = || fields.next().unwrap_or_default();
        let name = next();
        let level = match next() {
            "R" => AccessLevel::Read,
            "L" => AccessLevel::List,
            "T" => AccessLevel::Tagging,
            "P" => AccessLevel::PermissionsManagement,
            _ => AccessLevel::Write,
        };
        Self { service, name, level, types: next(), keys: next(), dependent: next() }
    }

    /// `states:StartExecution`.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }

    pub fn resource_types(&self) -> impl Iterator<Item = ActionResource<'t>> + use<'t> {
        list(self.types).map(|item| match item.strip_prefix('*') {
            Some(name) => ActionResource { name, required: true },
            None => ActionResource { name: item, required: false },
        })
    }

    /// Those of the action and of the resource types it takes; global keys (`aws:SourceIp`) go unsaid.
    pub fn condition_keys(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        list(self.keys)
    }

    /// Actions that the caller needs too, such as `iam:PassRole`.
    pub fn dependent_actions(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        list(self.dependent)
    }

    /// Whether a statement can name less than `*` for it.
    pub fn can_be_scoped(&self) -> bool {
        !self.types.is_empty() || SCOPED_ALL_THE_SAME.contains(&(self.service, self.name))
    }
}

impl<'t> ResourceType<'t> {
    pub(super) fn parse(line: &'t str) -> Self {
        let mut fields = line.split('\t').skip(1);
        let mut next = || fields.next().unwrap_or_default();
        Self { name: next(), arn: next(), keys: next() }
    }

    /// Condition keys of resources of this type (`aws:ResourceTag/${TagKey}`).
    pub fn condition_keys(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        list(self.keys)
    }

    /// The ARN with `*` for every placeholder.
    pub fn pattern(&self) -> String {
        let mut pattern = String::new();
        let mut rest = self.arn;
        while let Some((before, after)) = rest.split_once("${") {
            pattern.push_str(before);
            pattern.push('*');
            rest = after.split_once('}').map_or("", |(_, rest)| rest);
        }
        pattern + rest
    }
}
