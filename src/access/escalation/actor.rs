use super::super::Grant;
use super::super::overlap::{meeting, without_variables};
use super::super::scoping::{Place, arn_form};
use crate::iam::{Compiled, Context, Decision, Effect, Policies, Policy, Request, Selector, Statement, Verdict};
use crate::model::{Iam, Principal};
use crate::types::{Arn, Gap};

/// Whether somebody may do something; the more the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum May {
    No,
    /// Conditions decide, of which nothing is known.
    Depends,
    Yes,
}

impl From<Verdict> for May {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Decided(Decision::Allowed) => Self::Yes,
            Verdict::Decided(_) => Self::No,
            Verdict::DependsOn(_) => Self::Depends,
        }
    }
}

/// A role, a user or a group with its policies made ready to be asked.
#[derive(Debug)]
pub(super) struct Actor<'a> {
    pub(super) arn: &'a Arn,
    /// Each policy's name, whether it is inline, and its text; in the order of `compiled`.
    documents: Vec<(&'a str, bool, &'a Policy)>,
    compiled: Vec<Compiled>,
    boundary: Option<(&'a Policy, Compiled)>,
    /// A trust policy that lets its account in.
    own_account: Compiled,
}

impl<'a> Actor<'a> {
    /// With what a user's groups bring. A policy that could not be read hides grants and denials alike.
    pub(super) fn of(principal: &'a Principal, iam: &'a Iam) -> Result<Self, Gap> {
        let groups = iam.groups.iter().filter(|group| principal.groups.iter().any(|name| name == group.arn.name()));
        let mut documents = Vec::new();
        for holder in groups.chain([principal]) {
            for inline in &holder.inline {
                let policy = inline.policy.whole().map_err(Gap::clone)?.get();
                documents.push((inline.name.as_str(), true, policy));
            }
            for arn in &holder.attached {
                documents.push((arn.as_str(), false, iam.managed_policy(arn)?));
            }
        }
        let compiled = documents.iter().map(|(_, _, policy)| Compiled::identity(policy)).collect();
        let boundary = principal.boundary.as_ref().map(|arn| iam.managed_policy(arn)).transpose()?;
        let boundary = boundary.map(|policy| (policy, Compiled::identity(policy)));
        Ok(Self { arn: &principal.arn, documents, compiled, boundary, own_account: own_account(&principal.arn) })
    }

    /// The same without its boundary.
    pub(super) fn unbound(&self) -> Self {
        Self {
            arn: self.arn,
            documents: self.documents.clone(),
            compiled: self.compiled.clone(),
            boundary: None,
            own_account: self.own_account.clone(),
        }
    }

    /// What is known of every request of it: nobody confirms a sign-in for a session that a service began.
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
    pub(super) fn context(&self) -> Context {
        let context = Context::open()
            .with("aws:PrincipalArn", self.arn.as_str())
            .with("aws:PrincipalAccount", self.arn.account())
            .with("aws:PrincipalIsAWSService", "false");
        match self.arn.resource().starts_with("role/") {
            true => context.with("aws:MultiFactorAuthPresent", "false"),
            false => context,
        }
    }

    fn policies<'p>(&'p self, resource: Option<&'p Compiled>) -> Policies<'p> {
        let boundary = self.boundary.as_ref().map(|(_, compiled)| vec![compiled]);
        Policies { identity: self.compiled.iter().collect(), boundary, resource, ..Policies::default() }
    }

    pub(super) fn may(&self, action: &str, resource: &str, context: &Context) -> May {
        if !self.names(action) {
            return May::No;
        }
        self.policies(None).evaluate(&Request::new(self.arn.as_str(), action, resource, context)).into()
    }

    /// Whether it may assume `role` by this trust policy; by one that leaves it to the account where none is given.
    pub(super) fn may_assume(&self, role: &str, trust: Option<&Compiled>) -> May {
        let context = self.context();
        let request = Request::new(self.arn.as_str(), "sts:AssumeRole", role, &context);
        self.policies(Some(trust.unwrap_or(&self.own_account))).evaluate(&request).into()
    }

    /// Some statement allows the action on something.
    pub(super) fn names(&self, action: &str) -> bool {
        self.statements().any(|statement| statement.effect == Effect::Allow && statement.matches_action(action))
    }

