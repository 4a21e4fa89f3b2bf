#!/usr/bin/env python3
"""Writes vectors.jsonl: cases of `stepwarden policy evaluate` with the decision each must have.

  python3 tests/iam/generate.py > tests/iam/vectors.jsonl

The decision follows from how a case is built, and from no evaluator: every action, resource and condition below is written
down with whether it matches the one request that is asked about, and the layers are put together by IAM's rules. The same
seed gives the same bytes.
"""

import json
import random

SEED, COUNT = 20260901, 300
ACCOUNT = "111122223333"
ACTION = "lambda:InvokeFunction"
RESOURCE = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:orders-worker"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipeline/orders"
CONTEXT = {
    "aws:PrincipalArn": ROLE,
    "aws:PrincipalTag/team": "orders",
    "aws:PrincipalTag/star": "*",
    "aws:RequestedRegion": "eu-west-1",
    "aws:SecureTransport": "true",
    "aws:SourceIp": "10.20.30.40",
    "aws:CurrentTime": "2026-09-01T12:00:00Z",
    "aws:MultiFactorAuthAge": "300",
    "aws:TagKeys": ["team", "stage"],
    "aws:SourceArn": f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:orders",
    "lambda:Binary": "c3RlcA==",
}

# (patterns, whether one of them names the action)
ACTIONS = [
    ("lambda:InvokeFunction", True), ("LAMBDA:invokefunction", True), ("lambda:*", True), ("lambda:Invoke*", True),
    ("lambda:?nvokeFunction", True), ("lambda:In*ion", True), ("*", True), (["s3:GetObject", "lambda:InvokeFunction"], True),
    ("lambda:*Function*", True), ("lambda:InvokeFunctio?", True),
    ("lambda:InvokeFunctionUrl", False), ("lambda:Invoke", False), ("lambda:InvokeFunction?", False), ("s3:*", False),
    ("lambda:Get*", False), (["sqs:*", "sns:*"], False), ("lamb*:InvokeFunction", False), ("?ambda:*", False),
    ("lambda:invoke-function", False),
]
A = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:"
RESOURCES = [
    ("*", True), (RESOURCE, True), (A + "function:*", True), (A + "function:orders-*", True), (A + "*", True),
    (A + "function:orders?worker", True), (A + "function:*-work*", True), ("arn:aws:lambda:*:*:function:orders-worker", True),
    ("arn:aws:lambda:*", True), ("arn:aws:lambda:eu-west-1", True), (f"arn:*:lambda:eu-*-1:{ACCOUNT}:function:*", True),
    (A + "function:${aws:PrincipalTag/team}-*", True), (A + "function:${AWS:principaltag/team}-worker", True),
    (A + "function:${aws:PrincipalTag/none, 'orders'}-worker", True), ([A + "function:x", RESOURCE], True),
    ("arn:aws:lambda:eu*:function:orders-worker", True),
    (A + "function:Orders-worker", False), (RESOURCE + ":*", False), (A + "function:orders", False),
    ("arn:aws:lambda:us-*", False), ("arn:aws:sqs:*", False), (A + "*:orders-worker", False), (A + "func*:orders-worker", False),
    (A + "function:${*}", False), (A + "function:orders${?}worker", False), (A + "function:${aws:PrincipalTag/star}", False),
    (A + "function:${aws:PrincipalTag/none, 'billing'}-*", False), (A + "function:?", False),
    ("arn:aws:lambda:eu-west-1::function:orders-worker", False), (A + "layer:*", False),
]
# A variable without a value makes the whole statement void, in either form of the element.
VOID = [A + "function:${aws:PrincipalTag/none}*", A + "function:${aws:TagKeys}*"]

