use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use serde_json::Value;

use super::gather::{Asked, Eyes, ask};
use super::outcome::Failures;
use super::output::Extent;
use crate::audit::Report;
use crate::aws::{Budget, Caller, Failure, Session};
use crate::collect::{Environment, Silent};
use crate::config::Config;
use crate::detect::HashKey;
use crate::export::{asff, prometheus};
use crate::send::metrics;
use crate::send::security_hub::{self, Sent};
use crate::send::settings::Receiver;
use crate::store::random_key;
use crate::types::{AccountId, Region};

/// The findings of one account and Region.
type Places = BTreeMap<(AccountId, Region), Vec<Value>>;

/// Sends the report, and its metrics, to whoever is to receive them.
pub(super) fn send(report: &Report, config: &Config, extent: Extent, failures: &mut Failures) {
    if config.send.sends_to(Receiver::SecurityHub) && extent == Extent::Whole {
        failures.note(to_security_hub(report, config));
    }
    send_metrics(report, config, extent, failures);
}

/// Pushes the metrics where nobody scrapes them.
pub(super) fn send_metrics(report: &Report, config: &Config, extent: Extent, failures: &mut Failures) {
    let settings = &config.send.metrics;
    if settings.is_empty() {
        return;
    }
    let sent = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(anyhow::Error::from);
    failures.note(sent.and_then(|runtime| runtime.block_on(push(report, config, extent))));
}

async fn push(report: &Report, config: &Config, extent: Extent) -> anyhow::Result<()> {
    let settings = &config.send.metrics;
    let (families, session) = (extent.families(report), Session::load(&config.aws).await);
    let authorization = settings.authorization_file.as_deref().map(authorization).transpose()?;
    let mut faults = Vec::new();
    if let Some(url) = &settings.remote_write_url {
        let signs_for = settings.signs_for();
        // A signature is an authorization of its own.
        let authorization = authorization.as_deref().filter(|_| signs_for.is_none());
        let bodies = prometheus::remote_write(&families, report.finished_at);
        let sent = match session.pusher(signs_for).await {
            Ok(pusher) => metrics::remote_write(&pusher, url, authorization, &bodies).await,
            Err(why) => Err(why),
        };
        faults.extend(sent.err().map(|why| format!("remote write to {url}: {why}")));
    }
    if let Some(url) = &settings.pushgateway_url {
        let groups = prometheus::groups(&families)?;
        let groups = groups.iter().map(|group| (group.path.as_str(), group.body.as_str()));
        let sent = match session.pusher(None).await {
            Ok(pusher) => metrics::pushgateway(&pusher, url, authorization.as_deref(), groups).await,
            Err(why) => Err(why),
        };
        faults.extend(sent.err().map(|why| format!("the Pushgateway {url}: {why}")));
    }
    if faults.is_empty() { Ok(()) } else { Err(anyhow!(faults.join("; "))) }
}

fn authorization(file: &Path) -> anyhow::Result<String> {
    let told = || format!("metrics.authorization_file {}", file.display());
    let text = std::fs::read_to_string(file).with_context(told)?.trim().to_owned();
    let lawful = !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if lawful { Ok(text) } else { Err(anyhow!("{}: expected one line as `Bearer ...`", told())) }
}

fn to_security_hub(report: &Report, config: &Config) -> anyhow::Result<()> {
    let mut places = Places::new();
    for imported in asff::findings(report) {
        let place = (AccountId::parse(imported.account_id)?, Region::parse(imported.region)?);
        places.entry(place).or_default().push(imported.finding);
    }
    let budget = Arc::new(Budget::new(config.aws.budget.clone()));
    let eyes = Eyes::new(HashKey::new(random_key()));
    let Asked { answer, .. } =
        ask(config, &budget, &eyes, &Silent, async |environment| all(environment, config, places).await)?;
    let refused: Vec<_> = answer.into_iter().filter_map(told).collect();
    if refused.is_empty() { Ok(()) } else { Err(anyhow!("Security Hub: {}", refused.join("; "))) }
}

type Answer = ((AccountId, Region), Result<Sent, (Sent, Failure)>);

/// One place after the other, each by the role that the account is scanned with.
async fn all(environment: &Environment<'_>, config: &Config, places: Places) -> Vec<Answer> {
    let mut answers = Vec::new();
    for ((account, region), findings) in places {
        let caller = Caller::new(
            environment.budget.clone(),
            region.clone(),
            environment.max_attempts,
            environment.cancel.clone(),
        );
        let caller = caller.on_behalf_of(Some(account.clone()), region.clone());
        let source = config.collect.accounts.iter().find(|source| source.role_arn.account() == account.as_str());
        let session = source.map_or_else(
            || environment.session.clone(),
            |source| environment.session.assume(source.role_arn.clone(), source.external_id.clone(), caller.clone()),
        );
        let sent = security_hub::send(&session.clients(&region), &caller, findings.into_iter()).await;
        answers.push(((account, region), sent));
    }
    answers
}

/// Logs what was taken; says what was not.
fn told(((account, region), answer): Answer) -> Option<String> {
    let (sent, failure) = match answer {
        Ok(sent) => (sent, None),
        Err((sent, failure)) => (sent, Some(failure)),
    };
    tracing::info!(account_id = %account, region = %region, accepted = sent.accepted, "findings were sent to Security Hub");
    let codes: Vec<_> = sent.refused.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let refused =
        (sent.refused() > 0).then(|| format!("{} findings were refused ({})", sent.refused(), codes.join(", ")));
    let why: Vec<_> = refused.into_iter().chain(failure.map(|failure| failure.detail)).collect();
    (!why.is_empty()).then(|| format!("{account} {region}: {}", why.join(", ")))
}
