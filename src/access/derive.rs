use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::need::{Certainty, Need};

/// The least-privilege policy document of what is needed; what is only tolerated is left out.
pub fn policy(needs: &[Need]) -> Value {
    let statements = statements(needs.iter().filter(|need| need.certainty != Certainty::Optional));
    let mut taken = BTreeMap::<String, usize>::new();
    let written: Vec<_> = statements
        .into_iter()
        .map(|statement| {
            let name = statement.name();
            let count = taken.entry(name.clone()).or_default();
            *count += 1;
            let sid = if *count == 1 { name } else { format!("{name}{count}") };
            statement.document(Some(&sid))
        })
        .collect();
    json!({"Version": "2012-10-17", "Statement": written})
}

/// Actions of one service on the same resources under the same condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grouped {
    service: String,
    actions: BTreeSet<String>,
    resources: BTreeSet<String>,
    condition: Option<String>,
}

/// As few statements as say the same: first by where, then by what.
pub(super) fn statements<'a>(needs: impl Iterator<Item = &'a Need>) -> BTreeSet<Grouped> {
    type Where = (String, BTreeSet<String>, Option<String>);
    let mut by_place = BTreeMap::<Where, BTreeSet<String>>::new();
    for need in needs {
        let service = need.action.split(':').next().unwrap_or_default().to_owned();
        let condition = need.condition.as_ref().map(Value::to_string);
        for resource in &need.resources {
            let place = (service.clone(), BTreeSet::from([resource.clone()]), condition.clone());
            by_place.entry(place).or_default().insert(need.action.clone());
        }
    }
    let mut by_actions = BTreeMap::<(String, BTreeSet<String>, Option<String>), BTreeSet<String>>::new();
    for ((service, resources, condition), actions) in by_place {
        by_actions.entry((service, actions, condition)).or_default().extend(resources);
    }
    let group = |((service, actions, condition), resources)| Grouped { service, actions, resources, condition };
    by_actions.into_iter().map(group).collect()
}

impl Grouped {
    /// As IAM writes it: one text or a list of them.
    pub(super) fn document(&self, sid: Option<&str>) -> Value {
        let list = |texts: &BTreeSet<String>| match texts.len() {
            1 => json!(texts.first()),
            _ => json!(texts),
        };
        let mut statement =
            json!({"Effect": "Allow", "Action": list(&self.actions), "Resource": list(&self.resources)});
        if let Some(sid) = sid {
            statement["Sid"] = json!(sid);
        }
        if let Some(condition) = &self.condition {
            statement["Condition"] = serde_json::from_str(condition).unwrap_or_default();
        }
        statement
    }

    /// `LambdaInvokeFunction`, `GlueJob`, `LogsDelivery`: letters and digits only, as IAM wants them.
    fn name(&self) -> String {
        let what = match self.actions.first() {
            Some(action) if self.actions.len() == 1 => action.split(':').nth(1).unwrap_or_default().to_owned(),
            _ => self.resources.first().map_or_else(String::new, |resource| kind_of(resource)),
        };
        let word = |text: &str| {
            let mut letters = text.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        };
        let words = self.service.split(|c: char| !c.is_ascii_alphanumeric()).chain([what.as_str()]);
        words.map(word).collect::<String>().chars().filter(char::is_ascii_alphanumeric).collect()
    }
}

/// The word before the name in an ARN: `rule`, `execution`; of S3 `Bucket` or `Objects`.
fn kind_of(resource: &str) -> String {
    let parts: Vec<_> = resource.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, "s3", _, _, path] => if path.contains('/') { "Objects" } else { "Bucket" }.to_owned(),
        [_, _, _, _, _, path] => {
            let path = path.trim_start_matches('/');
            let kind = path.split([':', '/']).next().unwrap_or_default();
            kind.split('-').map(capital).collect()
        }
        _ => "Unscoped".to_owned(),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
