use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::Context;
use serde_json::{Map, Value, json};

use super::super::outcome::Outcome;
use super::case::Case;
use super::case_reader::{self, Found};

/// Decides the cases of a file, or of standard input, one by one: memory does not grow with their number. A case that cannot
/// be decided is an answer too, and makes the outcome incomplete.
pub(super) fn run(path: Option<&Path>) -> anyhow::Result<Outcome> {
    let input: Box<dyn Read> = match path.filter(|path| path.as_os_str() != "-") {
        None => Box::new(io::stdin().lock()),
        Some(path) => Box::new(File::open(path).with_context(|| format!("the cases {}", path.display()))?),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let errors = decide(BufReader::new(input), &mut out)?;
    out.flush()?;
    Ok(Outcome::incomplete_if(errors > 0, false))
}

/// How many cases could not be decided.
fn decide(input: impl io::BufRead, out: &mut dyn Write) -> anyhow::Result<u64> {
    let mut errors = 0;
    case_reader::each(input, &mut |found| {
        let answer = answer(found);
        errors += u64::from(answer["decision"] == "Error");
        serde_json::to_writer(&mut *out, &answer)?;
        writeln!(out)
    })?;
    Ok(errors)
}

fn answer(found: Found) -> Value {
    let (id, decided) = match found {
        Found::Case(case) => {
            let id = case.get("id").cloned().unwrap_or_default();
            (id, Case::parse(&case).map(|case| case.decide()))
        }
        Found::Broken(line, error) => (Value::Null, Err(format!("line {line}: {error}"))),
    };
    let mut answer = Map::from_iter([("id".to_owned(), id)]);
    match decided {
        Ok(decision) => answer.insert("decision".to_owned(), json!(decision)),
        Err(error) => {
            answer.insert("decision".to_owned(), json!("Error"));
            answer.insert("error".to_owned(), json!(error))
        }
    };
    Value::Object(answer)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::decide;

    fn answers(input: &str) -> Vec<Value> {
        let mut out = Vec::new();
        decide(input.as_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    const CASE: &str = r#"{"id": 1, "policies": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}],
        "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}"#;

    #[test]
    fn lines_lists_and_objects() {
        let line = CASE.replace('\n', " ");
        for input in [
            format!("{line}\n\n{line}\n"),
            format!("[{CASE},\n{CASE}]"),
            format!("{{\"note\": 1, \"cases\": [{CASE},\n{CASE}]}}"),
            format!("{CASE}\n{CASE}"),
        ] {
            let answers = answers(&input);
            assert_eq!(answers.len(), 2, "{input}: {answers:?}");
            for answer in answers {
                assert_eq!((&answer["id"], &answer["decision"]), (&1.into(), &"Allowed".into()), "{input}");
            }
        }
    }

    #[test]
    fn broken_lines_are_answered_and_passed_over() {
        let line = CASE.replace('\n', " ");
        let answers =
            answers(&format!("{line}\n{{\"id\": }}\nnull\n{{\"id\": \"x\"}}\n{{\"id\": 1, \"id\": 2}}\n{line}"));
        let decisions: Vec<_> = answers.iter().map(|answer| answer["decision"].as_str().unwrap()).collect();
        assert_eq!(decisions, ["Allowed", "Error", "Error", "Error", "Error", "Allowed"]);
        assert!(answers[1]["error"].as_str().unwrap().starts_with("line 2: "), "{answers:?}");
        assert_eq!(answers[3]["id"], "x");
    }

    #[test]
    fn a_line_that_breaks_off_takes_no_other_with_it() {
        let line = CASE.replace('\n', " ");
        for broken in [&line[..20], &line[..60], "[", "{\"id"] {
            for input in [format!("{broken}\n{line}\n{line}"), format!("{line}\n{broken}\n{line}")] {
                let answers = answers(&input);
                let decided = answers.iter().filter(|answer| answer["decision"] == "Allowed").count();
                assert_eq!((answers.len(), decided), (3, 2), "{input}: {answers:?}");
            }
        }
    }
}
