//! The enumerations of the report. They are frozen here: a new word in the audit stops the build until it is decided
//! what version 1 calls it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audit::{Band, ChangeSince, Status};
use crate::finding::{Confidence, Family, Severity};
use crate::model::MachineKind;
use crate::types::GapReason;

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident is $domain:ident { $($(#[$of_word:meta])* $word:ident,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$of_word])* $word,)+
        }

        impl From<$domain> for $name {
            fn from(word: $domain) -> Self {
                match word {
                    $($domain::$word => Self::$word,)+
                }
            }
        }
    )+};
}

words! {
    /// How bad it is where it is real.
    SeverityV1 is Severity { Info, Low, Medium, High, Critical, }

    /// How sure it is that it is real: high from 0.9, medium from 0.6, else low.
    ConfidenceV1 is Confidence { Low, Medium, High, }

    /// What a check is about.
    FamilyV1 is Family { Access, Data, Logging, Quota, Lifecycle, Hygiene, }

    /// What was found out.
    StatusV1 is Status {
        /// It was read, and it is not as it should be.
        NonCompliant,
        /// It could not be read, so nothing was judged.
        InsufficientData,
        /// It is so, and whoever owns it accepts that.
        Suppressed,
    }

    /// What became of the finding since the last report of the same store.
    ChangeSinceV1 is ChangeSince {
        /// It was never seen before, or there is no last report.
        New,
        /// It was seen before, then gone, and is back.
        Reopened,
        /// It stood in the last report too.
        Unchanged,
    }

    /// The type of a state machine.
    MachineKindV1 is MachineKind {
        Standard,
        Express,
        /// A type that this version of stepwarden does not know.
        Unknown,
    }

    /// A band of risk: none 0, low below 40, medium below 70, high below 90, critical from 90.
    BandV1 is Band { None, Low, Medium, High, Critical, }

    /// Why something was not read.
    ReasonWordV1 is GapReason {
        /// AWS refused the call; `iam_action` would open it.
        Denied,
        /// AWS kept answering that the rate is too high.
        Throttled,
        /// It is under a key that the auditor may not use.
        Encrypted,
        /// The collector is switched off, or the Region or feature is not enabled.
        Disabled,
        /// The service does not offer it here.
        Unsupported,
        /// It is outside the configured sample.
        NotSampled,
        /// A list broke off before its end.
        Partial,
        /// The last known value is too old to judge by.
        Stale,
        /// The configured share of the API budget did not suffice.
        Budget,
        /// Anything else, such as a dead connection or a document that does not parse.
        Error,
    }
}
