use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::rc::Rc;

use super::way::Need;
use crate::access::Grant;
use crate::access::trust::entries;
use crate::iam::{Compiled, Context, Effect, Policy, Resources, Selector, Statement};
use crate::model::{Iam, Principal};
use crate::types::{Arn, Gap, GapReason};

/// A role or user of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub arn: Arn,
    /// Without a condition allowed everything on everything, or all of IAM, which comes to the same.
    pub administrator: bool,
}

impl Holder {
    /// Made by a service, for it alone: nobody else can assume or change it.
    pub fn is_service_linked(&self) -> bool {
        self.arn.resource().starts_with("role/aws-service-role/")
    }

    pub fn is_user(&self) -> bool {
        self.arn.resource().starts_with("user/")
    }
}

/// A statement of a policy of the account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Source {
    /// The managed policy's ARN or the inline policy's name.
    pub policy: String,
    pub inline: bool,
    /// The group whose inline policy it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its id, or a hash of the statement where it has none.
    pub statement: String,
}

/// A managed policy by its name, an inline one as such.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.inline, &self.group) {
            (true, Some(group)) => write!(f, "the inline policy {} of group {group}", self.policy),
            (true, None) => write!(f, "the inline policy {}", self.policy),
            (false, _) => f.write_str(self.policy.rsplit('/').next().unwrap_or_default()),
        }
    }
}

/// What of one policy is about any need: the rest of it decides nothing here.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) compiled: Compiled,
    pub(super) lines: Vec<Line>,
    power: bool,
    /// Who asks makes a difference, not only what policies they have.
    personal: bool,
}

#[derive(Debug)]
pub(super) struct Line {
    pub(super) source: Rc<Source>,
    pub(super) effect: Effect,
    /// Which needs its actions match, a bit each.
    pub(super) needs: u64,
    pub(super) resources: Rc<Resources>,
    /// The same for resources that say the same; of a personal one only where it is the same policy's.
    pub(super) resources_id: usize,
    /// A condition narrows it to resources with a tag.
    pub(super) by_tag: bool,
}

/// Principals whose policies say the same about every need.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) identity: Vec<Rc<Part>>,
    pub(super) boundary: Option<Rc<Part>>,
    pub(super) holders: Vec<Holder>,
    /// The principal by whose ARN it is judged; of several, what the policies say hangs on none.
    pub(super) personal: bool,
}

/// The principals of an account by what their policies say, and what of that could not be read.
#[derive(Debug, Default)]
pub(super) struct Holders {
    pub(super) groups: Vec<Group>,
    pub(super) gap: Option<Gap>,
}

/// What of a principal's policies is about any need, and of its boundary.
type Parts = (Vec<Rc<Part>>, Option<Rc<Part>>);

/// What principals that are judged as one share: their policies' parts, each of which is made once, their boundary's, and,
/// where who asks makes a difference, who they are.
type Alike<'a> = (BTreeSet<*const Part>, Option<*const Part>, Option<&'a Arn>);

/// Makes [`Part`]s, each once.
struct Maker<'a> {
    iam: &'a Iam,
    needs: &'a [Need],
    managed: HashMap<&'a Arn, Rc<Part>>,
    inline: HashMap<(&'a str, Option<&'a str>, String), Rc<Part>>,
    resources: HashMap<(String, bool), (usize, Rc<Resources>)>,
}

