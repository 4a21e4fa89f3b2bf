//! What `--help` says at its end.

pub(super) const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 failed; 2 usage or configuration; 3 findings at or above --fail-on;
4 finished, but part of what was asked for could not be evaluated (--allow-incomplete makes it 0);
129, 130 and 143 after SIGHUP, SIGINT and SIGTERM, with what was done so far saved and marked incomplete.";

pub(super) const LIVE: &str = "\
With --state-machine-arn alone the definition, type, role, logging, tracing and key of the live state machine are read, in
the account and Region of the ARN; what flags say stands above what is read.";

pub(super) const DETECT: &str = "\
A sample is {\"id\", \"payload\"}; an answer is {\"id\", \"json_pointer\", \"type\", \"confidence\"}, and never holds the value.
Pointers are RFC 6901; into JSON that a string holds they go on after a #, as in /Records/0/body#/customer/email. A line
that is no sample is told on standard error by its number, and the exit code is 4.";

pub(super) const REACH: &str = "\
A line is {\"state_machine\", \"power\", \"ways\", \"principals\": [ARN], \"administrators\": [ARN], \"statements\": [{policy,
statement}], \"certain\"}: principals that have a power over a state machine by the same statements; not certain where a
condition decides. A power is read, read_definition, start, stop, redrive, act_as_role or complete_tasks. What could not be
read stands in a line of its own, {\"state_machine\", \"power\", \"unknown\"}: there may be others then, and the exit code is 4.";

pub(super) const DIFF: &str = "\
The answer is {\"excess\": [{statement, why, narrowed}], \"missing\": [{statement, why, state}], \"wider\": [{statement, why,
narrowed}]}. `narrowed` is what to put in the statement's place: one statement, a list, or null. Only what is needed for
sure and granted by no statement is missing. Beside a task whose needs are not known (\"undecided\") nothing is called
excess or wider.
Without --definition the live state machine of --state-machine-arn is read; without --granted the live policies and
permissions boundary of --execution-role-arn, or else of that state machine's role. Where anything is read, so is the state
machine that --state-machine-arn names; what flags say stands above that.";

pub(super) const DIFF_REPORTS: &str = "\
A finding that the later report does not have is resolved where its check reached a verdict on all that it looked at in that
account and Region; else it is told apart, as not looked at. Suppressed findings and insufficient data are left out. The exit
code is 3 where something new or reopened is at or above --fail-on.";

pub(super) const EVALUATE: &str = "\
A case is {\"id\", \"principal\"?, \"policies\": [document or {name, policy}], \"boundary\"?, \"session_policies\"?,
\"scps\"?: one level, or a list of levels, \"resource_policy\"?, \"action\", \"resource\", \"resource_account\"?,
\"context\"?: {key: string or list}}. A context key that is not there is not in the request. Where a case has no resource
policy, a KMS key has the usual one (its account decides) and a role lets its account assume it.
An answer is {\"id\", \"decision\": Allowed, ImplicitlyDenied, ExplicitlyDenied, or Error with \"error\"}.";

pub(super) const DOCTOR: &str = "\
A line is ok, MEND or ? (what AWS did not tell), what it is about, and what to do. Asked are: who the credentials are of, each
role to assume, each Region, each IAM action that a scan of the same flags needs (about things that do not exist, where that
tells), AWS's clock, the quotas of Step Functions, the store, and what the request budget allows. Nothing is changed; the store
gets what a first scan leaves there. Exit codes: 0 nothing to mend; 4 something; 1 no account could be entered.";

pub(super) const HEALTHCHECK: &str = "\
Asks GET /-/healthy at serve.listen, by the loopback address where that is every address, with TLS or without, as it answers.
For the health check of a container, which has the service's environment.";
