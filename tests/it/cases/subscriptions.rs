//! Subscriptions of the log groups of a compact account.

use std::collections::BTreeMap;

use serde::Deserialize;
use stepwarden::model::{AccountSubscription, LogGroups, Selection, Subscription, Subscriptions};
use stepwarden::types::{Arn, Observed};

use super::account::{arn, door, gap};
use super::around::Form;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubscriptionForm {
    name: String,
    to: String,
    #[serde(default)]
    filters: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountForm {
    name: String,
    to: String,
    /// Null: a choice that nobody knows.
    all_but: Option<Vec<String>>,
}

fn subscription(name: &str, to: &str, filters: bool) -> Subscription {
    Subscription { name: door().text(name).clean, destination: arn(to.to_owned()), filters }
}

/// By log group, and those of the account.
type Forms<'f> = (&'f BTreeMap<String, Form<Vec<SubscriptionForm>>>, Option<&'f Form<Vec<AccountForm>>>);

/// Those of `asked`, as far as these log groups are there. A group that is not said to have any has none.
pub(super) fn subscriptions(
    (forms, account): Forms<'_>,
    asked: impl Iterator<Item = Arn>,
    groups: &LogGroups,
) -> Subscriptions {
    let of_group = |arn: Arn| {
        let group = groups.get(&arn)?.seen().0?.as_ref()?;
        let seen = match forms.get(&group.name) {
            None => Observed::known(Vec::new()),
            Some(Form::Gap(reason)) => Observed::missing(gap(*reason, "logs:DescribeSubscriptionFilters")),
            Some(Form::There(list)) => {
                Observed::known(list.iter().map(|one| subscription(&one.name, &one.to, one.filters)).collect())
            }
        };
        Some((arn, seen))
    };
    let of_account = |form: &AccountForm| AccountSubscription {
        subscription: subscription(&form.name, &form.to, false),
        selection: match &form.all_but {
            Some(names) => Selection::AllBut(names.iter().cloned().collect()),
            None => Selection::Unknown,
        },
    };
    Subscriptions {
        groups: asked.filter_map(of_group).collect(),
        account: match account {
            None => Observed::known(Vec::new()),
            Some(Form::Gap(reason)) => Observed::missing(gap(*reason, "logs:DescribeAccountPolicies")),
            Some(Form::There(list)) => Observed::known(list.iter().map(of_account).collect()),
        },
    }
}
