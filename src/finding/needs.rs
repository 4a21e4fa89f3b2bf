//! What the view knows of needs: what machines and the roles that they run as have to be granted.

use super::view::{MachineView, RegionView, RoleView};
use crate::access::trust::{Principal, denied, lets_in};
use crate::access::{Grants, Machine, ManagedPolicies, Need, Needs, Undecided, needed};
use crate::detect::is_marker_in;
use crate::model::{Encryption, KeyName, KmsKey};
use crate::types::{Arn, Gap, GapReason};

impl<'a> MachineView<'a> {
    /// What the machine needs by its definition, its logging, its tracing and its key.
    pub fn needs(&self) -> Result<Needs, Gap> {
        let details = self.details()?;
        let machine = Machine {
            arn: Some(self.machine.arn.clone()),
            kind: Some(self.machine.kind),
            role: Some(self.role_arn()?.clone()),
            logging: self.log_destination().cloned(),
            tracing: details.tracing_enabled,
            key: self.customer_key()?,
        };
        let mut needs = needed(self.definition()?, &machine);
        let all = needs.own.iter().chain(needs.others.values().flatten());
        let cleaned = |need: &&Need| need.resources.iter().any(|resource| is_marker_in(resource));
        // What the door has replaced is not what the machine calls.
        let unknown: Vec<_> = all.filter(cleaned).flat_map(|need| need.states.iter().cloned()).collect();
        let why = "its target holds what looks like a secret, and was not kept";
        needs.undecided.extend(unknown.into_iter().map(|state| Undecided { state, why: why.to_owned() }));
        Ok(needs)
    }

    /// The KMS key with this ARN, where it is the machine's own; a gap for others, of which only their names are known.
    pub fn key(&self, arn: &str) -> Result<Option<&'a KmsKey>, Gap> {
        let key = match &self.details()?.encryption {
            Encryption::Customer { kms_key_id } => self.region.key(kms_key_id)?,
            _ => None,
        };
        match key {
            Some((own, key)) if own.as_str() == arn => Ok(Some(key)),
            _ => Ok(self.region.key(arn)?.map(|(_, key)| key)),
        }
    }

    /// The ARN of the key that the machine's data is encrypted with; `None`: AWS's own, or a key that there is not.
    fn customer_key(&self) -> Result<Option<Arn>, Gap> {
        match &self.details()?.encryption {
            Encryption::AwsOwned => Ok(None),
            Encryption::Unknown { kind } => {
                let gap = Gap::new(GapReason::Unsupported, format!("encryption of the unknown kind {kind}"));
                Err(gap.about(self.machine.arn.as_str()))
            }
            Encryption::Customer { kms_key_id } => match KeyName::parse(kms_key_id) {
                Some(KeyName::Arn { arn, .. }) if arn.resource().starts_with("key/") => Ok(Some(arn)),
                _ => Ok(self.region.key(kms_key_id)?.map(|(arn, _)| arn.clone())),
            },
        }
    }
}

impl<'a> RegionView<'a> {
    /// What the policies of a role of the account say, whatever runs as it; `None` where IAM has no such role.
    pub fn grants_of(&self, role: &Arn) -> Result<Option<Grants<'a>>, Gap> {
        let iam = self.iam()?;
        let Some(role) = iam.roles.get(role) else { return Ok(None) };
        Grants::of(role, iam, &mut ManagedPolicies::default()).map(Some)
    }
}

impl RoleView<'_> {
    /// All that the role needs: that of the machines that are known to run as it, where nothing else can use the role. An
    /// error says what else may, or what of its machines is not known.
    pub fn needs(&self) -> Result<Vec<Need>, Gap> {
        let unclear = |detail: String| Gap::new(GapReason::Unsupported, detail).about(self.arn.as_str());
        if !self.users_listed {
            let detail = "not all state machines are listed, and one that is not may run as the role too";
            return Err(Gap::new(GapReason::Partial, detail).about(self.arn.as_str()));
        }
        let others = self.other_users()?;
        if let Some(other) = others.first() {
            let role = self.arn.name();
            return Err(unclear(format!("{other} may assume {role} too, and what it needs is not known")));
        }
        let mut all = Vec::new();
        for machine in &self.machines {
            let needs = machine.needs()?;
            if let Some(Undecided { state, why }) = needs.undecided.first() {
                let name = machine.name();
                return Err(unclear(format!("what state {state} of {name} needs is not known: {why}")));
            }
            all.extend(needs.own);
        }
        Ok(Need::union(all))
    }

    /// What is known of it, whatever else there may be.
    pub fn known_needs(&self) -> Vec<Need> {
        let known = self.machines.iter().filter_map(|machine| machine.needs().ok());
        Need::union(known.flat_map(|needs| needs.own))
    }

    /// Who but Step Functions may assume the role, in words.
    fn other_users(&self) -> Result<Vec<String>, Gap> {
        let Some(trust) = self.trust()? else { return Ok(Vec::new()) };
        let let_in = trust.statements.iter().flat_map(lets_in);
        let others = let_in.filter(|who| !who.is_step_functions() && !matches!(who, Principal::Deleted(_)));
        Ok(others.filter(|who| denied(trust, who) != Some(true)).map(|who| who.to_string()).collect())
    }
}
