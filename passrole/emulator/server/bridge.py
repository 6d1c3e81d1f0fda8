"""Turns API calls that reach the emulator into the events that CloudTrail would send; checks PassRole first.

It stands around MiniStack's dispatcher, so that it also sees what MiniStack's own IAM check refuses.
"""

import importlib
import json
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from . import identity, passes
from .calls import Call, Request, read_call
from .records import Answer, Origin, make_record
from .services import SERVICES, is_recorded

DETAIL_TYPE = "AWS API Call via CloudTrail"
_EC2_DENIAL = "You are not authorized to perform this operation. {} Encoded authorization failure message: {}"
_ENCODED = "c2ltdWxhdGVk"

Dispatch = Callable[..., Awaitable[tuple[int, dict[str, str], Any]]]
logger = logging.getLogger("passrole.bridge")


class Bridge:
    """The dispatcher of MiniStack with PassRole checked before it and a record delivered after it."""

    def __init__(self, record_calls: bool, check_pass_role: bool, delivery_seconds: float) -> None:
        self._application: Any = importlib.import_module("ministack.app")
        self._responses: Any = importlib.import_module("ministack.core.responses")
        self._actions: Any = importlib.import_module("ministack.core.iam_actions")
        self._eventbridge: Any = importlib.import_module("ministack.services.eventbridge")
        self._dispatch: Dispatch = self._application._dispatch_service_request
        self._record_calls = record_calls
        self._check_pass_role = check_pass_role
        self._delivery_seconds = delivery_seconds

    def install(self) -> None:
        """Take the dispatcher's place."""
        self._application._dispatch_service_request = self.dispatch

    async def dispatch(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, Sequence[str]],
        request_id: str,
    ) -> tuple[int, dict[str, str], Any]:
        """Answer a request: MiniStack's answer, or a refusal to pass a role."""
        call = self._read(method, path, headers, body, query)
        if call is None:
            return await self._dispatch(method, path, headers, body, query, request_id)
        access_key = self._application.extract_access_key_id(headers, query)
        answer = self._refuse(call, access_key, headers, request_id)
        if answer is None:
            answer = await self._dispatch(method, path, headers, body, query, request_id)
        if self._record_calls:
            self._deliver_later(call, access_key, headers, request_id, answer)
        return answer

    def _read(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, Sequence[str]],
    ) -> Call | None:
        """The call, if it is one that CloudTrail would send on."""
        # The most frequent calls, on messages and items, are told by this header before anything is read.
        target = headers.get("x-amz-target", "").rpartition(".")[2]
        if target and not is_recorded(target):
            return None
        routing = self._application._routing_params(method, path, headers, body, query)
        service = SERVICES.get(self._application.detect_service(method, path, headers, routing))
        if service is None:
            return None
        try:
            call = read_call(Request(service, method, path, headers, body, query))
        except Exception:
            logger.exception("Could not read a request to %s", service.name)
            return None
        return call if call is not None and is_recorded(call.name) else None

    def _refuse(
        self, call: Call, access_key: str, headers: Mapping[str, str], request_id: str
    ) -> tuple[int, dict[str, str], bytes] | None:
        if not self._check_pass_role:
            return None
        refusal = passes.refuse(
            call, access_key, self._responses.get_account_id(), self._responses.get_region()
        )
        if refusal is None:
            return None
        message = refusal.message
        if call.service.name == "ec2":
            message = _EC2_DENIAL.format(message + ".", _ENCODED)
        refused: tuple[int, dict[str, str], bytes] = self._actions.access_denied_response(
            call.service.name,
            "iam:PassRole",
            refusal.principal_arn,
            request_id,
            message=message,
            headers=headers,
        )
        return refused

    def _deliver_later(
        self,
        call: Call,
        access_key: str,
        headers: Mapping[str, str],
        request_id: str,
        answer: tuple[int, dict[str, str], Any],
    ) -> None:
        account = self._responses.get_account_id()
        region = call.service.region or self._responses.get_region()
        status, answer_headers, body = answer
        try:
            origin = Origin(
                identity=identity.user_identity(access_key, account),
                account=account,
                region=region,
                address=self._responses.get_request_client_ip(),
                user_agent=headers.get("user-agent", ""),
                request_id=request_id,
            )
            record = make_record(call, Answer(status, answer_headers, body), origin)
        except Exception:
            logger.exception("Could not record %s", call.name)
            return
        timer = threading.Timer(
            self._delivery_seconds, self._deliver, (call.service.envelope_source, record, account, region)
        )
        timer.daemon = True
        timer.start()

    def _deliver(self, source: str, record: dict[str, Any], account: str, region: str) -> None:
        entry = {"Source": source, "DetailType": DETAIL_TYPE, "Detail": json.dumps(record)}
        with self._responses.request_scope(account, region):
            self._eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
