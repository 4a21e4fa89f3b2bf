use super::super::target::Target;
use super::super::{Certainty, Need, Place};

const SOURCE: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html";

/// Services that encrypt with a key of the caller's choice, and use it with the caller's permissions.
const ENCRYPTED: [&str; 12] = [
    "athena",
    "bedrock",
    "dynamodb",
    "events",
    "glue",
    "kinesis",
    "lambda",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
];

/// Whether a bucket, queue, topic, table or secret is encrypted with a customer managed key no definition shows: such a
/// grant is neither missed nor excess.
pub(in super::super) fn add(place: &Place, needs: &mut Vec<Need>) {
    let keys: Vec<_> = needs
        .iter()
        .filter(|need| need.action.split(':').next().is_some_and(|service| ENCRYPTED.contains(&service)))
        .flat_map(|need| need.states.iter().cloned())
        .collect();
    if keys.is_empty() {
        return;
    }
    for action in ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey"] {
        let target = Target::unseen(format!("arn:{}:kms:*:*:key/*", place.partition));
        let why = "what the states reach may be encrypted with a customer managed key";
        let need = Need::new(action, target, why, SOURCE).in_states(keys.iter().cloned().collect());
        needs.push(need.certainty(Certainty::Optional));
    }
}
