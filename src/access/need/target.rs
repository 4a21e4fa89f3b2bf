//! From an argument to the ARNs that IAM asks about.

use super::Choice;
use super::call::{Call, Text};
use super::place::Place;

/// Where an action is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) resources: Vec<String>,
    pub(super) choice: Choice,
    pub(super) also: Vec<String>,
}

impl Target {
    pub(super) fn fixed(resource: String) -> Self {
        Self { resources: vec![resource], choice: Choice::Fixed, also: Vec::new() }
    }

    /// IAM has no narrower resource than `*`.
    pub(super) fn unscopable() -> Self {
        Self { resources: vec!["*".to_owned()], choice: Choice::Unscopable, also: Vec::new() }
    }

    /// The definition does not show which of `pattern`.
    pub(super) fn unseen(pattern: String) -> Self {
        Self { resources: vec![pattern], choice: Choice::Unseen, also: Vec::new() }
    }

    pub(super) fn also(mut self, pattern: String) -> Self {
        self.also.push(pattern);
        self
    }

    /// `resource` as far as `text` is known.
    fn by(text: &Text, resource: String) -> Self {
        let choice = match &text.from {
            None => Choice::Fixed,
            Some(from) => Choice::Runtime { from: from.clone() },
        };
        Self { resources: vec![resource], choice, also: Vec::new() }
    }

    /// The same choice of other resources.
    pub(super) fn map(self, map: impl Fn(&str) -> String) -> Self {
        let all = |resources: Vec<String>| resources.iter().map(|resource| map(resource)).collect();
        Self { resources: all(self.resources), also: all(self.also), choice: self.choice }
    }

    /// All of them in one.
    pub(super) fn join(targets: Vec<Self>) -> Option<Self> {
        targets.into_iter().reduce(|mut all, one| {
            all.resources.extend(
                one.resources.into_iter().filter(|resource| !all.resources.contains(resource)).collect::<Vec<_>>(),
            );
            all.also.extend(one.also);
            if all.choice == Choice::Fixed {
                all.choice = one.choice;
            }
            all
        })
    }
}

/// A name or an ARN of `service`: a name is completed with `kind` (`table/`), an ARN stands for itself.
pub(super) fn named(place: &Place, service: &str, kind: &str, text: Option<&Text>) -> Target {
    let Some(text) = text else { return Target::unseen(place.arn(service, &format!("{kind}*"))) };
    if text.pattern.starts_with("arn:") {
        return Target::by(text, text.pattern.clone());
    }
    let target = Target::by(text, place.arn(service, &format!("{kind}{}", text.pattern)));
    // What is chosen at run time may be the ARN of another account's.
    if text.from.is_some() && text.pattern.starts_with('*') {
        return target.also(format!("arn:*:{service}:*:*:{kind}{}", text.pattern));
    }
    target
}

/// A task's argument as [`named`] reads it.
pub(super) fn argument(call: &Call<'_>, names: &[&str], service: &str, kind: &str) -> Target {
    named(call.place, service, kind, call.any_text(names).as_ref())
}

/// A function by name, `name:qualifier`, partial or full ARN, with its `Qualifier`. A grant on every version is no
/// excess: it is how AWS's own tools write it.
pub(super) fn function(call: &Call<'_>) -> Target {
    let qualifier = call.text(&["Qualifier"]).filter(|text| text.from.is_some() || text.pattern != "$LATEST");
    let target = function_named(call.place, call.text(&["FunctionName"]).as_ref());
    match qualifier {
        None => target,
        Some(text) => {
            let mut target = target.map(|function| format!("{function}:{}", text.pattern));
            if let (Choice::Fixed, Some(from)) = (&target.choice, text.from) {
                target.choice = Choice::Runtime { from };
            }
            target.also = target.resources.iter().flat_map(|function| versions_of(function)).collect();
            target
        }
    }
}

