use aws_sdk_iam::types::{AttachedPermissionsBoundary, AttachedPolicy, ManagedPolicyDetail, PolicyDetail, RoleDetail};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use percent_encoding::percent_decode_str;

use super::collector::{Collector, Context, Scope, policy};
use super::pages::{Page, all_pages};
use crate::aws::apis::IAM_GET_ACCOUNT_AUTHORIZATION_DETAILS as DETAILS;
use crate::aws::{Failure, FailureKind};
use crate::detect::{Clean, Door};
use crate::iam::Policy;
use crate::model::{Iam, InlinePolicy, PartName, PartValue, Principal, Role};
use crate::types::{Arn, Gap, GapReason, Observed};

/// Users, groups, roles and attached policies in one paged call, where a call per role would meet IAM's limits.
pub(super) static COLLECTOR: Collector =
    Collector { part: PartName::Iam, scope: Scope::Account, after: &[], apis: &[&DETAILS], run };

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let client = context.clients.iam();
        let (pages, failure) = all_pages(&DETAILS, |token| {
            let request = client.get_account_authorization_details().max_items(1000).set_marker(token);
            async move {
                let answer = context.call(&DETAILS, || request.clone().send()).await?;
                let lists =
                    (&answer.role_detail_list, &answer.user_detail_list, &answer.group_detail_list, &answer.policies);
                if matches!(lists, (None, None, None, None)) {
                    return Err(broken("without any list"));
                }
                let next = answer.marker.clone().filter(|_| answer.is_truncated);
                let cut_off = answer.is_truncated && next.is_none();
                Ok(Page { items: vec![(page(context.door, answer), cut_off)], next })
            }
        })
        .await;
        let cut_off = pages.last().is_some_and(|(_, cut_off)| *cut_off);
        let failure = failure.or_else(|| {
            cut_off.then(|| Failure { kind: FailureKind::PageToken, ..broken("that there is more, but not where") })
        });
        let nothing = pages.is_empty();
        let mut iam = Iam::default();
        for (page, _) in pages {
            iam.roles.extend(page.roles);
            iam.users.extend(page.users);
            iam.groups.extend(page.groups);
            iam.policies.extend(page.policies);
        }
        PartValue::Iam(match failure {
            Some(failure) if nothing => Observed::missing(context.gap(&failure)),
            failure => Observed::listed(iam, failure.map(|failure| context.gap(&failure))),
        })
    }
    .boxed()
}

fn broken(how: &str) -> Failure {
    let detail = format!("{} answered {how}: the account's IAM is not wholly read", DETAILS.name);
    Failure { kind: FailureKind::Other, api: &DETAILS, detail }
}

type Answer = aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;

/// Documents are parsed and pass the door page by page, so that no more than a page of raw text is held.
fn page(door: &Door, answer: Answer) -> Iam {
    let user = |user: aws_sdk_iam::types::UserDetail| {
        let groups = user.group_list.unwrap_or_default();
        let user = principal(
            door,
            user.arn,
            user.user_policy_list,
            user.attached_managed_policies,
            user.permissions_boundary,
        )?;
        Some(Principal { groups, ..user })
    };
    let group = |group: aws_sdk_iam::types::GroupDetail| {
        principal(door, group.arn, group.group_policy_list, group.attached_managed_policies, None)
    };
    Iam {
        roles: answer
            .role_detail_list
            .unwrap_or_default()
            .into_iter()
            .filter_map(|detail| role(door, detail))
            .collect(),
        users: answer.user_detail_list.unwrap_or_default().into_iter().filter_map(user).collect(),
        groups: answer.group_detail_list.unwrap_or_default().into_iter().filter_map(group).collect(),
        policies: answer.policies.unwrap_or_default().into_iter().filter_map(|detail| managed(door, detail)).collect(),
    }
}

fn role(door: &Door, detail: RoleDetail) -> Option<(Arn, Role)> {
    let trust = document(door, detail.assume_role_policy_document.as_deref());
    let principal = principal(
        door,
        detail.arn,
        detail.role_policy_list,
        detail.attached_managed_policies,
        detail.permissions_boundary,
    )?;
    Some((principal.arn.clone(), Role { principal, trust }))
}

fn principal(
    door: &Door,
    arn: Option<String>,
    inline: Option<Vec<PolicyDetail>>,
    attached: Option<Vec<AttachedPolicy>>,
    boundary: Option<AttachedPermissionsBoundary>,
) -> Option<Principal> {
    let policy = |detail: PolicyDetail| InlinePolicy {
        name: detail.policy_name.unwrap_or_default(),
        policy: document(door, detail.policy_document.as_deref()),
    };
    let arn_of = |text: Option<String>| text.and_then(|text| Arn::parse(text).ok());
    Some(Principal {
        arn: arn_of(arn)?,
        inline: inline.unwrap_or_default().into_iter().map(policy).collect(),
        attached: attached.unwrap_or_default().into_iter().filter_map(|policy| arn_of(policy.policy_arn)).collect(),
        boundary: boundary.and_then(|boundary| arn_of(boundary.permissions_boundary_arn)),
        groups: Vec::new(),
    })
}

fn managed(door: &Door, detail: ManagedPolicyDetail) -> Option<(Arn, Observed<Clean<Policy>>)> {
    let arn = Arn::parse(detail.arn?).ok()?;
    let versions = detail.policy_version_list.unwrap_or_default();
    let default = versions.into_iter().find(|version| version.is_default_version);
    Some((arn, document(door, default.and_then(|version| version.document).as_deref())))
}

/// IAM sends documents percent-encoded; JSON itself never begins with `%`.
fn document(door: &Door, text: Option<&str>) -> Observed<Clean<Policy>> {
    let Some(text) = text else {
        let why = "IAM answered without the policy's document";
        return Observed::missing(Gap { api: DETAILS.name.to_owned(), ..Gap::new(GapReason::Error, why) });
    };
    let plain = text.trim_start().starts_with('{');
    let decoded = if plain { text.into() } else { percent_decode_str(text).decode_utf8_lossy() };
    policy(door, &DETAILS, &decoded).into()
}
