use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Pattern;
use crate::types::JsonPointer;

/// One task of a definition, with what it calls and on what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Name of the state.
    pub state: String,
    /// The state in the document.
    pub pointer: JsonPointer,
    /// `Resource` as written.
    pub resource: String,
    pub integration: Integration,
    pub pattern: Pattern,
    /// `Parameters` (JSONPath) or `Arguments` (JSONata), resolved as far as the definition alone allows; keys without
    /// the `.$` of JSONPath.
    pub arguments: Resolved,
    /// `Credentials.RoleArn`: the permissions are then needed by that role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Resolved>,
}

/// What a task's `Resource` names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Integration {
    /// `arn:P:states:::SERVICE:ACTION`, without the pattern's suffix.
    Optimised {
        service: String,
        action: String,
    },
    /// `arn:P:states:::aws-sdk:SERVICE:apiAction`, without the pattern's suffix.
    AwsSdk {
        service: String,
        action: String,
    },
    /// A function's own ARN.
    LambdaFunction {
        arn: String,
    },
    Activity {
        arn: String,
    },
    /// `arn:P:states:::http:invoke`.
    Http,
    /// Decided at run time, or not of a form that this version knows.
    Unknown,
}

/// A value in a definition, resolved as far as the definition alone allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolved {
    /// Written there.
    Static(serde_json::Value),
    /// A constant on every path: a variable, a Pass result, an intrinsic over constants. `from` is the path or expression.
    Constant {
        value: serde_json::Value,
        from: String,
    },
    /// Chosen at run time by `from`. `pattern` is what is known of a text, with `*` for what is not
    /// (`arn:aws:s3:::out-*`).
    Runtime {
        from: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
    },
    /// The context object's own ARN or name of the machine, its execution or its role: `$$.StateMachine.Id` and the like.
    Context {
        from: String,
    },
    Object(BTreeMap<String, Resolved>),
    Array(Vec<Resolved>),
}
