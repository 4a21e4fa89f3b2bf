use crate::asl::Start;
use crate::types::Arn;

/// What a start names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// A state machine of the same account and Region, and the version or alias of it.
    Machine(Arn, Option<String>),
    /// Of another account or Region, or what is no state machine.
    Elsewhere,
    /// Chosen at run time; what is known of the ARN, with `*` for what is not.
    Open(Option<String>),
}

/// What a start of `machine` names. Names that deployment tools fill in stand for the machine's own account and Region.
pub fn aim(start: &Start, machine: &Arn) -> Aim {
    let Some(text) = start.target.text().or(start.form.as_deref()) else {
        return if start.target.value().is_some() { Aim::Elsewhere } else { Aim::Open(None) };
    };
    let own = [
        ("<partition>", machine.partition()),
        ("<region>", machine.region()),
        ("<account>", machine.account()),
        ("<name>", machine.name()),
        ("<execution>", "*"),
        ("${AWS::Partition}", machine.partition()),
        ("${AWS::Region}", machine.region()),
        ("${AWS::AccountId}", machine.account()),
    ];
    let text = own.iter().fold(text.to_owned(), |text, (placeholder, own)| text.replace(placeholder, own));
    if text.contains("${") {
        return Aim::Open(None);
    }
    if text.contains('*') {
        return Aim::Open(Some(text));
    }
    let named = Arn::parse(text).ok().as_ref().and_then(self::machine);
    let local = |arn: &Arn| (arn.region(), arn.account()) == (machine.region(), machine.account());
    match named {
        Some((arn, qualifier)) if local(&arn) => Aim::Machine(arn, qualifier),
        _ => Aim::Elsewhere,
    }
}

/// A state machine's ARN without its version or alias, and that.
pub(super) fn machine(arn: &Arn) -> Option<(Arn, Option<String>)> {
    let mut pieces = arn.resource().split(':');
    let (Some("stateMachine"), Some(name), qualifier, None) =
        (pieces.next(), pieces.next(), pieces.next(), pieces.next())
    else {
        return None;
    };
    if arn.service() != "states" || name.contains('/') {
        return None;
    }
    let (partition, region, account) = (arn.partition(), arn.region(), arn.account());
    let bare = Arn::parse(format!("arn:{partition}:states:{region}:{account}:stateMachine:{name}")).ok()?;
    Some((bare, qualifier.map(str::to_owned)))
}
