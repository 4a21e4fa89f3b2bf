use super::KeyUse;

/// One way to reach a state machine: what takes a caller there.
///
/// Sources: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html>,
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// Reads the history of executions: every input and output.
    History,
    /// Reads input, output, error and cause of executions.
    Execution,
    /// Takes the input of activity tasks.
    ActivityTask,
    /// Runs an Express machine and reads the output.
    SyncExecution,
    /// Reads log events.
    LogEvents,
    /// Reads log events by a query of CloudWatch Logs Insights.
    LogQuery,
    /// Has log events copied elsewhere.
    LogExport,
    /// Has the events of executions, with input and output, sent elsewhere by a rule.
    EventCopy,
    /// Reads the definition.
    Definition,
    Start,
    Stop,
    Redrive,
    /// Changes the definition: whatever the machine's role may do, the caller may then do. The role stays as it is, so it
    /// need not be passed.
    Update,
    /// Makes a machine of its own with the role.
    NewMachine,
    /// Runs a single state as the role.
    TestState,
    /// Answers tasks that wait for a token.
    Complete,
}

/// What a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum On {
    Machine,
    /// Any execution of the machine.
    Execution,
    /// The log group that holds the data of its executions.
    Group,
    /// Any stream of that group.
    Stream,
    /// An activity that its definition names.
    Activity,
    /// Its role.
    Role,
    /// A machine that is yet to be made.
    NewMachine,
    /// A rule that is yet to be made.
    Rule,
    /// The action takes no resource.
    Anything,
}

impl On {
    pub(super) const ALL: [Self; 9] = [
        Self::Machine,
        Self::Execution,
        Self::Group,
        Self::Stream,
        Self::Activity,
        Self::Role,
        Self::NewMachine,
        Self::Rule,
        Self::Anything,
    ];

    /// Whether a statement can name one machine by it.
    pub(super) fn tells_machines_apart(self) -> bool {
        !matches!(self, Self::NewMachine | Self::Rule | Self::Anything)
    }
}

/// An action and what it is asked about.
pub(super) type Need = (&'static str, On);

const PASS: Need = ("iam:PassRole", On::Role);

impl Way {
    pub const ALL: [Self; 16] = [
        Self::History,
        Self::Execution,
        Self::ActivityTask,
        Self::SyncExecution,
        Self::LogEvents,
        Self::LogQuery,
        Self::LogExport,
        Self::EventCopy,
        Self::Definition,
        Self::Start,
        Self::Stop,
        Self::Redrive,
        Self::Update,
        Self::NewMachine,
        Self::TestState,
        Self::Complete,
    ];

    /// The ways to act as the machine's role.
    pub const ACTS_AS_ROLE: [Self; 3] = [Self::Update, Self::NewMachine, Self::TestState];

    /// Any of these lists suffices; of a list, all are needed.
    pub(super) fn needs(self) -> &'static [&'static [Need]] {
        match self {
            Self::History => &[&[("states:GetExecutionHistory", On::Execution)]],
            Self::Execution => &[&[("states:DescribeExecution", On::Execution)]],
            Self::ActivityTask => &[&[("states:GetActivityTask", On::Activity)]],
            Self::SyncExecution => &[&[("states:StartSyncExecution", On::Machine)]],
            Self::LogEvents => &[
                &[("logs:FilterLogEvents", On::Group)],
                &[("logs:GetLogEvents", On::Stream)],
                &[("logs:StartLiveTail", On::Group)],
            ],
            // The reference lists a log group for the results; older policies grant them on everything only.
            Self::LogQuery => &[
                &[("logs:StartQuery", On::Group), ("logs:GetQueryResults", On::Group)],
                &[("logs:StartQuery", On::Group), ("logs:GetQueryResults", On::Anything)],
            ],
            Self::LogExport => &[&[("logs:CreateExportTask", On::Group)], &[("logs:PutSubscriptionFilter", On::Group)]],
            Self::EventCopy => &[&[("events:PutRule", On::Rule), ("events:PutTargets", On::Rule)]],
            Self::Definition => &[
                &[("states:DescribeStateMachine", On::Machine)],
                &[("states:DescribeStateMachineForExecution", On::Execution)],
            ],
            Self::Start => &[&[("states:StartExecution", On::Machine)], &[("states:StartSyncExecution", On::Machine)]],
            Self::Stop => &[&[("states:StopExecution", On::Execution)]],
            Self::Redrive => &[&[("states:RedriveExecution", On::Execution)]],
            Self::Update => &[&[("states:UpdateStateMachine", On::Machine)]],
            Self::NewMachine => {
                &[&[("states:CreateStateMachine", On::NewMachine), ("states:StartExecution", On::NewMachine), PASS]]
            }
            Self::TestState => &[&[("states:TestState", On::Anything), PASS]],
            Self::Complete => &[
                &[("states:SendTaskSuccess", On::Anything)],
                &[("states:SendTaskFailure", On::Anything)],
                &[("states:SendTaskHeartbeat", On::Anything)],
            ],
        }
    }

    /// The actions that any of its lists asks for.
    pub fn actions(self) -> impl Iterator<Item = &'static str> {
        self.needs().iter().flat_map(|list| list.iter().map(|(action, _)| *action))
    }

    /// What it gives, in a few words.
    pub fn what(self) -> &'static str {
        match self {
            Self::History => "execution histories",
            Self::Execution => "executions",
            Self::ActivityTask => "activity tasks",
            Self::SyncExecution => "output of synchronous runs",
            Self::LogEvents => "log events",
            Self::LogQuery => "log queries",
            Self::LogExport => "log exports",
            Self::EventCopy => "events through rules",
            Self::Definition => "the definition",
            Self::Start => "starting executions",
            Self::Stop => "stopping executions",
            Self::Redrive => "redriving executions",
            Self::Update => "changing the definition",
            Self::NewMachine => "a new state machine with the role",
            Self::TestState => "testing states as the role",
            Self::Complete => "answering tasks",
        }
    }

    /// Whether more than permissions decides: what a copy is sent to, or an activity's own key, is not known here.
    pub(super) fn leaves_something_open(self) -> bool {
        matches!(self, Self::LogExport | Self::ActivityTask)
    }

    /// What a caller must be allowed with the machine's key, where it has one of the customer's.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html>.
    pub fn key_use(self) -> Option<KeyUse> {
        match self {
            Self::History | Self::Execution | Self::SyncExecution | Self::Definition => Some(KeyUse::Decrypt),
            Self::Update => Some(KeyUse::GenerateDataKey),
            _ => None,
        }
    }
}

/// Everything that is ever asked, each once.
pub(super) fn all_needs() -> Vec<Need> {
    let mut all: Vec<Need> =
        Way::ALL.iter().flat_map(|way| way.needs()).flat_map(|list| list.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}
