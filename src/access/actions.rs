//! Actions that several checks ask about.

/// What an execution role needs to write traces. None of them supports resources: `*` is unavoidable.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html> and
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html>.
pub const XRAY_WRITE: [&str; 4] =
    [XRAY_PUT_SEGMENTS, "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"];

/// The one of [`XRAY_WRITE`] that sends traces.
pub const XRAY_PUT_SEGMENTS: &str = "xray:PutTraceSegments";

/// What an execution role needs to log, on log streams.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html> and
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html>.
pub const LOG_WRITE: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];

/// The other log delivery actions; none of them supports resources. The source is that of [`LOG_WRITE`].
pub const LOG_DELIVERY: [&str; 8] = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
];
