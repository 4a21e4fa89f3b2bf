//! What AWS documents for each optimised integration: one row per group of actions, its page beside it.

pub(super) mod compute;
mod data;
mod emr;
pub(super) mod learning;
pub(super) mod messaging;
mod rules;

use super::call::Call;
use super::target::Target;
use super::{Certainty, Need};
pub(super) use rules::RULES;

/// Actions that an integration needs.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) service: &'static str,
    pub(super) api: &'static str,
    pub(super) when: When,
    /// None where the call needs no IAM action at all.
    pub(super) actions: &'static [&'static str],
    pub(super) on: fn(&Call<'_>) -> Target,
    pub(super) certainty: Certainty,
    pub(super) why: &'static str,
    pub(super) source: &'static str,
}

/// By which pattern of the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// `.sync` and `.sync:2`.
    Sync,
}

/// What depends on the arguments in a way that no row says.
#[derive(Debug)]
pub(super) struct Extra {
    pub(super) service: &'static str,
    pub(super) api: &'static str,
    pub(super) needs: fn(&Call<'_>) -> Vec<Need>,
}

/// The rule that AWS manages to hear of the end of a job.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) service: &'static str,
    pub(super) api: &'static str,
    pub(super) name: &'static str,
    pub(super) certainty: Certainty,
}

/// By place, as every table is read whole.
pub(super) const ROWS: [&[Row]; 5] = [compute::ROWS, data::ROWS, emr::ROWS, learning::ROWS, messaging::ROWS];
pub(super) const EXTRAS: &[Extra] = &[
    Extra { service: "ecs", api: "runTask", needs: compute::roles_of_a_task },
    Extra { service: "athena", api: "startQueryExecution", needs: super::special::athena::start },
    Extra { service: "athena", api: "getQueryResults", needs: super::special::athena::results },
    Extra { service: "elasticmapreduce", api: "createCluster", needs: emr::roles_of_a_cluster },
    Extra { service: "emr-containers", api: "createVirtualCluster", needs: emr::service_linked_role },
    Extra { service: "emr-containers", api: "startJobRun", needs: emr::job_on_eks },
    Extra { service: "emr-serverless", api: "startJobRun", needs: emr::job_role },
    Extra { service: "eks", api: "createCluster", needs: compute::cluster_role },
    Extra { service: "eks", api: "createNodegroup", needs: compute::node_role },
    Extra { service: "eks", api: "createFargateProfile", needs: compute::pod_role },
    Extra { service: "apigateway", api: "invoke", needs: super::special::api_gateway::needs },
    Extra { service: "bedrock", api: "invokeModel", needs: learning::model_payload },
    Extra { service: "bedrock", api: "createModelCustomizationJob", needs: learning::customization },
    Extra { service: "mediaconvert", api: "createJob", needs: learning::convert_role },
    Extra { service: "sagemaker", api: "createTrainingJob", needs: learning::sagemaker_roles },
    Extra { service: "sagemaker", api: "createTransformJob", needs: learning::sagemaker_roles },
    Extra { service: "sagemaker", api: "createHyperParameterTuningJob", needs: learning::sagemaker_roles },
    Extra { service: "sagemaker", api: "createLabelingJob", needs: learning::sagemaker_roles },
    Extra { service: "sagemaker", api: "createProcessingJob", needs: learning::sagemaker_roles },
    Extra { service: "sagemaker", api: "createModel", needs: learning::sagemaker_roles },
    Extra { service: "sagemaker", api: "createEndpointConfig", needs: learning::sagemaker_roles },
];

/// A row with the usual certainty and reason.
const fn row(
    service: &'static str,
    api: &'static str,
    actions: &'static [&'static str],
    on: fn(&Call<'_>) -> Target,
    source: &'static str,
) -> Row {
    Row {
        service,
        api,
        when: When::Always,
        actions,
        on,
        certainty: Certainty::Required,
        why: "the call itself",
        source,
    }
}

impl Row {
    /// What `.sync` asks the service again and again.
    const fn polls(self) -> Self {
        Self { when: When::Sync, why: "the state polls the job it waits for", ..self }
    }

    /// What `.sync` ends when the execution ends first.
    const fn stops(self) -> Self {
        Self {
            when: When::Sync,
            certainty: super::optimised::STOP,
            why: "without it the job runs on when the execution is stopped",
            ..self
        }
    }

    const fn likely(self, why: &'static str) -> Self {
        Self { certainty: Certainty::Likely, why, ..self }
    }

    const fn optional(self, why: &'static str) -> Self {
        Self { certainty: Certainty::Optional, why, ..self }
    }
}

/// For calls that need no IAM action, and actions that have no resource.
fn everything(_: &Call<'_>) -> Target {
    Target::unscopable()
}
