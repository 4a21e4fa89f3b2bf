use std::collections::BTreeSet;

use super::super::target::Target;
use super::super::{Certainty, Need, Place};

const SOURCE: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html";

/// Services that never reach data that a key of the caller's choice encrypts.
const UNENCRYPTED: [&str; 7] = ["autoscaling", "ce", "cloudformation", "iam", "organizations", "pricing", "sts"];

/// Services that make grants on a key, or new data keys, for what they make or copy.
const GRANTING: [&str; 12] = [
    "backup",
    "dms",
    "dynamodb",
    "ec2",
    "elasticache",
    "elasticfilesystem",
    "elasticmapreduce",
    "fsx",
    "lambda",
    "rds",
    "redshift",
    "sagemaker",
];

/// Whether a bucket, queue, topic, table or secret is encrypted with a customer managed key no definition shows: such a
/// grant is neither missed nor excess.
pub(in super::super) fn add(place: &Place, needs: &mut Vec<Need>) {
    tolerate(
        place,
        needs,
        |service| !UNENCRYPTED.contains(&service),
        &["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
    );
    tolerate(
        place,
        needs,
        |service| GRANTING.contains(&service),
        &["kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
    );
}

fn tolerate(place: &Place, needs: &mut Vec<Need>, of: fn(&str) -> bool, actions: &[&str]) {
    let states: BTreeSet<_> = needs
        .iter()
        .filter(|need| need.action.split(':').next().is_some_and(of))
        .flat_map(|need| need.states.iter().cloned())
        .collect();
    if states.is_empty() {
        return;
    }
    for action in actions {
        let target = Target::unseen(format!("arn:{}:kms:*:*:key/*", place.partition));
        let why = "what the states reach may be encrypted with a customer managed key";
        let need = Need::new(action, target, why, SOURCE).in_states(states.clone());
        needs.push(need.certainty(Certainty::Optional));
    }
}
