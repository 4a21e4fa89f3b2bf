use super::Granted;
use crate::access::overlap::{covers, overlaps, without_variables};
use crate::iam::glob_matches;
use crate::iam::{Compiled, Context, Decision, Effect, Policies, Policy, Request, Selector, Statement, Verdict};
use crate::types::AccountId;

/// Whether a role may do something, as far as its policies tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Granted,
    NotGranted,
    /// A statement denies it whatever the context.
    Denied,
    /// A condition or a part of the resource that is not known decides.
    Depends,
}

/// A role's policies, ready to be asked.
pub(super) struct Evaluator<'a> {
    granted: Granted<'a>,
    identity: Vec<Compiled>,
    boundary: Option<Vec<Compiled>>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(granted: Granted<'a>) -> Self {
        let compile = |policies: &[Policy]| policies.iter().map(Compiled::identity).collect();
        Self { granted, identity: compile(granted.identity), boundary: granted.boundary.map(compile) }
    }

    /// Asked for a caller of the resource's own account, of whose request nothing is known.
    pub(super) fn decide(&self, action: &str, resource: &str) -> Answer {
        let wild = resource.contains(['*', '?']) && resource != "*";
        // What a key's or a trust policy adds is theirs to say: these are asked as patterns.
        let others_decide = action.starts_with("kms:") || action.starts_with("sts:");
        // The reference knows no resource for this one; AWS's own guide scopes it to the machine.
        let scoped_by_the_guide = action == "states:InvokeHTTPEndpoint";
        if wild || others_decide || scoped_by_the_guide {
            return self.somewhere(action, resource);
        }
        let account = resource.split(':').nth(4).filter(|account| AccountId::parse(*account).is_ok());
        let caller = format!("arn:aws:iam::{}:role/execution", account.unwrap_or("111122223333"));
        let context = Context::open();
        let policies = Policies {
            identity: self.identity.iter().collect(),
            boundary: self.boundary.as_ref().map(|policies| policies.iter().collect()),
            ..Policies::default()
        };
        match policies.evaluate(&Request::new(&caller, action, resource, &context)) {
            Verdict::Decided(Decision::Allowed) => Answer::Granted,
            Verdict::Decided(Decision::ImplicitlyDenied) => Answer::NotGranted,
            Verdict::Decided(Decision::ExplicitlyDenied) => Answer::Denied,
            Verdict::DependsOn(_) => Answer::Depends,
        }
    }

    /// Some resource within `pattern` is needed, and which is not known: only what no statement reaches is not granted.
    fn somewhere(&self, action: &str, pattern: &str) -> Answer {
        let reaches = |statement: &Statement| names(statement, action) && meets(statement, pattern);
        let denied = self
            .granted
            .denials()
            .any(|statement| names(statement, action) && statement.condition.is_none() && holds(statement, pattern));
        let bounded = self.granted.boundary.is_none_or(|bounds| {
            let mut all = bounds.iter().flat_map(|policy| &policy.statements);
            all.any(|statement| statement.effect == Effect::Allow && reaches(statement))
        });
        match self.granted.of(Effect::Allow).any(reaches) && bounded {
            _ if denied => Answer::Denied,
            true => Answer::Depends,
            false => Answer::NotGranted,
        }
    }
}

/// Whether a statement may apply to some resource within `pattern`.
pub(super) fn meets(statement: &Statement, pattern: &str) -> bool {
    match &statement.resources {
        None => false,
        Some(Selector::Only(patterns)) => patterns.iter().any(|granted| overlaps(&without_variables(granted), pattern)),
        // What is left out may be all of it only where it is left out whole.
        Some(Selector::AllBut(patterns)) => {
            !patterns.iter().any(|except| !except.contains("${") && covers(except, pattern))
        }
    }
}

/// Whether a statement applies to every resource within `pattern`.
fn holds(statement: &Statement, pattern: &str) -> bool {
    match &statement.resources {
        Some(Selector::Only(patterns)) => {
            patterns.iter().any(|denied| !denied.contains("${") && covers(denied, pattern))
        }
        _ => false,
    }
}

/// Whether a statement names the action at all; a need may be a pattern itself.
pub(super) fn names(statement: &Statement, action: &str) -> bool {
    match &statement.actions {
        Selector::Only(patterns) => patterns.iter().any(|pattern| names_action(pattern, action)),
        Selector::AllBut(patterns) => !patterns.iter().any(|pattern| glob_matches(pattern, action, true)),
    }
}

pub(super) fn names_action(pattern: &str, action: &str) -> bool {
    match action.contains('*') {
        true => overlaps(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase()),
        false => glob_matches(pattern, action, true),
    }
}
