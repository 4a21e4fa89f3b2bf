use super::super::Need;
use super::super::call::Call;
use super::super::target::Target;
use super::super::{Certainty, Choice};

const SOURCE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html";

/// `execute-api:Invoke` where the call is signed: not with `NO_AUTH`, which is the default, nor with `RESOURCE_POLICY`,
/// where the API's own policy decides.
pub(in super::super) fn needs(call: &Call<'_>) -> Vec<Need> {
    let Some(authentication) = call.text(&["AuthType"]) else { return Vec::new() };
    let certainty = match authentication.pattern.as_str() {
        "IAM_ROLE" => Certainty::Required,
        _ if authentication.from.is_some() => Certainty::Optional,
        _ => return Vec::new(),
    };
    vec![Need::of(call, "execute-api:Invoke", endpoint(call), "the call is signed", SOURCE).certainty(certainty)]
}

/// `arn:P:execute-api:R:A:API/STAGE/METHOD/PATH`, the Region by the endpoint's own name.
fn endpoint(call: &Call<'_>) -> Target {
    let place = call.place;
    let host = call.text(&["ApiEndpoint"]);
    let labels: Vec<_> = host.iter().flat_map(|text| text.pattern.split('.')).collect();
    let (api, region) = match labels[..] {
        [api, "execute-api", region, ..] => (api, region),
        _ => ("*", place.region.as_str()),
    };
    // Only the default stage has no name in the URL.
    let stage = call.text(&["Stage"]);
    let method = call.text(&["Method"]);
    let path = call.text(&["Path"]);
    let from = [&host, &stage, &method, &path].into_iter().flatten().find_map(|text| text.from.clone());
    let known = |text: &Option<super::super::call::Text>, default: &str| {
        text.as_ref().map_or_else(|| default.to_owned(), |text| text.pattern.clone())
    };
    let resource = format!(
        "arn:{}:execute-api:{region}:{}:{api}/{}/{}/{}",
        place.partition,
        place.account,
        known(&stage, "$default"),
        known(&method, "*"),
        known(&path, "").trim_start_matches('/')
    );
    let mut target = Target::fixed(resource);
    if let Some(from) = from {
        target.choice = Choice::Runtime { from };
    }
    target
}
