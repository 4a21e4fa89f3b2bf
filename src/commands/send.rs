use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::anyhow;
use serde_json::Value;

use super::gather::{Asked, Eyes, ask};
use super::outcome::Failures;
use crate::audit::Report;
use crate::aws::{Budget, Caller, Failure};
use crate::collect::{Environment, Silent};
use crate::config::Config;
use crate::detect::HashKey;
use crate::export::asff;
use crate::send::security_hub::{self, Sent};
use crate::send::settings::Receiver;
use crate::store::random_key;
use crate::types::{AccountId, Region};

/// The findings of one account and Region.
type Places = BTreeMap<(AccountId, Region), Vec<Value>>;

/// Sends the report to whoever is to receive it.
pub(super) fn send(report: &Report, config: &Config, failures: &mut Failures) {
    if config.send.sends_to(Receiver::SecurityHub) {
        failures.note(to_security_hub(report, config));
    }
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
