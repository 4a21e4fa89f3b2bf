use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Refuses a success without content. None of the APIs that are called here ever answers so, but the SDK would read an
/// empty body, or `{}`, as a list without items and a machine without logging.
#[derive(Debug)]
pub(super) struct NeverEmpty;

impl Intercept for NeverEmpty {
    fn name(&self) -> &'static str {
        "NeverEmpty"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        match response.body().bytes().map(<[u8]>::trim_ascii) {
            // Nothing; JSON's and CBOR's maps of nothing.
            Some(b"" | b"{}" | [0xa0] | [0xbf, 0xff]) if response.status().is_success() => {
                Err("the answer has no content".into())
            }
            _ => Ok(()),
        }
    }
}
