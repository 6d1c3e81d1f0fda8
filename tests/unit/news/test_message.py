"""The message for machines: as its schema says, whatever the record holds, and within what SNS takes."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.finding import Finding, News, Step
from passrole.news import Pointer, attributes_of, sns_attributes
from passrole.news.message import message_of
from passrole.passes import Passer
from passrole.policy import Stage
from tests.unit.alerts.samples import ALERTS, FINDING

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs" / "finding-message.schema.json").read_text())
SNS_LIMIT = 262_144
STEP = Step(1, "2026-11-22T03:14:11.000Z", News.OPENED, "dana", "why")
hostile = st.text(max_size=30) | st.sampled_from(
    ["\ud800" * 9_000, "😀" * 9_000, "\x00" * 9_000, "@here", ""]
)


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without room for what it does not name: so that no field goes undocumented."""
    closed = dict(schema)
    if "properties" in closed:
        closed["additionalProperties"] = False
        closed["properties"] = {name: _closed(part) for name, part in closed["properties"].items()}
    return closed


VALIDATOR = jsonschema.Draft202012Validator(_closed(SCHEMA))


def _hostile(text: str) -> Finding:
    """A finding whose every text from the record is ``text``."""
    passer = Passer(**{f.name: text for f in fields(Passer) if f.name != "mfa"})
    return replace(
        FINDING,
        passer=passer,
        **dict.fromkeys(
            ("account", "region", "resource", "resource_type", "place", "role", "role_id", "event_source"),
            text,
        ),
        **dict.fromkeys(("event_name", "event_time", "last_pass", "exemption", "exempt_by"), text),
        services=(text,) * 40,
        reasons=(text,) * 600,
        checks=(text,) * 600,
    )


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ALERTS)
def test_message_is_as_its_schema_says(name: str) -> None:
    message = message_of(ALERTS[name].finding, ALERTS[name].step)

    VALIDATOR.validate(json.loads(json.dumps(message)))
    assert message["truncated"] is False


@settings(max_examples=30, deadline=None)
@given(hostile, hostile)
def test_whatever_the_record_holds_it_is_as_its_schema_says_and_fits(text: str, why: str) -> None:
    finding = _hostile(text)
    message = json.dumps(message_of(finding, replace(STEP, who=text, why=why)))
    attributes = sns_attributes(attributes_of(finding, News.OPENED))

    VALIDATOR.validate(json.loads(message))
    assert message.isascii()
    json.loads(message)["finding"]["role"].encode()  # no half of a surrogate pair
    assert len(message) < 170_000
    size = sum(
        len(name) + len(a["DataType"]) + len(a["StringValue"].encode()) for name, a in attributes.items()
    )
    assert len(message) + size < SNS_LIMIT


def test_what_was_cut_is_said() -> None:
    long = replace(FINDING, reasons=("x" * 5_000,))

    message = message_of(long, STEP)

    assert message["truncated"] is True
    assert len(message["finding"]["reasons"][0]) <= 1_500


def test_functions_of_the_guard_read_it_as_a_pointer() -> None:
    text = json.dumps(message_of(FINDING, STEP))

    assert Pointer.from_message(text) == Pointer(FINDING.id, 1, News.OPENED)


def test_a_filter_may_ask_for_any_of_several_services_and_checks() -> None:
    finding = replace(
        FINDING,
        services=("lambda.amazonaws.com", "edgelambda.amazonaws.com"),
        checks=("no-administrator", "unapproved"),
    )

    attributes = sns_attributes(attributes_of(finding, News.OPENED))

    assert attributes["service"] == {
        "DataType": "String.Array",
        "StringValue": '["lambda.amazonaws.com", "edgelambda.amazonaws.com"]',
    }
    assert attributes["check"]["StringValue"] == '["no-administrator", "unapproved"]'
    assert attributes["severity"] == {"DataType": "String", "StringValue": "high"}
    assert len(attributes) <= 10, "SNS delivers no more with raw messages"


@pytest.mark.parametrize(
    ("news", "was_told", "responses"),
    [
        (News.RESOLVED, True, ("observe", "alert")),
        (News.OPENED, True, ("observe", "alert")),  # published late
        (News.REOPENED, True, ("observe",)),
        (News.RESOLVED, False, ("observe",)),
    ],
)
def test_the_end_of_what_people_were_told_of_passes_their_filter_when_it_is_only_observed_by_now(
    news: News, was_told: bool, responses: tuple[str, ...]
) -> None:
    finding = replace(FINDING, response=Stage.OBSERVE, was_told=was_told)

    assert attributes_of(finding, news)["response"] == responses


def test_an_attribute_is_never_empty() -> None:
    finding = replace(FINDING, account="", region=None, services=(), checks=())

    values = {
        name: a["StringValue"] for name, a in sns_attributes(attributes_of(finding, News.OPENED)).items()
    }

    assert values["account"] == values["region"] == values["service"] == "unknown"
    assert values["check"] == "none"