impl Holders {
    /// `gap`: what the list itself lacks.
    pub(super) fn of(iam: &Iam, gap: Option<Gap>, needs: &[Need]) -> Self {
        let mut maker =
            Maker { iam, needs, managed: HashMap::new(), inline: HashMap::new(), resources: HashMap::new() };
        let mut holders = Self { groups: Vec::new(), gap };
        let mut known: HashMap<Alike<'_>, usize> = HashMap::new();
        for principal in iam.roles.values().map(|role| &role.principal).chain(&iam.users) {
            let (identity, boundary) = match maker.parts(principal) {
                Ok(parts) => parts,
                Err(gap) => {
                    holders.gap.get_or_insert(gap);
                    continue;
                }
            };
            if identity.is_empty() {
                continue;
            }
            let personal = identity.iter().chain(&boundary).any(|part| part.personal);
            let key = (
                identity.iter().map(Rc::as_ptr).collect(),
                boundary.as_ref().map(Rc::as_ptr),
                personal.then_some(&principal.arn),
            );
            let at = *known.entry(key).or_insert_with(|| {
                holders.groups.push(Group {
                    identity: identity.clone(),
                    boundary: boundary.clone(),
                    holders: Vec::new(),
                    personal,
                });
                holders.groups.len() - 1
            });
            let administrator =
                identity.iter().any(|part| part.power) && boundary.as_ref().is_none_or(|boundary| boundary.power);
            holders.groups[at].holders.push(Holder { arn: principal.arn.clone(), administrator });
        }
        holders
    }
}

impl<'a> Maker<'a> {
    /// The parts of a principal's policies that say something, its groups' included, and its boundary.
    fn parts(&mut self, principal: &'a Principal) -> Result<Parts, Gap> {
        let mut parts = self.own_parts(principal, None)?;
        for name in &principal.groups {
            parts.extend(self.own_parts(group_of(self.iam, principal, name)?, Some(name))?);
        }
        parts.retain(|part| !part.lines.is_empty());
        let boundary = principal.boundary.as_ref().map(|arn| self.managed(arn)).transpose()?;
        Ok((parts, boundary))
    }

    fn own_parts(&mut self, principal: &'a Principal, group: Option<&'a str>) -> Result<Vec<Rc<Part>>, Gap> {
        let mut parts = Vec::new();
        for inline in &principal.inline {
            let policy = inline.policy.whole().map_err(Gap::clone)?.get();
            parts.push(self.inline(&inline.name, group, policy));
        }
        for arn in &principal.attached {
            parts.push(self.managed(arn)?);
        }
        Ok(parts)
    }

    fn managed(&mut self, arn: &'a Arn) -> Result<Rc<Part>, Gap> {
        if let Some(part) = self.managed.get(arn) {
            return Ok(Rc::clone(part));
        }
        let policy = self.iam.managed_policy(arn)?;
        let part = Rc::new(self.part(arn.as_str(), false, None, policy));
        self.managed.insert(arn, Rc::clone(&part));
        Ok(part)
    }

    /// Inline policies of one name that say the same are one, but for those of groups.
    fn inline(&mut self, name: &'a str, group: Option<&'a str>, policy: &'a Policy) -> Rc<Part> {
        let text = serde_json::to_string(policy).expect("a policy is plain JSON");
        let key = (name, group, text);
        if let Some(part) = self.inline.get(&key) {
            return Rc::clone(part);
        }
        let part = Rc::new(self.part(name, true, group, policy));
        self.inline.insert(key, Rc::clone(&part));
        part
    }

    fn part(&mut self, name: &str, inline: bool, group: Option<&str>, policy: &Policy) -> Part {
        let (mut statements, mut lines) = (Vec::new(), Vec::new());
        let variables = policy.has_variables();
        for statement in &policy.statements {
            let needs = self.matched(statement);
            if needs == 0 {
                continue;
            }
            let Some(selector) = &statement.resources else { continue };
            let grant = Grant { policy: name, inline, statement };
            let (policy, group) = (name.to_owned(), group.map(str::to_owned));
            let source = Rc::new(Source { policy, inline, group, statement: grant.statement_id() });
            let (resources_id, resources) = self.resources(selector, variables);
            let by_tag = narrowed_by_tag(statement);
            lines.push(Line { source, effect: statement.effect, needs, resources, resources_id, by_tag });
            statements.push(statement.clone());
        }
        let personal = statements.iter().any(is_personal);
        let power = statements.iter().any(gives_everything);
        Part { compiled: Compiled::identity(&Policy { version: policy.version, statements }), lines, power, personal }
    }

