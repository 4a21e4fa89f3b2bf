//! BatchImportFindings of AWS Security Hub, within the request budget.
//!
//! Source of the limits: <https://docs.aws.amazon.com/securityhub/latest/partnerguide/guidelines-batchimportfindings.html>.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::aws::apis::SECURITY_HUB_BATCH_IMPORT_FINDINGS as IMPORT;
use crate::aws::{Caller, Clients, Failure, Signed};

/// Findings of a call.
const BATCH: usize = 100;
/// Bytes of a finding, and of a call: a little below 240 KB and 6 MB.
const FINDING: usize = 239_000;
const CALL: usize = 5_900_000;
/// What Security Hub did not take for a reason that passes is sent once more, after this time.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// What became of the findings of one account and Region.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sent {
    pub accepted: usize,
    /// By the code of the refusal; `TooLarge` of what was not sent.
    pub refused: BTreeMap<String, usize>,
}

impl Sent {
    pub fn refused(&self) -> usize {
        self.refused.values().sum()
    }
}

/// A finding in the AWS Security Finding Format, as JSON, with its `Id`.
struct Finding {
    id: String,
    json: Vec<u8>,
}

/// Sends findings of one account and Region, in batches. A call that fails ends it, as the next one would fail too.
///
/// # Errors
/// With what was taken before.
pub async fn send(
    clients: &Clients,
    caller: &Caller,
    findings: impl Iterator<Item = Value>,
) -> Result<Sent, (Sent, Failure)> {
    let mut sent = Sent::default();
    let hub = match clients.signed("securityhub").await {
        Ok(hub) => hub,
        Err(error) => return Err((sent, Failure::of(&IMPORT, &error))),
    };
    let (mut batch, mut bytes) = (Vec::new(), 0);
    for finding in findings {
        let id = finding["Id"].as_str().unwrap_or_default().to_owned();
        let json = finding.to_string().into_bytes();
        if json.len() > FINDING {
            *sent.refused.entry("TooLarge".to_owned()).or_default() += 1;
            continue;
        }
        if batch.len() == BATCH || bytes + json.len() > CALL {
            import(&hub, caller, std::mem::take(&mut batch), &mut sent).await?;
            bytes = 0;
        }
        bytes += json.len() + 1;
        batch.push(Finding { id, json });
    }
    if !batch.is_empty() {
        import(&hub, caller, batch, &mut sent).await?;
    }
    Ok(sent)
}

/// One batch; what was refused for a reason that passes once more.
async fn import(
    hub: &Signed,
    caller: &Caller,
    mut batch: Vec<Finding>,
    sent: &mut Sent,
) -> Result<(), (Sent, Failure)> {
    let refused = call(hub, caller, &batch, sent).await?;
    let again = |code: &str| code.contains("Throttl") || code.contains("Internal") || code.contains("Limit");
    batch.retain(|finding| refused.get(&finding.id).is_some_and(|code| again(code)));
    for code in refused.values().filter(|code| batch.is_empty() || !again(code)) {
        *sent.refused.entry(code.clone()).or_default() += 1;
    }
    if batch.is_empty() {
        return Ok(());
    }
    if let Err(failure) = caller.wait(&IMPORT, AGAIN_AFTER).await {
        return Err((std::mem::take(sent), failure));
    }
    for code in call(hub, caller, &batch, sent).await?.into_values() {
        *sent.refused.entry(code).or_default() += 1;
    }
    Ok(())
}

/// The codes of what was refused, by the finding's id.
async fn call(
    hub: &Signed,
    caller: &Caller,
    batch: &[Finding],
    sent: &mut Sent,
) -> Result<BTreeMap<String, String>, (Sent, Failure)> {
    let findings: Vec<_> = batch.iter().map(|finding| finding.json.as_slice()).collect();
    let body = [&b"{\"Findings\":["[..], &findings.join(&b','), &b"]}"[..]].concat();
    let answer = match caller.call(&IMPORT, || hub.post("/findings/import", &body)).await {
        Ok(answer) => answer,
        Err(failure) => return Err((std::mem::take(sent), failure)),
    };
    let failed = answer["FailedFindings"].as_array().map(Vec::as_slice).unwrap_or_default();
    let code = |failed: &Value| {
        let code = failed["ErrorCode"].as_str().unwrap_or("Unknown");
        // A code is a word; whatever else stands there is not repeated.
        let word = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (failed["Id"].as_str().unwrap_or_default().to_owned(), if word { code } else { "Unknown" }.to_owned())
    };
    let refused: BTreeMap<_, _> = failed.iter().map(code).collect();
    sent.accepted += batch.len().saturating_sub(refused.len());
    Ok(refused)
}
