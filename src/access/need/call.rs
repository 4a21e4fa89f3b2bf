use std::borrow::Cow;

use serde_json::Value;

use super::Place;
use crate::asl::{Resolved, Task};

/// One task, seen from where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) task: &'a Task,
    pub(super) place: &'a Place,
}

/// What is known of an argument's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// With `*` for what is chosen at run time.
    pub(super) pattern: String,
    /// The path or expression that chooses it, where it is not constant.
    pub(super) from: Option<String>,
}

impl Text {
    fn constant(text: &str) -> Self {
        // What a template has not filled in yet is as unknown as what is chosen at run time.
        let (mut pattern, mut rest, mut from) = (String::new(), text, None);
        while let Some((before, placeholder)) = rest.split_once("${") {
            let Some((name, after)) = placeholder.split_once('}') else { break };
            from.get_or_insert_with(|| format!("${{{name}}}"));
            pattern.push_str(before);
            pattern.push('*');
            rest = after;
        }
        pattern.push_str(rest);
        Self { pattern, from }
    }

    fn runtime(from: &str, pattern: Option<&str>) -> Self {
        Self { pattern: pattern.unwrap_or("*").to_owned(), from: Some(from.to_owned()) }
    }
}

impl Call<'_> {
    /// The text under `path` of the task's arguments; `None` where the definition shows that there is none.
    pub(super) fn text(&self, path: &[&str]) -> Option<Text> {
        self.text_of(at(&self.task.arguments, path)?.as_ref())
    }

    /// The first of these arguments that there is.
    pub(super) fn any_text(&self, names: &[&str]) -> Option<Text> {
        names.iter().find_map(|name| self.text(&[name]))
    }

    /// Whether there is such an argument, whatever it is.
    pub(super) fn has(&self, name: &str) -> bool {
        matches!(&self.task.arguments, Resolved::Object(_) | Resolved::Static(_) | Resolved::Constant { .. })
            && at(&self.task.arguments, &[name]).is_some()
    }

    /// Each text of a list, or the one text that there is instead.
    pub(super) fn texts(&self, path: &[&str]) -> Vec<Text> {
        at(&self.task.arguments, path)
            .map(|value| items(&value).iter().filter_map(|item| self.text_of(item)).collect())
            .unwrap_or_default()
    }

    /// Each item of a list.
    pub(super) fn list(&self, path: &[&str]) -> Option<Vec<Resolved>> {
        at(&self.task.arguments, path).map(|value| items(&value))
    }

    pub(super) fn text_of(&self, value: &Resolved) -> Option<Text> {
        match value {
            Resolved::Static(value) | Resolved::Constant { value, .. } => match value {
                Value::String(text) => Some(Text::constant(text)),
                Value::Number(number) => Some(Text::constant(&number.to_string())),
                Value::Bool(flag) => Some(Text::constant(&flag.to_string())),
                _ => None,
            },
            Resolved::Runtime { from, pattern } => Some(Text::runtime(from, pattern.as_deref())),
            Resolved::Context { from } => Some(self.context(from)),
            Resolved::Object(_) | Resolved::Array(_) => None,
        }
    }

    /// The context object's own ARNs and names.
    fn context(&self, from: &str) -> Text {
        let place = self.place;
        let field = from.trim_start_matches("$$.").trim_start_matches("$states.context.");
        let known = match field {
            "StateMachine.Id" => place.machine_arn(),
            "StateMachine.Name" => place.name.clone(),
            "Execution.Id" => place.arn("states", &format!("execution:{}:*", place.name)),
            "Execution.RoleArn" => place.role.as_ref().map_or_else(|| place.role_arn("*"), ToString::to_string),
            "State.Name" => self.task.state.clone(),
            _ => return Text::runtime(from, None),
        };
        Text { pattern: known, from: None }
    }
}

/// What stands under `path`, seen through values that are chosen whole at run time. Keys are compared without case, as
/// AWS's own names come in both.
pub(super) fn at<'a>(value: &'a Resolved, path: &[&str]) -> Option<Cow<'a, Resolved>> {
    let Some((key, rest)) = path.split_first() else { return Some(Cow::Borrowed(value)) };
    match value {
        Resolved::Object(fields) => {
            let found = fields
                .get(*key)
                .or_else(|| fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value));
            at(found?, rest)
        }
        Resolved::Static(found) => constant_at(found, path).map(|found| Cow::Owned(Resolved::Static(found.clone()))),
        Resolved::Constant { value: found, from } => constant_at(found, path)
            .map(|found| Cow::Owned(Resolved::Constant { value: found.clone(), from: from.clone() })),
        Resolved::Runtime { from, .. } | Resolved::Context { from } => {
            Some(Cow::Owned(Resolved::Runtime { from: from.clone(), pattern: None }))
        }
        Resolved::Array(_) => None,
    }
}

fn constant_at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| {
        let fields = value.as_object()?;
        fields.get(*key).or_else(|| fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|found| found.1))
    })
}

fn items(value: &Resolved) -> Vec<Resolved> {
    match value {
        Resolved::Array(items) => items.clone(),
        Resolved::Static(Value::Array(items)) => items.iter().cloned().map(Resolved::Static).collect(),
        Resolved::Constant { value: Value::Array(items), from } => {
            items.iter().cloned().map(|value| Resolved::Constant { value, from: from.clone() }).collect()
        }
        other => vec![other.clone()],
    }
}