    fn matched(&self, statement: &Statement) -> u64 {
        if !may_match(&statement.actions) {
            return 0;
        }
        let matched = |(at, (action, _)): (usize, &Need)| u64::from(statement.matches_action(action)) << at;
        let uses_key = KEY_USES.iter().any(|action| statement.matches_action(action));
        self.needs.iter().enumerate().map(matched).fold(u64::from(uses_key) << KEY_USE, |all, one| all | one)
    }

    fn resources(&mut self, selector: &Selector, variables: bool) -> (usize, Rc<Resources>) {
        let key = (serde_json::to_string(selector).expect("a selector is plain JSON"), variables);
        let next = self.resources.len();
        let entry = self.resources.entry(key).or_insert_with(|| (next, Rc::new(Resources::new(selector, variables))));
        (entry.0, Rc::clone(&entry.1))
    }
}

impl Group {
    /// What is known of a call from this group in `region`.
    pub(super) fn context(&self, account: &str, region: &str) -> Context {
        let context = Context::open()
            .with("aws:PrincipalAccount", account)
            .with("aws:ResourceAccount", account)
            .with("aws:RequestedRegion", region)
            .with("aws:SecureTransport", "true")
            .with("aws:PrincipalIsAWSService", "false")
            .with("iam:PassedToService", "states.amazonaws.com")
            .without("aws:SourceArn")
            .without("aws:SourceAccount");
        let Some(holder) = self.holders.first().filter(|_| self.personal) else { return context };
        let context = context.with("aws:PrincipalArn", holder.arn.as_str());
        if holder.is_user() {
            context.with("aws:username", holder.arn.name()).with("aws:PrincipalType", "User")
        } else {
            context.without("aws:username").with("aws:PrincipalType", "AssumedRole")
        }
    }
}

/// A group of a user, by its name.
pub(super) fn group_of<'a>(iam: &'a Iam, user: &Principal, name: &str) -> Result<&'a Principal, Gap> {
    let unlisted = || Gap::new(GapReason::Partial, "a group of the user is not in the list").about(user.arn.as_str());
    iam.groups.iter().find(|group| group.arn.name() == name).ok_or_else(unlisted)
}

/// The bit of what is no need by itself, but decides whether a key stands in the way.
const KEY_USE: usize = 63;
const KEY_USES: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey"];

/// The services of all needs, and of what stands in a key's way.
const SERVICES: [&str; 5] = ["states", "logs", "events", "iam", "kms"];

fn may_match(actions: &Selector) -> bool {
    let Selector::Only(patterns) = actions else { return true };
    patterns.iter().any(|pattern| match pattern.split_once(':') {
        Some((service, _)) => service.contains('*') || SERVICES.iter().any(|one| one.eq_ignore_ascii_case(service)),
        None => true,
    })
}

/// Allows everything, or all of IAM, on everything and without a condition.
pub(super) fn gives_everything(statement: &Statement) -> bool {
    statement.effect == Effect::Allow
        && statement.condition.is_none()
        && matches!(statement.actions, Selector::Only(_))
        && ["iam:PutRolePolicy", "iam:PassRole", "iam:CreateUser"].iter().all(|action| statement.matches_action(action))
        && statement.reaches_everything()
}

/// Keys that tell principals with the same policies apart and are known without asking them.
const PERSONAL: [&str; 3] = ["aws:principalarn", "aws:username", "aws:principaltype"];

fn is_personal(statement: &Statement) -> bool {
    let text = |value: String| {
        let lower = value.to_ascii_lowercase();
        PERSONAL.iter().any(|key| lower.contains(key))
    };
    statement.condition.as_ref().is_some_and(|condition| text(condition.to_string()))
        || statement.resources.as_ref().is_some_and(|resources| {
            let (Selector::Only(patterns) | Selector::AllBut(patterns)) = resources;
            patterns.iter().any(|pattern| pattern.contains("${") && text(pattern.clone()))
        })
}

fn narrowed_by_tag(statement: &Statement) -> bool {
    entries(statement.condition.as_ref()).iter().any(|line| {
        line.key.to_ascii_lowercase().contains(":resourcetag/")
            && !line.if_exists()
            && !line.base().contains("not")
            && line.base() != "null"
    })
}