NEGATED = [
    ("StringEquals", "StringNotEquals"), ("StringLike", "StringNotLike"), ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("NumericEquals", "NumericNotEquals"), ("DateEquals", "DateNotEquals"), ("IpAddress", "NotIpAddress"), ("ArnLike", "ArnNotLike"),
    ("ArnEquals", "ArnNotEquals"),
]
# (operator, key, values, whether it holds)
HOLDS = [
    ("StringEquals", "aws:PrincipalTag/team", "orders", True), ("StringEquals", "AWS:PRINCIPALTAG/team", ["x", "orders"], True),
    ("StringEquals", "aws:PrincipalTag/team", "Orders", False), ("StringEquals", "aws:PrincipalTag/team", "order*", False),
    ("StringEquals", "aws:PrincipalTag/star", "${*}", True), ("StringLike", "aws:PrincipalTag/team", "${*}", False),
    ("StringEqualsIgnoreCase", "aws:PrincipalTag/team", "ORDERS", True), ("StringLike", "aws:PrincipalTag/team", "ord?r*", True),
    ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::*:role/*/${{aws:PrincipalTag/team}}", True),
    ("NumericEquals", "aws:MultiFactorAuthAge", 300, True), ("NumericEquals", "aws:MultiFactorAuthAge", "300.0", True),
    ("NumericLessThan", "aws:MultiFactorAuthAge", "300", False), ("NumericLessThanEquals", "aws:MultiFactorAuthAge", "300", True),
    ("NumericGreaterThan", "aws:MultiFactorAuthAge", ["1000", "10"], True), ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "301", False),
    ("DateEquals", "aws:CurrentTime", "2026-09-01T14:00:00+02:00", True), ("DateLessThan", "aws:CurrentTime", "2026-09-02", True),
    ("DateGreaterThan", "aws:CurrentTime", "2026-09-02", False), ("DateGreaterThanEquals", "aws:CurrentTime", "1788264000", True),
    ("DateLessThanEquals", "aws:CurrentTime", "2026", False), ("Bool", "aws:SecureTransport", True, True),
    ("Bool", "aws:SecureTransport", "FALSE", False), ("IpAddress", "aws:SourceIp", "10.0.0.0/8", True),
    ("IpAddress", "aws:SourceIp", ["192.0.2.0/24", "10.20.30.40"], True), ("IpAddress", "aws:SourceIp", "2001:db8::/32", False),
    ("ArnEquals", "aws:SourceArn", "arn:aws:states:*:*:stateMachine:ord*", True), ("ArnLike", "aws:SourceArn", "arn:aws:states:*", None),
    ("ArnLike", "aws:SourceArn", "arn:aws:states:*:*:activity:*", False), ("BinaryEquals", "lambda:Binary", "c3RlcA==", True),
    ("BinaryEquals", "lambda:Binary", "c3RlcB==", False),
]


def conditions():
    """Every condition with whether it holds; those of HOLDS, what negates them, and what an absent key makes of them."""
    negated = dict(NEGATED)
    for operator, key, values, holds in HOLDS:
        yield {operator: {key: values}}, bool(holds)
        yield {operator + "IfExists": {key: values}}, bool(holds)
        yield {operator: {"aws:Absent": values}}, False
        yield {operator + "IfExists": {"aws:Absent": values}}, True
        if operator in negated:
            # What cannot be compared holds in neither sense.
            yield {negated[operator]: {key: values}}, holds is False
            yield {negated[operator]: {"aws:Absent": values}}, True
    for values, every, some in [(["team", "stage", "x"], True, True), (["team"], False, True), (["x"], False, False)]:
        yield {"ForAllValues:StringEquals": {"aws:TagKeys": values}}, every
        yield {"ForAnyValue:StringEquals": {"aws:TagKeys": values}}, some
        yield {"ForAllValues:StringNotEquals": {"aws:TagKeys": values}}, not some
        yield {"ForAnyValue:StringNotEquals": {"aws:TagKeys": values}}, not every
        yield {"ForAllValues:StringEquals": {"aws:Absent": values}}, True
        yield {"ForAnyValue:StringEquals": {"aws:Absent": values}}, False
    for key, absent in [("aws:Absent", True), ("aws:SourceIp", False)]:
        yield {"Null": {key: "true"}}, absent
        yield {"Null": {key: False}}, not absent
    yield {"StringNotEquals": {"aws:PrincipalTag/team": "${aws:Absent}"}}, False
    yield {"StringEquals": {"aws:PrincipalTag/team": ["${aws:Absent}", "orders"]}}, True
    yield {"StringEquals": {"aws:PrincipalTag/team": "orders"}, "Bool": {"aws:SecureTransport": "true"}}, True
    yield {"StringEquals": {"aws:PrincipalTag/team": "orders", "aws:RequestedRegion": "us-east-1"}}, False


CONDITIONS = list(conditions())


def statement(r, effect):
    """A statement and whether it applies."""
    one, applies = {"Effect": effect}, True
    patterns, named = r.choice(ACTIONS)
    if r.random() < 0.15:
        one["NotAction"], applies = patterns, not named
    else:
        one["Action"], applies = patterns, named
    patterns, named = r.choice(RESOURCES)
    form = "NotResource" if r.random() < 0.12 else "Resource"
    one[form] = patterns
    applies = applies and (named == (form == "Resource"))
    if r.random() < 0.04:
        one[form], applies = r.choice(VOID), False
    if r.random() < 0.5:
        one["Condition"], holds = r.choice(CONDITIONS)
        applies = applies and holds
    return one, applies


def policy(r, deny=0.15):
    """A policy with whether it allows and whether it denies."""
    statements, allows, denies = [], False, False
    for _ in range(r.choice([1, 1, 2, 3])):
        effect = "Deny" if r.random() < deny else "Allow"
        one, applies = statement(r, effect)
        statements.append(one)
        allows, denies = allows or (applies and effect == "Allow"), denies or (applies and effect == "Deny")
    single = len(statements) == 1 and r.random() < 0.5
    return {"Version": "2012-10-17", "Statement": statements[0] if single else statements}, allows, denies


def layer(r, count, deny=0.15):
    made = [policy(r, deny) for _ in range(count)]
    return [one[0] for one in made], any(one[1] for one in made), any(one[2] for one in made)


def case(r, index):
    documents, allows, denies = layer(r, r.choice([1, 2, 3]))
    one = {"id": f"v{index}", "principal": ROLE, "policies": documents, "action": ACTION, "resource": RESOURCE}
    for name, chance in [("boundary", 0.2), ("session_policies", 0.2), ("scps", 0.2)]:
        if r.random() < chance:
            one[name], also, denied = layer(r, 2, 0.08)
            allows, denies = allows and also, denies or denied
    # The keys that the case is about; the others would only make the file longer.
    text = json.dumps(one).lower()
    one["context"] = {key: value for key, value in CONTEXT.items() if key.lower() in text}
    one["expected"] = "ExplicitlyDenied" if denies else "Allowed" if allows else "ImplicitlyDenied"
    return one


def main():
    r, made, kept = random.Random(SEED), 0, {"Allowed": 0, "ImplicitlyDenied": 0, "ExplicitlyDenied": 0}
    while sum(kept.values()) < COUNT:
        one = case(r, made)
        made += 1
        if kept[one["expected"]] < COUNT // 3:
            kept[one["expected"]] += 1
            print(json.dumps(one, separators=(",", ":")))


main()
