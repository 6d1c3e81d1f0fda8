"""The catalogue's data: well formed, sorted, and each thing named once and alike."""

import json
import re
from collections import Counter
from importlib import resources
from typing import Any

import pytest

from passrole.arn import Arn
from passrole.catalogue import Call, load_catalogue

_FOLDER = resources.files("passrole.catalogue") / "calls"
FILES = {file.name: file.read_text("utf-8") for file in _FOLDER.iterdir() if file.name.endswith(".jsonl")}
ROWS: list[dict[str, Any]] = [json.loads(line) for text in FILES.values() for line in text.splitlines()]
CALLS = load_catalogue().calls
_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com")
_MEMBER = r"[A-Za-z][A-Za-z0-9]*(\[\])?"
_PATH = re.compile(rf"{_MEMBER}(\.{_MEMBER})*")

each_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.action)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_sorted_and_holds_the_calls_of_the_service_that_it_is_named_after(name: str) -> None:
    actions = [json.loads(line)["action"] for line in FILES[name].splitlines()]
    assert actions == sorted(actions)
    assert {action.partition(":")[0] for action in actions} == {name.removesuffix(".jsonl")}


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_one_whole_row_a_line(name: str) -> None:
    text = FILES[name]
    assert text.endswith("\n")
    for line in text.splitlines():
        assert line == json.dumps(json.loads(line))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["action"])
def test_a_row_has_the_members_that_are_read_and_no_others(row: dict[str, Any]) -> None:
    """A misspelt optional member would otherwise be its default."""
    assert set(row) == {"action", "source", "names", "roles", "resource", "shape"}
    assert set(row["resource"]) - {"qualified"} == {"type", "from", "arn"}
    for role in row["roles"]:
        assert set(role) - {"where"} == {"paths", "kind", "place", "services"}


def test_each_action_has_one_row() -> None:
    assert [action for action, count in Counter(call.action for call in CALLS).items() if count > 1] == []


def test_each_event_name_of_a_source_means_one_call() -> None:
    events = Counter((call.source, name) for call in CALLS for name in call.names)
    assert [event for event, count in events.items() if count > 1] == []


@each_call
def test_a_call_is_found_by_each_of_its_names_at_its_source_only(call: Call) -> None:
    catalogue = load_catalogue()
    for name in call.names:
        assert catalogue.call_of(call.source, name) is call
        assert catalogue.call_of("other.amazonaws.com", name) is None
        assert catalogue.call_of(call.source, name.lower()) is None


@each_call
def test_a_call_names_roles_services_and_places_that_can_be(call: Call) -> None:
    assert call.roles
    assert _PRINCIPAL.fullmatch(call.source)
    for role in call.roles:
        assert role.paths
        assert all(_PATH.fullmatch(path) for path in role.paths)
        assert role.services
        assert all(_PRINCIPAL.fullmatch(service) for service in role.services)
        assert re.fullmatch(r"[a-z]+( [a-z]+)*", role.place)


@each_call
def test_a_call_lists_names_and_services_in_order_and_once(call: Call) -> None:
    for listed in (call.names, *(role.services for role in call.roles)):
        assert list(listed) == sorted(set(listed))


@each_call
def test_a_resource_is_named_by_an_arn_of_its_own_type(call: Call) -> None:
    service, _, kind = call.resource.type.partition(":")
    assert kind
    assert service == call.action.partition(":")[0]
    filled = call.resource.arn.format("an-id", partition="aws", region="eu-west-1", account="111122223333")
    arn = Arn.parse(filled)
    assert arn is not None
    assert arn.service == service
    assert arn.resource.endswith("an-id")


@each_call
def test_a_resource_is_looked_for_in_the_request_or_the_response(call: Call) -> None:
    for path in call.resource.paths:
        member, _, below = path.partition(".")
        assert member in ("requestParameters", "responseElements")
        assert _PATH.fullmatch(below)


def test_calls_that_set_the_same_role_call_its_place_alike() -> None:
    """A finding is about a place: were it called otherwise by an update, the update would open another."""
    places: dict[str, set[frozenset[str]]] = {}
    for call in CALLS:
        named = frozenset(role.place for role in call.roles)
        places.setdefault(call.resource.type, set()).add(named)
    assert {kind: named for kind, named in places.items() if len(named) > 1} == {}
