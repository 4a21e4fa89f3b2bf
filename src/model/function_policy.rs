use std::collections::BTreeMap;

use super::{FunctionCall, function_calls};
use crate::asl::Definition;
use crate::detect::Clean;
use crate::iam::Policy;
use crate::types::{Arn, Observed};

/// The resource-based policies of the Lambda functions that definitions name, by function ARN. A version or an alias has
/// its own. `Known` of nothing: there is none, or no such function.
pub type FunctionPolicies = BTreeMap<Arn, Observed<Option<Clean<Policy>>>>;

/// What the tasks of a definition invoke as Lambda functions, with their version or alias, for [`function_arn`]. Without
/// those that are chosen at run time, and those of which another role's account decides which they are.
pub fn function_names(definition: &Definition) -> impl Iterator<Item = String> {
    function_calls(definition).filter(FunctionCall::is_located).map(|call| call.named())
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
    fn functions_are_named_wherever_they_are_called() {
        let machine = Arn::parse("arn:aws:states:eu-west-1:123456789012:stateMachine:m").unwrap();
        let own = |name: &str| format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}");
        let call = |resource: &str| json!({"Type": "Task", "Resource": resource, "End": true});
        let invoke = |arguments| json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": arguments, "End": true});
        let branch = |state| json!({"StartAt": "B", "States": {"B": state}});
        let definition = Definition::parse(&json!({"StartAt": "A", "States": {
            "A": call(&own("a")),
            "S": call("arn:aws:states:::sqs:sendMessage"),
            "P": {"Type": "Parallel", "Branches": [
                branch(call(&own("b:7"))), branch(invoke(json!({"FunctionName": "c", "Qualifier": "live"}))),
                branch(invoke(json!({"FunctionName": "d:$LATEST"}))), branch(invoke(json!({"FunctionName.$": "$.f"}))),
            ]},
        }}));
        let definition = definition.unwrap();
        let mut names: Vec<_> =
            function_names(&definition).filter_map(|name| function_arn(&name, &machine)).map(String::from).collect();
        names.sort_unstable();
        assert_eq!(names, ["a", "b:7", "c:live", "d"].map(own));
    }
}
