use std::collections::{BTreeMap, HashMap};

use super::judged::Judged;
use super::report::{Finding, Inspected, Inventory, MachineReport, Score, Status};
use super::score::{Band, machine_risk, mean_risk};
use crate::finding::{MachineView, RegionView, RoutingSettings, View, routing};
use crate::types::{Arn, Region};

/// Every machine with its risk, worst first.
pub(super) fn machines(view: &View<'_>, findings: &[Finding], judged: &Judged) -> Vec<MachineReport> {
    let mut by_machine: HashMap<&Arn, Vec<&Finding>> = HashMap::new();
    for finding in findings {
        for machine in &finding.machines {
            by_machine.entry(machine).or_default().push(finding);
        }
    }
    let none = Vec::new();
    let mut reports: Vec<_> = view
        .accounts
        .iter()
        .flat_map(|account| {
            account.regions.iter().flat_map(RegionView::machines).map(move |machine| (account, machine))
        })
        .map(|(account, machine)| {
            let own = by_machine.get(&machine.machine.arn).unwrap_or(&none);
            let exposure = account.exposure(&machine);
            MachineReport {
                exposure,
                ..machine_report(&machine, &view.settings.routing, own, judged.machine(&machine.machine.arn))
            }
        })
        .collect();
    let rank = |risk: Option<f64>| risk.unwrap_or(-1.0);
    reports.sort_by(|a, b| rank(b.risk).total_cmp(&rank(a.risk)).then_with(|| a.arn.cmp(&b.arn)));
    reports
}

fn machine_report(
    machine: &MachineView<'_>,
    keys: &RoutingSettings,
    findings: &[&Finding],
    judged: bool,
) -> MachineReport {
    let scores = findings.iter().filter(|finding| finding.status == Status::NonCompliant).map(|finding| finding.score);
    let risk = judged.then(|| machine_risk(scores));
    let (owner, stack) = routing(machine.region, &machine.machine.arn, keys);
    let subject = machine.subject();
    MachineReport {
        arn: subject.resource,
        account_id: subject.account_id,
        region: subject.region,
        kind: machine.machine.kind,
        risk,
        band: risk.map(Band::of),
        readable: machine.details().is_ok(),
        findings: findings.iter().map(|finding| finding.id.clone()).collect(),
        owner,
        stack,
        exposure: None,
        picture: None,
    }
}

/// What was read of executions, by Region.
pub(super) fn inspected(view: &View<'_>) -> Vec<Inspected> {
    let of = |region: &RegionView<'_>| {
        let executions = region.snapshot.executions();
        let samples: Vec<_> = executions
            .seen()
            .0?
            .values()
            .filter_map(|data| data.seen().0)
            .map(|data| (data.sample.new, data.sample.new_bytes))
            .collect();
        Some(Inspected {
            account_id: region.snapshot.account_id.clone(),
            region: region.snapshot.region.clone(),
            executions: samples.iter().map(|(new, _)| new).sum(),
            bytes: samples.iter().map(|(_, bytes)| bytes).sum(),
        })
    };
    view.regions().filter_map(of).collect()
}

/// Risk by Region, and by account under [`Region::GLOBAL`].
pub(super) fn scores(view: &View<'_>, machines: &[MachineReport]) -> Vec<Score> {
    let mut scores = Vec::new();
    for account in &view.accounts {
        let of_account = |machine: &&MachineReport| machine.account_id == *account.account_id;
        for region in &account.regions {
            let own = machines.iter().filter(of_account).filter(|machine| machine.region == region.snapshot.region);
            scores.push(score(account.account_id.clone(), region.snapshot.region.clone(), own));
        }
        scores.push(score(account.account_id.clone(), Region::global(), machines.iter().filter(of_account)));
    }
    scores
}

fn score<'a>(
    account_id: crate::types::AccountId,
    region: Region,
    machines: impl Iterator<Item = &'a MachineReport>,
) -> Score {
    let (mut risks, mut by_band, mut unread) = (Vec::new(), BTreeMap::new(), 0);
    for machine in machines {
        match (machine.risk, machine.band) {
            (Some(risk), Some(band)) => {
                risks.push(risk);
                *by_band.entry(band).or_default() += 1;
            }
            // One that was read and that no selected check judges is neither.
            _ => unread += usize::from(!machine.readable),
        }
    }
    Score {
        account_id,
        region,
        risk: mean_risk(&risks),
        machines_evaluated: risks.len(),
        machines_unread: unread,
        by_band,
    }
}

/// What there is, by Region.
pub(super) fn inventory(view: &View<'_>) -> Vec<Inventory> {
    let of = |region: &crate::finding::RegionView<'_>| {
        let list = region.snapshot.state_machines();
        let (seen, gap) = list.seen();
        let count = |list: &&crate::model::StateMachines| {
            let mut kinds = BTreeMap::new();
            for machine in &list.machines {
                *kinds.entry(machine.kind).or_default() += 1;
            }
            kinds
        };
        Inventory {
            account_id: region.snapshot.account_id.clone(),
            region: region.snapshot.region.clone(),
            state_machines: seen.map(count),
            complete: gap.is_none(),
        }
    };
    view.regions().map(of).collect()
}
