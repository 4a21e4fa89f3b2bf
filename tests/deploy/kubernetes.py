"""The Kubernetes manifests: validated, scanned, held together, and run: what their containers are told to do is done by
the real binary on moto, as their probes and their Prometheus would see it."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import yaml
from cloudcoil.models.prometheus_operator.v1 import ServiceMonitor

from suite import ROOT, Suite

FOLDER = ROOT / "deploy" / "kubernetes"
BINARY = Path(os.environ.get("STEPWARDEN_BINARY", ROOT / "target" / "debug" / "stepwarden")).resolve()
MOTO = ROOT / ".venv" / "moto" / "bin" / "python"
PROGRAMS = Path(sys.executable).parent
TOKEN = "0123456789abcdef"
WEB = "authorization:\n  credentials_file: token\n"
# Of the containers' environment, what is no setting of theirs but of this test.
NOBODY = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "STEPWARDEN_BUDGET_UNLIMITED": "true"}
SECRETS = {
    "accounts": '[{role_arn = "arn:aws:iam::123456789012:role/stepwarden", external_id = "stepwarden-payments"}]',
    "hash-key": "0" * 64,
}


def main():
    suite = Suite("kubernetes", "The Kubernetes manifests")
    paths = sorted(FOLDER.glob("*/*.yaml"))
    validate(suite, [path for path in paths if path.stem not in ("kustomization", "servicemonitor")])
    scan(suite, paths)
    listed(suite)
    objects = {path.relative_to(FOLDER).with_suffix("").as_posix(): load(path) for path in paths}
    monitor(suite, objects)
    pods = {"service": objects["service/deployment"]["spec"]["template"]}
    pods["scheduled"] = objects["scheduled/cronjob"]["spec"]["jobTemplate"]["spec"]["template"]
    reached(suite, objects, pods["service"])
    if missing := what_is_missing():
        suite.skip(missing)
        suite.finish()
    with emulator() as url:
        for mode, pod in pods.items():
            run(suite, mode, pod["spec"], objects["base/configmap"]["data"], url)
    suite.finish()


def what_is_missing():
    if not MOTO.is_file():
        return "no emulator (.venv/moto)"
    return None if BINARY.is_file() else "no binary: cargo build, or STEPWARDEN_BINARY"


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def output(command):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, check=True).stdout


def validate(suite, paths):
    suite.tool("kubernetes-validate", version("kubernetes-validate"))
    suite.run("each is what Kubernetes says it is", [PROGRAMS / "kubernetes-validate", "--strict", *paths])


def scan(suite, paths):
    suite.tool("checkov", output([PROGRAMS / "checkov", "--version"]))
    checkov = [PROGRAMS / "checkov", "--framework", "kubernetes", "--skip-download", "--quiet", "--compact"]
    env = {**os.environ, "LOG_LEVEL": "CRITICAL"}
    suite.run("checkov has no finding", [*checkov, "--directory", FOLDER], env=env)
    suite.trivy(FOLDER)
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    skips = sorted(set(re.findall(r"checkov\.io/skip\d+: *(.*)|trivy:ignore:(.*)", text)))
    skips = [one or other for one, other in skips]
    told = all(re.match(r"\S+=\w.{20}", skip) for skip in skips)
    suite.check("no check is skipped without a reason", told, "\n".join(skips))


def listed(suite):
    """That each kustomization has all that lies beside it, and no field by which it would change it."""
    wrong = []
    for path in sorted(FOLDER.glob("*/kustomization.yaml")):
        content = load(path)
        here = {other.name for other in path.parent.glob("*.yaml")} - {path.name}
        wanted = here if path.parent.name == "base" else here | {"../base"}
        if set(content) != {"apiVersion", "kind", "resources"} or set(content["resources"]) != wanted:
            wrong.append(path.parent.name)
    suite.check("each kustomization lists what lies beside it", not wrong, "\n".join(wrong))


def monitor(suite, objects):
    """The ServiceMonitor by the types of its operator: what these do not know does not come back from them."""
    suite.tool("prometheus-operator (types)", version("cloudcoil-models-prometheus-operator"))
    wanted = objects["service/servicemonitor"]
    known = ServiceMonitor.model_validate(wanted).model_dump(mode="json", by_alias=True, exclude_none=True)
    suite.check("the ServiceMonitor is what its operator knows", known == wanted)
    (endpoint,) = wanted["spec"]["endpoints"]
    service = objects["service/service"]
    found = holds(service["metadata"]["labels"], wanted["spec"]["selector"]["matchLabels"])
    suite.check("it finds the Service", found)
    ports = {port["name"]: port["targetPort"] for port in service["spec"]["ports"]}
    suite.check("and its port", endpoint["port"] in ports)
    volumes = objects["service/deployment"]["spec"]["template"]["spec"]["volumes"]
    secrets = [volume["secret"] for volume in volumes if "secret" in volume]
    credentials = endpoint["authorization"]["credentials"]
    of_pod = [secret["secretName"] for secret in secrets if not secret.get("optional")]
    suite.check("it has the token of the Secret that the pod cannot start without", of_pod == [credentials["name"]])


def holds(labels, selector):
    return bool(selector) and selector.items() <= labels.items()


def reached(suite, objects, pod):
    """That selectors and ports lead to the pod, and that nobody else is let in."""
    labels, (container,) = pod["metadata"]["labels"], pod["spec"]["containers"]
    service, policy = objects["service/service"]["spec"], objects["service/networkpolicy"]["spec"]
    deployment = objects["service/deployment"]["spec"]["selector"]["matchLabels"]
    chosen = [service["selector"], policy["podSelector"]["matchLabels"], deployment]
    suite.check("Service, Deployment and policy choose the pod", all(holds(labels, selector) for selector in chosen))
    scheduled = objects["scheduled/cronjob"]["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
    suite.check("not that of the CronJob", not any(holds(scheduled, selector) for selector in chosen))
    base = objects["base/networkpolicy"]["spec"]
    both = all(holds(held, base["podSelector"]["matchLabels"]) for held in (labels, scheduled))
    closed = base["policyTypes"] == ["Ingress", "Egress"] and "ingress" not in base
    suite.check("nobody is let in to either", both and closed)
    (rule,) = policy["ingress"]
    let_in = [peer["namespaceSelector"]["matchLabels"] for peer in rule["from"]]
    only = let_in == [{"kubernetes.io/metadata.name": "monitoring"}]
    to = [port["port"] for port in rule["ports"]]
    suite.check("but who monitors, to the service's port", only and to == ["http"])
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    suite.check("the pod has that port", service["ports"][0]["targetPort"] in ports)


@contextmanager
def emulator():
    serve = [MOTO, ROOT / "tests" / "emulator" / "serve.py", "moto"]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().split()[1]
        finally:
            process.stdin.close()


def run(suite, mode, pod, config, url):
    """Does what a pod's container is told, in a folder that stands for its mounts, with nothing but its environment."""
    (container,) = pod["containers"]
    with tempfile.TemporaryDirectory() as folder:
        there = mounts(Path(folder), pod, container, config)
        settings = {entry["name"]: value(entry, there) for entry in container["env"]}
        command = [BINARY, *(placed(argument, there) for argument in container["args"])]
        granted(suite, mode, command, settings)
        env = {**settings, **NOBODY, "AWS_ENDPOINT_URL": url}
        # The roles of SECRETS are not on moto.
        env.pop("STEPWARDEN_ACCOUNTS")
        if mode == "scheduled":
            suite.run("scheduled: it scans as it is told", command, env=env, show=False)
            store = there["/var/lib/stepwarden"]
            kept = [name for name in ("latest/report.json", "state.json") if (store / name).is_file()]
            suite.check("scheduled: report and state are kept", len(kept) == 2, "\n".join(kept))
        else:
            serve(suite, command, env, container)


