"""The generator of the catalogue's data: what it makes is what is there, and what does not fit is said."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from passrole.catalogue.generator import __main__ as command
from passrole.catalogue.generator import service_reference
from passrole.catalogue.generator.corrections import Entry, read_corrections
from passrole.catalogue.generator.errors import GeneratorError
from passrole.catalogue.generator.facts import CallFact, load_facts
from passrole.catalogue.generator.numbers import count
from passrole.catalogue.generator.paths import identity, matches, parse
from passrole.catalogue.generator.places import Slot, name_places
from passrole.catalogue.generator.rows import Row, make_rows
from passrole.catalogue.generator.writing import differences, files_of, read_files, write_files
from passrole.catalogue.references import REFERRED

# All of it reads the models of 200 services once, which takes seconds: one process does it.
pytestmark = pytest.mark.xdist_group("generator")

FACTS = load_facts()
ENTRIES = read_corrections()


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return make_rows(FACTS, ENTRIES)


def facts_of(title: str) -> tuple[CallFact, ...]:
    found = tuple(call for call in FACTS if call.title == title)
    assert found
    return found


def entries(*items: dict[str, Any]) -> tuple[Entry, ...]:
    return tuple(Entry.model_validate({"reason": "for this test", **item}) for item in items)


def problems_of(facts: tuple[CallFact, ...], given: tuple[Entry, ...]) -> str:
    with pytest.raises(GeneratorError) as caught:
        make_rows(facts, given)
    return str(caught.value)


def only_row(title: str, *items: dict[str, Any]) -> Row:
    (row,) = make_rows(facts_of(title), entries(*items))
    return row


# --- the data


def test_the_data_is_what_the_generator_makes(rows: list[Row]) -> None:
    assert differences(read_files(), files_of(rows)) == []
    assert read_files() == files_of(rows)


def test_it_makes_the_same_twice(rows: list[Row]) -> None:
    assert files_of(make_rows(FACTS, ENTRIES)) == files_of(rows)


def test_each_call_of_the_facts_is_decided_and_each_doubt_has_a_reason(rows: list[Row]) -> None:
    assert len(rows) == len(FACTS) == 1046
    for call, row in zip(FACTS, rows, strict=True):
        assert row["decision"] in ("covered", "role not visible", "not a pass")
        if call.kind != "direct" or row["decision"] != "covered":
            assert len(row["reason"]) > 20


def test_a_row_tells_where_its_roles_are_if_and_only_if_it_is_covered(rows: list[Row]) -> None:
    for row in rows:
        told = [reference for reference in row.get("references", ()) if reference["to"] in REFERRED]
        is_covered = row["decision"] == "covered"
        assert bool(row.get("roles") or told) == is_covered, row["action"]
        assert ("roles" in row) == is_covered, row["action"]


def test_the_members_of_a_row_stand_in_their_order(rows: list[Row]) -> None:
    order = [
        *("action", "source", "names", "decision", "reason", "roles", "resource"),
        *("references", "absent", "read_only", "shape"),
    ]
    for row in rows:
        assert list(row) == [member for member in order if member in row]


def test_the_numbers_are_those_that_the_command_tells(rows: list[Row]) -> None:
    numbers = count(FACTS, rows)
    assert numbers.rows == 1046
    assert numbers.sure == 884
    assert numbers.decisions == {"covered": 944, "not a pass": 80, "role not visible": 22}
    assert numbers.sure_covered == 858
    assert sum(numbers.shapes.values()) == numbers.decisions["covered"]
    assert numbers.shapes == {"derived": 856, "documented": 52, "recorded": 36}


def test_calls_that_set_a_role_of_the_same_member_call_its_place_alike(rows: list[Row]) -> None:
    """A creation and the update that mirrors it: else the update would open another finding."""
    by_title = {f"{row['action'].partition(':')[0]}:{min(row['names'], key=len)}": row for row in rows}
    pairs = [
        *(
            ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"),
            ("glue:CreateJob", "glue:UpdateJob"),
        ),
        *(
            ("states:CreateStateMachine", "states:UpdateStateMachine"),
            ("codebuild:CreateProject", "codebuild:UpdateProject"),
        ),
        *(("rds:CreateDBInstance", "rds:ModifyDBInstance"), ("pipes:CreatePipe", "pipes:UpdatePipe")),
        *(
            ("sagemaker:CreateDomain", "sagemaker:UpdateDomain"),
            ("iot:CreateTopicRule", "iot:ReplaceTopicRule"),
        ),
        *(("eks:CreateAddon", "eks:UpdateAddon"), ("eks:CreateCapability", "eks:UpdateCapability")),
        *(
            ("autoscaling:CreateAutoScalingGroup", "autoscaling:PutLifecycleHook"),
            ("redshift:CreateCluster", "redshift:ModifyClusterIamRoles"),
            ("kinesisanalytics:CreateApplication", "kinesisanalytics:AddApplicationCloudWatchLoggingOption"),
        ),
    ]
    for creation, update in pairs:
        made = {role["place"] for role in by_title[creation]["roles"]}
        changed = {role["place"] for role in by_title[update]["roles"]}
        assert changed <= made, (creation, changed - made)
        assert by_title[creation]["resource"]["type"] == by_title[update]["resource"]["type"]


# --- what does not fit


def test_a_correction_of_no_call_is_an_error() -> None:
    given = entries({"calls": "lambda:NoSuchCall", "absent": True})
    assert "'lambda:NoSuchCall' is no call of the facts" in problems_of(
        facts_of("lambda:CreateFunction"), given
    )


@pytest.mark.parametrize("part", [{"roles": "rolle", "place": "role"}, {"ignore": "rolle"}])
def test_a_correction_of_no_role_is_an_error(part: dict[str, Any]) -> None:
    given = entries({"calls": "lambda:CreateFunction", **part})
    assert "'rolle' of 'lambda:CreateFunction' matches nothing" in problems_of(
        facts_of("lambda:CreateFunction"), given
    )


def test_a_call_that_nobody_decided_is_an_error() -> None:
    assert "glue:GetJob: is not decided" in problems_of(facts_of("glue:GetJob"), ())


def test_a_path_that_the_api_does_not_have_is_an_error() -> None:
    given = entries({"calls": "lambda:CreateFunction", "spell": "code.role"})
    message = problems_of(facts_of("lambda:CreateFunction"), given)
    assert "lambda:CreateFunction: code.role: the API model has no such text" in message
    assert "lambda:CreateFunction: role is named like a role" in message


def test_a_parent_that_the_api_does_not_name_is_an_error() -> None:
    within = {"path": "requestParameters.busName", "arn": "arn:aws:events:::event-bus/{}", "default": "x"}
    given = entries({"calls": "events:PutTargets", "resource": {"within": within}})
    message = problems_of(facts_of("events:PutTargets"), given)
    assert "events:PutTargets: requestParameters.busName: the API model has no such text" in message


def test_a_path_that_the_api_does_not_have_can_be_accepted_for_a_reason() -> None:
    row = only_row("lambda:CreateFunction", {"calls": "lambda:*", "also": "code.role", "accept": True})
    assert row["roles"][0]["paths"] == ["role", "code.role"]


def test_a_member_named_like_a_role_that_no_correction_knows_is_an_error() -> None:
    message = problems_of(facts_of("redshift:ModifyClusterIamRoles"), ())
    assert "removeIamRoles[] is named like a role" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("calls: x", "a list of entries"),
        ("- calls: a:B\n  reason: too many members\n  rolls: x", "rolls"),
        ("- calls: a:B", "reason"),
        ("- calls: a:B\n  reason: an unknown word\n  decision: perhaps", "decision"),
    ],
)
def test_corrections_of_another_format_are_errors(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "corrections.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(GeneratorError, match=said):
        read_corrections(file)


def test_no_correction_stands_twice() -> None:
    listed = [yaml.safe_dump(entry.model_dump(exclude={"reason"})) for entry in ENTRIES]
    assert [text for text, times in Counter(listed).items() if times > 1] == []


# --- paths and places


def test_a_path_is_read_step_by_step() -> None:
    steps = parse("a.b[].c[?path=/x.y].*.{*Arn}")
    assert [(step.name, step.is_list, step.condition) for step in steps] == [
        ("a", False, None),
        ("b", True, None),
        ("c", True, ("path", "/x.y")),
        ("*", False, None),
        ("{*Arn}", False, None),
    ]


@pytest.mark.parametrize("path", ["", "a..b", "a b", "a[0]", "{X*}"])
def test_what_is_no_path_is_an_error(path: str) -> None:
    with pytest.raises(ValueError, match="is no member"):
        parse(path)


def test_spellings_of_one_path_are_one() -> None:
    assert identity("RunItRequest.Profile.Arn", "RunIt") == identity("profile.arn", "RunIt")
    assert identity("profile.ARN", "RunIt") != identity("profile.arn", "RunIt")


def test_globs_leave_brackets_as_they_are() -> None:
    assert matches("*.roles[]", "a.roles[]")
    assert not matches("*.roles[]", "a.roles")


def test_places_are_named_by_members_and_as_briefly_as_is_unique() -> None:
    creation = [
        Slot.of(path, "Create") for path in ("taskRoleArn", "inputConfiguration.roleArn", "output.roleArn")
    ]
    update = [
        Slot.of(path, "Update") for path in ("taskRoleArnUpdate", "inputUpdate.roleArn", "output.roleArn")
    ]
    names = name_places([creation, update])
    assert [names[slot] for slot in creation[:1] + creation[2:]] == ["task role", "output role"]
    assert names[update[0]] == "task role"
    assert Slot.of("iamInstanceProfile.arn", "RunInstances") == Slot.of(
        "iamInstanceProfile.name", "RunInstances"
    )


# --- files


def test_differences_tell_what_was_added_removed_and_changed() -> None:
    row = {"action": "a:B", "source": "a.amazonaws.com", "names": ["B"], "decision": "covered"}
    other = row | {"action": "a:C", "names": ["C"]}
    before, after = files_of([row]), files_of([row | {"decision": "not a pass"}, other])
    assert differences(before, after) == [
        'changed  a:B at a.amazonaws.com: decision "covered" -> "not a pass"',
        "added    a:C at a.amazonaws.com: covered",
    ]
    assert differences(after, before)[1] == "removed  a:C at a.amazonaws.com"
    assert differences(after, after) == []


def test_files_are_sorted_and_those_of_no_row_go(tmp_path: Path) -> None:
    (tmp_path / "old.jsonl").write_text("{}\n", "utf-8")
    rows = [{"action": f"a:{name}", "source": "a.amazonaws.com", "names": [name]} for name in "CAB"]
    write_files(files_of(rows), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["action"] for line in lines] == ["a:A", "a:B", "a:C"]


# --- a newer Service Reference


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """Lambda as a newer reference might list it: one principal more, a new call, and one call gone."""
    passing = {"Name": "PassRole", "Service": "iam", "Context": {"iam:PassedToService": ["x.amazonaws.com"]}}
    document = {
        "Name": "lambda",
        "Operations": [
            {
                "Name": "CreateFunction",
                "AuthorizedActions": [{"Name": "CreateFunction", "Service": "lambda"}, passing],
            },
            {
                "Name": "CreateThing",
                "AuthorizedActions": [{"Name": "CreateThing", "Service": "lambda"}, passing],
            },
            {"Name": "GetFunction", "AuthorizedActions": [{"Name": "GetFunction", "Service": "lambda"}]},
        ],
    }
    (tmp_path / "lambda.json").write_text(json.dumps(document), "utf-8")
    (tmp_path / "index.json").write_text("[]", "utf-8")
    return tmp_path


def test_a_newer_reference_tells_what_it_adds_and_drops(reference: Path) -> None:
    facts, news = service_reference.merge(FACTS, service_reference.read(reference))
    assert "adds     lambda:CreateThing, to x.amazonaws.com, with lambda:CreateThing" in news
    assert "drops    lambda:UpdateFunctionConfiguration" in news
    assert "services lambda:CreateFunction: lambda.amazonaws.com -> x.amazonaws.com" in news
    assert not [line for line in news if "GetFunction" in line or "glue:" in line]
    (call,) = [call for call in facts if call.title == "lambda:CreateFunction"]
    assert call.services == call.roles[0].services == ("x.amazonaws.com",)


def test_its_principals_come_into_the_rows(reference: Path) -> None:
    facts, _ = service_reference.merge(facts_of("lambda:CreateFunction"), service_reference.read(reference))
    (row,) = make_rows(facts, ())
    assert row["roles"][0]["services"] == ["x.amazonaws.com"]


@pytest.mark.parametrize(
    "text", ['{"Name": "x", "Operations": [1]}', "{", '{"Operations": [{"AuthorizedActions": [{}]}]}']
)
def test_a_file_of_another_format_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, "utf-8")
    with pytest.raises(GeneratorError, match="is no file of the Service Reference"):
        service_reference.read(tmp_path)


def test_a_folder_without_files_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--check", "--service-reference", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"error: {tmp_path}: no JSON files of the Service Reference are there\n"


def test_the_command_checks_and_tells_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--check"]) == 0
    assert "1046 calls decided" in capsys.readouterr().out
