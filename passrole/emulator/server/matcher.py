"""Answers, line by line, whether an event pattern takes an event: MiniStack's port of AWS's event-ruler."""

import importlib
import json
import sys
from typing import Any


def main() -> None:
    """Answer each line `[pattern, event]` of standard input with `{"matches": …}` or `{"error": …}`."""
    answers = sys.stdout
    sys.stdout = sys.stderr  # what MiniStack prints must not get between the answers
    eventbridge: Any = importlib.import_module("ministack.services.eventbridge")
    for line in sys.stdin:
        pattern, event = json.loads(line)
        print(json.dumps(_answer(eventbridge, json.dumps(pattern), event)), file=answers, flush=True)


def _answer(eventbridge: Any, pattern: str, event: dict[str, Any]) -> dict[str, Any]:
    if error := eventbridge._event_pattern_error(pattern):
        return {"error": str(error)}
    payload = eventbridge._event_from_test_payload(event)
    return {"matches": bool(eventbridge._matches_pattern(pattern, payload))}
