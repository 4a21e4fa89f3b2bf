//! How sensitive data goes through a machine.

use std::collections::BTreeSet;

use crate::asl::Definition;
use crate::exposure::Exposure;
use crate::finding::FieldFlows;
use crate::graph::states::Chart;
use crate::model::DataField;

/// One type of sensitive data on its way through the states. It holds no value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flow {
    /// The detector's id.
    pub kind: String,
    /// What execution data showed.
    pub seen: Vec<SeenAt>,
    /// Arrows of the chart, by number, that carried it: it was seen in the state before, and in the input of the one behind.
    pub arrows: Vec<usize>,
    /// What the definition says by the names of fields, whether or not an execution was read.
    pub handed_on: Vec<HandedOn>,
}

/// A field in which it was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenAt {
    /// Absent: the execution as a whole.
    pub state: Option<String>,
    /// `input /customer/email`.
    pub place: String,
}

/// A task that takes a field of that name to a service.
#[derive(Debug, Clone, PartialEq)]
pub struct HandedOn {
    pub state: String,
    /// The path or expression that chooses it.
    pub from: String,
    /// The service, with what is asked of it where that is written there.
    pub to: String,
}

/// What does most harm first.
pub(super) fn flows(definition: &Definition, chart: &Chart, exposure: Option<&Exposure>) -> Vec<Flow> {
    let mut flows: Vec<Flow> = exposure.into_iter().flat_map(|exposure| seen(chart, exposure)).collect();
    for flow in FieldFlows::of(definition).flows {
        let handed_on = flow.steps.iter().map(|step| HandedOn {
            state: step.task.state.clone(),
            from: step.from.to_owned(),
            to: step.reached(),
        });
        let handed_on = handed_on.collect();
        match flows.iter_mut().find(|known| known.kind == flow.kind.id) {
            Some(known) => known.handed_on = handed_on,
            None => flows.push(Flow { kind: flow.kind.id.to_owned(), handed_on, ..Flow::default() }),
        }
    }
    flows
}

fn seen<'a>(chart: &'a Chart, exposure: &'a Exposure) -> impl Iterator<Item = Flow> + 'a {
    exposure.carried.iter().map(|carried| {
        let places = carried.places.iter();
        let seen = places.clone().map(|seen| SeenAt {
            state: seen.place.state.clone(),
            place: format!("{} {}", seen.place.field.as_str(), seen.seen.pointer),
        });
        let in_states = |wanted: fn(DataField) -> bool| -> BTreeSet<&str> {
            places
                .clone()
                .filter(|seen| wanted(seen.place.field))
                .filter_map(|seen| seen.place.state.as_deref())
                .collect()
        };
        let (holding, given) = (in_states(|_| true), in_states(|field| field == DataField::Input));
        let name = |state: usize| chart.states[state].name.as_str();
        let carries = |arrow: usize| {
            let arrow = &chart.arrows[arrow];
            holding.contains(name(arrow.from)) && given.contains(name(arrow.to))
        };
        let arrows = (0..chart.arrows.len()).filter(|arrow| carries(*arrow)).collect();
        Flow { kind: carried.kind.clone(), seen: seen.collect(), arrows, handed_on: Vec::new() }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Flow, flows};
    use crate::asl::Definition;
    use crate::exposure::{Exposure, by_kind};
    use crate::graph::states::Chart;
    use crate::model::{DataField, DataPlace, Sample, Sighting, Source};
    use crate::types::{Data, JsonPointer, Observation};

    fn sighting(state: Option<&str>, field: DataField) -> Sighting {
        let seen = Observation {
            kind: "EMAIL".to_owned(),
            data: Data::Pii,
            pointer: JsonPointer::written("/email"),
            count: 1,
            length: 16,
            keyed_hash: "0123456789abcdef".to_owned(),
            confidence: 95,
        };
        let at = jiff::Timestamp::UNIX_EPOCH;
        let place = DataPlace { state: state.map(str::to_owned), field };
        Sighting { place, seen, executions: 1, first: at, last: at }
    }

    #[test]
    fn what_stood_before_and_behind_an_arrow_went_along_it() {
        let function = "arn:aws:lambda:eu-west-1:123456789012:function:mail";
        let definition = json!({"StartAt": "Ask", "States": {
            "Ask": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": true, "Next": "Drop"}], "Default": "Send"},
            "Drop": {"Type": "Pass", "End": true},
            "Send": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Done",
                "Parameters": {"FunctionName": function,
                    "Payload": {"to.$": "$.email", "code.$": "$.card.cvv"}}},
            "Done": {"Type": "Succeed"}}});
        let definition = Definition::parse(&definition).unwrap();
        let chart = Chart::of(&definition);
        let seen = [
            sighting(None, DataField::Input),
            sighting(Some("Ask"), DataField::Input),
            sighting(Some("Send"), DataField::Input),
            // It was given to the function, and did not come back.
            sighting(Some("Done"), DataField::Output),
        ];
        let sample = Sample {
            source: Source::History,
            executions: 1,
            new: 1,
            listed: 1,
            listed_whole: true,
            bytes: 1,
            new_bytes: 1,
            oldest: None,
            newest: None,
        };
        let exposure = Exposure { carried: by_kind(&seen), sample, copies: Vec::new(), unread: Vec::new() };
        let told = |flow: &Flow| {
            let name = |state: usize| chart.states[state].name.as_str();
            let arrows = flow.arrows.iter().map(|arrow| &chart.arrows[*arrow]);
            let carried: Vec<_> = arrows.map(|arrow| format!("{}-{}", name(arrow.from), name(arrow.to))).collect();
            let handed = flow.handed_on.iter().map(|step| format!("{} {} {}", step.state, step.from, step.to));
            (flow.kind.clone(), flow.seen.len(), carried.join(" "), handed.collect::<Vec<_>>().join(" "))
        };
        let found: Vec<_> = flows(&definition, &chart, Some(&exposure)).iter().map(told).collect();
        let email = ("EMAIL".to_owned(), 4, "Ask-Send".to_owned(), format!("Send $.email lambda {function}"));
        assert_eq!(found[0], email);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((found[1].1, found[1].3.as_str()), (0, format!("Send $.card.cvv lambda {function}").as_str()));
        let alone = flows(&definition, &chart, None);
        assert!(alone.iter().all(|flow| flow.seen.is_empty() && flow.arrows.is_empty()) && alone.len() == 2);
    }
}
