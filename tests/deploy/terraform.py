"""The Terraform module: formatted, valid, applied to moto without drift, read back, scanned with, and taken away again."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config

from suite import ROOT, Suite

MODULE = ROOT / "deploy" / "terraform"
EXAMPLES = MODULE / "examples"
MOTO = ROOT / ".venv" / "moto" / "bin" / "python"
BINARY = Path(os.environ.get("STEPWARDEN_BINARY", ROOT / "target" / "debug" / "stepwarden"))
MIRRORS = ("/usr/share/terraform/plugins", "/usr/local/share/terraform/plugins", "/opt/tf-plugins")
ACCOUNT, REGION = "123456789012", "us-east-1"
AUDITOR = f"arn:aws:iam::{ACCOUNT}:role/stepwarden-auditor"
EXTERNAL_ID = "stepwarden-payments"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:stepwarden/accounts-a1b2c3"
# What the emulator's network adds is made with it.
VARIABLES = {
    "scheduled-task": {"audited_role_arns": [f"arn:aws:iam::{ACCOUNT}:role/stepwarden"], "accounts_secret_arn": SECRET},
    "service": {},
    "member-account": {"auditor_role_arn": AUDITOR, "external_id": EXTERNAL_ID},
}
# Every call goes to the emulator, with credentials that it takes.
PROVIDER = """
provider "aws" {{
  region                      = "{region}"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = false
  s3_use_path_style           = true
  endpoints {{
{endpoints}
  }}
}}
"""
# What moto takes and does not tell again.
FORGOTTEN = {
    "aws_ecs_service": {"availability_zone_rebalancing"},
    "aws_vpc_security_group_ingress_rule": {"description"},
}
SERVICES = ("cloudwatch", "cloudwatchevents", "ec2", "ecs", "iam", "kms", "logs", "s3", "scheduler", "sqs", "sts")


def main():
    suite = Suite("terraform", "The Terraform module")
    if not shutil.which("terraform"):
        suite.fall_back("no terraform on this machine: the module was not tried")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(configuration(folder)), "CHECKPOINT_DISABLE": "1"}
        suite.tool("terraform", output(["terraform", "version"], environment))
        suite.run("formatted", ["terraform", "fmt", "-check", "-recursive", MODULE], env=environment)
        documented(suite)
        policy_scanners(suite)
        work = folder / "deploy"
        shutil.copytree(ROOT / "deploy", work)
        if terraform(work, "member-account", environment, "init", "-backend=false", "-input=false").returncode:
            suite.fall_back("no AWS provider, neither in a mirror (STEPWARDEN_TERRAFORM_MIRROR) nor from the registry")
        if missing := what_is_missing():
            suite.skip(missing)
            suite.finish()
        # Most of the time is spent waiting for AWS to agree with itself, as the provider thinks.
        with ThreadPoolExecutor() as pool:
            for part in pool.map(lambda name: proof(work, name, environment), VARIABLES):
                suite.join(part)
    suite.finish()


def proof(work, name, environment):
    part = Suite("terraform", f"The Terraform module: {name}")
    with emulator() as (endpoint, clients, network):
        needs = {"scheduled-task": ("vpc_id", "subnet_ids"), "service": tuple(network), "member-account": ()}
        variables = VARIABLES[name] | {each: network[each] for each in needs[name]}
        Example(part, work, name, variables, endpoint, clients, environment).prove()
    return part


def configuration(folder):
    """Of terraform: a mirror of providers where the machine has one, else the registry."""
    named = os.environ.get("STEPWARDEN_TERRAFORM_MIRROR")
    mirrors = [named] if named else [*MIRRORS, str(Path.home() / ".terraform.d" / "plugins")]
    mirror = next((path for path in mirrors if (Path(path) / "registry.terraform.io/hashicorp/aws").is_dir()), None)
    text = "" if mirror is None else f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
    path = folder / "terraform.rc"
    path.write_text(text, encoding="utf-8")
    return path


def what_is_missing():
    if not MOTO.is_file():
        return "no emulator (.venv/moto)"
    return None if BINARY.is_file() else "no binary: cargo build, or STEPWARDEN_BINARY"


def terraform(work, example, environment, *arguments):
    command = ["terraform", f"-chdir={work / 'terraform' / 'examples' / example}", *arguments, "-no-color"]
    return subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def output(command, environment=None):
    return subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE, check=True).stdout


def documented(suite):
    """That the README's table names each variable, and no other."""
    declared = set()
    for file in sorted(MODULE.glob("*.tf")):
        declared |= set(re.findall(r'^variable "([a-z_]+)"', file.read_text(encoding="utf-8"), re.MULTILINE))
    readme = (MODULE / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([a-z_]+)` \|", readme, re.MULTILINE))
    suite.check("the README names each variable", declared == named, " ".join(sorted(declared ^ named)))


def policy_scanners(suite):
    programs = Path(sys.executable).parent
    suite.tool("checkov", output([programs / "checkov", "--version"]))
    suite.run(
        "checkov has no finding that is not explained",
        [programs / "checkov", "--framework", "terraform", "--skip-download", "--quiet", "--compact", "--directory", MODULE],
        env={**os.environ, "LOG_LEVEL": "CRITICAL"},
    )
    suite.trivy(MODULE)


@contextmanager
def emulator():
    """moto, and a VPC, a subnet and a security group in it by the names of the examples' variables."""
    serve = [MOTO, ROOT / "tests" / "emulator" / "serve.py", "moto"]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        endpoint = server.stdout.readline().split()[1]
        session = boto3.Session("test", "test", region_name=REGION)

        def client(service):
            return session.client(service, endpoint_url=endpoint, config=Config(proxies={}))

        ec2 = client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName="prometheus", Description="Prometheus", VpcId=vpc)["GroupId"]
        yield endpoint, client, {"vpc_id": vpc, "subnet_ids": [subnet], "prometheus_security_group_id": group}
        server.stdin.close()


class Example:
    """One example, in a copy of the module whose provider speaks to the emulator."""

    def __init__(self, suite, work, name, variables, endpoint, clients, environment):
        self.check, self.work, self.name, self.clients, self.endpoint = suite.check, work, name, clients, endpoint
        self.environment = environment
        endpoints = "\n".join(f'    {service} = "{endpoint}"' for service in SERVICES)
        folder = work / "terraform" / "examples" / name
        (folder / "provider.tf").write_text(PROVIDER.format(region=REGION, endpoints=endpoints), encoding="utf-8")
        (folder / "terraform.tfvars.json").write_text(json.dumps(variables), encoding="utf-8")

    def terraform(self, title, *arguments, shown=None):
        """A step; of its output only lines that say the same each time."""
        done = terraform(self.work, self.name, self.environment, *arguments)
        said = [line for line in done.stdout.splitlines() if shown and re.search(shown, line)]
        detail = "\n".join(said) if done.returncode == 0 else done.stdout
        self.check(title, done.returncode == 0, detail)

    def prove(self):
        self.terraform("init", "init", "-backend=false", "-input=false", shown="^- Installed")
        self.terraform("validate", "validate", shown="Success")
        self.terraform("plan", "plan", "-input=false", "-out=planned", shown="^Plan:")
        self.terraform("apply", "apply", "-input=false", "planned", shown="^Apply complete")
        drift = self.drift()
        self.check("a second plan finds no drift", not drift, "\n".join(drift))
        {"member-account": self.member, "scheduled-task": self.scheduled, "service": self.service}[self.name]()
        self.terraform("destroy", "destroy", "-input=false", "-auto-approve", shown="^Destroy complete")
        roles = [role["RoleName"] for role in self.clients("iam").list_roles()["Roles"]]
        buckets = [bucket["Name"] for bucket in self.clients("s3").list_buckets()["Buckets"]]
        left = [name for name in roles + buckets if name.startswith("stepwarden")]
        self.check("nothing is left", not left, " ".join(left))

    def drift(self):
        """What a second plan would change, but for what the emulator forgets."""
        terraform(self.work, self.name, self.environment, "plan", "-input=false", "-out=second")
        shown = terraform(self.work, self.name, self.environment, "show", "-json", "second").stdout
        found = []
        for resource in json.loads(shown.splitlines()[-1])["resource_changes"]:
            change = resource["change"]
            if resource["mode"] == "managed" and change["actions"] != ["no-op"]:
                before, after = change["before"] or {}, change["after"] or {}
                changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
                forgotten = FORGOTTEN.get(resource["type"], set())
                found += [f"{resource['address']}: {name}" for name in sorted(changed - forgotten)]
        return found

    def policy(self, role, name):
        return self.clients("iam").get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]

    def trust(self, role):
        return self.clients("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"]

    def tier(self, role, tier):
        wanted = json.loads((ROOT / "deploy" / "policies" / f"{tier}.json").read_text(encoding="utf-8"))
        self.check(f"the role has the policy of tier {tier}", self.policy(role, "audit") == wanted)

    def member(self):
        [statement] = self.trust("stepwarden")
        conditions = statement["Condition"]
        self.check(
            "only the auditor with its external id is trusted",
            statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
            and conditions["StringEquals"] == {"sts:ExternalId": EXTERNAL_ID}
            and conditions["ArnEquals"] == {"aws:PrincipalArn": AUDITOR},
            json.dumps(statement, indent=1, sort_keys=True),
        )
        self.tier("stepwarden", "executions")
        self.scan()

    def scan(self):
        """A real scan through the role that Terraform made."""
        command = [BINARY, "scan", "--endpoint-url", self.endpoint, "--region", REGION, "--format", "json"]
        command += ["--assume-role", f"arn:aws:iam::{ACCOUNT}:role/stepwarden", "--external-id", EXTERNAL_ID]
        environment = {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": os.devnull,
            "STEPWARDEN_BUDGET_UNLIMITED": "true",
            "STEPWARDEN_COLLECTORS_TIER": "executions",
        }
        done = subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        report = json.loads(done.stdout) if done.returncode in (0, 4) else {}
        accounts = {usage["account_id"] for usage in report.get("api_usage", []) if usage["api"] == "states:ListStateMachines"}
        self.check("a scan through the role reads the account", accounts == {ACCOUNT}, done.stderr[-500:] if not report else "")

    def scheduled(self):
        self.tier("stepwarden-auditor", "executions")
        for role, service in (("auditor", "ecs-tasks"), ("scheduler", "scheduler")):
            [statement] = self.trust(f"stepwarden-{role}")
            self.check(
                f"stepwarden-{role} trusts {service} for this account alone",
                statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
                and statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
                and "aws:SourceArn" in statement["Condition"]["ArnLike"],
            )
        statements = {one["Sid"]: one for one in self.policy("stepwarden-scheduler", "run-task")["Statement"]}
        passed = [f"arn:aws:iam::{ACCOUNT}:role/stepwarden-{role}" for role in ("auditor", "execution")]
        self.check(
            "the scheduler may pass both roles, to ECS tasks alone",
            sorted(statements["PassRoles"]["Resource"]) == passed
            and statements["PassRoles"]["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            json.dumps(statements["PassRoles"], indent=1, sort_keys=True),
        )
        self.check("it may run the task in one cluster alone", "ecs:cluster" in statements["RunTask"]["Condition"]["ArnEquals"])
        [trust] = self.trust("stepwarden-scheduler")
        group = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/default"
        self.check("it is trusted for the schedule's group, as AWS wants", trust["Condition"]["ArnLike"]["aws:SourceArn"] == group)
        self.doctor(passed, group)
        self.store()
        wanted = ["scan", "--allow-incomplete", "--format", "json", "--output-dir", "/var/lib/stepwarden/latest"]
        wanted += ["--region", "eu-west-1", "--region", "us-east-1", "--metrics", "emf"]
        container = self.task(wanted)
        self.check("accounts and external ids come from the secret", container["secrets"] == [{"name": "STEPWARDEN_ACCOUNTS", "valueFrom": SECRET}])

    def doctor(self, passed, group):
        """What stepwarden itself says of the schedule's rights."""
        command = [BINARY, "doctor", "--endpoint-url", self.endpoint, "--region", REGION]
        command += ["--scheduler-role", f"arn:aws:iam::{ACCOUNT}:role/stepwarden-scheduler", "--schedule-group", group]
        command += [word for role in passed for word in ("--passes", role)]
        environment = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_CONFIG_FILE": os.devnull}
        said = subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE).stdout
        lines = [line for line in said.splitlines() if " scheduler, " in line]
        self.check("doctor finds the role trusted and both roles passed", len(lines) == 3 and all(line.startswith("ok") for line in lines), "\n".join(lines))

    def store(self):
        bucket = f"stepwarden-{ACCOUNT}-{REGION}"
        s3 = self.clients("s3")
        blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        [rule] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        self.check("the store is blocked for the public", len(blocked) == 4 and all(blocked.values()))
        self.check("it is encrypted under a key", rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms")
        [statement] = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        self.check("it is reached by TLS alone", statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}})
        rules = {one["ID"] for one in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
        self.check("reports and old versions expire", rules == {"reports", "versions"})

    def task(self, command):
        definition = self.clients("ecs").describe_task_definition(taskDefinition="stepwarden")["taskDefinition"]
        [container] = definition["containerDefinitions"]
        self.check("the task runs the documented command", container["command"] == command, " ".join(container["command"]))
        self.check("its root file system is read-only", container["readonlyRootFilesystem"] is True)
        self.check("it is not root", container["user"] == "65532:65532")
        settings = {one["name"]: one["value"] for one in container["environment"]}
        known = output([BINARY, "permissions"], {**settings, "PATH": os.environ["PATH"]})
        self.check("its settings are known to the binary", json.loads(known)["Version"] == "2012-10-17")
        return container

    def service(self):
        self.tier("stepwarden-auditor", "payloads")
        container = self.task(["serve", "--region", "eu-west-1"])
        wanted = ["CMD", "/usr/local/bin/stepwarden", "healthcheck"]
        self.check("its health is asked of the binary", container.get("healthCheck", {}).get("command") == wanted)
        shown = json.loads(terraform(self.work, self.name, self.environment, "show", "-json").stdout.splitlines()[-1])
        [module] = shown["values"]["root_module"]["child_modules"]
        [service] = [one["values"] for one in module["resources"] if one["type"] == "aws_ecs_service"]
        percents = (service["deployment_minimum_healthy_percent"], service["deployment_maximum_percent"])
        self.check("there are never two at once", service["desired_count"] == 1 and percents == (0, 100))


if __name__ == "__main__":
    main()
