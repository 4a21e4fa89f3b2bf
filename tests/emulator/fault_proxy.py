"""A proxy in front of an emulator that logs every AWS call and makes chosen ones fail.

Emulators never throttle, and deny only what IAM denies. This is how a test sees what stepwarden does with denied,
throttled, malformed, half-empty and missing answers. Rules are a JSON list, tried in order; the first that applies to a
call decides:

    {"service": "states", "region": "eu-west-1", "operation": "DescribeStateMachine",    which calls, by any of these
     "body_contains": "payments",                                                        (text in the request's body)
     "after": 2, "times": 1,                                     skip the first 2 such calls, apply to 1, then no more
     "answer": {"status": 400, "error": "ThrottlingException", "message": "Rate exceeded"}}

An answer is an error in the wire shape of the caller's protocol, as above; or {"status", "body", "content_type"} as it
stands; or {"drop": true}, a closed connection; or {"remove_field": name}, the emulator's JSON answer without that
top-level field; or {"delay_ms": n}, the emulator's own answer, late (with one of the others: that one, late). A service
is named as in its signature's credential scope (states, logs, monitoring, servicequotas, tagging, iam, sts, xray,
account, s3, dynamodb).
"""

import argparse
import http.client
import json
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

REST_OPERATIONS = {
    ("xray", "/EncryptionConfig"): "GetEncryptionConfig",
    ("xray", "/GetTraceSegmentDestination"): "GetTraceSegmentDestination",
    ("xray", "/GetSamplingRules"): "GetSamplingRules",
    ("xray", "/GetIndexingRules"): "GetIndexingRules",
    ("xray", "/ListResourcePolicies"): "ListResourcePolicies",
    ("account", "/listRegions"): "ListRegions",
}
LAMBDA_OPERATIONS = {"policy": "GetPolicy", "configuration": "GetFunctionConfiguration"}
S3_OPERATIONS = {
    "encryption": "GetBucketEncryption",
    "publicAccessBlock": "GetPublicAccessBlock",
    "policyStatus": "GetBucketPolicyStatus",
    "lifecycle": "GetBucketLifecycleConfiguration",
}
SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade", "expect"}
RULE_KEYS = {"service", "region", "operation", "body_contains", "after", "times", "answer"}
FAULTS = ("drop", "body", "remove_field", "delay_ms")
REQUEST_ID = "00000000-0000-0000-0000-000000000000"


def protocol_of(headers, body):
    """How the caller speaks: json, cbor, query or rest-json."""
    if headers.get("X-Amz-Target"):
        return "json"
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "cbor"
    if headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded") and b"Action=" in body:
        return "query"
    return "rest-json"


def identify(path, headers, body):
    """The call's service and Region, from its signature, and its operation, from where its protocol has it."""
    scope = SCOPE.search(headers.get("Authorization", ""))
    region, service = scope.groups() if scope else (None, None)
    protocol = protocol_of(headers, body)
    route = urlsplit(path).path
    if protocol == "json":
        operation = headers["X-Amz-Target"].rsplit(".", 1)[-1]
    elif protocol == "cbor":
        operation = route.rsplit("/", 1)[-1]
    elif protocol == "query":
        operation = parse_qs(body.decode())["Action"][0]
    else:
        operation = REST_OPERATIONS.get((service, route), route)
        if service == "lambda":
            operation = LAMBDA_OPERATIONS.get(route.rsplit("/", 1)[-1], route)
        elif service == "s3":
            asked = parse_qs(urlsplit(path).query, keep_blank_values=True)
            operation = next((S3_OPERATIONS[name] for name in asked if name in S3_OPERATIONS), "ListBuckets")
    return {"service": service, "region": region, "operation": operation}


