"""The catalogue's data: well formed, sorted, and each thing named once and alike."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from passrole.arn import Arn
from passrole.catalogue import Call, Decision, Where, load_catalogue
from passrole.catalogue.model import RolePlace
from passrole.catalogue.references import REFERRED
from passrole.passes import RoleKind
from passrole.trail.paths import values_at

_FOLDER = resources.files("passrole.catalogue") / "calls"
FILES = {file.name: file.read_text("utf-8") for file in _FOLDER.iterdir() if file.name.endswith(".jsonl")}
ROWS: list[dict[str, Any]] = [json.loads(line) for text in FILES.values() for line in text.splitlines()]
CALLS = tuple(load_catalogue().calls())
_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com")
_NAME = r"[A-Za-z][A-Za-z0-9_-]*"
_STEP = rf"(?:{_NAME}|\*|\{{\*{_NAME}\}})(?:\[\]|\[\?{_NAME}=[^\]]+\])*"
_PATH = re.compile(rf"{_STEP}(\.{_STEP})*")
_OPTIONAL = {"reason", "roles", "resource", "references", "absent", "read_only"}


def title(call: Call) -> str:
    return f"{call.action} ({call.names[0]})"


def places() -> Iterator[tuple[str, RolePlace]]:
    for call in CALLS:
        yield from ((title(call), place) for place in call.roles)


def test_the_files_are_read_once() -> None:
    assert all(again is call for again, call in zip(load_catalogue().calls(), CALLS, strict=True))


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_is_sorted_and_holds_the_calls_of_the_event_source_that_it_is_named_after(name: str) -> None:
    rows = [json.loads(line) for line in FILES[name].splitlines()]
    assert {row["source"] for row in rows} == {name.removesuffix(".jsonl") + ".amazonaws.com"}
    keys = [(row["action"], row["names"][0]) for row in rows]
    assert keys == sorted(keys)


def test_a_file_has_one_whole_row_a_line() -> None:
    for name, text in FILES.items():
        assert text.endswith("\n"), name
        for line in text.splitlines():
            assert line == json.dumps(json.loads(line), ensure_ascii=False), name


def test_a_row_has_the_members_that_are_read_and_no_others() -> None:
    """A misspelt optional member would otherwise be its default."""
    for row in ROWS:
        assert set(row) - _OPTIONAL == {"action", "source", "names", "decision", "shape"}, row["action"]
        if "resource" in row:
            assert set(row["resource"]) - {"qualified", "within"} == {"type", "from", "arn"}, row["action"]
        for role in row.get("roles", ()):
            known = {"paths", "kind", "place", "services"}
            assert set(role) - {"where", "direction", "when"} == known, row["action"]
        for reference in row.get("references", ()):
            assert set(reference) == {"path", "to"}, row["action"]


def test_no_row_is_lost_when_they_are_read() -> None:
    assert len(CALLS) == len(ROWS)


def test_each_event_name_of_a_source_means_one_call() -> None:
    events = Counter((row["source"], name) for row in ROWS for name in row["names"])
    assert [event for event, count in events.items() if count > 1] == []


def test_a_call_is_found_by_each_of_its_names_at_its_source_only() -> None:
    catalogue = load_catalogue()
    lost = [
        (call.source, name)
        for call in map(Call.from_json, ROWS)
        for name in call.names
        if catalogue.call_of(call.source, name) != call
    ]
    assert lost == []
    for call in CALLS:
        assert catalogue.call_of("other.amazonaws.com", call.names[0]) is None
        assert catalogue.call_of(call.source, call.names[0].lower()) is None


@pytest.mark.parametrize(
    "source", ["", ".", "..", "../calls/lambda", "lambda", "lambda.amazonaws.com.cn", "\0"]
)
def test_a_source_from_outside_opens_no_other_file(source: str) -> None:
    assert load_catalogue().call_of(source, "CreateFunction") is None


def test_each_decision_but_that_a_role_stands_in_the_request_has_its_reason() -> None:
    for call in CALLS:
        shows = bool(call.roles)
        tells = any(reference.to in REFERRED for reference in call.references)
        assert (shows or tells) is (call.decision is Decision.COVERED), title(call)
        assert shows or call.reason, title(call)


def test_a_reason_is_one_sentence_or_more() -> None:
    for reason in {call.reason for call in CALLS if call.reason}:
        assert re.fullmatch(r"[A-Z].{10,300}\.", reason), reason


def test_a_call_names_roles_services_and_places_that_can_be() -> None:
    for call in CALLS:
        assert _PRINCIPAL.fullmatch(call.source), title(call)
        assert re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]+", call.action), title(call)
    for name, place in places():
        assert place.paths, name
        assert place.services, name
        assert all(_PRINCIPAL.fullmatch(service) for service in place.services), name
        assert re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", place.place), (name, place.place)


def test_paths_are_of_the_language_of_paths() -> None:
    for name, place in places():
        assert all(_PATH.fullmatch(path) for path in place.paths), (name, place.paths)
        for path in place.paths:
            assert list(values_at({}, path)) == []
    for call in CALLS:
        assert all(_PATH.fullmatch(reference.path) for reference in call.references), title(call)


def test_a_place_does_not_say_a_path_twice() -> None:
    """Either case of a first letter is found anyhow."""
    for name, place in places():
        spelt = [re.sub(r"(^|\.)(\w)", lambda found: found[0].lower(), path) for path in place.paths]
        assert len(set(spelt)) == len(spelt), (name, place.paths)


def test_no_two_places_of_a_call_are_one_member() -> None:
    for call in CALLS:
        paths = Counter((place.where, path) for place in call.roles for path in place.paths)
        assert [path for path, count in paths.items() if count > 1] == [], title(call)


def test_a_call_lists_names_and_services_in_order_and_once() -> None:
    for call in CALLS:
        for listed in (call.names, *(place.services for place in call.roles)):
            assert list(listed) == sorted(set(listed)), title(call)


def test_an_opaque_text_and_a_response_are_never_taken_for_a_role_that_is_missing() -> None:
    """A role of the response counts only where the request names none: there must be one that can."""
    for call in CALLS:
        if any(place.where is Where.RESPONSE for place in call.roles):
            assert any(place.where is Where.REQUEST for place in call.roles), title(call)
        assert all(place.paths for place in call.roles if place.kind is RoleKind.OPAQUE), title(call)


def test_a_resource_is_named_by_an_arn_of_a_service() -> None:
    for call in CALLS:
        if call.resource is None or call.resource.arn == "arn:{partition}:{}":
            continue
        filled = call.resource.arn.replace("{partition}", "aws").replace("{region}", "eu-west-1")
        filled = filled.replace("{account}", "111122223333").replace("{}", "an-id")
        assert call.resource.arn.count("{}") == 1, (title(call), call.resource.arn)
        assert "*" not in call.resource.arn, (title(call), call.resource.arn)
        arn = Arn.parse(filled)
        assert arn is not None, (title(call), call.resource.arn)
        assert re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9 _-]+", call.resource.type), title(call)


def test_a_resource_is_looked_for_in_the_request_or_the_response() -> None:
    for call in CALLS:
        for path in call.resource.paths if call.resource else ():
            member, _, below = path.partition(".")
            assert member in ("requestParameters", "responseElements"), title(call)
            assert _PATH.fullmatch(below), (title(call), path)


def test_a_parent_is_looked_for_in_the_request_and_has_an_arn_of_the_same_service() -> None:
    """An id can be one in a parent only where it ends the ARN."""
    for call in CALLS:
        within = call.resource.within if call.resource else None
        if call.resource is None or within is None:
            continue
        member, _, below = within.path.partition(".")
        assert member == "requestParameters", title(call)
        assert _PATH.fullmatch(below), (title(call), within.path)
        assert within.arn.split(":")[2] == call.resource.arn.split(":")[2], title(call)
        assert within.arn.endswith("{}"), title(call)
        assert call.resource.arn.endswith("/{}"), title(call)
        assert not call.resource.qualified, title(call)


def test_calls_that_set_the_same_member_of_a_resource_call_its_place_alike() -> None:
    """A finding is about a place: were it called otherwise by an update, the update would open another."""
    named: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for call in CALLS:
        made = re.match(r"(?:Create|Update|Modify)([A-Z]\w+?)(?:\d{8}|$)", call.names[0])
        for place in call.roles if made else ():
            member = place.paths[0].rpartition(".")[2]
            if made and sum(member == p.paths[0].rpartition(".")[2] for p in call.roles) == 1:
                named[call.source, made[1], member].add(place.place)
    assert {key: names for key, names in named.items() if len(names) > 1} == {}
