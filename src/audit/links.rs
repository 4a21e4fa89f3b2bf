use std::fmt::Write;

use crate::types::Arn;

/// Where a person sees the resource in the AWS console.
pub(super) fn console_url(arn: &Arn) -> String {
    let domain = match arn.partition() {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    let region = arn.region();
    match (arn.service(), arn.resource().split_once(':')) {
        ("iam", _) => match arn.resource().strip_prefix("role/") {
            Some(_) => format!("https://{domain}/iam/home#/roles/details/{}", escape(arn.name())),
            None => format!("https://{domain}/iam/home"),
        },
        ("states", Some(("stateMachine", name))) if name != "*" => {
            format!(
                "https://{region}.{domain}/states/home?region={region}#/statemachines/view/{}",
                escape(arn.as_str())
            )
        }
        ("states", Some(("activity", _))) => {
            format!("https://{region}.{domain}/states/home?region={region}#/activities")
        }
        ("states", _) => format!("https://{region}.{domain}/states/home?region={region}#/statemachines"),
        ("logs", Some(("log-group", name))) => {
            // The CloudWatch console escapes twice, with `$` for `%` outside.
            let name = escape(&escape(name)).replace('%', "$");
            format!("https://{region}.{domain}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{name}")
        }
        ("dynamodb", _) => {
            let name = escape(arn.name());
            format!("https://{region}.{domain}/dynamodbv2/home?region={region}#table?name={name}")
        }
        _ => format!("https://{domain}/"),
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':') {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::console_url;
    use crate::types::Arn;

    #[test]
    fn links_by_service_and_partition() {
        for (arn, url) in [
            (
                "arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
                "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/statemachines/view/arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
            ),
            (
                "arn:aws:states:eu-west-1:123456789012:activity:approve",
                "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/activities",
            ),
            (
                "arn:aws:iam::123456789012:role/service-role/orders",
                "https://console.aws.amazon.com/iam/home#/roles/details/orders",
            ),
            (
                "arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/x",
                "https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#logsV2:log-groups/log-group/$252Faws$252Fx",
            ),
        ] {
            assert_eq!(console_url(&Arn::parse(arn).unwrap()), url);
        }
    }
}
