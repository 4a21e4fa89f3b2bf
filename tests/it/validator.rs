//! Independent validators: others' code says whether what we write is what we claim.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::binary::nothing_may_be_skipped;
use crate::emulator::Kind;

const JSON_SCHEMA: &str = "
import json, sys, jsonschema
task = json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(task['schema'])
validator = jsonschema.Draft202012Validator(task['schema'], format_checker=jsonschema.FormatChecker())
print(json.dumps([[fault.message for fault in validator.iter_errors(document)] for document in task['documents']]))
";

/// The faults of each document against a JSON schema, by Python's `jsonschema` (which comes with moto); `None` where its
/// environment is missing.
pub(crate) fn json_schema(schema: &Value, documents: &[Value]) -> Option<Vec<Vec<String>>> {
    let mut python = Command::new(Kind::Moto.python()?);
    let mut child =
        python.args(["-c", JSON_SCHEMA]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
    let task = json!({"schema": schema, "documents": documents}).to_string();
    child.stdin.take().expect("stdin is piped").write_all(task.as_bytes()).expect("python reads");
    let output = child.wait_with_output().expect("python ends");
    Some(serde_json::from_slice(&output.stdout).expect("a list of faults for each document"))
}

/// The interpreter of the validators' environment; `None` where it is missing, which `make test` says.
fn python() -> Option<Command> {
    let environment = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/validators");
    let there = environment.join("ready").exists();
    let must = nothing_may_be_skipped();
    assert!(there || !must, "CI needs the validators: run `make emulators`");
    there.then(|| Command::new(environment.join("bin/python")))
}

/// What `tests/validate/formats.py` says of the files of a report.
pub(crate) fn formats(folder: &Path) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validate/formats.py");
    let output = python()?.arg(script).arg(folder).output().expect("python starts");
    let told = String::from_utf8_lossy(&output.stderr);
    Some(serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}")))
}

/// What Schemathesis says of an API that describes itself at this address, where it finds a fault.
pub(crate) fn api(description: &str) -> Option<String> {
    const RUN: &str = "from schemathesis.cli import schemathesis; schemathesis()";
    let options = ["run", description, "--max-examples", "25", "--seed", "1", "--no-color"];
    // It leaves a folder of its own where it runs.
    let folder = tempfile::tempdir().expect("a folder");
    let output = python()?.args(["-c", RUN]).args(options).current_dir(&folder).output().expect("python starts");
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
