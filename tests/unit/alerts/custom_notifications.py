"""The form that Amazon Q Developer in chat applications takes, as its documentation tells it.

"Custom notifications using Amazon Q Developer in chat applications": version, source and a description are
required; whatever has another form is dropped in silence. Stricter than that, nothing is empty, and nothing
stands there that the page does not name.
"""

from typing import Any

from jsonschema import Draft202012Validator

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


_VALIDATOR = Draft202012Validator(
    _object(
        ["version", "source", "content"],
        version={"const": "1.0"},
        source={"const": "custom"},
        id=_TEXT,
        content=_object(
            ["description"],
            textType={"const": "client-markdown"},
            title=_TEXT,
            description=_TEXT,
            nextSteps=_TEXTS,
            keywords=_TEXTS,
        ),
        metadata=_object(
            [],
            threadId=_TEXT,
            summary=_TEXT,
            eventType=_TEXT,
            relatedResources=_TEXTS,
            additionalContext={"type": "object", "additionalProperties": _TEXT, "minProperties": 1},
        ),
    )
)


def assert_taken(notification: dict[str, Any]) -> None:
    """Fails unless Amazon Q would take the notification."""
    assert [error.message for error in _VALIDATOR.iter_errors(notification)] == []
