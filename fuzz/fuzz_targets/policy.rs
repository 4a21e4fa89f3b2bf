//! Any text is refused as a policy, or can be compiled, asked and written back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepwarden::iam::{Compiled, Context, Policies, Policy, Request};

fuzz_target!(|text: &str| {
    let Ok(policy) = Policy::from_json(text) else { return };
    assert_eq!(Policy::parse(&policy.to_document()).as_ref(), Ok(&policy));
    let (identity, resource) = (Compiled::identity(&policy), Compiled::resource(&policy));
    let policies = Policies { identity: vec![&identity], resource: Some(&resource), ..Policies::default() };
    for context in [Context::open(), Context::closed().with("aws:username", "ana")] {
        for (action, on) in [("s3:GetObject", "arn:aws:s3:::bucket/key"), ("states:ListStateMachines", "*")] {
            policies.evaluate(&Request::new("arn:aws:iam::111122223333:user/ana", action, on, &context));
        }
    }
});