def mounts(folder, pod, container, config):
    """Folders for what is mounted: the ConfigMap, the Secret of the web configuration, the store."""
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    there = {}
    for number, mount in enumerate(container["volumeMounts"]):
        place = there[mount["mountPath"]] = folder / str(number)
        place.mkdir()
        volume = volumes[mount["name"]]
        secret = {"web.yml": WEB, "token": TOKEN} if "secret" in volume else {}
        for name, text in (config if "configMap" in volume else secret).items():
            # The store of a configuration is a mount, too.
            (place / name).write_text(text.replace("/var/lib/stepwarden", f"{folder}/store"), encoding="utf-8")
        if mount["mountPath"] == "/var/lib/stepwarden":
            there[mount["mountPath"]] = place.rename(folder / "store")
    return there


def value(entry, there):
    if "valueFrom" in entry:
        return SECRETS[entry["valueFrom"]["secretKeyRef"]["key"]]
    return placed(entry["value"], there)


def placed(text, there):
    """A path within a mount, as it is here."""
    for path, place in there.items():
        if text == path or text.startswith(path + "/"):
            return f"{place}{text.removeprefix(path)}"
    return text


def granted(suite, mode, command, settings):
    """That the settings are known, and ask for nothing beyond the tier that the ConfigMap says it is of."""
    options = command[command.index("--config") :][:2]
    asked = suite.run(
        f"{mode}: each setting and variable is known", [BINARY, "permissions", *options], env=settings, show=False
    )
    tier = yaml.safe_load((ROOT / "deploy" / "policies" / "executions.json").read_text(encoding="utf-8"))
    needed = actions(yaml.safe_load(asked)) - {"sts:AssumeRole"}
    suite.check(f"{mode}: the tier `executions` allows what they need", needed and needed <= actions(tier))


def actions(policy):
    if not isinstance(policy, dict):
        return set()
    return {action for entry in policy["Statement"] if entry["Effect"] == "Allow" for action in entry["Action"]}


def serve(suite, command, env, container):
    """The service, asked as probes and Prometheus ask it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listens = env["STEPWARDEN_SERVE_LISTEN"] == f"0.0.0.0:{container['ports'][0]['containerPort']}"
    suite.check("service: it listens on its port for all who reach the pod", listens)
    env["STEPWARDEN_SERVE_LISTEN"] = f"127.0.0.1:{port}"
    probes = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            ready = until_ready(port, probes["readiness"])
            suite.check("service: it becomes ready", ready)
            asked = {f"{name}, {path}": (path, None) for name, path in probes.items()}
            asked |= {"/metrics, without the token": ("/metrics", None), "/metrics": ("/metrics", TOKEN)}
            asked |= {"/, without the token": ("/", None), "/, with another": ("/", "another")}
            got = {name: status(port, *question) for name, question in asked.items()}
            wanted = {name: 401 if "with" in name else 200 for name in asked}
            title = "service: probes need no token, all else does"
            suite.check(title, got == wanted, "\n".join(f"{code} {name}" for name, code in got.items()))
            process.terminate()
            suite.check("service: it ends on SIGTERM", process.wait(15) == 0)
        finally:
            process.kill()


def until_ready(port, path):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if status(port, path, None) == 200:
            return True
        time.sleep(0.2)
    return False


def status(port, path, token):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    question = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with opener.open(question, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


if __name__ == "__main__":
    main()
