"""Service Quotas of Step Functions; stock moto knows those of VPC alone.

The names are AWS's own where they are known to be (the refill rates, open executions, open Map Runs); there are many more in
an account. A value is applied by RequestServiceQuotaIncrease, which is granted at once; before that a quota has none,
and is absent from ListServiceQuotas as on AWS.
"""

import json

from moto.servicequotas.responses import ServiceQuotasResponse

STATES = "states"
# Lower figures apply outside these Regions: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
LARGE = {"us-east-1", "us-west-2", "eu-west-1"}
# Code, name, value in a large Region, value elsewhere. Two codes are AWS's own; those that begin with L-00 are made up.
QUOTAS = [
    ("L-B8A5B662", "Open executions", 1_000_000, 1_000_000),
    ("L-15D902EC", "Open Map Runs", 1_000, 1_000),
    ("L-00000001", "Registered state machines", 100_000, 100_000),
    ("L-00000002", "Registered activities", 100_000, 100_000),
    ("L-00000003", "StateTransition throttle token bucket size", 5_000, 800),
    ("L-00000004", "StateTransition throttle token refill rate per second", 5_000, 800),
    ("L-00000005", "StartExecution throttle token bucket size", 1_300, 800),
    ("L-00000006", "StartExecution throttle token refill rate per second", 300, 150),
    ("L-00000007", "DescribeExecution throttle token bucket size", 300, 250),
    ("L-00000008", "DescribeExecution throttle token refill rate per second", 15, 10),
    ("L-00000009", "ListStateMachines throttle token refill rate per second", 5, 5),
    ("L-0000000A", "ListStateMachineVersions throttle token refill rate per second", 1, 1),
    ("L-0000000B", "ListExecutions throttle token refill rate per second", 5, 2),
]


def quota(region, code, name, value):
    return {
        "ServiceCode": STATES,
        "ServiceName": "AWS Step Functions",
        "QuotaArn": f"arn:aws:servicequotas:{region}::{STATES}/{code}",
        "QuotaCode": code,
        "QuotaName": name,
        "Value": float(value),
        "Unit": "None",
        "Adjustable": code != "L-15D902EC",
        "GlobalQuota": False,
    }


def of_region(region):
    large = region in LARGE
    return [quota(region, code, name, high if large else low) for code, name, high, low in QUOTAS]


stock_defaults = ServiceQuotasResponse.list_aws_default_service_quotas


def applied(self):
    """What was granted in this account and Region, by quota code."""
    backend = self.backend
    if not hasattr(backend, "granted"):
        backend.granted = {}
    return backend.granted


def list_aws_default_service_quotas(self):
    if json.loads(self.body).get("ServiceCode") != STATES:
        return stock_defaults(self)
    return json.dumps({"Quotas": of_region(self.region)})


def list_service_quotas(self):
    granted = applied(self)
    quotas = [{**quota, "Value": granted[quota["QuotaCode"]]} for quota in of_region(self.region)
              if quota["QuotaCode"] in granted]
    return json.dumps({"Quotas": quotas})


def request_service_quota_increase(self):
    wanted = json.loads(self.body)
    applied(self)[wanted["QuotaCode"]] = float(wanted["DesiredValue"])
    granted = {"ServiceCode": STATES, "QuotaCode": wanted["QuotaCode"], "DesiredValue": wanted["DesiredValue"],
               "Status": "APPROVED"}
    return json.dumps({"RequestedQuota": granted})


def answer_service_quotas():
    for operation in (list_aws_default_service_quotas, list_service_quotas, request_service_quota_increase):
        setattr(ServiceQuotasResponse, operation.__name__, operation)
