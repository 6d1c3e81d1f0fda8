"""What the starter of the emulator asks of it, beside AWS's own interfaces: to evaluate alarms.

Requests come as AWS's do, on loopback. They need the mark that the starter alone knows, so that functions
that run here cannot ask.
"""

import hmac
import importlib
import json
from collections.abc import Mapping
from typing import Any

from .alarms import Alarms

EVALUATE_ALARMS = "/_passrole/evaluate-alarms"
MARK_HEADER = "x-passrole-mark"


class Control:
    """Stands before MiniStack's dispatcher."""

    def __init__(self, alarms: Alarms, mark: str) -> None:
        self._alarms = alarms
        self._mark = mark
        self._application: Any = importlib.import_module("ministack.app")
        self._dispatch: Any = self._application._dispatch_service_request

    def install(self) -> None:
        """Take the dispatcher's place."""
        self._application._dispatch_service_request = self.dispatch

    async def dispatch(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any
    ) -> tuple[int, dict[str, str], Any]:
        """Answer a request of the starter's; pass any other on."""
        if path != EVALUATE_ALARMS:
            answer: tuple[int, dict[str, str], Any] = await self._dispatch(method, path, headers, body, *rest)
            return answer
        if not hmac.compare_digest(headers.get(MARK_HEADER, ""), self._mark):
            return 403, {}, b""
        changed = self._alarms.evaluate_all(float(json.loads(body)["after"]))
        return 200, {"Content-Type": "application/json"}, json.dumps(changed).encode()
