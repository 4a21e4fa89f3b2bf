//! Who receives reports.

use std::path::PathBuf;
use std::str::FromStr;

use crate::types::Region;

/// A receiver of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Receiver {
    /// AWS Security Hub, by BatchImportFindings.
    SecurityHub,
}

/// Who receives reports; nobody unless it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SendSettings {
    pub receivers: Vec<Receiver>,
    pub metrics: MetricsSettings,
}

/// Where metrics are pushed by what does not live long enough to be scraped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MetricsSettings {
    /// The URL of Prometheus's remote write.
    pub remote_write_url: Option<String>,
    /// Signed for Amazon Managed Prometheus in this Region; its own URLs name it.
    pub signing_region: Option<Region>,
    /// The URL of a Pushgateway, without a path.
    pub pushgateway_url: Option<String>,
    /// Holds the Authorization header of both.
    pub authorization_file: Option<PathBuf>,
}

impl MetricsSettings {
    pub fn is_empty(&self) -> bool {
        self.remote_write_url.is_none() && self.pushgateway_url.is_none()
    }

    /// The Region to sign for: as it is set, or as a workspace's host names it
    /// (`aps-workspaces.eu-west-1.amazonaws.com`).
    pub fn signs_for(&self) -> Option<Region> {
        self.signing_region.clone().or_else(|| {
            let host = self.remote_write_url.as_deref()?.strip_prefix("https://aps-workspaces.")?;
            let (region, domain) = host.split_once('.')?;
            domain.starts_with("amazonaws.com").then(|| Region::parse(region).ok())?
        })
    }
}

impl SendSettings {
    pub fn sends_to(&self, receiver: Receiver) -> bool {
        self.receivers.contains(&receiver)
    }
}

impl FromStr for Receiver {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "security-hub" => Ok(Self::SecurityHub),
            _ => Err("expected security-hub".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MetricsSettings;

    #[test]
    fn a_workspace_names_its_region() {
        for (url, expected) in [
            ("https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write", Some("eu-west-1")),
            (
                "https://aps-workspaces.cn-north-1.amazonaws.com.cn/workspaces/ws-1/api/v1/remote_write",
                Some("cn-north-1"),
            ),
            ("https://prometheus.example.com/api/v1/write", None),
            ("https://aps-workspaces.eu-west-1.example.com/api/v1/write", None),
        ] {
            let settings = MetricsSettings { remote_write_url: Some(url.to_owned()), ..MetricsSettings::default() };
            assert_eq!(settings.signs_for().as_ref().map(crate::types::Region::as_str), expected, "{url}");
        }
    }
}