pub(super) fn function_named(place: &Place, text: Option<&Text>) -> Target {
    let Some(text) = text else { return Target::unseen(place.arn("lambda", "function:*")) };
    let name = &text.pattern;
    let partial = name.split_once(":function:").filter(|(account, _)| account.len() == 12 && !name.starts_with("arn:"));
    let target = match partial {
        Some((account, function)) => {
            let resource = format!("arn:{}:lambda:{}:{account}:function:{function}", place.partition, place.region);
            Target::by(text, resource)
        }
        None => named(place, "lambda", "function:", Some(text)),
    };
    let functions = target.resources.clone();
    // Whether the newest code goes by the function's name or by its version depends on how the call writes it.
    let newest: Vec<_> = functions.iter().filter_map(|arn| arn.strip_suffix(":$LATEST")).map(str::to_owned).collect();
    let target = newest.into_iter().fold(target, |target, name| target.also(format!("{name}:*")).also(name));
    functions.iter().flat_map(|function| versions_of(function)).fold(target, Target::also)
}

/// Patterns for the versions of a function: of the name as it stands, as AWS's CDK writes them, and of the function of a
/// version, so that executions under way may still call the version before.
fn versions_of(function: &str) -> Vec<String> {
    let version = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let of_version = function.rsplit_once(':').filter(|(_, last)| version(last)).map(|(name, _)| name);
    [Some(function), of_version].into_iter().flatten().map(|name| format!("{name}:*")).collect()
}

/// `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`: Region, account and name.
pub(super) fn queue_url(url: &str) -> Option<(&str, &str, &str)> {
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    let (account, name) = path.split_once('/')?;
    let mut labels = host.split('.');
    let (("sqs", region) | (region, "queue")) = (labels.next()?, labels.next()?) else { return None };
    Some((region, account, name))
}

pub(super) fn queue(call: &Call<'_>) -> Target {
    let place = call.place;
    let Some(text) = call.text(&["QueueUrl"]) else { return Target::unseen(place.arn("sqs", "*")) };
    match queue_url(&text.pattern) {
        Some((region, account, name)) => {
            Target::by(&text, format!("arn:{}:sqs:{region}:{account}:{name}", place.partition))
        }
        None if text.pattern.starts_with("arn:") => Target::by(&text, text.pattern.clone()),
        None if text.from.is_some() => {
            let name = text.pattern.rsplit('/').next().unwrap_or("*");
            Target::by(&text, place.arn("sqs", name)).also(format!("arn:*:sqs:*:*:{name}"))
        }
        None => Target::unseen(place.arn("sqs", text.pattern.rsplit('/').next().unwrap_or("*"))),
    }
}

/// A topic; text messages to a phone number and pushes to an endpoint have no resource of their own.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html>.
pub(super) fn topic(call: &Call<'_>) -> Target {
    let text = call.any_text(&["TopicArn", "TargetArn"]);
    match text {
        None if call.has("PhoneNumber") => Target::unscopable(),
        Some(text) if text.pattern.contains(":endpoint/") => Target::unscopable(),
        text => named(call.place, "sns", "", text.as_ref()),
    }
}

/// A bucket by name or access point ARN.
pub(super) fn bucket(place: &Place, text: Option<&Text>) -> Target {
    match text {
        None => Target::unseen(format!("arn:{}:s3:::*", place.partition)),
        Some(text) if text.pattern.starts_with("arn:") => Target::by(text, text.pattern.clone()),
        Some(text) => Target::by(text, format!("arn:{}:s3:::{}", place.partition, text.pattern)),
    }
}

/// `key` in a bucket; objects behind an access point stand under its `object/`.
pub(super) fn object(place: &Place, in_bucket: Option<&Text>, key: Option<&Text>) -> Target {
    let any = Text { pattern: "*".to_owned(), from: None };
    let key = key.unwrap_or(&any);
    let mut target = bucket(place, in_bucket).map(|bucket| {
        let between = if bucket.contains(":accesspoint/") { "/object/" } else { "/" };
        format!("{bucket}{between}{}", key.pattern)
    });
    if let (Choice::Fixed, Some(from)) = (&target.choice, &key.from) {
        target.choice = Choice::Runtime { from: from.clone() };
    }
    target
}

