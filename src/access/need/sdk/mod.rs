//! `aws-sdk` tasks: any operation of any service.
//!
//! The IAM action has the operation's name in nearly all cases; the exceptions are rows of `operations.tsv`. Resources
//! come from the ARN patterns of the Service Authorization Reference, filled with the arguments that have the variables'
//! names.

mod catalog;
mod dynamodb;
mod extras;
mod forwarded;
mod names;
mod resources;
mod roles;

use super::call::Call;
use super::target::Target;
use super::{Certainty, Need, optimised};

pub(super) const SOURCE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html";

/// What `aws-sdk:SERVICE:operation` needs. Operations come with a small or a capital first letter. An operation that is
/// an optimised integration too needs the same as that: the queries of `aws-sdk:athena` read S3 and the catalog as well.
pub(super) fn needs(call: &Call<'_>, service: &str, operation: &str) -> Vec<Need> {
    let operation = names::capitalised(operation);
    let prefix = names::prefix(service);
    let mut needs = match (optimised::needs(call, prefix, &operation), names::exception(service, &operation)) {
        (Some(known), _) => known,
        (None, Some(exception)) => excepted(call, &exception),
        (None, None) => vec![same_named(call, prefix, &operation)],
    };
    extras::add(call, prefix, &operation, &mut needs);
    needs
}

/// An optimised integration that is not known to this version: its action may well have the API's name, and nothing
/// that the role may do there is called excess.
pub(super) fn guess(call: &Call<'_>, service: &str, api: &str) -> Vec<Need> {
    let prefix = names::prefix(service);
    let mut need = same_named(call, prefix, &names::capitalised(api));
    need.certainty = need.certainty.max(Certainty::Likely);
    let any = Need::of(call, &format!("{prefix}:*"), Target::unscopable(), "an integration that is not known", SOURCE);
    vec![need, any.certainty(Certainty::Optional)]
}

fn excepted(call: &Call<'_>, exception: &names::Exception) -> Vec<Need> {
    let why = "the call itself";
    let need = |(action, target): &(&'static str, Option<&'static str>)| match (*action, *target) {
        ("dynamodb:PartiQL", _) => dynamodb::statements(call, exception.source),
        ("dynamodb:Transaction", _) => dynamodb::transaction(call, exception.source),
        (action, Some(target)) => {
            vec![Need::of(call, action, resources::by_word(call, target), why, exception.source)]
        }
        (action, None) => {
            let found = catalog::facts(action);
            let target = found.map_or_else(Target::unscopable, |facts| resources::by_patterns(call, action, &facts));
            vec![Need::of(call, action, target, why, exception.source)]
        }
    };
    exception.actions.iter().flat_map(need).collect()
}

fn same_named(call: &Call<'_>, prefix: &str, operation: &str) -> Need {
    let action = format!("{prefix}:{operation}");
    match catalog::facts(&action) {
        Some(facts) => {
            let target = resources::by_patterns(call, &facts.action, &facts);
            Need::of(call, &facts.action, target, "the call itself", SOURCE)
        }
        None => {
            let why = "the call itself, if IAM has an action of the operation's name";
            Need::of(call, &action, Target::unscopable(), why, SOURCE).certainty(Certainty::Likely)
        }
    }
}
