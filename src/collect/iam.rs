use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, GroupDetail, ManagedPolicyDetail, PolicyDetail, RoleDetail, UserDetail,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use percent_encoding::percent_decode_str;

use super::collector::{Collector, Context, Scope, policy};
use super::pages::{Page, all_pages, required, unnamed};
use crate::aws::apis::IAM_GET_ACCOUNT_AUTHORIZATION_DETAILS as DETAILS;
use crate::aws::{Failure, FailureKind};
use crate::detect::Clean;
use crate::iam::Policy;
use crate::model::{Iam, InlinePolicy, PartName, PartValue, Principal, Role};
use crate::types::{Arn, Gap, GapReason, Observed};

/// Users, groups, roles and attached policies in one paged call, where a call per role would meet IAM's limits.
pub(super) static COLLECTOR: Collector =
    Collector { part: PartName::Iam, scope: Scope::Account, after: &[], apis: &[&DETAILS], run };

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move { PartValue::Iam(read(context).await) }.boxed()
}

pub(super) async fn read(context: &Context<'_>) -> Observed<Iam> {
    let client = context.clients.iam();
    let (pages, failure) = all_pages(&DETAILS, |token| {
        let request = client.get_account_authorization_details().max_items(1000).set_marker(token);
        async move {
            let answer = context.call(&DETAILS, || request.clone().send()).await?;
            let next = answer.marker.clone().filter(|_| answer.is_truncated);
            let cut_off = answer.is_truncated && next.is_none();
            Ok(Page { items: vec![(page(context, answer)?, cut_off)], next })
        }
    })
    .await;
    let cut_off = pages.last().is_some_and(|(_, cut_off)| *cut_off);
    let failure = failure.or_else(|| {
        cut_off.then(|| Failure { kind: FailureKind::PageToken, ..broken("that there is more, but not where") })
    });
    let nothing = pages.is_empty();
    let (mut iam, mut nameless) = (Iam::default(), 0);
    for (page, _) in pages {
        iam.roles.extend(page.found.roles);
        iam.users.extend(page.found.users);
        iam.groups.extend(page.found.groups);
        iam.policies.extend(page.found.policies);
        nameless += page.nameless;
    }
    let failure = failure.or_else(|| unnamed(&DETAILS, nameless, "Arn"));
    match failure {
        Some(failure) if nothing => Observed::missing(context.gap(&failure)),
        failure => Observed::listed(iam, failure.map(|failure| context.gap(&failure))),
    }
}

fn broken(how: &str) -> Failure {
    let detail = format!("{} answered {how}: the account's IAM is not wholly read", DETAILS.name);
    Failure { kind: FailureKind::Other, api: &DETAILS, detail }
}

type Answer = aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;

/// What is on one page, and how many items on it nobody can name.
struct Found {
    found: Iam,
    nameless: usize,
}

/// Documents are parsed and pass the door page by page, so that no more than a page of raw text is held. Each list is
/// sent, empty or not.
fn page(context: &Context<'_>, answer: Answer) -> Result<Found, Failure> {
    let user = |user: UserDetail| {
        let groups = user.group_list.unwrap_or_default();
        let user = principal(
            context,
            user.arn,
            user.user_policy_list,
            user.attached_managed_policies,
            user.permissions_boundary,
        )?;
        Some(Principal { groups, ..user })
    };
    let group = |group: GroupDetail| {
        principal(context, group.arn, group.group_policy_list, group.attached_managed_policies, None)
    };
    let mut nameless = 0;
    let found = Iam {
        roles: members(answer.role_detail_list, "RoleDetailList", &mut nameless, |detail| role(context, detail))?,
        users: members(answer.user_detail_list, "UserDetailList", &mut nameless, user)?,
        groups: members(answer.group_detail_list, "GroupDetailList", &mut nameless, group)?,
        policies: members(answer.policies, "Policies", &mut nameless, |detail| managed(context, detail))?,
    };
    Ok(Found { found, nameless })
}

/// The members of a list that say what they are; the others are counted.
fn members<T, U, C: FromIterator<U>>(
    list: Option<Vec<T>>,
    field: &str,
    nameless: &mut usize,
    read: impl Fn(T) -> Option<U>,
) -> Result<C, Failure> {
    let read = |item| {
        read(item).or_else(|| {
            *nameless += 1;
            None
        })
    };
    Ok(required(&DETAILS, list, field)?.into_iter().filter_map(read).collect())
}

fn role(context: &Context<'_>, detail: RoleDetail) -> Option<(Arn, Role)> {
    let trust = document(context, detail.assume_role_policy_document.as_deref());
    let principal = principal(
        context,
        detail.arn,
        detail.role_policy_list,
        detail.attached_managed_policies,
        detail.permissions_boundary,
    )?;
    Some((principal.arn.clone(), Role { principal, trust }))
}

fn principal(
    context: &Context<'_>,
    arn: Option<String>,
    inline: Option<Vec<PolicyDetail>>,
    attached: Option<Vec<AttachedPolicy>>,
    boundary: Option<AttachedPermissionsBoundary>,
) -> Option<Principal> {
    let policy = |detail: PolicyDetail| InlinePolicy {
        name: detail.policy_name.unwrap_or_default(),
        policy: document(context, detail.policy_document.as_deref()),
    };
    let arn_of = |text: Option<String>| text.and_then(|text| Arn::parse(text).ok());
    let mut principal = Principal {
        arn: arn_of(arn)?,
        inline: inline.unwrap_or_default().into_iter().map(policy).collect(),
        attached: Vec::new(),
        boundary: None,
        groups: Vec::new(),
    };
    // A policy that nobody can name may say anything: what the principal may do is then not known.
    let unknown = |what: &str| {
        let detail = format!("{} answered with {what} without an ARN", DETAILS.name);
        InlinePolicy { name: format!("({what})"), policy: Observed::missing(gap(context, detail)) }
    };
    for policy in attached.unwrap_or_default() {
        match arn_of(policy.policy_arn) {
            Some(arn) => principal.attached.push(arn),
            None => principal.inline.push(unknown("an attached policy")),
        }
    }
    if let Some(boundary) = boundary {
        principal.boundary = arn_of(boundary.permissions_boundary_arn);
        principal.inline.extend(principal.boundary.is_none().then(|| unknown("a permissions boundary")));
    }
    Some(principal)
}

fn managed(context: &Context<'_>, detail: ManagedPolicyDetail) -> Option<(Arn, Observed<Clean<Policy>>)> {
    let arn = Arn::parse(detail.arn?).ok()?;
    let versions = detail.policy_version_list.unwrap_or_default();
    let default = versions.into_iter().find(|version| version.is_default_version);
    Some((arn, document(context, default.and_then(|version| version.document).as_deref())))
}

fn gap(context: &Context<'_>, detail: String) -> Gap {
    context.locate(Gap { api: DETAILS.name.to_owned(), ..Gap::new(GapReason::Error, detail) })
}

/// IAM sends documents percent-encoded; JSON itself never begins with `%`.
fn document(context: &Context<'_>, text: Option<&str>) -> Observed<Clean<Policy>> {
    let Some(text) = text else {
        let why = "IAM answered without the policy's document";
        return Observed::missing(Gap { api: DETAILS.name.to_owned(), ..Gap::new(GapReason::Error, why) });
    };
    let plain = text.trim_start().starts_with('{');
    let decoded = if plain { text.into() } else { percent_decode_str(text).decode_utf8_lossy() };
    policy(context.door, &DETAILS, &decoded).map_err(|gap| context.locate(gap)).into()
}
