//! Topics, queues, event buses and tables.

use super::{Row, everything, row};
use crate::access::need::call::{Call, at};
use crate::access::need::target::{Target, argument, named, queue, topic};

const SNS: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html";
const SQS: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html";
const EVENTS: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html";
const TABLES: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html";
const API: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html";

pub(super) const ROWS: &[Row] = &[
    row("sns", "publish", &["sns:Publish"], topic, SNS),
    row("sqs", "sendMessage", &["sqs:SendMessage"], queue, SQS),
    row("events", "putEvents", &["events:PutEvents"], buses, EVENTS),
    row("dynamodb", "getItem", &["dynamodb:GetItem"], table, TABLES),
    row("dynamodb", "putItem", &["dynamodb:PutItem"], table, TABLES),
    row("dynamodb", "updateItem", &["dynamodb:UpdateItem"], table, TABLES),
    row("dynamodb", "deleteItem", &["dynamodb:DeleteItem"], table, TABLES),
    row("apigateway", "invoke", &[], everything, API),
];

fn table(call: &Call<'_>) -> Target {
    argument(call, &["TableName"], "dynamodb", "table/")
}

/// The bus of each entry; an entry that names none goes to the default bus.
pub(in crate::access::need) fn buses(call: &Call<'_>) -> Target {
    let default = || Target::fixed(call.place.arn("events", "event-bus/default"));
    let bus = |entry: &crate::asl::Resolved| match at(entry, &["EventBusName"]) {
        None => default(),
        Some(bus) => named(call.place, "events", "event-bus/", call.text_of(&bus).as_ref()),
    };
    let entries = call.list(&["Entries"]).unwrap_or_default();
    Target::join(entries.iter().map(bus).collect()).unwrap_or_else(default)
}
