use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::asl::{Integration, QueryLanguage, Task, state_at};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, about_text,
    asked_for, listed, shell_quote,
};
use crate::model::{LogLevel, MachineKind, PartName, Version};
use crate::types::{Arn, Data, Gap, JsonPointer, Observation};

pub const CHECK: Check = Check {
    id: "secret-in-definition",
    family: Family::Data,
    title: "The definition, a tag or a published version holds a secret in clear",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Tags, PartName::Versions],
    yields_to: &["http-task-inline-credential"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
    ],
    page: include_str!("secret-in-definition.md"),
    run,
};

/// What the text stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Definition,
    Description,
    Tag,
}

/// One type of secret in one place, in the current definition or in published versions.
#[derive(Debug)]
struct Spot<'a> {
    source: Source,
    seen: &'a Observation,
    current: bool,
    versions: Vec<&'a Version>,
    aliases: BTreeSet<&'a str>,
}

/// By place, array indexes aside, and type.
type Spots<'a> = BTreeMap<(Source, String, &'a str), Spot<'a>>;

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let details = machine.details()?;
    let mut spots = Spots::new();
    let mut gaps: Vec<Gap> = Vec::new();
    match details.definition.whole() {
        Ok(reference) => add(&mut spots, Source::Definition, &reference.observations, None),
        Err(gap) => gaps.push(gap.clone()),
    }
    add(&mut spots, Source::Description, &details.description_observations, None);
    let tags = machine.region.snapshot.tags();
    let (seen, gap) = tags.seen();
    if let Some(tags) = seen.and_then(|tags| tags.get(&machine.machine.arn)) {
        add(&mut spots, Source::Tag, &tags.observations, None);
    }
    gaps.extend(gap.cloned().filter(asked_for));
    let published = machine.published();
    if let Some(published) = published.seen().0 {
        for version in &published.versions {
            add(&mut spots, Source::Description, &version.description_observations, Some(version));
            match version.definition.whole() {
                Ok(reference) => add(&mut spots, Source::Definition, &reference.observations, Some(version)),
                Err(gap) => gaps.extend(Some(gap.clone()).filter(asked_for)),
            }
        }
        for spot in spots.values_mut() {
            spot.aliases = spot.versions.iter().flat_map(|version| published.aliases_of(&version.arn)).collect();
        }
    }
    gaps.extend(published.gap().cloned().filter(asked_for));
    let mut outcomes: Vec<Outcome> = spots.values().map(|spot| defect(machine, spot).into()).collect();
    match gaps.into_iter().next() {
        Some(gap) => outcomes.push(Outcome::InsufficientData(gap)),
        None if outcomes.is_empty() => outcomes.push(Outcome::Compliant),
        None => {}
    }
    Ok(outcomes)
}

fn add<'a>(spots: &mut Spots<'a>, source: Source, seen: &'a [Observation], version: Option<&'a Version>) {
    for seen in seen.iter().filter(|seen| seen.data == Data::Secret) {
        let key = (source, seen.pointer.array_normalised(), seen.kind.as_str());
        let new = || Spot { source, seen, current: false, versions: Vec::new(), aliases: BTreeSet::new() };
        let spot = spots.entry(key).or_insert_with(new);
        spot.current |= version.is_none();
        match version {
            Some(version) if !spot.versions.contains(&version) => spot.versions.push(version),
            _ => {}
        }
    }
}

