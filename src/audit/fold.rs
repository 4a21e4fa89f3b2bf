use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::report::{Finding, Status};
use crate::finding::Check;

/// One defect, one finding: each check judges alone and names the checks it yields to; what those cover of its finding
/// is theirs to say. The folded finding is named in the one that speaks for it, so nothing vanishes.
#[derive(Debug, Default)]
pub(super) struct Fold {
    noted: BTreeMap<String, Noted>,
}

#[derive(Debug)]
struct Noted {
    check: &'static Check,
    about: BTreeSet<String>,
}

impl Fold {
    pub(super) fn note(&mut self, id: &str, check: &'static Check, about: BTreeSet<String>) {
        if !about.is_empty() {
            self.noted
                .entry(id.to_owned())
                .or_insert_with(|| Noted { check, about: BTreeSet::new() })
                .about
                .extend(about);
        }
    }

    /// Takes out every finding that others cover whole, and names it in the one of them that covers most.
    pub(super) fn fold(&self, findings: &mut BTreeMap<String, Finding>) {
        let speaks = |id: &str| findings.get(id).is_some_and(|finding| finding.status == Status::NonCompliant);
        let yielding: Vec<_> =
            self.noted.iter().filter(|(id, noted)| !noted.check.yields_to.is_empty() && speaks(id)).collect();
        // Who speaks about a key; asked finding by finding, this would grow with the square of their number.
        let mut about: HashMap<&str, Vec<(&String, &'static str)>> = HashMap::new();
        for (id, noted) in self.noted.iter().filter(|(id, _)| speaks(id)) {
            for key in &noted.about {
                about.entry(key).or_default().push((id, noted.check.id));
            }
        }
        let mut moves: BTreeMap<String, (String, &'static str)> = BTreeMap::new();
        for (id, noted) in yielding {
            let mut shared: BTreeMap<&String, usize> = BTreeMap::new();
            let covered = noted.about.iter().all(|key| {
                let speakers = about.get(key.as_str()).into_iter().flatten();
                let heeded = speakers.filter(|(_, check)| noted.check.yields_to.contains(check));
                heeded.map(|(other, _)| *shared.entry(other).or_default() += 1).count() > 0
            });
            let most = shared.into_iter().max_by_key(|(_, count)| *count).filter(|_| covered);
            moves.extend(most.map(|(speaker, _)| (id.clone(), (speaker.clone(), noted.check.id))));
        }
        for (folded, (speaker, check)) in &moves {
            findings.remove(folded);
            // A speaker may itself be folded into another, which then speaks for both. Who yields to whom has no circle.
            let mut speaker = speaker;
            while let Some((next, _)) = moves.get(speaker) {
                speaker = next;
            }
            if let Some(speaker) = findings.get_mut(speaker) {
                speaker.folded.push(check);
                speaker.folded.sort_unstable();
                speaker.folded.dedup();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::Fold;
    use crate::audit::{Finding, Status};
    use crate::finding::{Check, Confidence, Family, Severity};

    const fn check(id: &'static str, yields_to: &'static [&'static str]) -> Check {
        let (title, severity, confidence) = ("", Severity::Low, Confidence::High);
        Check {
            id,
            family: Family::Access,
            title,
            severity,
            confidence,
            reads: &[],
            yields_to,
            since: "",
            references: &[],
            page: "",
            run: |_, _| {},
        }
    }

    static WILDCARD: Check = check("wildcard", &["excess", "runtime"]);
    static EXCESS: Check = check("excess", &["runtime"]);
    static RUNTIME: Check = check("runtime", &[]);

    /// Findings by check, each about some things; what is left, and what was folded into it.
    fn folded(noted: &[(&'static Check, &[&str])]) -> Vec<(&'static str, Vec<&'static str>)> {
        let (mut fold, mut findings) = (Fold::default(), BTreeMap::new());
        for (check, about) in noted {
            let finding = finding(check);
            fold.note(&finding.id, check, about.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>());
            findings.insert(finding.id.clone(), finding);
        }
        fold.fold(&mut findings);
        findings.into_values().map(|finding| (finding.check, finding.folded)).collect()
    }

    fn finding(check: &'static Check) -> Finding {
        use crate::types::{AccountId, Arn, Region};
        Finding {
            id: check.id.to_owned(),
            check: check.id,
            family: check.family,
            title: check.title,
            severity: check.severity,
            confidence: check.confidence,
            score: 0.0,
            status: Status::NonCompliant,
            account_id: AccountId::parse("123456789012").unwrap(),
            region: Region::global(),
            resource: Arn::parse("arn:aws:iam::123456789012:role/orders").unwrap(),
            location: crate::finding::Location::default(),
            machines: Vec::new(),
            message: String::new(),
            evidence: Vec::new(),
            gap: None,
            remediation: String::new(),
            change: None,
            references: &[],
            folded: Vec::new(),
            console_url: String::new(),
            owner: None,
            stack: None,
            first_seen: jiff::Timestamp::UNIX_EPOCH,
            last_seen: jiff::Timestamp::UNIX_EPOCH,
            since_last: crate::audit::ChangeSince::New,
            suppression: None,
        }
    }

    #[test]
    fn what_others_cover_whole_is_theirs_to_say() {
        assert_eq!(folded(&[(&WILDCARD, &["a"]), (&EXCESS, &["a", "b"])]), [("excess", vec!["wildcard"])]);
        assert_eq!(folded(&[(&WILDCARD, &["a", "b"]), (&EXCESS, &["a"]), (&RUNTIME, &["b"])]).len(), 2);
    }

    #[test]
    fn what_is_covered_in_part_stands() {
        let left = folded(&[(&WILDCARD, &["a", "c"]), (&EXCESS, &["a"])]);
        assert_eq!(left, [("excess", vec![]), ("wildcard", vec![])]);
        assert_eq!(folded(&[(&WILDCARD, &[]), (&EXCESS, &[])]).len(), 2);
    }

    #[test]
    fn nothing_vanishes_when_a_speaker_is_folded_too() {
        let left = folded(&[(&WILDCARD, &["a"]), (&EXCESS, &["a"]), (&RUNTIME, &["a"])]);
        assert_eq!(left, [("runtime", vec!["excess", "wildcard"])]);
    }
}
