use serde_json::{Map, Value, json};

use super::guard::{Guard, guard};
use super::principal::{Principal, lets_in, lets_step_functions_in};
use crate::iam::{Policy, Statement};

/// Whose machines a guarded statement lets Step Functions act for.
#[derive(Debug, Clone, Copy)]
pub struct Pin<'a> {
    pub partition: &'a str,
    /// `*` for all.
    pub region: &'a str,
    pub account: &'a str,
}

/// The trust policy with Step Functions pinned to the account; `alone`: with nobody else let in.
pub fn trust_document(policy: &Policy, pin: Pin<'_>, alone: bool) -> Value {
    let mut statements = Vec::new();
    for statement in &policy.statements {
        let step_functions = lets_step_functions_in(statement);
        if !step_functions {
            if !alone || lets_in(statement).is_empty() {
                statements.push(statement.to_document());
            }
            continue;
        }
        let principal = statement.principal.as_ref().unwrap_or(&Value::Null);
        let others = only(principal, false).filter(|_| !alone);
        let open = guard(policy, statement, pin.account) != Guard::Own;
        if open || alone {
            let own = only(principal, true);
            statements.push(guarded(statement, own, others.is_none(), open.then_some(pin)));
            if let Some(others) = others {
                let mut rest = statement.to_document();
                rest["Principal"] = others;
                statements.push(rest);
            }
        } else {
            statements.push(statement.to_document());
        }
    }
    if alone && !policy.statements.iter().any(lets_step_functions_in) {
        statements.push(json!({
            "Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole",
            "Condition": condition(None, pin)
        }));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// The statement for Step Functions alone. A statement id stays with what stays as it was.
fn guarded(statement: &Statement, principal: Option<Value>, keeps_sid: bool, pin: Option<Pin<'_>>) -> Value {
    let sid = statement.sid.clone().filter(|_| keeps_sid);
    let mut document = Statement { sid, ..statement.clone() }.to_document();
    if let Some(principal) = principal {
        document["Principal"] = principal;
    }
    if let Some(pin) = pin {
        document["Condition"] = condition(statement.condition.as_ref(), pin);
    }
    document
}

/// The condition with the account pinned, in place of what it says about the source now.
fn condition(now: Option<&Value>, pin: Pin<'_>) -> Value {
    let Pin { partition, region, account } = pin;
    let about_source =
        |key: &str| ["aws:SourceArn", "aws:SourceAccount"].iter().any(|one| one.eq_ignore_ascii_case(key));
    let mut condition = Map::new();
    for (operator, keys) in now.and_then(Value::as_object).into_iter().flatten() {
        let kept: Map<String, Value> = keys
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, _)| !about_source(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if !kept.is_empty() {
            condition.insert(operator.clone(), Value::Object(kept));
        }
    }
    let arn = format!("arn:{partition}:states:{region}:{account}:stateMachine:*");
    for (operator, key, value) in
        [("ArnLike", "aws:SourceArn", arn.as_str()), ("StringEquals", "aws:SourceAccount", account)]
    {
        let written = condition.keys().find(|one| one.eq_ignore_ascii_case(operator)).cloned();
        let keys = condition.entry(written.unwrap_or_else(|| operator.to_owned())).or_insert_with(|| json!({}));
        keys[key] = json!(value);
    }
    Value::Object(condition)
}

/// The `Principal` element with Step Functions alone, or with only the others.
fn only(element: &Value, step_functions: bool) -> Option<Value> {
    let keep = |who: &Principal<'_>| who.is_step_functions() == step_functions;
    let Value::Object(kinds) = element else { return Some(element.clone()).filter(|_| keep(&Principal::Everyone)) };
    let mut kept = Map::new();
    for (kind, who) in kinds {
        let list = match who {
            Value::Array(list) => list.iter().collect(),
            one => vec![one],
        };
        let mut list: Vec<_> = list
            .into_iter()
            .filter(|one| one.as_str().is_some_and(|text| keep(&Principal::read(kind, text))))
            .cloned()
            .collect();
        if list.len() == 1 {
            kept.insert(kind.clone(), list.remove(0));
        } else if !list.is_empty() {
            kept.insert(kind.clone(), Value::Array(list));
        }
    }
    (!kept.is_empty()).then_some(Value::Object(kept))
}
