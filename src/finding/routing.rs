use super::MachineView;

/// Tag keys that name an owner, in order of preference; compared without case.
const OWNER_KEYS: [&str; 3] = ["owner", "team", "contact"];
/// Tag keys that name a stack.
const STACK_KEYS: [&str; 2] = ["aws:cloudformation:stack-name", "stack"];

/// The owner and the stack that a machine's tags name.
pub fn routing(machine: &MachineView<'_>) -> (Option<String>, Option<String>) {
    let tags = machine.region.snapshot.tags();
    let Some(tags) = tags.seen().0.and_then(|tags| tags.get(&machine.machine.arn)) else {
        return (None, None);
    };
    let first = |keys: &[&str]| {
        let by_key = |key: &&str| tags.tags.iter().find(|(name, _)| name.get().eq_ignore_ascii_case(key));
        keys.iter().find_map(by_key).map(|(_, value)| value.get().clone())
    };
    (first(&OWNER_KEYS), first(&STACK_KEYS))
}