    fn statements(&self) -> impl Iterator<Item = &'a Statement> {
        self.documents.iter().flat_map(|(_, _, policy)| &policy.statements)
    }

    /// The statements that allow the action on the resource, those without a doubt first.
    pub(super) fn grants(&self, action: &str, resource: &str, context: &Context) -> Vec<Grant<'a>> {
        let request = Request::new(self.arn.as_str(), action, resource, context);
        let mut found = Vec::new();
        for ((policy, inline, document), compiled) in self.documents.iter().zip(&self.compiled) {
            for applies in compiled.applying(&request).filter(|applies| applies.effect == Effect::Allow) {
                let statement = &document.statements[applies.statement];
                found.push((!applies.for_sure, Grant { policy, inline: *inline, statement }));
            }
        }
        found.sort_by_key(|(unsure, _)| *unsure);
        found.into_iter().map(|(_, grant)| grant).collect()
    }

    /// Resources that an action of this form takes and that statements speak of: one for each pattern.
    pub(super) fn examples(&self, action: &str, form: &str) -> Vec<String> {
        let bounds = self.boundary.iter().flat_map(|(policy, _)| &policy.statements);
        let allows = self.statements().chain(bounds).filter(|statement| statement.effect == Effect::Allow);
        let mut found = Vec::new();
        for statement in allows.filter(|statement| statement.matches_action(action)) {
            match &statement.resources {
                Some(Selector::Only(patterns)) => {
                    found.extend(patterns.iter().filter_map(|pattern| meeting(&without_variables(pattern), form)));
                }
                _ => found.extend(meeting("*", form)),
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether it may do this to something or other, and to what.
    pub(super) fn may_somewhere(&self, action: &str, context: &Context) -> (May, String) {
        let nothing = (May::No, String::new());
        if !self.names(action) {
            return nothing;
        }
        let examples = match self.form(action) {
            Some(form) => self.examples(action, &form),
            None => vec!["*".to_owned()],
        };
        let asked = examples.into_iter().map(|resource| (self.may(action, &resource, context), resource));
        asked.max_by_key(|(may, _)| *may).unwrap_or(nothing)
    }

    /// What an action takes, of any name and Region of the account. `None`: only `*`.
    pub(super) fn form(&self, action: &str) -> Option<String> {
        let place = Place { partition: self.arn.partition(), region: "*", account: self.arn.account() };
        let form = arn_form(action, place)?;
        let mut pattern = String::new();
        for piece in form.split('<') {
            match piece.split_once('>') {
                Some((_, rest)) => pattern.extend(["*", rest]),
                None => pattern.push_str(piece),
            }
        }
        Some(pattern)
    }

    /// Something that only a pattern for all of its kind matches.
    pub(super) fn any(&self, action: &str) -> String {
        self.form(action).and_then(|form| meeting("*", &form)).unwrap_or_else(|| "*".to_owned())
    }

    /// Its boundary allows less than everything.
    pub(super) fn bounded(&self) -> bool {
        self.boundary.as_ref().is_some_and(|(policy, _)| !policy.statements.iter().any(allows_everything))
    }

    /// The statement that allows everything, whether or not denials take something back.
    pub(super) fn allowed_everything(&self) -> Option<Grant<'a>> {
        let mut found: Option<Grant<'a>> = None;
        for (policy, inline, document) in &self.documents {
            for statement in document.statements.iter().filter(|statement| allows_everything(statement)) {
                let better = found.is_none_or(|one| one.statement.condition.is_some() && statement.condition.is_none());
                if better {
                    found = Some(Grant { policy, inline: *inline, statement });
                }
            }
        }
        found
    }

    /// Whether it may give itself any policy.
    pub(super) fn may_raise_itself(&self) -> May {
        if self.bounded() {
            return May::No;
        }
        let [attach, put] = match self.arn.resource().split('/').next() {
            Some("role") => ["iam:AttachRolePolicy", "iam:PutRolePolicy"],
            Some("user") => ["iam:AttachUserPolicy", "iam:PutUserPolicy"],
            _ => ["iam:AttachGroupPolicy", "iam:PutGroupPolicy"],
        };
        let context = self.context();
        let attach = self.may(attach, self.arn.as_str(), &administrator_policy(context.clone(), self.arn.partition()));
        attach.max(self.may(put, self.arn.as_str(), &context))
    }
}

/// The context of a request that attaches AWS's policy for administrators.
pub(super) fn administrator_policy(context: Context, partition: &str) -> Context {
    context.with("iam:PolicyARN", format!("arn:{partition}:iam::aws:policy/AdministratorAccess"))
}

fn own_account(arn: &Arn) -> Compiled {
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        actions: Selector::Only(vec!["sts:AssumeRole".to_owned()]),
        resources: None,
        principal: Some(serde_json::json!({ "AWS": arn.account() })),
        not_principal: None,
        condition: None,
    };
    Compiled::resource(&Policy { version: None, statements: vec![statement] })
}

fn allows_everything(statement: &Statement) -> bool {
    let every = |pattern: &String| pattern.bytes().all(|byte| byte == b'*') || pattern == "*:*";
    let actions = matches!(&statement.actions, Selector::Only(patterns) if patterns.iter().any(every));
    let resources = matches!(&statement.resources, Some(Selector::Only(patterns)) if patterns.iter().any(every));
    statement.effect == Effect::Allow && actions && resources
}
