//! Where the data of a compact account comes to rest: masks of log groups, buckets for results, tables.

use std::collections::BTreeMap;

use serde::Deserialize;
use stepwarden::model::{
    BucketEncryption, DataProtection, DataProtections, Expiry, LogGroups, PublicAccessBlock, ResultBucket,
    ResultBuckets, StateMachines, StoreAccess, StoreUse, Table, Tables, store_uses,
};
use stepwarden::types::{Arn, GapReason, Observed};

use super::ACCOUNT;
use super::account::gap;
use super::around::Form;

/// What is not said of a bucket is right.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BucketForm {
    algorithm: Form<String>,
    key: Option<String>,
    /// All four settings are on, or all off.
    block: Form<bool>,
    public: Form<bool>,
    expiry: Form<Vec<Expiry>>,
}

/// What is not said of a table is right.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TableForm {
    key: Option<String>,
    recovery: Form<bool>,
    expires: Form<bool>,
}

const KEY: &str = "alias/stores";

impl Default for BucketForm {
    fn default() -> Self {
        Self {
            algorithm: Form::There("aws:kms".to_owned()),
            key: Some(KEY.to_owned()),
            block: Form::There(true),
            public: Form::There(false),
            expiry: Form::There(vec![Expiry { prefix: String::new(), narrowed: false, days: Some(30) }]),
        }
    }
}

impl Default for TableForm {
    fn default() -> Self {
        Self { key: Some(KEY.to_owned()), recovery: Form::There(true), expires: Form::There(true) }
    }
}

fn seen<T: Clone>(form: &Form<T>, of: &str) -> Observed<T> {
    match form {
        Form::Gap(reason) => Observed::missing(gap(*reason, of)),
        Form::There(value) => Observed::known(value.clone()),
    }
}

impl BucketForm {
    fn bucket(&self) -> ResultBucket {
        let encryption = match &self.algorithm {
            Form::Gap(reason) => Observed::missing(gap(*reason, "s3:GetBucketEncryption")),
            Form::There(algorithm) => {
                let key = self.key.clone().filter(|_| algorithm != "AES256");
                Observed::known(Some(BucketEncryption { algorithm: algorithm.clone(), key }))
            }
        };
        let block = match &self.block {
            Form::Gap(reason) => Observed::missing(gap(*reason, "s3:GetPublicAccessBlock")),
            Form::There(on) => Observed::known(Some(PublicAccessBlock {
                block_public_acls: *on,
                ignore_public_acls: *on,
                block_public_policy: *on,
                restrict_public_buckets: *on,
            })),
        };
        ResultBucket {
            encryption,
            public_access_block: block,
            policy_is_public: seen(&self.public, "s3:GetBucketPolicyStatus"),
            expiry: seen(&self.expiry, "s3:GetBucketLifecycleConfiguration"),
        }
    }
}

/// What the definitions of a Region use.
fn uses<T>(machines: &StateMachines, read: impl Fn(&StoreUse<'_>, &Arn) -> Option<T>) -> Vec<T> {
    let definitions = machines.machines.iter().filter_map(|machine| {
        let definition = machines.definition(machine.details.seen().0?).ok()?;
        Some(store_uses(definition).filter_map(|used| read(&used, &machine.arn)).collect::<Vec<_>>())
    });
    definitions.flatten().collect()
}

/// The buckets that definitions write results to.
pub(super) fn result_buckets(
    forms: &BTreeMap<String, Option<Form<BucketForm>>>,
    machines: &StateMachines,
) -> ResultBuckets {
    let name =
        |used: &StoreUse<'_>, _: &Arn| used.bucket().filter(|_| used.access == StoreAccess::Results).map(str::to_owned);
    let bucket = |name: String| {
        let bucket = match forms.get(&name) {
            None => Observed::known(Some(BucketForm::default().bucket())),
            Some(None) => Observed::known(None),
            Some(Some(Form::Gap(reason))) => Observed::missing(gap(*reason, "s3:ListBuckets")),
            Some(Some(Form::There(form))) => Observed::known(Some(form.bucket())),
        };
        (name, bucket)
    };
    uses(machines, name).into_iter().map(bucket).collect()
}

/// The tables that definitions put items into or get items from.
pub(super) fn tables(forms: &BTreeMap<String, Option<Form<TableForm>>>, machines: &StateMachines) -> Tables {
    let table = |arn: Arn| {
        let known = |form: &TableForm| Table {
            key: form.key.clone(),
            point_in_time_recovery: seen(&form.recovery, "dynamodb:DescribeContinuousBackups"),
            expires: seen(&form.expires, "dynamodb:DescribeTimeToLive"),
        };
        let table = match forms.get(arn.name()) {
            _ if arn.account() != ACCOUNT => Observed::missing(gap(GapReason::Unsupported, "another account's table")),
            None => Observed::known(Some(known(&TableForm::default()))),
            Some(None) => Observed::known(None),
            Some(Some(Form::Gap(reason))) => Observed::missing(gap(*reason, "dynamodb:DescribeTable")),
            Some(Some(Form::There(form))) => Observed::known(Some(known(form))),
        };
        (arn, table)
    };
    let named = |used: &StoreUse<'_>, machine: &Arn| used.table(machine);
    uses(machines, named).into_iter().map(table).collect()
}

/// The keys that stores name.
pub(super) fn keys(buckets: &ResultBuckets, tables: &Tables) -> Vec<String> {
    let of_buckets =
        buckets.values().filter_map(|bucket| bucket.seen().0?.as_ref()?.encryption.seen().0?.as_ref()?.key.clone());
    let of_tables = tables.values().filter_map(|table| table.seen().0?.as_ref()?.key.clone());
    of_buckets.chain(of_tables).collect()
}

/// What log groups that exist mask; nothing where it is not said.
pub(super) fn data_protection<'a>(
    groups: &LogGroups,
    masked: impl Fn(&str) -> Option<&'a Form<Vec<String>>>,
) -> DataProtections {
    let there = groups.iter().filter_map(|(arn, group)| Some((arn, group.seen().0?.as_ref()?)));
    let protection = |(arn, group): (&Arn, &stepwarden::model::LogGroup)| {
        let protection = match masked(&group.name) {
            None => Observed::known(DataProtection::default()),
            Some(Form::Gap(reason)) => Observed::missing(gap(*reason, "logs:GetDataProtectionPolicy")),
            Some(Form::There(masked)) => Observed::known(DataProtection {
                masked: masked.iter().cloned().collect(),
                ..DataProtection::default()
            }),
        };
        (arn.clone(), protection)
    };
    there.map(protection).collect()
}
