use std::collections::BTreeMap;

use crate::asl::{Definition, Integration, Resolved, Task};
use crate::detect::Clean;
use crate::iam::Policy;
use crate::types::{Arn, Observed};

/// The resource-based policies of the Lambda functions that definitions name, by function ARN. A version or an alias has
/// its own. `Known` of nothing: there is none, or no such function.
pub type FunctionPolicies = BTreeMap<Arn, Observed<Option<Clean<Policy>>>>;

/// What a definition names as Lambda functions, as written: the ARNs that are a task's `Resource`, and what tasks invoke by
/// a constant `FunctionName`, with its `Qualifier`. What another role's permissions are used for is not among them.
pub fn function_names(definition: &Definition) -> impl Iterator<Item = String> {
    let resources = definition.states.iter().filter_map(|state| state.resource.clone());
    let functions =
        resources.filter(|resource| resource.starts_with("arn:") && resource.split(':').nth(2) == Some("lambda"));
    functions.chain(definition.tasks.iter().filter_map(invoked))
}

fn invoked(task: &Task) -> Option<String> {
    let (Integration::Optimised { service, action } | Integration::AwsSdk { service, action }) = &task.integration
    else {
        return None;
    };
    if service != "lambda" || !action.eq_ignore_ascii_case("invoke") || task.credentials.is_some() {
        return None;
    }
    let name = constant(&task.arguments, "FunctionName")?;
    let qualifier = constant(&task.arguments, "Qualifier").filter(|qualifier| *qualifier != "$LATEST");
    Some(qualifier.map_or_else(|| name.to_owned(), |qualifier| format!("{name}:{qualifier}")))
}

/// A text among the arguments that no execution changes.
fn constant<'a>(arguments: &'a Resolved, name: &str) -> Option<&'a str> {
    let value = match arguments {
        Resolved::Static(fields) | Resolved::Constant { value: fields, .. } => fields.get(name)?,
        Resolved::Object(fields) => match fields.get(name)? {
            Resolved::Static(value) | Resolved::Constant { value, .. } => value,
            _ => return None,
        },
        _ => return None,
    };
    value.as_str()
}

/// The ARN of a function that a machine names by its ARN, `ACCOUNT:function:NAME` or its name, with or without a version
/// or alias; without `$LATEST`, which cannot have a policy. `None`: no function can be called so.
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>.
pub fn function_arn(named: &str, machine: &Arn) -> Option<Arn> {
    let named = named.strip_suffix(":$LATEST").unwrap_or(named);
    let local = |account: &str, rest: &str| {
        format!("arn:{}:lambda:{}:{account}:function:{rest}", machine.partition(), machine.region())
    };
    let pieces: Vec<_> = named.split(':').collect();
    let text = match pieces[..] {
        ["arn", _, "lambda", _, _, "function", _] | ["arn", _, "lambda", _, _, "function", _, _] => named.to_owned(),
        [account, "function", name] => local(account, name),
        [account, "function", name, qualifier] => local(account, &format!("{name}:{qualifier}")),
        [name] => local(machine.account(), name),
        [name, qualifier] => local(machine.account(), &format!("{name}:{qualifier}")),
        _ => return None,
    };
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let arn = Arn::parse(text).ok()?;
    arn.resource().split(':').all(word).then_some(arn)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{function_arn, function_names};
    use crate::asl::Definition;
    use crate::types::Arn;

    #[test]
    fn every_way_to_name_a_function() {
        let machine = Arn::parse("arn:aws-cn:states:cn-north-1:123456789012:stateMachine:m").unwrap();
        let arn = |named| function_arn(named, &machine).map(String::from);
        let own = "arn:aws-cn:lambda:cn-north-1:123456789012:function:f";
        for named in [own, "123456789012:function:f", "f", "f:$LATEST"] {
            assert_eq!(arn(named).as_deref(), Some(own), "{named}");
        }
        let alias = format!("{own}:prod");
        for named in ["f:prod", "123456789012:function:f:prod", &alias] {
            assert_eq!(arn(named).as_ref(), Some(&alias), "{named}");
        }
        let other = "arn:aws:lambda:us-east-1:999999999999:function:g:7";
        assert_eq!(arn(other).as_deref(), Some(other));
        for none in
            ["", "{% $f %}", "$.f", "arn:aws:states:::lambda:invoke", "a:b:c", "arn:aws:lambda:r:1:layer:l", "f:"]
        {
            assert_eq!(arn(none), None, "{none}");
        }
    }

    #[test]
    fn functions_are_named_wherever_they_stand() {
        let call = |resource: &str| json!({"Type": "Task", "Resource": resource, "End": true});
        let invoke = |parameters: serde_json::Value| {
            let resource = "arn:aws:states:::lambda:invoke";
            json!({"Type": "Task", "Resource": resource, "Parameters": parameters, "End": true})
        };
        let branch = json!({"StartAt": "B", "States": {"B": call("arn:aws:lambda:eu-west-1:1:function:b")}});
        let definition = Definition::parse(&json!({"StartAt": "A", "States": {
            "A": call("arn:aws:lambda:eu-west-1:1:function:a"),
            "S": call("arn:aws:states:::sqs:sendMessage"),
            "I": invoke(json!({"FunctionName": "i", "Payload.$": "$"})),
            "Q": invoke(json!({"FunctionName": "q", "Qualifier": "prod"})),
            "R": invoke(json!({"FunctionName.$": "$.function"})),
            "P": {"Type": "Parallel", "Branches": [branch]},
        }}));
        let definition = definition.unwrap();
        let mut names: Vec<_> = function_names(&definition).collect();
        names.sort_unstable();
        let arn = |name: &str| format!("arn:aws:lambda:eu-west-1:1:function:{name}");
        assert_eq!(names, [arn("a"), arn("b"), "i".to_owned(), "q:prod".to_owned()]);
    }
}
