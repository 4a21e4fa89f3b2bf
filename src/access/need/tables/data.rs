//! Glue, DataBrew and Athena.

use super::{Row, row};
use crate::access::need::call::Call;
use crate::access::need::special::athena::{catalog, workgroup, workgroup_of_a_query};
use crate::access::need::target::{Target, argument};

const GLUE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html";
const BREW: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-databrew.html";
const ATHENA: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-athena.html";

pub(super) const ROWS: &[Row] = &[
    row("glue", "startJobRun", &["glue:StartJobRun"], job, GLUE),
    row("glue", "startJobRun", &["glue:GetJobRun"], job, GLUE).polls(),
    // AWS's template grants it beside the other; roles without it work.
    row("glue", "startJobRun", &["glue:GetJobRuns"], job, GLUE).polls().likely("AWS's template grants it for polling"),
    row("glue", "startJobRun", &["glue:BatchStopJobRun"], job, GLUE).stops(),
    row("databrew", "startJobRun", &["databrew:StartJobRun"], recipe_job, BREW),
    row("databrew", "startJobRun", &["databrew:ListJobRuns"], recipe_job, BREW).polls(),
    row("databrew", "startJobRun", &["databrew:StopJobRun"], recipe_job, BREW).stops(),
    row("athena", "startQueryExecution", &["athena:StartQueryExecution"], workgroup, ATHENA),
    row("athena", "startQueryExecution", &["athena:GetDataCatalog"], catalog, ATHENA)
        .likely("the query's catalog is looked up"),
    row("athena", "startQueryExecution", &["athena:GetQueryExecution"], workgroup, ATHENA).polls(),
    // AWS's template grants it; AWS's own CDK does not, and its queries run.
    row("athena", "startQueryExecution", &["athena:StopQueryExecution"], workgroup, ATHENA)
        .stops()
        .likely("without it the query runs on when the execution is stopped"),
    row("athena", "stopQueryExecution", &["athena:StopQueryExecution"], workgroup_of_a_query, ATHENA),
    row("athena", "getQueryExecution", &["athena:GetQueryExecution"], workgroup_of_a_query, ATHENA),
    row("athena", "getQueryResults", &["athena:GetQueryResults"], workgroup_of_a_query, ATHENA),
];

fn job(call: &Call<'_>) -> Target {
    argument(call, &["JobName"], "glue", "job/")
}

fn recipe_job(call: &Call<'_>) -> Target {
    argument(call, &["Name"], "databrew", "job/")
}
