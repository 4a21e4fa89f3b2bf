"""The CloudFormation templates: linted, the same as the policies they embed, made into stacks on moto, and what comes
of them judged by stepwarden's own evaluator of IAM policies."""

import json
import os
import re
import subprocess
import sys
from ast import literal_eval
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.exceptions import ClientError
from cfnlint.decode import decode

import embed
from suite import ROOT, Suite

ROLE, SET = embed.TEMPLATES
LARGEST_BODY = 51_200
BINARY = Path(os.environ.get("STEPWARDEN_BINARY", ROOT / "target" / "debug" / "stepwarden"))
MOTO = ROOT / ".venv" / "moto" / "bin" / "python"
REGION, ACCOUNT, AUDITOR = "eu-west-1", "123456789012", "111122223333"
EXTERNAL_ID, ORGANIZATION, BOUNDARY = "stepwarden-payments", "o-a1b2c3d4e5", "platform/auditors"
ARN = f"arn:aws:iam::{ACCOUNT}:role/stepwarden"
TIERS = ("inventory", "executions", "payloads")
ASSUME = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}
# What AWS's ReadOnlyAccess allows of it, attached beside the tier's own policy.
READ_ONLY = {"Statement": [{"Effect": "Allow", "Action": ["states:*", "logs:*"], "Resource": "*"}]}
PAYLOADS = ("states:GetExecutionHistory", "states:DescribeExecution", "logs:FilterLogEvents", "logs:StartQuery")


def main():
    suite = Suite("cloudformation", "The CloudFormation templates")
    lint(suite)
    same(suite)
    if missing := what_is_missing():
        suite.skip(missing)
        suite.finish()
    suite.tool("moto", output([MOTO, "-c", "from importlib.metadata import version; print(version('moto'))"]))
    with emulator() as clients:
        for tier in TIERS:
            stack(suite, clients, tier)
        stack_set(suite, clients)
    suite.finish()


def what_is_missing():
    if not MOTO.is_file():
        return "no emulator (.venv/moto)"
    return None if BINARY.is_file() else "no binary: cargo build, or STEPWARDEN_BINARY"


def output(command):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, check=True).stdout


def lint(suite):
    programs = Path(sys.executable).parent
    suite.tool("cfn-lint", output([programs / "cfn-lint", "--version"]))
    suite.run("cfn-lint has no finding", [programs / "cfn-lint", "--non-zero-exit-code", "informational", ROLE, SET])
    suite.tool("checkov", output([programs / "checkov", "--version"]))
    checkov = [programs / "checkov", "--framework", "cloudformation", "--skip-download", "--quiet", "--compact"]
    suite.run(
        "checkov has no finding",
        [*checkov, "--directory", ROLE.parent],
        # It logs, with the time, what it makes of a policy that a condition chooses.
        env={**os.environ, "LOG_LEVEL": "CRITICAL"},
    )


def same(suite):
    """That each template holds what it has to of other files."""
    suite.run("what the templates embed is current", [sys.executable, ROOT / "tests" / "deploy" / "embed.py"])
    role, whole = template(ROLE), template(SET)
    properties = whole["Resources"]["StackSet"]["Properties"]
    body = properties["TemplateBody"]
    suite.check("the StackSet's body is the role's template", body == ROLE.read_text(encoding="utf-8"))
    size = len(body.encode())
    suite.check(f"it is within the limit of {LARGEST_BODY:,} bytes", size <= LARGEST_BODY, f"{size:,} bytes")
    handed = {entry["ParameterKey"]: entry["ParameterValue"] for entry in properties["Parameters"]}
    suite.check("it is handed all of its parameters", handed == {name: {"Ref": name} for name in role["Parameters"]})
    told = [without_description(whole, name) == without_description(role, name) for name in role["Parameters"]]
    suite.check("which both describe by the same rules", all(told))
    external_ids(suite, role["Parameters"]["ExternalId"])


def template(path):
    content, faults = decode(str(path))
    assert not faults, faults
    return content


def without_description(content, name):
    return {key: value for key, value in content["Parameters"][name].items() if key != "Description"}


def external_ids(suite, rule):
    def takes(text):
        fits = rule["MinLength"] <= len(text) <= rule["MaxLength"]
        return fits and re.fullmatch(rule["AllowedPattern"], text, re.ASCII) is not None

    good = ["a1", "Corp:eu/team_7@example.com,+=.-", "x" * 1224]
    bad = ["", "a", "a b", "a*", "ä1", "a\n", "a;b", "x" * 1225]
    right = all(map(takes, good)) and not any(map(takes, bad)) and rule["NoEcho"] in (True, "true")
    suite.check("an external id is of IAM's alphabet and length, and not shown", right)


