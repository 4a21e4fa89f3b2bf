use serde_json::json;

use crate::asl::{Definition, Gathers, How, QueryLanguage};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, about_payloads,
    digits, listed,
};
use crate::model::{PartName, Quota};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "large-payload-risk",
    family: Family::Quota,
    title: "States gather results that may be larger than AWS passes on",
    severity: Severity::Low,
    confidence: Confidence::Low,
    reads: &[PartName::StateMachines],
    yields_to: &["payload-near-limit"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html",
    ],
    page: include_str!("large-payload-risk.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let definition = machine.definition()?;
    let worst = definition.gathers.iter().max_by_key(|one| (weight(&one.how), std::cmp::Reverse(&one.pointer)));
    Ok(Some(worst.map_or(Outcome::Compliant, |worst| defect(machine, definition, worst).into())))
}

fn weight(how: &How) -> (Severity, Confidence) {
    match how {
        How::DistributedMap => (Severity::Medium, Confidence::Medium),
        How::Answer { call, .. } if call.eq_ignore_ascii_case("s3:getObject") => (Severity::Medium, Confidence::Low),
        How::InlineMap | How::DistributedItems | How::Answer { .. } | How::Execution => {
            (Severity::Low, Confidence::Low)
        }
        How::Parallel { .. } => (Severity::Info, Confidence::Low),
    }
}

fn defect(machine: &MachineView<'_>, definition: &Definition, worst: &Gathers) -> Defect {
    let (name, all) = (machine.name(), &definition.gathers);
    let what = |one: &Gathers| {
        let what = match &one.how {
            How::InlineMap => "keeps the result of every item".to_owned(),
            How::DistributedMap | How::DistributedItems => {
                "keeps the result of every child execution, with no ResultWriter".to_owned()
            }
            How::Parallel { branches } => format!("keeps the results of {branches} branches"),
            How::Answer { call, most } => format!("is answered with {most} ({call})"),
            How::Execution => "keeps the whole description of the execution that it starts".to_owned(),
        };
        format!("{} {what}", one.state)
    };
    let mut told: Vec<&Gathers> = all.iter().collect();
    told.sort_by_key(|one| std::cmp::Reverse(weight(&one.how)));
    let limit = digits(Quota::PayloadBytes.documented());
    let message = format!(
        "In {name}, {}: with enough data a payload outgrows {limit} bytes, and the execution fails with \
         States.DataLimitExceeded, which no Retry mends.",
        told.iter().take(5).map(|one| what(one)).collect::<Vec<_>>().join("; "),
    );
    let (severity, confidence) = weight(&worst.how);
    let state = definition.states.iter().find(|state| state.pointer == worst.pointer);
    let language = state.map_or(QueryLanguage::JsonPath, |state| state.query_language);
    Defect::new(message, remedy(&worst.how))
        .severity(severity)
        .confidence(confidence)
        .evidence("states", listed(told.iter().map(|one| &one.state)))
        .change(Change::Definition(json!({ &worst.state: change(&worst.how, language) })))
        .about([about_payloads(&machine.machine.arn)])
}

fn remedy(how: &How) -> &'static str {
    match how {
        How::InlineMap => {
            "Drop the list (ResultPath null, or an Output without it) where nobody needs it, take what is needed of each item at the end of what the \
             Map runs, or make it a Distributed Map with a ResultWriter."
        }
        How::DistributedMap | How::DistributedItems => {
            "Give the Map a ResultWriter: the state then passes on where the results are."
        }
        How::Parallel { .. } => {
            "Take what is needed of each branch with a ResultSelector or Output, or at the end of the branch."
        }
        How::Answer { .. } => {
            "Bound the call (Range, Limit, MaxKeys, MaxResults), read lists with the ItemReader of a Distributed Map, or pass \
             the key on and let the function that needs the content read it."
        }
        How::Execution => "Take what is needed of the child's output with a ResultSelector or Output.",
    }
}

/// In the words of the state's query language: each refuses those of the other.
fn change(how: &How, language: QueryLanguage) -> serde_json::Value {
    let writer = |arguments: &str| {
        json!({ "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject", arguments: { "Bucket": "<bucket>", "Prefix": "<prefix>" }
        } })
    };
    let bound = json!({ "<Range, Limit, MaxKeys or MaxResults>": "<bound>" });
    match language {
        QueryLanguage::JsonPath => match how {
            How::InlineMap => json!({ "ResultPath": null }),
            How::DistributedMap | How::DistributedItems => writer("Parameters"),
            How::Parallel { .. } => json!({ "ResultSelector": { "first.$": "$[0].<what is needed>" } }),
            How::Answer { .. } => json!({ "Parameters": bound }),
            How::Execution => json!({ "ResultSelector": { "result.$": "$.Output.<what is needed>" } }),
        },
        QueryLanguage::Jsonata => match how {
            How::InlineMap => json!({ "Output": "{% $states.input %}" }),
            How::DistributedMap | How::DistributedItems => writer("Arguments"),
            How::Parallel { .. } => json!({ "Output": { "first": "{% $states.result[0].<what is needed> %}" } }),
            How::Answer { .. } => json!({ "Arguments": bound }),
            How::Execution => json!({ "Output": { "result": "{% $states.result.Output.<what is needed> %}" } }),
        },
    }
}
