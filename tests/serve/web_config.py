"""Who may ask the service, and by which certificate it answers: `web_config.py BINARY`. Prints one line for each fault.

The certificates are made here, for an hour. There is no AWS behind the service: only its doors are tried.
"""

import base64
import contextlib
import datetime
import http.client
import ipaddress
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "emulator"))

from serve import free_port  # noqa: E402 (it stands in the folder that was just added)

FAULTS = []
# Of "correct horse", with the least work that bcrypt takes.
HASH = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"


def expect(holds, what):
    if not holds:
        FAULTS.append(what)


def certificate(folder, name, issuer=None):
    """Writes NAME.pem and NAME.key, signed by `issuer` or by itself; returns both for others to be signed by."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    by, by_key = issuer or (subject, key)
    now = datetime.datetime.now(datetime.timezone.utc)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(by_key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.key").write_bytes(private)
    return subject, key


def start(binary, folder, port):
    environment = {
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "STEPWARDEN_AWS_MAX_ATTEMPTS": "1",
        "STEPWARDEN_SERVE_WEB_CONFIG_FILE": str(folder / "web.yml"),
        "STEPWARDEN_SCHEDULE_QUOTAS": "1s",
    }
    command = [binary, "serve", "--region", "eu-west-1", "--endpoint-url", "http://127.0.0.1:9"]
    command += ["--listen", f"127.0.0.1:{port}"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


@contextlib.contextmanager
def served(binary, folder, text):
    """A service with this web configuration; yields a function that asks it, and its process."""
    (folder / "web.yml").write_text(text)
    port = free_port()
    process = start(binary, folder, port)
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
        time.sleep(0.05)
    try:
        healthy = subprocess.run([binary, "healthcheck"], env={"STEPWARDEN_SERVE_LISTEN": f"127.0.0.1:{port}"})
        expect(healthy.returncode == 0, f"a health check fails with {text}")
        yield lambda path, **more: ask(port, path, **more), process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            FAULTS.append("the service does not stop in 10 seconds")


def ask(port, path, tls=None, authorization=None, host=None):
    """The status and the headers; 0 where there is no answer."""
    request = urllib.request.Request(f"{'https' if tls else 'http'}://127.0.0.1:{port}{path}")
    if authorization:
        request.add_header("Authorization", authorization)
    if host:
        request.add_header("Host", host)
    try:
        with urllib.request.urlopen(request, timeout=10, context=tls) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers
    except (OSError, http.client.HTTPException):
        return 0, {}


def trusting(folder, name, **versions):
    context = ssl.create_default_context(cafile=folder / f"{name}.pem")
    for version, value in versions.items():
        setattr(context, version, value)
    return context


def basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


def passwords(binary, folder):
    (folder / "token").write_text("a-token\n")
    users = f"basic_auth_users:\n  alice: {HASH}\nauthorization:\n  credentials_file: token\n"
    with served(binary, folder, users) as (get, _):
        for authorization, status in [
            (None, 401),
            (basic("alice:wrong"), 401),
            (basic("bob:correct horse"), 401),
            ("Bearer wrong", 401),
            (basic("alice:correct horse"), 200),
            ("Bearer a-token", 200),
        ]:
            for path in ("/metrics", "/checks/open-execution-quota"):
                told = get(path, authorization=authorization)[0]
                expect(told == status, f"{path} with {authorization}: {told}, not {status}")
        headers = get("/", authorization=None)[1]
        expect(headers["WWW-Authenticate"] == 'Basic realm="stepwarden"', "a browser is not asked for a password")
        expect(headers["X-Content-Type-Options"] == "nosniff", "a refusal lacks the security headers")
        expect(get("/nothing")[0] == 401, "who may not ask learns which pages there are")
        expect(get("/-/healthy")[0] == 200, "health needs a password")


def names(binary, folder):
    """Without passwords, on loopback: no page of the web comes in by a name of its own."""
    with served(binary, folder, "basic_auth_users: {}\n") as (get, _):
        for host, status in [(None, 200), ("localhost", 200), ("evil.example", 421), ("evil.example:80", 421)]:
            told = get("/metrics", host=host)[0]
            expect(told == status, f"asked by the name {host}: {told}, not {status}")


def certificates(binary, folder):
    authority = certificate(folder, "authority")
    certificate(folder, "server", authority)
    certificate(folder, "client", authority)
    other = certificate(folder, "other")
    tls = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
    ours = trusting(folder, "authority")
    with served(binary, folder, tls + "  min_version: TLS13\n") as (get, process):
        expect(get("/-/healthy", tls=ours)[0] == 200, "TLS does not work")
        expect(get("/-/healthy")[0] == 0, "it answers without TLS")
        expect(get("/-/healthy", tls=trusting(folder, "other"))[0] == 0, "the test trusts everybody")
        old = trusting(folder, "authority", maximum_version=ssl.TLSVersion.TLSv1_2)
        expect(get("/-/healthy", tls=old)[0] == 0, "min_version is not kept to")
        # A broken renewal leaves the old one in force, a whole one replaces it.
        (folder / "web.yml").write_text(tls.replace("server.key", "gone.key"))
        process.send_signal(signal.SIGHUP)
        time.sleep(1)
        expect(get("/-/healthy", tls=ours)[0] == 200, "a broken renewal breaks what worked")
        certificate(folder, "server", other)
        (folder / "web.yml").write_text(tls)
        process.send_signal(signal.SIGHUP)
        time.sleep(1)
        expect(get("/-/healthy", tls=trusting(folder, "other"))[0] == 200, "a new certificate is not taken")
    certificate(folder, "server", authority)
    both = tls + "  client_ca_file: authority.pem\n  client_auth_type: RequireAndVerifyClientCert\n"
    with served(binary, folder, both) as (get, _):
        expect(get("/-/healthy", tls=ours)[0] == 0, "it answers without a client's certificate")
        ours.load_cert_chain(folder / "client.pem", folder / "client.key")
        expect(get("/-/healthy", tls=ours)[0] == 200, "it does not take a client's certificate")


def faults(binary, folder):
    certificate(folder, "one")
    certificate(folder, "two")
    for text, told in [
        ("tls_server_config: {cert_file: gone.pem, key_file: one.key}", "gone.pem: No such file"),
        ("tls_server_config: {cert_file: one.pem, key_file: two.key}", "one.pem and two.key"),
        ("basic_auth_users: {alice: in-clear}", "not a bcrypt hash"),
        ("users: {}", "unknown field"),
    ]:
        (folder / "web.yml").write_text(text)
        process = start(binary, folder, free_port())
        said = process.communicate(timeout=20)[1]
        expect(process.returncode == 1 and told in said, f"{text}: {process.returncode} {said}")
        expect("in-clear" not in said, "a password is logged")


def main():
    binary = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for part in (passwords, names, certificates, faults):
            part(binary, pathlib.Path(folder))
    print("\n".join(FAULTS), end="")


main()
