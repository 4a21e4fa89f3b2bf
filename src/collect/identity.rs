use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::collector::{Collector, Context, Scope, clean, without_session};
use super::pages::{Page, all_pages, named, required};
use super::settings::Regions;
use crate::aws::apis::{ACCOUNT_LIST_REGIONS, STS_GET_CALLER_IDENTITY};
use crate::aws::{AwsClock, Caller, Clients, Failure, FailureKind};
use crate::detect::Door;
use crate::model::{Identity, PartName, PartValue};
use crate::types::{AccountId, Arn, Observed, Region};

/// Who audits, and which Regions the account has enabled.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::Identity,
    scope: Scope::Account,
    after: &[],
    apis: &[&STS_GET_CALLER_IDENTITY, &ACCOUNT_LIST_REGIONS],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let caller = context.principal.clone();
        let partition = caller.partition().to_owned();
        PartValue::Identity(Observed::known(Identity { partition, caller, regions: regions(context).await }))
    }
    .boxed()
}

/// Asked once, before anything else. The account of the credentials, and the principal without its session name, which can be a person's.
pub(super) async fn whoami(
    caller: &Caller,
    clients: &Clients,
    door: &Door,
    clock: &AwsClock,
) -> Result<(AccountId, Arn), Failure> {
    let api = &STS_GET_CALLER_IDENTITY;
    let sts = clients.sts();
    let ask = || sts.get_caller_identity().customize().interceptor(clock.clone()).send();
    let answer = caller.call(api, ask).await.map_err(|failure| clean(door, &failure))?;
    let account = answer.account.and_then(|account| AccountId::parse(account).ok());
    let arn = answer.arn.and_then(|arn| Arn::parse(without_session(&arn)).ok());
    let broken = || Failure {
        kind: FailureKind::Other,
        api,
        detail: format!("{} answered without a usable account and ARN", api.name),
    };
    account.zip(arn).ok_or_else(broken)
}

async fn regions(context: &Context<'_>) -> Observed<Vec<Region>> {
    if let Regions::Named(named) = context.regions {
        return Observed::known(named.clone());
    }
    let client = context.clients.account();
    let (listed, failure) = all_pages(&ACCOUNT_LIST_REGIONS, |token| {
        let request = client.list_regions().max_results(50).set_next_token(token);
        let request = request
            .region_opt_status_contains(aws_sdk_account::types::RegionOptStatus::Enabled)
            .region_opt_status_contains(aws_sdk_account::types::RegionOptStatus::EnabledByDefault);
        async move {
            let answer = context.call(&ACCOUNT_LIST_REGIONS, || request.clone().send()).await?;
            let regions = required(&ACCOUNT_LIST_REGIONS, answer.regions, "Regions")?;
            Ok(Page { items: regions, next: answer.next_token })
        }
    })
    .await;
    let name = |region: aws_sdk_account::types::Region| Region::parse(region.region_name?).ok();
    let (mut regions, failure) = named(&ACCOUNT_LIST_REGIONS, listed.into_iter().map(name), "RegionName", failure);
    regions.sort();
    context.listed(regions, failure.as_ref())
}
