"""Start moto's server with the few repairs that stepwarden's scan needs.

Stock moto cannot be scanned by the Rust SDK: CloudWatch answers 404 to its protocol, and a denied call is answered in
a shape that the SDK does not understand. Each repair below says what stock moto does wrong. It is patched software: a
test against it proves what stepwarden does with such an answer, not that AWS gives it.
"""

import argparse
import json
from datetime import UTC
from xml.sax.saxutils import escape

import cbor2
from antlr4 import RecognitionException
from moto import server
from moto.cloudwatch import urls as cloudwatch_urls
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.config import default_user_config
from moto.core.exceptions import _RESTError
from moto.core.parse import JSONParser
from moto.core.responses import ActionContext, BaseResponse
from moto.core.serialize import JSONSerializer
from moto.core.utils import get_service_model
from moto.iam.access_control import IAMRequestBase
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_unsupported import (
    StateTaskServiceUnsupported,
)

from moto_metric_data import Refusal, answer_metric_data
from moto_service_quotas import answer_service_quotas

CBOR = "application/cbor"


# --- CloudWatch speaks RPC v2 CBOR ---------------------------------------------------------------------------------
# Stock moto knows CloudWatch's JSON and Query protocols only and has no route for the paths of the third, which the
# Rust SDK speaks: 404. The subclass differs from the stock one in how it reads the operation and its input and writes
# the output; what CloudWatch does stays moto's own code.


class CborSerializer(JSONSerializer):
    """Writes what the JSON serializer would, but as CBOR: timestamps are tag 1 with epoch seconds."""

    def _serialize_type_timestamp(self, serialized, value, shape, key):
        if value.tzinfo is None:  # moto's own times are naive UTC
            value = value.replace(tzinfo=UTC)
        serialized[self.get_serialized_name(shape, key)] = value

    def _serialize_body(self, body):
        return cbor2.dumps(body, datetime_as_timestamp=True)

    def _get_protocol_specific_content_type(self):
        return CBOR


class CborCloudWatchResponse(CloudWatchResponse):
    use_raw_body = True

    def _get_action(self):
        return self.normalized_request.path.rsplit("/", 1)[-1]

    def parse_parameters(self, request):
        operation = get_service_model(self.boto3_service_name).operation_model(self._get_action())
        parser = JSONParser(operation, timestamp_parser=naive_utc, map_type=self.PROTOCOL_PARSER_MAP_TYPE)
        self.params = parser._parse_shape(operation.input_shape, cbor2.loads(request.data))

    def serialized(self, action_result):
        service = get_service_model(self.boto3_service_name)
        context = ActionContext(service, service.operation_model(self._get_action()), CborSerializer, self)
        status, headers, body = action_result.execute_result(context)
        headers.update(self.response_headers)
        headers["smithy-protocol"] = "rpc-v2-cbor"
        return status, headers, body


def naive_utc(moment):
    return moment.astimezone(UTC).replace(tzinfo=None)


def speak_cbor():
    path = "{0}/service/GraniteServiceVersion20100801/operation/(?P<operation>[^/]+)$"
    cloudwatch_urls.url_paths[path] = CborCloudWatchResponse.dispatch


# --- A refused call is answered as AWS answers it ------------------------------------------------------------------
# Stock moto answers every refused call with an XML 403 whose error sits one element too deep. JSON services must get
# JSON (and AWS's JSON names of the errors), CBOR services CBOR, and Query services <ErrorResponse><Error>.

JSON_NAMES = {
    "AccessDenied": "AccessDeniedException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}
QUERY_ERROR = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    "<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
)


class Refused(Exception):
    """Carries moto's refusal past `call_action`, which would write it as XML."""

    def __init__(self, error):
        super().__init__(error.message)
        self.code, self.message = error.error_type, error.message


def refusal(response, refused):
    """The answer to a refused call: status, headers and body in the protocol of the service."""
    if isinstance(response, CborCloudWatchResponse):
        error = {"__type": JSON_NAMES.get(refused.code, refused.code), "message": refused.message}
        return 400, {"Content-Type": CBOR, "smithy-protocol": "rpc-v2-cbor"}, cbor2.dumps(error)
    if response.headers.get("X-Amz-Target"):
        name, status, content_type = JSON_NAMES.get(refused.code, refused.code), 400, "application/x-amz-json-1.0"
    elif get_service_model(response.boto3_service_name).protocol == "rest-json":
        name, status, content_type = JSON_NAMES.get(refused.code, refused.code), 403, "application/json"
    else:
        body = QUERY_ERROR.format(code=refused.code, message=escape(refused.message))
        return 403, {"Content-Type": "text/xml"}, body
    body = json.dumps({"__type": name, "message": refused.message})
    return status, {"Content-Type": content_type, "x-amzn-errortype": name}, body


def refuse_like_aws():
    stock_authorize = BaseResponse._authenticate_and_authorize_normal_action
    stock_call = BaseResponse.call_action

    def authorize(self, resource="*"):
        try:
            stock_authorize(self, resource)
        except _RESTError as error:
            raise Refused(error) from error

    def call_action(self):
        try:
            return stock_call(self)
        except (Refused, Refusal) as refused:
            return refusal(self, refused)

    BaseResponse._authenticate_and_authorize_normal_action = authorize
    BaseResponse.call_action = call_action


# --- IAM actions carry their IAM prefix ----------------------------------------------------------------------------
# Stock moto builds the action of a call from the service's signing name, so that a policy which allows
# cloudwatch:GetMetricData or tag:GetResources does not open the call.

IAM_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}


def name_actions_like_iam():
    stock_init = IAMRequestBase.__init__

    def init(self, *args, **kwargs):
        stock_init(self, *args, **kwargs)
        prefix, action = self._action.split(":", 1)
        self._action = f"{IAM_PREFIXES.get(prefix, prefix)}:{action}"

    IAMRequestBase.__init__ = init


# --- What is not there is answered as AWS does -----------------------------------------------------------------------
# Stock moto answers an operation that it lacks with a web page and status 500, as if it had broken down. Step Functions
# itself answers what it does not know with an error of that name.

LACKING = {"ListStateMachineVersions", "ListStateMachineAliases", "DescribeStateMachineAlias"}


def lack_like_aws():
    stock_call = BaseResponse.call_action

    def call_action(self):
        if self._get_action() in LACKING:
            name = "UnknownOperationException"
            headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": name}
            return 400, headers, json.dumps({"__type": name})
        # The demo account's Map Runs fail before they start an execution.
        if self._get_action() == "ListExecutions" and self._get_param("mapRunArn"):
            return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps({"executions": []})
        return stock_call(self)

    BaseResponse.call_action = call_action


# --- Executions run ------------------------------------------------------------------------------------------------
# Stock moto makes histories up unless it is told to run executions, and then refuses definitions with integrations
# that it does not know, and those that AWS takes and its grammar does not.


def run_executions():
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["lambda"] = {"use_docker": False}
    known = state_task_factory.state_task_service_for

    def known_or_forwarded(service_name):
        try:
            return known(service_name)
        except RecognitionException:
            return StateTaskServiceUnsupported()

    state_task_factory.state_task_service_for = known_or_forwarded


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    speak_cbor()
    refuse_like_aws()
    name_actions_like_iam()
    lack_like_aws()
    answer_metric_data()
    answer_service_quotas()
    run_executions()
    server.main(["--host", "127.0.0.1", "--port", str(port)])


if __name__ == "__main__":
    main()