fn defect(machine: &MachineView<'_>, spot: &Spot<'_>) -> Defect {
    let Observation { kind, pointer, length, confidence, keyed_hash, .. } = spot.seen;
    let state = state_at(pointer).filter(|_| spot.source == Source::Definition);
    let (place, field) = place(machine, spot, state.as_ref());
    let may = if *confidence < 60 { "may hold" } else { "holds" };
    let message =
        format!("{place} {may} a secret ({kind}) in clear{field}: {}", travels(machine, spot, state.as_ref()));
    let task = task(machine, spot);
    let mut defect = Defect::new(message, remedy(spot, task))
        .severity(severity(kind))
        .confidence(Confidence::of(*confidence))
        .evidence("type", kind)
        .evidence("length", length.to_string())
        .evidence("keyed_hash", keyed_hash);
    if !spot.versions.is_empty() {
        defect = defect.evidence("versions", listed(spot.versions.iter().map(|version| version.number())));
    }
    if !spot.aliases.is_empty() {
        defect = defect.evidence("aliases", listed(&spot.aliases));
    }
    defect.location.state = state.map(|(name, _)| name);
    let apart = match (spot.source, spot.current) {
        (Source::Definition, true) => kind.clone(),
        (Source::Definition, false) => format!("{kind} in versions"),
        (Source::Description, _) => format!("{kind} in the description"),
        (Source::Tag, _) => format!("{kind} in a tag"),
    };
    // Versions that hold it too are for this check to tell.
    if spot.source == Source::Definition && spot.current && spot.versions.is_empty() {
        defect = defect.about([about_text(&machine.machine.arn, pointer)]);
    }
    if spot.source != Source::Description {
        defect.location.pointer = Some(pointer.clone());
    }
    defect.change = change(machine, spot, task);
    defect.told_apart_by(apart)
}

/// Who holds it, and the field of a state.
fn place(machine: &MachineView<'_>, spot: &Spot<'_>, state: Option<&(String, JsonPointer)>) -> (String, String) {
    let name = machine.name();
    let pointer = spot.seen.pointer.as_str();
    let dotted = |pointer: &str| pointer.trim_start_matches('/').replace('/', ".");
    match (spot.source, state) {
        (Source::Tag, _) => (format!("Tag {} of {name}", dotted(pointer)), String::new()),
        (Source::Description, _) => (format!("The description of {name}"), String::new()),
        (Source::Definition, None) => (format!("The definition of {name}"), format!(" at {}", dotted(pointer))),
        (Source::Definition, Some((state, at))) => {
            let field = dotted(pointer.strip_prefix(at.as_str()).unwrap_or_default());
            (format!("State {state} of {name}"), if field.is_empty() { field } else { format!(" at {field}") })
        }
    }
}

/// Who reads it there, and where it goes.
fn travels(machine: &MachineView<'_>, spot: &Spot<'_>, state: Option<&(String, JsonPointer)>) -> String {
    let mut text = match spot.source {
        Source::Tag => "whoever may read tags, cost reports included, reads it".to_owned(),
        _ => "whoever may call states:DescribeStateMachine reads it".to_owned(),
    };
    let comment = spot.seen.pointer.as_str().ends_with("/Comment");
    if state.is_some() && !comment {
        let logging = machine.details().ok().map(|details| &details.logging);
        let logged = logging.filter(|logging| logging.level == LogLevel::All && logging.include_execution_data);
        let group = logged.and_then(|logging| logging.destination.as_ref()).map(Arn::name);
        let history = machine.machine.kind == MachineKind::Standard;
        match (history, group) {
            (true, None) => text.push_str(", and each execution that gets there keeps it in its history"),
            (true, Some(_)) => {
                text.push_str(", and each execution that gets there keeps it in its history and its log");
            }
            (false, Some(_)) => text.push_str(", and each execution that gets there writes it to the log"),
            (false, None) => {}
        }
    }
    text.push('.');
    if !spot.versions.is_empty() {
        let versions = listed(spot.versions.iter().map(|version| version.number()));
        let plural = if spot.versions.len() == 1 { "Version" } else { "Versions" };
        let verb = if spot.versions.len() == 1 { "holds" } else { "hold" };
        let still = if spot.current { "too" } else { "still, though the current definition does not" };
        text = format!("{text} {plural} {versions} {verb} it {still}.");
        if !spot.aliases.is_empty() {
            text = format!("{text} What {} starts runs with it.", listed(&spot.aliases));
        }
    }
    text
}

/// The task in whose fields it stands; of published versions none is known.
fn task<'a>(machine: &MachineView<'a>, spot: &Spot<'_>) -> Option<&'a Task> {
    let (_, at) = state_at(&spot.seen.pointer).filter(|_| spot.source == Source::Definition && spot.current)?;
    machine.definition().ok()?.tasks.iter().find(|task| task.pointer == at)
}

