use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;

use super::configure;
use super::detect_lines::{self, Fault};
use super::outcome::Outcome;
use crate::cli::{CommonArgs, DetectArgs};
use crate::detect::{Detectors, Finding};

/// Inspects samples line by line: memory does not grow with their number or their length. A line that cannot be read is told
/// on standard error by its number, and makes the outcome incomplete.
pub(super) fn run(args: &DetectArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let detectors = Detectors::new(&configure::load(common)?.detect)?;
    let input = open(args.samples.as_deref())?;
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let faults = detect(input, detectors, args, &mut out, &mut anstream::stderr())?;
    out.flush()?;
    Ok(Outcome::incomplete_if(faults > 0, false))
}

fn open(path: Option<&Path>) -> anyhow::Result<Box<dyn Read>> {
    Ok(match path.filter(|path| path.as_os_str() != "-") {
        None => Box::new(io::stdin().lock()),
        Some(path) => Box::new(File::open(path).with_context(|| format!("the samples {}", path.display()))?),
    })
}

/// One line of the answer. The value is not in it.
#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Value,
    json_pointer: &'a str,
    r#type: &'a str,
    confidence: f64,
}

/// How many lines could not be read, wholly or in part.
fn detect(
    input: impl Read,
    mut detectors: Detectors,
    args: &DetectArgs,
    out: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<u64> {
    if args.raw_pointers {
        detectors = detectors.showing_keys();
    }
    let mut faults = 0;
    let mut failed = None;
    let mut written = Vec::new();
    let mut answer = |id: &Value, finding: &Finding| {
        let confidence = f64::from(finding.confidence) / 100.0;
        if confidence < args.min_confidence || failed.is_some() {
            return;
        }
        let answer = Answer { id, json_pointer: finding.pointer.as_str(), r#type: &finding.kind, confidence };
        written.clear();
        let line = serde_json::to_writer(&mut written, &answer).map_err(io::Error::from);
        written.push(b'\n');
        failed = line.and_then(|()| out.write_all(&written)).err();
    };
    let mut fault = |line: u64, fault: Fault| {
        faults += 1;
        // Nothing is left to be done where standard error is gone too.
        let _ignored = writeln!(errors, "stepwarden: line {line}: {fault}");
    };
    detect_lines::each(BufReader::with_capacity(1 << 16, input), &mut detectors, &mut answer, &mut fault)?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(faults),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::detect;
    use crate::cli::DetectArgs;
    use crate::detect::Detectors;

    fn answers(input: &str, raw_pointers: bool) -> (Vec<Value>, String) {
        let args = DetectArgs { samples: None, min_confidence: 0.5, raw_pointers };
        let (mut out, mut errors) = (Vec::new(), Vec::new());
        detect(input.as_bytes(), Detectors::default(), &args, &mut out, &mut errors).unwrap();
        let out = String::from_utf8(out).unwrap();
        (out.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), String::from_utf8(errors).unwrap())
    }

    #[test]
    fn a_line_is_answered_by_its_findings() {
        let line =
            json!({"id": 7, "payload": {"Records": [{"body": "{\"customer\":{\"email\":\"jane@example.com\"}}"}]}});
        let (answers, errors) = answers(&format!("{line}\n\n"), false);
        let wanted =
            json!({"id": 7, "json_pointer": "/Records/0/body#/customer/email", "type": "EMAIL", "confidence": 0.95});
        assert_eq!((answers, errors), (vec![wanted], String::new()));
    }

    #[test]
    fn keys_are_redacted_unless_they_are_asked_for() {
        let line = r#"{"id":"a","payload":{"prefs":{"jane@example.com":{"phone":"+4915123456789"}}}}"#;
        let pointers = |raw| {
            answers(line, raw)
                .0
                .iter()
                .map(|answer| answer["json_pointer"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(pointers(false), ["/prefs/[stepwarden:EMAIL:16]", "/prefs/[stepwarden:EMAIL:16]/phone"]);
        assert_eq!(pointers(true), ["/prefs/jane@example.com", "/prefs/jane@example.com/phone"]);
    }

    #[test]
    fn payloads_of_text_and_ids_after_them() {
        let (found, _) = answers("{\"payload\":\"mail jane@example.com\",\"id\":\"x\"}", false);
        assert_eq!((&found[0]["id"], &found[0]["json_pointer"]), (&json!("x"), &json!("")));
        let (found, _) = answers(r#"{"id":"y","payload":"{\"email\":\"jane@example.com\"}"}"#, false);
        assert_eq!(found[0]["json_pointer"], "#/email");
    }

    #[test]
    fn a_bad_line_is_told_by_its_number_and_takes_no_other_with_it() {
        let good = r#"{"id":1,"payload":{"email":"jane@example.com"}}"#;
        for bad in [
            "{\"id\":1,\"payload\":{\"email\":\"joe@example.com\"",
            "nonsense joe@example.com",
            "[1]",
            "{\"id\":2}",
            "{\"id\":{},\"payload\":1}",
        ] {
            let (found, errors) = answers(&format!("{good}\n{bad}\n{good}\n"), false);
            assert_eq!(found.len(), 2, "{bad}");
            assert!(
                errors.starts_with("stepwarden: line 2: ") && !errors.contains("joe") && errors.lines().count() == 1,
                "{errors}"
            );
        }
    }

    #[test]
    fn a_line_longer_than_the_buffer_is_streamed() {
        let filler = "x ".repeat(3 << 20);
        let line = format!("{{\"id\":1,\"payload\":{{\"a\":\"{filler}\",\"email\":\"jane@example.com\"}}}}\n");
        let (found, errors) =
            answers(&format!("{line}{{\"id\":2,\"payload\":{{\"email\":\"joe@example.com\"}}}}"), false);
        let ids: Vec<_> = found.iter().map(|answer| &answer["id"]).collect();
        assert_eq!(ids, [&json!(1), &json!(2)]);
        assert!(errors.starts_with("stepwarden: line 1: ") && errors.lines().count() == 1, "{errors}");
    }
}
