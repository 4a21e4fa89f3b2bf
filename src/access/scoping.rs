//! Whether an action can be granted on less than everything.

use crate::iam::table;

/// Actions for which the table names a resource that is not what they work on: metrics outside of a dataset take only `*`.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/permissions-reference-cw.html>.
const ONLY_EVERYTHING: [&str; 3] = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "cloudwatch:PutMetricData"];

/// What tasks name, where an action takes several types of resource or the form says more than the table's: service,
/// actions, resource.
const TASKS: [(&str, &[&str], &str); 14] = [
    ("batch", &["SubmitJob"], "job-queue/<QUEUE>"),
    ("bedrock", &["InvokeModel", "InvokeModelWithResponseStream"], "foundation-model/<MODEL>"),
    ("ecs", &["RunTask"], "task-definition/<TASK_DEFINITION>:*"),
    ("ecs", &["StopTask", "DescribeTasks"], "task/<CLUSTER>/*"),
    ("events", &["PutEvents"], "event-bus/<BUS>"),
    ("events", &["PutRule", "PutTargets", "DescribeRule"], "rule/StepFunctionsGetEvent*"),
    ("execute-api", &["Invoke"], "<API>/<STAGE>/<METHOD>/<PATH>"),
    ("logs", &["CreateLogStream", "PutLogEvents"], "log-group:<LOG_GROUP>:log-stream:*"),
    ("s3", &["GetObject", "PutObject", "DeleteObject"], "<BUCKET>/<PREFIX>*"),
    ("s3", &["ListMultipartUploadParts", "AbortMultipartUpload"], "<BUCKET>/<PREFIX>*"),
    ("s3", &["ListBucket", "GetBucketLocation"], "<BUCKET>"),
    ("states", &["InvokeHTTPEndpoint"], "stateMachine:<STATE_MACHINE>"),
    ("states", &["DescribeExecution", "StopExecution"], "execution:<STATE_MACHINE>:*"),
    ("states", &["GetExecutionHistory", "RedriveExecution"], "execution:<STATE_MACHINE>:*"),
];

/// Whether IAM lets `action` be granted on an ARN; `None` where nobody knows such an action. A wildcard can be scoped
/// where one of the actions that it matches can.
pub fn can_be_scoped(action: &str) -> Option<bool> {
    let mut known = table().expand(action).map(|action| {
        action.can_be_scoped() && !ONLY_EVERYTHING.iter().any(|one| one.eq_ignore_ascii_case(&action.full_name()))
    });
    let first = known.next()?;
    Some(first || known.any(|scoped| scoped))
}

/// Where the resources of `action` live, for an ARN to be made of it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub partition: &'a str,
    pub region: &'a str,
    pub account: &'a str,
}

/// The ARN to grant `action` on, with `<NAMES>` to fill in.
pub fn arn_form(action: &str, place: Place<'_>) -> Option<String> {
    let Place { partition, region, account } = place;
    let Some((service, resource)) = resource(action) else {
        let action = table().action(action)?;
        let mut types: Vec<_> = action.resource_types().collect();
        types.sort_by_key(|one| !one.required);
        let arn = table().service(action.service)?.resource_type(types.first()?.name)?.arn;
        let arn = arn.replace("${Partition}", partition).replace("${Region}", region).replace("${Account}", account);
        return Some(arn.replace("${", "<").replace('}', ">"));
    };
    Some(match service {
        "s3" => format!("arn:{partition}:s3:::{resource}"),
        "iam" | "sts" => format!("arn:{partition}:iam::{account}:{resource}"),
        "bedrock" => format!("arn:{partition}:bedrock:{region}::{resource}"),
        _ => format!("arn:{partition}:{service}:{region}:{account}:{resource}"),
    })
}

fn resource(action: &str) -> Option<(&'static str, &'static str)> {
    let (service, name) = action.split_once(':')?;
    let known = TASKS.iter().find(|(of, names, _)| {
        of.eq_ignore_ascii_case(service) && names.iter().any(|one| one.eq_ignore_ascii_case(name))
    });
    known.map(|(service, _, resource)| (*service, *resource))
}

#[cfg(test)]
mod tests {
    use super::{Place, arn_form, can_be_scoped};

    #[test]
    fn some_take_an_arn_some_only_everything_and_some_are_not_known() {
        assert_eq!(can_be_scoped("LAMBDA:invokefunction"), Some(true));
        assert_eq!(can_be_scoped("states:InvokeHTTPEndpoint"), Some(true));
        for action in
            ["xray:PutTraceSegments", "logs:createlogdelivery", "states:SendTaskSuccess", "batch:DescribeJobs"]
        {
            assert_eq!(can_be_scoped(action), Some(false), "{action}");
        }
        for (pattern, scoped) in [
            ("states:SendTask*", Some(false)),
            ("logs:Put*", Some(true)),
            ("some:*", None),
            ("lambda:Invoke*", Some(true)),
        ] {
            assert_eq!(can_be_scoped(pattern), scoped, "{pattern}");
        }
        assert_eq!(can_be_scoped("somewhere:DoSomething"), None);
    }

    #[test]
    fn arns_have_the_form_of_their_service() {
        let place = Place { partition: "aws", region: "eu-west-1", account: "123456789012" };
        for (action, arn) in [
            ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function:<FunctionName>"),
            ("s3:GetObject", "arn:aws:s3:::<BUCKET>/<PREFIX>*"),
            ("iam:PassRole", "arn:aws:iam::123456789012:role/<RoleNameWithPath>"),
            ("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/<MODEL>"),
        ] {
            assert_eq!(arn_form(action, place).as_deref(), Some(arn));
        }
        assert_eq!(arn_form("xray:PutTraceSegments", place), None);
    }
}
