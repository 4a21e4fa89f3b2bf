//! The Lambda functions that machines of a compact account call.

use std::collections::BTreeMap;

use stepwarden::model::{Functions, StateMachines, function_arn, function_names};
use stepwarden::types::Observed;

use super::account::{gap, named};
use super::around::Form;

/// The roles of the functions that definitions name. One that is not described has a role that IAM does not know.
pub(super) fn roles(forms: &BTreeMap<String, Option<Form<String>>>, machines: &StateMachines) -> Functions {
    let mut roles = Functions::new();
    for machine in &machines.machines {
        let definition = machine.details.seen().0.and_then(|details| machines.definition(details).ok());
        for function in
            definition.into_iter().flat_map(function_names).filter_map(|name| function_arn(&name, &machine.arn))
        {
            let name = function.resource().trim_start_matches("function:");
            let role = match forms.get(function.as_str()).or_else(|| forms.get(name)) {
                None => Observed::known(Some(named("function", "role"))),
                Some(None) => Observed::known(None),
                Some(Some(Form::Gap(reason))) => Observed::missing(gap(*reason, "lambda:GetFunctionConfiguration")),
                Some(Some(Form::There(role))) => Observed::known(Some(named(role, "role"))),
            };
            roles.insert(function, role);
        }
    }
    roles
}