def error_answer(protocol, headers, answer):
    """An AWS error in the shape that the caller's SDK reads: headers and body."""
    name, message = answer["error"], answer.get("message", "")
    if protocol == "query":
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(name)}</Code><Message>{escape(message)}</Message>"
            f"</Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
        )
        return {"Content-Type": "text/xml", "x-amzn-requestid": REQUEST_ID}, text.encode()
    error = {"__type": name, "message": message}
    if protocol == "cbor":
        import cbor2  # only needed, and only installed, where CloudWatch is spoken to

        head = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", "x-amzn-requestid": REQUEST_ID}
        return head, cbor2.dumps(error)
    content_type = headers.get("Content-Type", "") if protocol == "json" else "application/json"
    head = {"Content-Type": content_type, "x-amzn-errortype": name, "x-amzn-requestid": REQUEST_ID}
    return head, json.dumps(error if protocol == "json" else {"message": message}).encode()


class Rules:
    """The rules and how often each has matched."""

    def __init__(self, rules):
        for rule in rules:
            if rule.keys() - RULE_KEYS or "answer" not in rule:
                raise ValueError(f"not a rule: {rule}")
        self.rules = rules
        self.matched = [0] * len(rules)
        self.lock = threading.Lock()

    def answer(self, call, body):
        """The answer of the first rule that applies to this call, or nothing."""
        with self.lock:
            for index, rule in enumerate(self.rules):
                if not self.matches(rule, call, body):
                    continue
                earlier, after = self.matched[index], rule.get("after", 0)
                self.matched[index] += 1
                if earlier >= after and earlier - after < rule.get("times", sys.maxsize):
                    return rule["answer"]
        return {}

    @staticmethod
    def matches(rule, call, body):
        named = all(rule[key] == call[key] for key in call if key in rule)
        return named and rule.get("body_contains", "").encode() in body


class Proxy(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream, rules, log):
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream, self.rules, self.log = urlsplit(upstream).netloc, Rules(rules), log
        self.log_lock = threading.Lock()

    def record(self, call, status, answer):
        fault = answer.get("error") or next((kind for kind in FAULTS if kind in answer), None)
        if self.log:
            with self.log_lock:
                self.log.write(json.dumps({**call, "status": status, "fault": fault}) + "\n")
                self.log.flush()


class Handler(BaseHTTPRequestHandler):
    """One client connection, with its own connection to the emulator."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    emulator = None

    def log_message(self, *_):
        """The log of calls is enough."""

    def read_body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def ask_emulator(self, body):
        """The emulator's own answer; once again on a new connection where it has closed an idle one."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        for last_try in (self.emulator is None, True):
            if self.emulator is None:
                self.emulator = http.client.HTTPConnection(self.server.upstream, timeout=120)
            try:
                self.emulator.request(self.command, self.path, body, headers)
                answer = self.emulator.getresponse()
                content = answer.read()
                if answer.will_close:
                    self.emulator = None
                return answer.status, answer.getheaders(), content
            except (http.client.HTTPException, OSError):
                self.emulator = None
                if last_try:
                    raise

    def reply(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_call(self):
        body = self.read_body()
        call = identify(self.path, self.headers, body)
        answer = self.server.rules.answer(call, body)
        time.sleep(answer.get("delay_ms", 0) / 1000)
        if answer.get("drop"):
            self.server.record(call, None, answer)
            self.close_connection = True
            return
        if "error" in answer:
            headers, content = error_answer(protocol_of(self.headers, body), self.headers, answer)
            status, headers = answer["status"], headers.items()
        elif "body" in answer:
            status, content = answer["status"], answer["body"].encode()
            headers = [("Content-Type", answer.get("content_type", "application/json"))]
        else:
            status, headers, content = self.ask_emulator(body)
            if "remove_field" in answer:
                document = json.loads(content)
                document.pop(answer["remove_field"], None)
                content = json.dumps(document).encode()
        self.server.record(call, status, answer)
        self.reply(status, headers, content)

    do_GET = do_POST = do_PUT = do_DELETE = handle_call


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upstream", required=True, metavar="URL")
    parser.add_argument("--rules", metavar="FILE.json")
    parser.add_argument("--log", metavar="FILE.jsonl")
    arguments = parser.parse_args()
    rules = []
    if arguments.rules:
        with open(arguments.rules, encoding="utf-8") as file:
            rules = json.load(file)
    log = open(arguments.log, "a", encoding="utf-8") if arguments.log else None
    proxy = Proxy(arguments.upstream, rules, log)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    print(f"ready http://127.0.0.1:{proxy.server_port}", flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
