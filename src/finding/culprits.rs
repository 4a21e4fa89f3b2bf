//! Who holds a quota, in words.

use super::Defect;
use super::quota::Crowding;
use super::text::{digits, shell_quote};
use crate::model::{Holder, Holders, Quota, QuotaStatus};

/// State machines that a message names; evidence and report name the others.
const NAMED: usize = 3;

impl Crowding<'_> {
    /// See [`held_by`].
    pub fn held_by(&self) -> String {
        held_by(self.status)
    }

    /// The ARN of the machine that holds most, as a word of a shell; a placeholder where it is not known.
    pub fn top_holder(&self) -> String {
        let top = self.status.holders.as_ref().and_then(|held| held.most.first());
        top.map_or_else(|| "'<STATE_MACHINE_ARN>'".to_owned(), |top| shell_quote(top.machine.as_str()))
    }
}

/// A sentence with a space before it that names the top holders and the fastest growing, or says why nobody can; empty
/// where nobody looked.
pub fn held_by(status: &QuotaStatus) -> String {
    let Some(held) = status.holders.as_ref().filter(|held| !held.most.is_empty()) else {
        let why = status.holders_gap.as_ref().map(|gap| format!(" Who holds it could not be read: {}.", gap.detail));
        return why.unwrap_or_default();
    };
    let most = spelled_out(status.quota, held, held.most.iter().take(NAMED));
    let fastest = held.fastest.first().filter(|one| held.most.first().is_none_or(|top| top.machine != one.machine));
    let fastest = fastest.map(|one| format!("; {} grows fastest", one.machine.name())).unwrap_or_default();
    format!(" Most is held by {most}{fastest}.")
}

/// The holders as evidence.
pub(super) fn with_holders(defect: Defect, status: &QuotaStatus) -> Defect {
    let Some(held) = status.holders.as_ref().filter(|held| !held.most.is_empty()) else { return defect };
    let defect = defect.evidence("held_by", spelled_out(status.quota, held, &held.most));
    let defect = match held.fastest.is_empty() {
        true => defect,
        false => defect.evidence("growing_fastest", spelled_out(status.quota, held, &held.fastest)),
    };
    defect.evidence("held_by_source", held.source.as_str()).evidence("held_since", held.since.to_string())
}

fn spelled_out<'a>(quota: Quota, held: &Holders, holders: impl IntoIterator<Item = &'a Holder>) -> String {
    let told = |one: &Holder| format!("{} ({})", one.machine.name(), told(quota, held, one));
    holders.into_iter().map(told).collect::<Vec<_>>().join(", ")
}

fn told(quota: Quota, held: &Holders, holder: &Holder) -> String {
    let each_second = matches!(quota, Quota::StateTransitions | Quota::Api(_));
    let unit = if each_second { " a second" } else { "" };
    let count = |value: f64| if value < 10.0 && value.fract() != 0.0 { format!("{value:.1}") } else { digits(value) };
    let at_least = if holder.at_least { "at least " } else { "" };
    let mut told = vec![format!("{at_least}{}{unit}", count(holder.value))];
    if let Some(net) = held.net_starts.get(&holder.machine).filter(|net| holder.at_least && **net > holder.value) {
        told.push(format!("some {} by CloudWatch's starts and ends", digits(*net)));
    }
    if let Some(growth) = holder.growth_per_hour.filter(|growth| *growth >= 0.05) {
        told.push(format!("{} more each hour", count(growth)));
    }
    told.join(", ")
}
