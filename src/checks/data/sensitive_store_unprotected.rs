use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, RegionView, Severity, Subject, View,
    capitalised, listed, shell_quote,
};
use crate::model::{PartName, StoreAccess, Table, store_uses};
use crate::types::{Arn, Gap};

pub const CHECK: Check = Check {
    id: "sensitive-store-unprotected",
    family: Family::Data,
    title: "A table that holds execution data has no key of your own or no point-in-time recovery",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines, PartName::Tables, PartName::KmsKeys, PartName::Executions],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html",
        "https://www.enterpriseintegrationpatterns.com/patterns/messaging/StoreInLibrary.html",
    ],
    page: include_str!("sensitive-store-unprotected.md"),
    run,
};

/// Who uses a table.
#[derive(Default)]
struct Users<'a> {
    machines: Vec<MachineView<'a>>,
    /// Machine and state.
    puts: BTreeSet<String>,
    gets: BTreeSet<String>,
}

fn run(view: &View<'_>, out: &mut Evaluations) {
    for region in view.regions() {
        region.report_unread(out);
        let mut tables: BTreeMap<Arn, Users<'_>> = BTreeMap::new();
        for machine in region.machines() {
            match machine.definition() {
                Ok(definition) => add(&mut tables, machine, definition),
                Err(gap) => out.push(machine.subject(), Outcome::InsufficientData(gap)),
            }
        }
        for (arn, users) in tables.into_iter().filter(|(_, users)| !users.puts.is_empty()) {
            if let Some(verdict) = judge(region, &arn, &users).transpose() {
                out.judge(subject(region, arn, &users), verdict);
            }
        }
    }
}

fn add<'a>(tables: &mut BTreeMap<Arn, Users<'a>>, machine: MachineView<'a>, definition: &crate::asl::Definition) {
    for used in store_uses(definition) {
        let Some(arn) = used.table(&machine.machine.arn) else { continue };
        let users = tables.entry(arn).or_default();
        if users.machines.last().is_none_or(|last| last.machine.arn != machine.machine.arn) {
            users.machines.push(machine);
        }
        let place = format!("{} {}", machine.name(), used.state);
        match used.access {
            StoreAccess::Get => users.gets.insert(place),
            StoreAccess::Put | StoreAccess::Results => users.puts.insert(place),
        };
    }
}

fn subject(region: &RegionView<'_>, resource: Arn, users: &Users<'_>) -> Subject {
    Subject {
        account_id: region.snapshot.account_id.clone(),
        region: region.snapshot.region.clone(),
        resource,
        machines: users.machines.iter().map(|machine| machine.machine.arn.clone()).collect(),
    }
}

fn judge(region: &RegionView<'_>, arn: &Arn, users: &Users<'_>) -> Result<Option<Outcome>, Gap> {
    // That a table is missing is for the task that fails to say.
    let Some(table) = region.table(arn)? else { return Ok(None) };
    let recovers = table.point_in_time_recovery.whole().map_err(Gap::clone).copied();
    let (open, lost) = match (is_open(region, table), recovers) {
        (Ok(open), Ok(recovers)) => (open, !recovers),
        // What is wrong for certain is said, whatever was not read beside it.
        (Ok(true), Err(_)) => (true, false),
        (Err(_), Ok(false)) => (false, true),
        (Err(gap), _) | (_, Err(gap)) => return Err(gap),
    };
    if !open && !lost {
        return Ok(Some(Outcome::Compliant));
    }
    Ok(Some(defect(arn, users, table, open, lost).into()))
}

/// Nobody needs a permission on a key to read it.
fn is_open(region: &RegionView<'_>, table: &Table) -> Result<bool, Gap> {
    match &table.key {
        None => Ok(true),
        Some(key) => region.is_customers_key(key).map(|own| !own),
    }
}

fn defect(arn: &Arn, users: &Users<'_>, table: &Table, open: bool, lost: bool) -> Defect {
    let name = arn.name();
    // What is put there and got again is a claim check: executions carry the key, the table the data.
    let claim_check = !users.gets.is_empty();
    let key = match &table.key {
        None => "is encrypted under a key that AWS owns",
        Some(_) => "is encrypted under a key that AWS manages",
    };
    let lacks: Vec<_> =
        open.then_some(key).into_iter().chain(lost.then_some("has no point-in-time recovery")).collect();
    let role = if claim_check { "keeps what executions only refer to" } else { "takes items from executions" };
    let why = match (open, lost) {
        (true, false) => "everyone with dynamodb:GetItem reads it and no key policy stands before that",
        (false, _) => "what is overwritten or deleted by mistake is gone, with the executions that refer to it",
        (true, true) => "no key policy stands before its readers, and what is deleted by mistake is gone",
    };
    let message = format!("{name} {role} and {}: {why}.", lacks.join(" and "));
    let (remediation, command) = change(arn, open, lost);
    let carried: BTreeSet<_> = users.machines.iter().flat_map(MachineView::sensitive_types).collect();
    let severity = if claim_check && open && lost || !carried.is_empty() { Severity::Medium } else { CHECK.severity };
    let confidence = if claim_check { Confidence::High } else { CHECK.confidence };
    let mut defect = Defect::new(message, remediation).severity(severity).confidence(confidence);
    defect = defect.evidence("put_by", listed(&users.puts));
    if claim_check {
        defect = defect.evidence("got_by", listed(&users.gets));
    }
    if open {
        defect = defect.evidence("key", if table.key.is_some() { "AWS managed key" } else { "AWS owned key" });
    }
    if lost {
        defect = defect.evidence("point_in_time_recovery", "off");
    }
    if !carried.is_empty() {
        defect = defect.evidence("seen_in_executions", listed(&carried));
    }
    if let Ok(expires) = table.expires.whole() {
        defect = defect.evidence("time_to_live", if *expires { "on" } else { "off" });
    }
    defect.change(Change::Command(command))
}

fn change(arn: &Arn, open: bool, lost: bool) -> (String, String) {
    let (region, name) = (arn.region(), shell_quote(arn.name()));
    let (mut remedies, mut commands) = (Vec::new(), Vec::new());
    if open {
        remedies
            .push("encrypt the table under a customer managed key that the roles using it may use through DynamoDB");
        commands.push(format!(
            "aws dynamodb update-table --region {region} --table-name {name} --sse-specification \
             'Enabled=true,SSEType=KMS,KMSMasterKeyId=<KEY_ARN>'"
        ));
    }
    if lost {
        remedies.push("switch point-in-time recovery on, for as many days as the data may be kept");
        commands.push(format!(
            "aws dynamodb update-continuous-backups --region {region} --table-name {name} \
             --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=35"
        ));
    }
    (format!("{}.", capitalised(&remedies.join(", and "))), commands.join("\n"))
}
