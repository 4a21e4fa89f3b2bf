use serde_json::Value;

/// Who asks, as its ARN says; a service by its name (`states.amazonaws.com`).
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller<'a> {
    arn: &'a str,
    account: Option<&'a str>,
    kind: CallerKind<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CallerKind<'a> {
    Role,
    /// A session of the role of this name.
    Session(&'a str),
    Service,
    /// A user, a federated user, or the root user.
    Other,
}

/// How a statement of a resource policy names the caller: what the grant is worth depends on it.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    No,
    /// The account: it may hand the permission on by its own policies.
    Account,
    /// The role: the role's boundary and the session's policies still bound it.
    Role,
    /// The user or the session itself, or everyone: nothing else is needed within the account.
    Directly,
}

/// `Principal` or `NotPrincipal` of one statement.
#[derive(Debug, Clone)]
pub(super) struct PrincipalSet {
    all_but: bool,
    everyone: bool,
    /// Account ids, alone or as the root user's ARN.
    accounts: Box<[Box<str>]>,
    arns: Box<[Box<str>]>,
    services: Box<[Box<str>]>,
}

impl<'a> Caller<'a> {
    pub(super) fn new(principal: &'a str) -> Self {
        let mut parts = principal.splitn(6, ':').skip(2);
        let (service, _, account, resource) = (parts.next(), parts.next(), parts.next(), parts.next());
        let kind = match (service, resource) {
            (Some("iam"), Some(resource)) if resource.starts_with("role/") => CallerKind::Role,
            (Some("sts"), Some(resource)) => match resource.strip_prefix("assumed-role/") {
                Some(rest) => CallerKind::Session(rest.split('/').next().unwrap_or_default()),
                None => CallerKind::Other,
            },
            _ if principal.ends_with(".amazonaws.com") && !principal.contains(':') => CallerKind::Service,
            _ => CallerKind::Other,
        };
        Self { arn: principal, account: account.filter(|account| !account.is_empty()), kind }
    }

    pub(super) fn account(&self) -> Option<&'a str> {
        self.account
    }

    pub(super) fn is_service(&self) -> bool {
        self.kind == CallerKind::Service
    }

    /// Service control policies do not bound service-linked roles.
    /// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>.
    pub(super) fn is_service_linked(&self) -> bool {
        match self.kind {
            CallerKind::Role => self.arn.contains(":role/aws-service-role/"),
            CallerKind::Session(role) => role.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }

    /// A session's ARN holds its role's name, not its path.
    fn named_by(&self, arn: &str) -> Named {
        if arn == self.arn {
            return if self.kind == CallerKind::Role { Named::Role } else { Named::Directly };
        }
        let CallerKind::Session(name) = self.kind else { return Named::No };
        let mut parts = arn.splitn(6, ':').skip(4);
        let same_account = parts.next() == self.account;
        let role = parts.next().and_then(|resource| resource.strip_prefix("role/"));
        match role.and_then(|role| role.rsplit('/').next()) {
            Some(role) if same_account && role == name => Named::Role,
            _ => Named::No,
        }
    }
}

/// The account that `111122223333` or `arn:aws:iam::111122223333:root` stands for.
fn account(text: &str) -> Option<&str> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text);
    }
    let rest = text.strip_suffix(":root")?;
    rest.starts_with("arn:").then(|| rest.rsplit(':').next()).flatten()
}

impl PrincipalSet {
    /// `None` for a statement that names no principal.
    pub(super) fn new(principal: Option<&Value>, not_principal: Option<&Value>) -> Option<Self> {
        let (all_but, value) = match (principal, not_principal) {
            (Some(value), _) => (false, value),
            (None, Some(value)) => (true, value),
            (None, None) => return None,
        };
        let list = |kind: &str| -> Vec<&str> {
            match value.get(kind) {
                Some(Value::String(one)) => vec![one],
                Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            }
        };
        let aws = list("AWS");
        let boxed = |texts: Vec<&str>| texts.into_iter().map(Into::into).collect();
        Some(Self {
            all_but,
            everyone: value == "*" || aws.contains(&"*"),
            accounts: boxed(aws.iter().filter_map(|text| account(text)).collect()),
            arns: boxed(aws.iter().copied().filter(|text| account(text).is_none()).chain(list("Federated")).collect()),
            services: boxed(list("Service")),
        })
    }

    /// With `NotPrincipal`, naming the account, the role or the session excepts the caller; all others are meant directly.
    pub(super) fn names(&self, caller: &Caller<'_>) -> Named {
        let named = self.named(caller);
        match (self.all_but, named) {
            (false, named) => named,
            (true, Named::No) => Named::Directly,
            (true, _) => Named::No,
        }
    }

    fn named(&self, caller: &Caller<'_>) -> Named {
        if self.everyone {
            return Named::Directly;
        }
        if caller.is_service() {
            let named = self.services.iter().any(|service| service.eq_ignore_ascii_case(caller.arn));
            return if named { Named::Directly } else { Named::No };
        }
        let by_arn = self.arns.iter().map(|arn| caller.named_by(arn)).max().unwrap_or(Named::No);
        let by_account = self.accounts.iter().any(|account| Some(&**account) == caller.account);
        by_arn.max(if by_account { Named::Account } else { Named::No })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Caller, Named, PrincipalSet};

    const ROLE: &str = "arn:aws:iam::111122223333:role/p/r";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/r/s";
    const USER: &str = "arn:aws:iam::111122223333:user/u";
    const ROOT: &str = "arn:aws:iam::111122223333:root";

    fn names(principal: &Value, caller: &str) -> Named {
        PrincipalSet::new(Some(principal), None).unwrap().names(&Caller::new(caller))
    }

    #[test]
    fn ways_to_be_named() {
        for (principal, caller, named) in [
            (json!("*"), USER, Named::Directly),
            (json!({"AWS": "*"}), SESSION, Named::Directly),
            (json!({"AWS": [USER, ROOT]}), USER, Named::Directly),
            (json!({"AWS": ROOT}), ROLE, Named::Account),
            (json!({"AWS": "111122223333"}), SESSION, Named::Account),
            (json!({"AWS": "444455556666"}), SESSION, Named::No),
            (json!({"AWS": ROLE}), ROLE, Named::Role),
            (json!({"AWS": ROLE}), SESSION, Named::Role),
            (json!({"AWS": SESSION}), SESSION, Named::Directly),
            (json!({"AWS": SESSION}), ROLE, Named::No),
            (json!({"AWS": "arn:aws:iam::111122223333:role/r"}), ROLE, Named::No),
            (json!({"AWS": "arn:aws:iam::444455556666:role/r"}), SESSION, Named::No),
            (json!({"Service": "states.amazonaws.com"}), "states.amazonaws.com", Named::Directly),
            (json!({"Service": "states.amazonaws.com"}), USER, Named::No),
        ] {
            assert_eq!(names(&principal, caller), named, "{principal} {caller}");
        }
    }

    #[test]
    fn all_but() {
        let set = PrincipalSet::new(None, Some(&json!({"AWS": [ROOT]}))).unwrap();
        assert_eq!(set.names(&Caller::new(USER)), Named::No);
        assert_eq!(set.names(&Caller::new("arn:aws:iam::444455556666:user/u")), Named::Directly);
    }
}