@contextmanager
def emulator():
    """Clients of moto in an account, for as long as it is held."""
    serve = [MOTO, ROOT / "tests" / "emulator" / "serve.py", "moto"]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().split()[1]

        def client(service, credentials=None):
            keys = credentials or {"AccessKeyId": "test", "SecretAccessKey": "test", "SessionToken": None}
            return boto3.client(
                service,
                endpoint_url=url,
                region_name=REGION,
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["SessionToken"],
            )

        try:
            yield client
        finally:
            process.stdin.close()


def parameters(tier, **others):
    given = {"AuditorAccountId": AUDITOR, "ExternalId": EXTERNAL_ID, "Tier": tier, **others}
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]


def stack(suite, clients, tier):
    """A stack of one tier, from its making to its end."""
    cloudformation, iam = clients("cloudformation"), clients("iam")
    others = {"OrganizationId": ORGANIZATION, "PermissionsBoundaryName": BOUNDARY} if tier == "payloads" else {}
    body = ROLE.read_text(encoding="utf-8")
    cloudformation.create_stack(
        StackName="stepwarden",
        TemplateBody=body,
        Parameters=parameters(tier, **others),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    made = cloudformation.describe_stacks(StackName="stepwarden")["Stacks"][0]
    outputs = {entry["OutputKey"]: entry["OutputValue"] for entry in made["Outputs"]}
    good = made["StackStatus"] == "CREATE_COMPLETE" and outputs == {"RoleArn": ARN}
    suite.check(f"tier {tier}: the stack is made, and tells its role", good, f"RoleArn {outputs.get('RoleArn')}")

    role = iam.get_role(RoleName="stepwarden")["Role"]
    trusted(suite, tier, role["AssumeRolePolicyDocument"], bool(others))
    bound = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    wanted = f"arn:aws:iam::{ACCOUNT}:policy/{BOUNDARY}" if others else None
    which = "the one given" if others else "none"
    suite.check(f"tier {tier}: the role's boundary is {which}", bound == wanted, bound or "")
    allowed(suite, tier, policies(iam))
    assumed(suite, tier, clients)

    cloudformation.delete_stack(StackName="stepwarden")
    suite.check(f"tier {tier}: with the stack the role is gone", is_gone(iam))


def policies(iam):
    """The documents of the role, by name."""
    attached = iam.list_attached_role_policies(RoleName="stepwarden")["AttachedPolicies"]
    assert not attached, attached
    names = iam.list_role_policies(RoleName="stepwarden")["PolicyNames"]
    answers = {name: iam.get_role_policy(RoleName="stepwarden", PolicyName=name) for name in names}
    # moto tells a policy that came by a stack as Python writes it.
    return {name: literal_eval(answer["PolicyDocument"]) for name, answer in answers.items()}


def trusted(suite, tier, trust, of_organization):
    auditor = {"arn": f"arn:aws:iam::{AUDITOR}:role/stepwarden-auditor", "word": EXTERNAL_ID, "home": ORGANIZATION}
    wanted = {"sts:ExternalId": EXTERNAL_ID} | ({"aws:PrincipalOrgID": ORGANIZATION} if of_organization else {})
    (statement,) = trust["Statement"]
    right = (
        statement["Principal"] == {"AWS": f"arn:aws:iam::{AUDITOR}:root"}
        and statement["Action"] == "sts:AssumeRole"
        and statement["Condition"] == {"StringEquals": wanted, "ArnLike": {"aws:PrincipalArn": auditor["arn"]}}
    )
    suite.check(f"tier {tier}: who may assume it", right, json.dumps(trust, indent=1))
    refused = {
        "with another external id": {"word": "stepwarden-invoices"},
        "without an external id": {"word": None},
        "as another role of the auditor's account": {"arn": f"arn:aws:iam::{AUDITOR}:role/stepwarden"},
        "as a user of that name": {"arn": f"arn:aws:iam::{AUDITOR}:user/stepwarden-auditor"},
        "as a role of that name in another account": {"arn": "arn:aws:iam::444455556666:role/stepwarden-auditor"},
    }
    if of_organization:
        refused["from another organization"] = {"home": "o-z9y8x7w6v5"}
    cases = {"as the auditor": entry(trust, **auditor)}
    cases |= {name: entry(trust, **{**auditor, **wrong}) for name, wrong in refused.items()}
    wanted = {name: "ImplicitlyDenied" for name in refused} | {"as the auditor": "Allowed"}
    decide(suite, f"tier {tier}: the auditor enters, and nobody else", cases, wanted)


def entry(trust, arn, word, home):
    context = {"aws:PrincipalArn": arn, "aws:PrincipalOrgID": home, "sts:ExternalId": word}
    return {
        "principal": arn,
        "action": "sts:AssumeRole",
        "resource": ARN,
        "policies": [ASSUME],
        "resource_policy": trust,
        "context": {key: value for key, value in context.items() if value is not None},
    }


def allowed(suite, tier, documents):
    file = ROOT / "deploy" / "policies" / f"{tier}.json"
    same_as_file = documents == {f"stepwarden-{tier}": json.loads(file.read_text(encoding="utf-8"))}
    suite.check(f"tier {tier}: its one policy is deploy/policies/{tier}.json", same_as_file)
    held = list(documents.values())
    executions = "ExplicitlyDenied" if tier == "inventory" else "Allowed"
    payloads = "Allowed" if tier == "payloads" else "ExplicitlyDenied"
    wanted = {"states:DescribeStateMachine": "Allowed", "states:ListExecutions": executions}
    wanted |= dict.fromkeys(PAYLOADS, payloads)
    cases = {action: request(action, [*held, READ_ONLY]) for action in wanted}
    decide(suite, f"tier {tier}: with ReadOnlyAccess beside it, what it sees is the tier's", cases, wanted)
    writes = dict.fromkeys(("states:StartExecution", "states:UpdateStateMachine", "iam:PassRole"), "ImplicitlyDenied")
    decide(suite, f"tier {tier}: it changes nothing", {action: request(action, held) for action in writes}, writes)


def request(action, documents):
    return {"principal": ARN, "action": action, "resource": "*", "resource_account": ACCOUNT, "policies": documents}


def decide(suite, title, cases, wanted):
    """Has the binary decide; it answers in the order it was asked."""
    lines = "".join(json.dumps({"id": name, **case}) + "\n" for name, case in cases.items())
    kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run([BINARY, "policy", "evaluate"], input=lines, check=False, **kept)
    try:
        got = {answer["id"]: answer["decision"] for answer in map(json.loads, done.stdout.splitlines())}
    except (ValueError, KeyError):
        suite.check(title, False, done.stdout)
        return
    suite.check(title, got == wanted, "\n".join(f"{decision:<16} {name}" for name, decision in got.items()))


def assumed(suite, tier, clients):
    """moto lets anybody assume any role: what the external id is worth, the evaluator has said."""
    answer = clients("sts").assume_role(RoleArn=ARN, RoleSessionName="stepwarden", ExternalId=EXTERNAL_ID)
    identity = clients("sts", answer["Credentials"]).get_caller_identity()["Arn"]
    suite.check(f"tier {tier}: it is assumed", identity == f"arn:aws:sts::{ACCOUNT}:assumed-role/stepwarden/stepwarden")


def is_gone(iam):
    try:
        iam.get_role(RoleName="stepwarden")
    except ClientError as error:
        return error.response["Error"]["Code"] == "NoSuchEntity"
    return False


def stack_set(suite, clients):
    """A StackSet of the embedded body, as its resource describes it, in a unit with one account.
    moto has no AutoDeployment and makes no StackSet from a template: the resource itself is linted only."""
    properties = template(SET)["Resources"]["StackSet"]["Properties"]
    organizations, cloudformation = clients("organizations"), clients("cloudformation")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="Workloads")["OrganizationalUnit"]["Id"]
    status = organizations.create_account(AccountName="payments", Email="payments@example.com")["CreateAccountStatus"]
    member = status["AccountId"]
    organizations.move_account(AccountId=member, SourceParentId=root, DestinationParentId=unit)

    defaults = {"AuditorRoleName": "stepwarden-auditor", "OrganizationId": "", "PermissionsBoundaryName": ""}
    given = parameters("executions", **defaults)
    cloudformation.create_stack_set(
        StackSetName=properties["StackSetName"],
        TemplateBody=properties["TemplateBody"],
        Parameters=given,
        PermissionModel=properties["PermissionModel"],
        Capabilities=properties["Capabilities"],
    )
    # moto forgets the StackSet's own parameters.
    cloudformation.create_stack_instances(
        StackSetName="stepwarden",
        DeploymentTargets={"OrganizationalUnitIds": [unit]},
        Regions=[REGION],
        ParameterOverrides=given,
    )
    arn = f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"
    keys = clients("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    iam = clients("iam", keys)
    held = policies(iam)
    wanted = json.loads((ROOT / "deploy" / "policies" / "executions.json").read_text(encoding="utf-8"))
    suite.check("the StackSet makes the role in an account of the unit", held == {"stepwarden-executions": wanted})
    suite.check("and not in its own", is_gone(clients("iam")))
    cloudformation.delete_stack_instances(
        StackSetName="stepwarden", Accounts=[member], Regions=[REGION], RetainStacks=False
    )
    cloudformation.delete_stack_set(StackSetName="stepwarden")
    suite.check("with its instances the role is gone", is_gone(iam))


if __name__ == "__main__":
    main()
