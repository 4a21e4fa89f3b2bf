//! What can be asked, described for programs: <https://spec.openapis.org/oas/v3.1.1.html>.

use std::sync::LazyLock;

use axum::body::Bytes;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use super::endpoints;

/// Written once: it is the same as long as the process lives.
pub(super) fn description() -> Bytes {
    static DESCRIPTION: LazyLock<Bytes> = LazyLock::new(|| {
        let text = serde_json::to_vec_pretty(&describe()).expect("a description is JSON");
        text.into()
    });
    DESCRIPTION.clone()
}

fn describe() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut generator = settings.for_serialize().into_generator();
    let paths = endpoints::paths(&mut generator);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "stepwarden",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the service knows of an AWS account's Step Functions.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        // By the web configuration file: neither, one or both.
        "security": [{}, { "basic": [] }, { "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": { "type": "http", "scheme": "basic" },
                "bearer": { "type": "http", "scheme": "bearer" },
            },
            "schemas": generator.take_definitions(true),
        },
    })
}

/// A word of the path.
pub(super) fn named(name: &str, description: &str, example: &str) -> Value {
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": description,
        "example": example,
        "schema": { "type": "string" },
    })
}

/// The query, by the type that it is read into.
pub(super) fn query<T: JsonSchema>(generator: &mut SchemaGenerator) -> Vec<Value> {
    let schema = T::json_schema(generator).to_value();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = present(schema.clone());
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        json!({ "name": name, "in": "query", "description": description.unwrap_or("".into()), "schema": schema })
    };
    properties.map(parameter).collect()
}

/// What is optional is left out of a query, never null.
fn present(mut schema: Value) -> Value {
    let null = |value: &Value| *value == json!("null") || *value == json!({ "type": "null" });
    if let Some(kinds) = schema.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| !null(kind));
    }
    if let Some(choices) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| !null(choice));
    }
    schema
}
