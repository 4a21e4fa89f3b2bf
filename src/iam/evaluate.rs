use super::compiled::{Compiled, Line};
use super::context::Keys;
use super::policy::Effect;
use super::principal::Named;
use super::request::Request;
use super::tri::Tri;

/// IAM's three answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Decision {
    Allowed,
    /// Nothing allows it.
    ImplicitlyDenied,
    /// A statement denies it.
    ExplicitlyDenied,
}

/// An answer, or what it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Decided(Decision),
    /// Allowed or not, by these condition keys, of which nothing is known. Never empty; sorted.
    DependsOn(Vec<String>),
}

/// All policies that take part in an answer.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.
#[derive(Debug, Clone, Default)]
pub struct Policies<'p> {
    /// The principal's own: inline, managed, its groups'.
    pub identity: Vec<&'p Compiled>,
    /// `None` where there is no permissions boundary.
    pub boundary: Option<Vec<&'p Compiled>>,
    /// `None` where no policy was passed when the session began.
    pub session: Option<Vec<&'p Compiled>>,
    /// Service control policies of the principal's account, by level: the root, each organizational unit on the way, the
    /// account. Every level must allow; none is no organization.
    pub service_control: Vec<Vec<&'p Compiled>>,
    /// Resource control policies of the resource's account, by level.
    pub resource_control: Vec<Vec<&'p Compiled>>,
    /// The resource's own: bucket, key or trust policy.
    pub resource: Option<&'p Compiled>,
}

/// What one set of policies says.
#[derive(Debug)]
struct Vote<'p> {
    allow: Tri,
    deny: Tri,
    allow_keys: Keys<'p>,
    deny_keys: Keys<'p>,
}

impl<'p> Vote<'p> {
    fn none() -> Self {
        Self { allow: Tri::No, deny: Tri::No, allow_keys: Keys::default(), deny_keys: Keys::default() }
    }

    fn of(policies: &[&'p Compiled], request: &Request<'_>) -> Self {
        let mut vote = Self::none();
        for policy in policies {
            for line in &policy.lines {
                vote.count(line, request);
            }
        }
        vote
    }

    fn count(&mut self, line: &'p Line, request: &Request<'_>) {
        let (sum, keys) = match line.effect {
            Effect::Allow => (&mut self.allow, &mut self.allow_keys),
            Effect::Deny => (&mut self.deny, &mut self.deny_keys),
        };
        if *sum == Tri::Yes {
            return;
        }
        *sum = sum.or(line.applies_to(request, keys));
        if *sum == Tri::Yes {
            keys.back_to(0);
        }
    }
}

/// What a resource policy says, by how it names who asks.
#[derive(Debug)]
struct ResourceVote<'p> {
    account: Vote<'p>,
    role: Vote<'p>,
    directly: Vote<'p>,
}

impl<'p> ResourceVote<'p> {
    fn of(policy: Option<&'p Compiled>, request: &Request<'_>) -> Self {
        let mut votes = Self { account: Vote::none(), role: Vote::none(), directly: Vote::none() };
        for line in policy.iter().flat_map(|policy| &policy.lines) {
            match line.names(request) {
                Named::No => {}
                Named::Account => votes.account.count(line, request),
                Named::Role => votes.role.count(line, request),
                Named::Directly => votes.directly.count(line, request),
            }
        }
        votes
    }
}

impl Policies<'_> {
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict {
        let organization = !request.caller.is_service() && !request.caller.is_service_linked();
        let levels = self.service_control.iter().chain(&self.resource_control).filter(|_| organization);
        let organization: Vec<Vote<'_>> = levels.map(|level| Vote::of(level, request)).collect();
        let bounds: Vec<Vote<'_>> =
            self.boundary.iter().chain(&self.session).map(|policies| Vote::of(policies, request)).collect();
        let identity = Vote::of(&self.identity, request);
        let resource = ResourceVote::of(self.resource, request);
        let all = || {
            organization.iter().chain(&bounds).chain([&identity, &resource.account, &resource.role, &resource.directly])
        };

        let deny = Tri::any(all().map(|vote| vote.deny));
        if deny == Tri::Yes {
            return Verdict::Decided(Decision::ExplicitlyDenied);
        }
        let allow = allow(request, &organization, &bounds, &identity, &resource);
        match (allow, deny) {
            (Tri::No, _) => Verdict::Decided(Decision::ImplicitlyDenied),
            (Tri::Yes, Tri::No) => Verdict::Decided(Decision::Allowed),
            _ => {
                let mut keys = Vec::new();
                for vote in all() {
                    keys.extend(vote.deny_keys.iter().chain(vote.allow_keys.iter().filter(|_| allow == Tri::Unknown)));
                }
                keys.sort_unstable();
                keys.dedup();
                Verdict::DependsOn(keys.into_iter().map(str::to_owned).collect())
            }
        }
    }

    /// The answer where the context is closed; what depends on an unknown key is not allowed.
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        match self.evaluate(request) {
            Verdict::Decided(decision) => decision,
            Verdict::DependsOn(_) => Decision::ImplicitlyDenied,
        }
    }
}

/// Whether something allows it, were there no denial.
fn allow(
    request: &Request<'_>,
    organization: &[Vote<'_>],
    bounds: &[Vote<'_>],
    identity: &Vote<'_>,
    resource: &ResourceVote<'_>,
) -> Tri {
    let (account, role, directly) = (resource.account.allow, resource.role.allow, resource.directly.allow);
    let bounded = |own: Tri| bounds.iter().fold(own, |sum, bound| sum.and(bound.allow));
    let own = bounded(identity.allow);
    let allowed = if request.crosses_accounts() {
        // Both accounts must agree; who is named, and how, makes no difference.
        own.and(account.or(role).or(directly))
    } else {
        let own = if request.needs_resource_policy() { own.and(account) } else { own };
        own.or(directly).or(bounded(role))
    };
    organization.iter().fold(allowed, |sum, level| sum.and(level.allow))
}