fn remedy(spot: &Spot<'_>, task: Option<&Task>) -> String {
    let service = task.map(|task| service(&task.integration));
    let comment = spot.seen.pointer.as_str().ends_with("/Comment");
    let what = match (spot.source, service) {
        _ if !spot.current => "delete the versions that hold it once no alias leads to them",
        (Source::Tag | Source::Description, _) => "take the text out",
        _ if comment => "take it out of the comment",
        (_, Some("http")) => {
            "keep its successor in an EventBridge connection that the task names: Step Functions adds it to the request, and \
             no history shows it"
        }
        (_, Some("lambda")) => {
            "keep its successor in Secrets Manager, pass the function the secret's name, and let it fetch the value"
        }
        (_, Some("ecs" | "batch")) => {
            "keep its successor in Secrets Manager and name it under secrets in the container's definition instead of in the \
             environment here"
        }
        _ => "keep its successor in Secrets Manager, and pass its name to what needs the value",
    };
    format!("Revoke the secret first, for copies stay where it has been; then {what}.")
}

fn service(integration: &Integration) -> &str {
    match integration {
        Integration::Optimised { service, .. } | Integration::AwsSdk { service, .. } => service,
        Integration::LambdaFunction { .. } => "lambda",
        Integration::Http => "http",
        Integration::Activity { .. } | Integration::Unknown => "",
    }
}

fn change(machine: &MachineView<'_>, spot: &Spot<'_>, task: Option<&Task>) -> Option<Change> {
    let arn = &machine.machine.arn;
    if !spot.current {
        let delete = |version: &&Version| {
            let (region, version) = (arn.region(), shell_quote(version.arn.as_str()));
            format!(
                "aws stepfunctions delete-state-machine-version --region {region} --state-machine-version-arn {version}"
            )
        };
        return Some(Change::Command(spot.versions.iter().map(delete).collect::<Vec<_>>().join("\n")));
    }
    if spot.source == Source::Tag {
        let key = spot.seen.pointer.as_str().trim_start_matches('/').replace("~1", "/").replace("~0", "~");
        let (region, arn, key) = (arn.region(), shell_quote(arn.as_str()), shell_quote(&key));
        let command =
            format!("aws stepfunctions untag-resource --region {region} --resource-arn {arn} --tag-keys {key}");
        return Some(Change::Command(command));
    }
    let task = task?;
    let states = &machine.definition().ok()?.states;
    let jsonata =
        states.iter().any(|state| state.pointer == task.pointer && state.query_language == QueryLanguage::Jsonata);
    let arguments = if jsonata { "Arguments" } else { "Parameters" };
    let fields = match service(&task.integration) {
        "http" => json!({ arguments: { "Authentication": { "ConnectionArn": "<ARN of an EventBridge connection>" } } }),
        "ecs" | "batch" => return None,
        _ => by_name(&spot.seen.pointer, &task.pointer)?,
    };
    Some(Change::Definition(json!({ &task.state: fields })))
}

/// The fields down to the secret's, which gives way to one that names it; `None` where it stands in a list, or in JSON that a
/// text holds.
fn by_name(place: &JsonPointer, state: &JsonPointer) -> Option<Value> {
    let inside = place.as_str().strip_prefix(state.as_str())?;
    let mut tokens: Vec<_> =
        inside.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    let last = tokens.pop()?;
    let listed = |token: &String| token.bytes().all(|byte| byte.is_ascii_digit());
    if inside.contains('#') || tokens.is_empty() || listed(&last) || tokens.iter().any(listed) {
        return None;
    }
    let named = json!({ format!("{last}SecretId"): "<name of the secret>" });
    Some(tokens.into_iter().rev().fold(named, |inner, token| Value::Object(Map::from_iter([(token, inner)]))))
}

/// By what it opens, and for how long.
fn severity(kind: &str) -> Severity {
    match kind {
        "AWS_SECRET_KEY" | "PRIVATE_KEY" => Severity::Critical,
        "AWS_PRESIGNED_URL" | "AWS_SESSION_TOKEN" | "JWT" => Severity::Medium,
        "AWS_ACCESS_KEY_ID" => Severity::Low,
        _ => Severity::High,
    }
}
