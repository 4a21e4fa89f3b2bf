use super::settings::{CollectSettings, Regions};
use crate::model::Snapshot;
use crate::types::{Arn, Region};

/// Regions that every account of AWS's public partition has without opting in, for when the list of enabled ones cannot
/// be read.
/// Source: <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>.
const DEFAULT_REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Those of the Chinese partition. Source: <https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-arns.html>.
const CHINESE_REGIONS: [&str; 2] = ["cn-north-1", "cn-northwest-1"];
/// Those of GovCloud. Source: <https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud-endpoints.html>.
const GOVCLOUD_REGIONS: [&str; 2] = ["us-gov-east-1", "us-gov-west-1"];

/// The named Regions, or all that are enabled, or, where that list cannot be read, those that need no opting in.
pub(super) fn regions(settings: &CollectSettings, global: &Snapshot, principal: &Arn, home: &Region) -> Vec<Region> {
    if let Regions::Named(named) = &settings.regions {
        return named.clone();
    }
    let enabled = global.identity().seen().0.and_then(|identity| identity.regions.seen().0.cloned());
    let defaults = || {
        let names = match principal.partition() {
            "aws" => &DEFAULT_REGIONS[..],
            "aws-cn" => &CHINESE_REGIONS,
            "aws-us-gov" => &GOVCLOUD_REGIONS,
            _ => return vec![home.clone()],
        };
        names.iter().filter_map(|name| Region::parse(*name).ok()).collect()
    };
    enabled.filter(|regions| !regions.is_empty()).unwrap_or_else(defaults)
}
