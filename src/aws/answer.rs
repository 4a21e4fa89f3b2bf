use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

/// Refuses a success without content. None of the APIs that are called here ever answers so, but the SDK would read an
/// empty body, `{}`, or a list that is `null` as a list without items, and a machine without logging.
#[derive(Debug)]
pub(super) struct NeverEmpty;

/// The list that AWS sends with every success of a JSON call, empty or not.
const LISTS: [(&str, &str); 14] = [
    ("ListExecutions", "executions"),
    ("ListMapRuns", "mapRuns"),
    ("ListStateMachines", "stateMachines"),
    ("ListStateMachineVersions", "stateMachineVersions"),
    ("ListStateMachineAliases", "stateMachineAliases"),
    ("ListActivities", "activities"),
    ("ListTagsForResource", "tags"),
    ("DescribeLogGroups", "logGroups"),
    ("DescribeResourcePolicies", "resourcePolicies"),
    ("DescribeAccountPolicies", "accountPolicies"),
    ("GetResources", "ResourceTagMappingList"),
    ("ListServiceQuotas", "Quotas"),
    ("ListAWSDefaultServiceQuotas", "Quotas"),
    ("ListRegions", "Regions"),
];

impl Intercept for NeverEmpty {
    fn name(&self) -> &'static str {
        "NeverEmpty"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        if !response.status().is_success() {
            return Ok(());
        }
        let operation = config.load::<Metadata>().map(Metadata::name).unwrap_or_default();
        match response.body().bytes().and_then(|body| fault(operation, body)) {
            Some(fault) => Err(fault.into()),
            None => Ok(()),
        }
    }
}

/// Why the body is no answer to the operation.
fn fault(operation: &str, body: &[u8]) -> Option<&'static str> {
    let body = body.trim_ascii();
    // Nothing; CBOR's maps of nothing; JSON's, however it is spaced.
    let braces = || body.iter().filter(|byte| !byte.is_ascii_whitespace()).take(3).eq(b"{}");
    if matches!(body, b"" | [0xa0] | [0xbf, 0xff]) || braces() {
        return Some("the answer has no content");
    }
    let (_, list) = LISTS.iter().find(|(name, _)| *name == operation)?;
    match serde_json::from_slice::<Value>(body) {
        Ok(answer) if answer.get(list).is_some_and(Value::is_array) => None,
        _ => Some("the answer is without its list"),
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn an_answer_without_its_list_is_none() {
        for body in ["", " \n", "{}", " { \n } ", "null", "{\"nextToken\":null}", "{\"stateMachines\":null}", "{"] {
            assert!(fault("ListStateMachines", body.as_bytes()).is_some(), "{body}");
        }
        assert_eq!(fault("ListStateMachines", b"{\"stateMachines\": []}"), None);
    }

    #[test]
    fn other_answers_need_only_some_content() {
        for body in [&b"{ }"[..], b"\t", &[0xa0], &[0xbf, 0xff]] {
            assert!(fault("GetMetricData", body).is_some(), "{body:?}");
        }
        assert_eq!(fault("DescribeStateMachine", b"{\"name\":\"orders\"}"), None);
    }
}
