"""AWS Config as its API's model has it, and a listing that it can stand in for."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import ParamValidator

from passrole.passes import RoleKind
from passrole.sweep.listing import ConfigType, ListedRole
from tests.unit.samples import NOW
from tests.unit.sweep.pages import listing_of

TYPE = "AWS::Lambda::Function"
LISTING = listing_of(
    2,
    roles=(ListedRole("Roles[0]", RoleKind.ROLE_ARN, "execution role", ("lambda.amazonaws.com",)),),
    config=ConfigType(TYPE, {"execution role": "Code.Role"}),
)
MODEL = get_session().get_service_model("config")
EVERYTHING: Mapping[str, Any] = {"allSupported": True}


class Config:
    """A client of AWS Config that holds what it was told of, and checks each call by the API's model.

    Attributes:
        known: the role of each resource.
        refuses: the operations that it refuses.
        broken: what it says in place of each resource; None if it answers well.
        page: how many resources an answer has.
        calls: the operations that were asked for.
        asked: the inputs of its queries.
    """

    def __init__(self, group: Mapping[str, Any] = EVERYTHING, mode: Mapping[str, Any] | None = None) -> None:
        self.recorders: list[dict[str, Any]] = [{"name": "default", "recordingGroup": dict(group)}]
        if mode:
            self.recorders[0]["recordingMode"] = dict(mode)
        self.status: dict[str, Any] = {
            "name": "default",
            "recording": True,
            "lastStatus": "SUCCESS",
            "lastStartTime": NOW - timedelta(days=30),
        }
        self.known: dict[str, str] = {}
        self.refuses: dict[str, str] = {}
        self.broken: str | None = None
        self.page = 2
        self.calls: list[str] = []
        self.asked: list[dict[str, Any]] = []

    def describe_configuration_recorder_status(self, **given: Any) -> Any:
        statuses = [self.status] if self.recorders else []
        return self._answer(
            "DescribeConfigurationRecorderStatus", given, {"ConfigurationRecordersStatus": statuses}
        )

    def describe_configuration_recorders(self, **given: Any) -> Any:
        return self._answer(
            "DescribeConfigurationRecorders", given, {"ConfigurationRecorders": self.recorders}
        )

    def select_resource_config(self, **given: Any) -> Any:
        self.asked.append(given)
        first = int(given.get("NextToken", 0))
        results = [self._result(*each) for each in self.known.items()]
        answer: dict[str, Any] = {"Results": results[first : first + self.page]}
        if first + self.page < len(results):
            answer["NextToken"] = str(first + self.page)
        return self._answer("SelectResourceConfig", given, answer)

    def _result(self, arn: str, role: str) -> str:
        item = {"arn": arn, "configurationItemStatus": "OK", "configuration": {"Code": {"Role": role}}}
        return self.broken or json.dumps(item)

    def _answer(self, call: str, given: Mapping[str, Any], answer: Any) -> Any:
        self.calls.append(call)
        operation = MODEL.operation_model(call)
        for params, shape in ((given, operation.input_shape), (answer, operation.output_shape)):
            assert shape is not None
            report = ParamValidator().validate(params, shape)
            assert not report.has_errors(), report.generate_report()
        if call in self.refuses:
            raise ClientError({"Error": {"Code": self.refuses[call], "Message": "no"}}, call)
        return answer