/// `s3://bucket/key`: the bucket, and the key or prefix (may be empty).
pub(super) fn s3_uri(text: &Text) -> Option<(Text, Text)> {
    let of = |pattern: &str| Text { pattern: pattern.to_owned(), from: text.from.clone() };
    match text.pattern.strip_prefix("s3://") {
        Some(rest) => {
            let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
            Some((of(bucket), of(key)))
        }
        None if text.from.is_some() => Some((of("*"), of("*"))),
        None => None,
    }
}

/// A state machine, qualified or not.
pub(super) fn state_machine(call: &Call<'_>) -> Target {
    argument(call, &["StateMachineArn"], "states", "stateMachine:")
}

/// Executions of the machine that a call starts.
pub(super) fn executions(call: &Call<'_>) -> Target {
    let executions = |machine: &str| {
        let parts: Vec<_> = machine.splitn(7, ':').collect();
        match parts[..] {
            [arn, partition, service, region, account, "stateMachine", name] => {
                // A version's or alias's executions are the machine's.
                let name = name.split(':').next().unwrap_or(name);
                format!("{arn}:{partition}:{service}:{region}:{account}:execution:{name}:*")
            }
            _ => call.place.arn("states", "execution:*"),
        }
    };
    let mut target = state_machine(call).map(executions);
    for pattern in target.resources.iter_mut().chain(&mut target.also) {
        *pattern = pattern.replace("execution:*:*", "execution:*");
    }
    target
}

/// A secret by name, name with its six random characters, or ARN.
pub(super) fn secret(place: &Place, text: Option<&Text>) -> Target {
    match text {
        Some(text) if text.from.is_none() && !text.pattern.starts_with("arn:") => {
            let name = format!("secret:{}", text.pattern);
            Target::by(text, place.arn("secretsmanager", &format!("{name}-??????")))
                .also(place.arn("secretsmanager", &name))
                .also(place.arn("secretsmanager", &format!("{name}*")))
        }
        // An ARN may leave the six characters out.
        Some(text) if text.from.is_none() => {
            Target::by(text, text.pattern.clone()).also(format!("{}-??????", text.pattern))
        }
        text => named(place, "secretsmanager", "secret:", text),
    }
}

/// A parameter by name or ARN; its leading slash is no part of the ARN's name. AWS's own parameters belong to no account.
pub(super) fn parameter(place: &Place, text: Option<&Text>) -> Target {
    let text = text.map(|text| Text {
        pattern: text.pattern.strip_prefix('/').unwrap_or(&text.pattern).to_owned(),
        from: text.from.clone(),
    });
    match text.as_ref().filter(|text| text.pattern.starts_with("aws/service/")) {
        Some(text) => {
            Target::by(text, format!("arn:{}:ssm:{}::parameter/{}", place.partition, place.region, text.pattern))
                .also(place.arn("ssm", &format!("parameter/{}", text.pattern)))
        }
        None => named(place, "ssm", "parameter/", text.as_ref()),
    }
}

/// A role by name or ARN.
pub(super) fn role(place: &Place, text: &Text) -> Target {
    if text.pattern.starts_with("arn:") {
        return Target::by(text, text.pattern.clone());
    }
    Target::by(text, place.role_arn(text.pattern.trim_start_matches('/')))
}

/// SageMaker writes names in ARNs in lower case; a grant may spell them as the call does.
pub(super) fn in_lower_case(target: Target) -> Target {
    let written = target.resources.clone();
    let mut target = target.map(str::to_lowercase);
    target.also.extend(written.into_iter().filter(|arn| !target.resources.contains(arn)).collect::<Vec<_>>());
    target
}
