use std::fmt;

use sha2::{Digest, Sha256};

use crate::iam::{Selector, Statement, glob_matches};

/// One statement that allows something, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    /// The managed policy's ARN or the inline policy's name.
    pub policy: &'a str,
    pub inline: bool,
    pub statement: &'a Statement,
}

/// What is left of an allowing statement when some actions are taken out of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Rest {
    Nothing,
    Statement(Statement),
    /// A wildcard or `NotAction` names the actions among others, and nobody said which of those are needed.
    Unclear,
}

impl fmt::Display for Grant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.inline { "inline" } else { "managed" };
        write!(f, "statement {} of the {kind} policy {}", self.statement_id(), self.policy)
    }
}

impl Grant<'_> {
    /// The same statement of the same policy.
    pub fn is(&self, other: &Grant<'_>) -> bool {
        self.policy == other.policy && std::ptr::eq(self.statement, other.statement)
    }

    /// The statement without `actions`.
    pub fn without(&self, actions: &[&str]) -> Rest {
        let Selector::Only(patterns) = &self.statement.actions else { return Rest::Unclear };
        if !self.wildcards(actions).is_empty() {
            return Rest::Unclear;
        }
        let named = |pattern: &String| actions.iter().any(|action| action.eq_ignore_ascii_case(pattern));
        let kept: Vec<_> = patterns.iter().filter(|pattern| !named(pattern)).cloned().collect();
        if kept.is_empty() {
            return Rest::Nothing;
        }
        Rest::Statement(Statement { actions: Selector::Only(kept), ..self.statement.clone() })
    }

    /// The wildcards by which the statement names any of `actions`; `NotAction` counts as one.
    pub fn wildcards(&self, actions: &[&str]) -> Vec<&str> {
        let Selector::Only(patterns) = &self.statement.actions else {
            let any = actions.iter().any(|action| self.statement.matches_action(action));
            return if any { vec!["NotAction"] } else { Vec::new() };
        };
        let wild = |pattern: &&str| {
            pattern.contains(['*', '?']) && actions.iter().any(|action| glob_matches(pattern, action, true))
        };
        patterns.iter().map(String::as_str).filter(wild).collect()
    }

    /// The statement's id, or a hash of the statement where it has none: stable when statements are reordered.
    pub fn statement_id(&self) -> String {
        if let Some(sid) = &self.statement.sid {
            return sid.clone();
        }
        let text = serde_json::to_string(self.statement).expect("a statement is plain JSON");
        let hex: String = Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Grant, Rest};
    use crate::iam::{Policy, Selector};

    const WRITE: [&str; 2] = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

    fn rest(statement: &serde_json::Value) -> (Rest, Vec<String>) {
        let policy = Policy::parse(&json!({ "Statement": statement })).unwrap();
        let grant = Grant { policy: "p", inline: true, statement: &policy.statements[0] };
        (grant.without(&WRITE), grant.wildcards(&WRITE).iter().map(ToString::to_string).collect())
    }

    #[test]
    fn actions_are_taken_out_only_where_each_is_named() {
        let statement = |action| json!({"Effect": "Allow", "Action": action, "Resource": "*"});
        assert_eq!(rest(&statement(json!(["XRAY:puttracesegments"]))), (Rest::Nothing, vec![]));
        let (Rest::Statement(left), _) = rest(&statement(json!(["xray:PutTraceSegments", "s3:*"]))) else {
            panic!("s3:* stays");
        };
        assert_eq!(left.actions, Selector::Only(vec!["s3:*".into()]));
        assert_eq!(rest(&statement(json!(["xray:Put*", "s3:*"]))), (Rest::Unclear, vec!["xray:Put*".into()]));
        let all_but = json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"});
        assert_eq!(rest(&all_but), (Rest::Unclear, vec!["NotAction".into()]));
    }
}
