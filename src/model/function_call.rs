use serde_json::Value;

use crate::asl::{Definition, Integration, Task};

/// The version of a function that is not published and changes with each deployment.
pub const LATEST: &str = "$LATEST";

/// A task that invokes a Lambda function of which the definition alone says which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCall<'a> {
    pub task: &'a Task,
    /// ARN, `ACCOUNT:function:NAME` or name, without version and alias.
    pub function: String,
    /// A version or an alias, in the name or as the argument `Qualifier`; [`LATEST`] where that is written.
    pub qualifier: Option<String>,
}

/// The tasks of a definition that invoke a function by its ARN as `Resource`, by `lambda:invoke` or by the SDK. Without
/// those that choose the function, its version or its alias at run time.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html>.
pub fn function_calls(definition: &Definition) -> impl Iterator<Item = FunctionCall<'_>> {
    definition.tasks.iter().filter_map(FunctionCall::of)
}

impl<'a> FunctionCall<'a> {
    fn of(task: &'a Task) -> Option<Self> {
        let (name, argument) = match &task.integration {
            Integration::LambdaFunction { arn } => (arn.clone(), None),
            integration if invokes(integration) => {
                let name = task.arguments.member("FunctionName")?.text()?.to_owned();
                match task.arguments.member("Qualifier") {
                    None => (name, None),
                    Some(given) => match given.value()? {
                        Value::Null => (name, None),
                        Value::String(text) => (name, Some(text.clone())),
                        _ => return None,
                    },
                }
            }
            _ => return None,
        };
        let (function, in_name) = split(&name);
        match (in_name, argument) {
            // Lambda refuses a call with two.
            (Some(one), Some(other)) if one != other => None,
            (one, other) => {
                let qualifier = other.or_else(|| one.map(str::to_owned));
                Some(Self { task, function: function.to_owned(), qualifier })
            }
        }
    }

    /// As Lambda takes it in one text: with the version or alias.
    pub fn named(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.function),
            None => self.function.clone(),
        }
    }

    /// Its account is the one in its name or the machine's own, not that of a role which the task takes.
    pub fn is_located(&self) -> bool {
        self.task.credentials.is_none() || self.function.contains(":function:")
    }
}

fn invokes(integration: &Integration) -> bool {
    let optimised =
        matches!(integration, Integration::Optimised { service, action } if service == "lambda" && action == "invoke");
    optimised || ["invoke", "invokeAsync"].iter().any(|call| integration.is_sdk_call("lambda", call))
}

/// A name without its version or alias, and that.
fn split(name: &str) -> (&str, Option<&str>) {
    let pieces = name.split(':').count();
    let qualified = match name.starts_with("arn:") {
        true => pieces == 8,
        false => pieces == 2 || pieces == 4,
    };
    match name.rsplit_once(':').filter(|_| qualified) {
        Some((function, version)) => (function, Some(version)),
        None => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::function_calls;
    use crate::asl::Definition;
    use crate::model::function_arn;
    use crate::types::Arn;

    const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:f";

    /// What a task with these fields calls: as written, the qualifier, and the ARN.
    fn call(fields: &Value) -> Option<(String, Option<String>, Option<String>)> {
        let mut state = json!({"Type": "Task", "End": true});
        for (field, value) in fields.as_object().unwrap() {
            state[field] = value.clone();
        }
        let definition = Definition::parse(&json!({"StartAt": "A", "States": {"A": state}})).unwrap();
        let machine = Arn::parse("arn:aws:states:eu-west-1:123456789012:stateMachine:m").unwrap();
        let calls: Vec<_> = function_calls(&definition).collect();
        assert!(calls.len() < 2);
        calls.into_iter().next().map(|call| {
            let arn = function_arn(&call.named(), &machine).filter(|_| call.is_located()).map(String::from);
            (call.function, call.qualifier, arn)
        })
    }

    fn invoke(arguments: &Value) -> Option<(String, Option<String>, Option<String>)> {
        call(&json!({"Resource": "arn:aws:states:::lambda:invoke", "Parameters": arguments}))
    }

    #[test]
    fn every_way_to_name_a_function() {
        let known = |function: &str, qualifier: Option<&str>, arn: &str| {
            Some((function.to_owned(), qualifier.map(str::to_owned), Some(arn.to_owned())))
        };
        let (prod, partial) = (format!("{ARN}:prod"), "123456789012:function:f");
        assert_eq!(call(&json!({"Resource": ARN})), known(ARN, None, ARN));
        assert_eq!(call(&json!({"Resource": prod})), known(ARN, Some("prod"), &prod));
        for name in [ARN, partial, "f"] {
            assert_eq!(invoke(&json!({"FunctionName": name})), known(name, None, ARN));
            let qualified = known(name, Some("prod"), &prod);
            assert_eq!(invoke(&json!({"FunctionName": format!("{name}:prod")})), qualified);
            assert_eq!(invoke(&json!({"FunctionName": name, "Qualifier": "prod"})), qualified);
            assert_eq!(invoke(&json!({"FunctionName": format!("{name}:prod"), "Qualifier": "prod"})), qualified);
            assert_eq!(invoke(&json!({"FunctionName": format!("{name}:$LATEST")})), known(name, Some("$LATEST"), ARN));
        }
        for resource in ["arn:aws:states:::aws-sdk:lambda:invoke", "arn:aws:states:::aws-sdk:lambda:InvokeAsync"] {
            let fields =
                json!({"Resource": resource, "QueryLanguage": "JSONata", "Arguments": {"FunctionName": "{% 'f' %}"}});
            assert_eq!(call(&fields), known("f", None, ARN));
        }
        let token = "arn:aws:states:::lambda:invoke.waitForTaskToken";
        assert_eq!(call(&json!({"Resource": token, "Parameters": {"FunctionName": "f"}})), known("f", None, ARN));
    }

    #[test]
    fn what_another_account_or_the_input_decides() {
        let role = json!({"RoleArn": "arn:aws:iam::999999999999:role/r"});
        let resource = "arn:aws:states:::lambda:invoke";
        let named = |name| json!({"Resource": resource, "Credentials": role, "Parameters": {"FunctionName": name}});
        assert_eq!(call(&named("f")), Some(("f".to_owned(), None, None)));
        for name in [ARN, "123456789012:function:f"] {
            assert_eq!(call(&named(name)).unwrap().2.as_deref(), Some(ARN));
        }
        for arguments in [
            json!({"FunctionName.$": "$.f"}),
            json!({"FunctionName": "f", "Qualifier.$": "$.q"}),
            json!({"FunctionName": "f:one", "Qualifier": "two"}),
            json!({"FunctionName": 1}),
            json!({}),
        ] {
            assert_eq!(invoke(&arguments), None, "{arguments}");
        }
        assert_eq!(call(&json!({"Resource": "arn:aws:states:::aws-sdk:lambda:getFunction"})), None);
        assert_eq!(invoke(&json!({"FunctionName": "${Function}"})).unwrap().2, None);
    }
}
