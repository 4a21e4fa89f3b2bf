use super::collector::Context;
use super::run::Environment;
use crate::aws::{Caller, Session};
use crate::model::{PartName, Snapshot};
use crate::types::{Arn, Region};

/// Where collectors run: an account that was entered.
pub(super) struct Place<'a> {
    pub(super) environment: &'a Environment<'a>,
    pub(super) session: &'a Session,
    pub(super) caller: &'a Caller,
    pub(super) principal: &'a Arn,
}

impl Place<'_> {
    /// Reads something of a part, beside what the snapshot has, in its account and Region.
    pub(super) async fn within<T>(
        &self,
        snapshot: &Snapshot,
        part: PartName,
        read: impl AsyncFnOnce(&Context<'_>) -> T,
    ) -> T {
        let (account_id, region) = (&snapshot.account_id, &snapshot.region);
        // What an account has once is asked for where the session is at home.
        let endpoint = if *region == Region::global() { self.caller.region() } else { region };
        let settings = self.environment.settings;
        let context = Context {
            account_id,
            region,
            principal: self.principal,
            clients: &self.session.clients(endpoint),
            caller: &self.caller.on_behalf_of(Some(account_id.clone()), endpoint.clone()),
            door: self.environment.door,
            snapshot,
            inspection: self.environment.inspection(account_id, region),
            remembered: self.environment.remembered(account_id, region),
            regions: &settings.regions,
            versions: settings.versions,
            activities: settings.activities,
            running: settings.running,
            reads_histories: settings.reads_histories(),
            warnings: &settings.warnings,
            concurrency: settings.concurrency,
            now: (self.environment.now)(),
            part,
            progress: self.environment.progress,
        };
        read(&context).await
    }
}
