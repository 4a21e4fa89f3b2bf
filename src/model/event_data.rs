//! What of an event a rule's target is given.

/// Fields of a status event's `detail` that hold what executions take and give.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>.
const DATA: [&str; 4] = ["input", "output", "error", "cause"];

/// What `PutTargets` took of how the event is changed on its way.
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html>.
#[derive(Debug, Clone, Copy, Default)]
pub struct TargetInput<'a> {
    /// A constant that stands for the event.
    pub constant: bool,
    /// The part of the event that is passed on.
    pub path: Option<&'a str>,
    /// A template, with the path of each variable.
    pub template: Option<&'a str>,
}

impl TargetInput<'_> {
    /// Whether a target is given what executions take and give. In doubt it is.
    pub fn passes_data<'v>(&self, variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> bool {
        if self.constant {
            return false;
        }
        let Some(template) = self.template else { return self.path.is_none_or(reaches_data) };
        let used = |name: &str| template.contains(&format!("<{name}>"));
        used("aws.events.event")
            || used("aws.events.event.json")
            || variables.into_iter().any(|(name, path)| used(name) && reaches_data(path))
    }
}

/// Whether what a path of the event names holds, or may hold, any of the data.
fn reaches_data(path: &str) -> bool {
    let Some(rest) = path.trim().strip_prefix('$') else { return true };
    let parts = rest.split(['.', '[', ']']).map(|part| part.trim_matches(['\'', '"'])).filter(|part| !part.is_empty());
    let mut parts = parts.peekable();
    if parts.clone().any(|part| part.contains(['*', '?', '@'])) || rest.contains("..") {
        return true;
    }
    match (parts.next(), parts.next()) {
        (None, _) => true,
        (Some("detail"), field) => field.is_none_or(|field| DATA.contains(&field)),
        (Some(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{TargetInput, reaches_data};

    #[test]
    fn paths() {
        for (path, reaches) in [
            ("$", true),
            ("$.detail", true),
            ("$.detail.input", true),
            ("$['detail']['output']", true),
            ("$.detail.cause", true),
            ("$.detail.*", true),
            ("$..input", true),
            ("detail", true),
            ("$.detail.status", false),
            ("$.detail.inputDetails.included", false),
            ("$.detail.executionArn", false),
            ("$.time", false),
        ] {
            assert_eq!(reaches_data(path), reaches, "{path}");
        }
    }

    #[test]
    fn targets() {
        let plain = TargetInput::default();
        assert!(plain.passes_data([]));
        assert!(!TargetInput { constant: true, ..plain }.passes_data([]));
        assert!(!TargetInput { path: Some("$.detail.status"), ..plain }.passes_data([]));
        let told = TargetInput { template: Some("\"<name> is <status>\""), ..plain };
        assert!(!told.passes_data([("name", "$.detail.name"), ("status", "$.detail.status")]));
        assert!(told.passes_data([("name", "$.detail.input")]));
        assert!(!told.passes_data([("other", "$.detail.input")]));
        assert!(TargetInput { template: Some("<aws.events.event>"), ..plain }.passes_data([]));
    }
}
