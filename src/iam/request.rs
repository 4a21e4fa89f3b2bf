use super::context::Context;
use super::principal::Caller;
use super::resource::ResourceName;

/// What is asked: may this principal call this action on this resource, in this context.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub(super) caller: Caller<'a>,
    pub(super) service: &'a str,
    pub(super) action_name: &'a str,
    pub(super) resource: ResourceName<'a>,
    pub(super) resource_account: Option<&'a str>,
    pub(super) context: &'a Context,
}

impl<'a> Request<'a> {
    /// `principal` is an ARN or a service's name, `action` is `service:Name`, `resource` an ARN or `*`.
    pub fn new(principal: &'a str, action: &'a str, resource: &'a str, context: &'a Context) -> Self {
        let (service, action_name) = action.split_once(':').unwrap_or(("", action));
        Self {
            caller: Caller::new(principal),
            service,
            action_name,
            resource: ResourceName::new(resource),
            resource_account: None,
            context,
        }
    }

    /// Says whose the resource is where its ARN does not (S3). Without it, it is the principal's own account's.
    #[must_use]
    pub fn owned_by(self, account: &'a str) -> Self {
        Self { resource_account: Some(account), ..self }
    }

    /// Whether principal and resource are of different accounts. A service has none of its own.
    pub(super) fn crosses_accounts(&self) -> bool {
        match (self.caller.account(), self.resource_account.or(self.resource.account())) {
            (Some(own), Some(other)) => own != other,
            _ => false,
        }
    }

    /// Whether an identity policy is not enough even within the account: a KMS key's policy and a role's trust policy must
    /// take part.
    /// Sources: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>,
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>.
    pub(super) fn needs_resource_policy(&self) -> bool {
        if self.service.eq_ignore_ascii_case("kms") {
            return self.resource.kind_is("key");
        }
        let assume = self.action_name.get(..10).is_some_and(|head| head.eq_ignore_ascii_case("assumerole"));
        self.service.eq_ignore_ascii_case("sts") && assume
    }
}
