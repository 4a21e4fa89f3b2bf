use serde_json::json;

use super::call::{Call, Text};
use super::{Certainty, Need, target};

const SOURCE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html";

/// `iam:PassRole` on the role in `text`, to `service` where it is known who takes it.
pub(super) fn pass(call: &Call<'_>, text: &Text, service: Option<&str>) -> Need {
    let need = Need::of(call, "iam:PassRole", target::role(call.place, text), "the call hands a role over", SOURCE);
    match service {
        Some(service) => need.condition(json!({"StringEquals": {"iam:PassedToService": service}})),
        None => need,
    }
}

/// The roles in `fields` of the call's arguments, each path as far as it leads.
pub(super) fn in_arguments(call: &Call<'_>, fields: &[&[&str]], service: Option<&str>) -> Vec<Need> {
    fields.iter().filter_map(|path| call.text(path)).map(|text| pass(call, &text, service)).collect()
}

/// Roles that the call uses and the definition does not show: those of a task definition, a job, a model.
pub(super) fn unseen(call: &Call<'_>, service: &str, why: &str) -> Need {
    any(call, why).condition(json!({"StringEquals": {"iam:PassedToService": service}}))
}

/// The same, where who takes the role is not known either.
pub(super) fn any(call: &Call<'_>, why: &str) -> Need {
    let target = target::Target::unseen(call.place.role_arn("*"));
    Need::of(call, "iam:PassRole", target, why, SOURCE).certainty(Certainty::Optional)
}
