//! X-Ray of a compact account.

use serde::Deserialize;
use stepwarden::model::{SPANS, Xray, XrayDestination, XrayEncryption};
use stepwarden::types::{Arn, GapReason, Observed};

use super::ACCOUNT;
use super::account::{arn, gap};
use super::around::Form;

/// What is not said is as AWS has it: its own encryption, and no Transaction Search.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct XrayForm {
    encryption: Option<Form<String>>,
    key: Option<String>,
    destination: Option<Form<String>>,
}

impl XrayForm {
    pub(super) fn xray(&self) -> Xray {
        let missing = |reason: GapReason, of: &str| gap(reason, of);
        let encryption = |kind: String| XrayEncryption { kind, key_id: self.key.clone(), status: None };
        let destination = |destination: String| XrayDestination { destination, status: None };
        Xray {
            encryption: match &self.encryption {
                None => Observed::known(encryption("NONE".to_owned())),
                Some(Form::There(kind)) => Observed::known(encryption(kind.clone())),
                Some(Form::Gap(reason)) => Observed::missing(missing(*reason, "xray:GetEncryptionConfig")),
            },
            destination: match &self.destination {
                None => Observed::known(destination("XRay".to_owned())),
                Some(Form::There(name)) => Observed::known(destination(name.clone())),
                Some(Form::Gap(reason)) => Observed::missing(missing(*reason, "xray:GetTraceSegmentDestination")),
            },
        }
    }

    pub(super) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The log group of spans, where spans are put into one.
    pub(super) fn spans(&self, region: &str) -> Option<Arn> {
        let there = matches!(&self.destination, Some(Form::There(name)) if name == "CloudWatchLogs");
        there.then(|| arn(format!("arn:aws:logs:{region}:{ACCOUNT}:log-group:{SPANS}")))
    }
}
