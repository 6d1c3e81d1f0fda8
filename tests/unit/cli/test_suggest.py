"""``passrole suggest``: the policy, what people are told beside it, and the files that it writes."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from passrole.clock import utc_now
from passrole.ledger import Ledger
from passrole.passes import Pass
from passrole.policy.load import load_guardrail, parse_guardrail
from tests.unit.cli.conftest import Cloud, Run
from tests.unit.cli.test_check import POLICY
from tests.unit.ledger.test_passes import record
from tests.unit.samples import ACCOUNT, ROLE, create_function_record, pass_of
from tests.unit.suggest.year import ADMINISTRATOR_ACCESS, Year, role_arn, role_details, year

File = Callable[..., Path]
DANA = f"arn:aws:iam::{ACCOUNT}:user/dana"


@pytest.fixture(scope="module")
def quiet() -> Year:
    return year(3, rate=0.1)


@pytest.fixture
def iam(file: File, quiet: Year) -> Path:
    return file("iam.json", quiet.details)


@pytest.fixture
def passes(file: File, quiet: Year) -> Path:
    return file("passes.jsonl", *(pass_.to_json() for pass_ in quiet.passes))


def records(days: int = 3) -> list[dict[str, object]]:
    return [
        create_function_record(eventID=f"event-{n}", eventTime=f"2026-03-{n + 1:02}T00:00:00Z")
        for n in range(days)
    ]


def test_the_policy_is_the_output_and_the_rest_is_told_beside_it(run: Run, passes: Path, iam: Path) -> None:
    ran = run("suggest", passes, "--iam", iam)

    assert ran.status == 0
    assert parse_guardrail(ran.out.encode()).compiled.statements
    assert "passes read" in ran.err
    assert "passes stay violations" in ran.err
    assert f"{role_arn('platform/breakglass')} is an administrator" in ran.err
    assert "x arn:aws:iam::111122223333:role/teams/payments/odd to lambda.amazonaws.com by" in ran.err


def test_a_suggestion_is_a_file_that_is_valid(run: Run, passes: Path, iam: Path, tmp_path: Path) -> None:
    out = tmp_path / "suggested.yaml"

    ran = run("suggest", passes, "--iam", iam, "--out", out)

    assert (ran.status, ran.out) == (0, "")
    assert load_guardrail(out).compiled.statements
    assert run("policy", "validate", out).status == 0


def test_nothing_that_is_there_is_overwritten(run: Run, passes: Path, file: File, tmp_path: Path) -> None:
    mine = file("guardrail.yaml", POLICY)
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "mine.json").write_text("{}")

    policy = run("suggest", passes, "--out", mine)
    statements = run("suggest", passes, "--iam-statements", folder)

    assert (policy.status, statements.status) == (2, 2)
    assert mine.read_text() == POLICY
    assert "is there already" in policy.err
    assert "is there already" in statements.err


def test_all_forms_of_the_same_passes_make_the_same_policy(
    run: Run, file: File, tmp_path: Path, quiet: Year
) -> None:
    logs = file("logs.jsonl", *records())
    packed = tmp_path / "packed.jsonl.gz"
    extracted = run("extract", logs, "--json").out
    packed.write_bytes(gzip.compress(extracted.encode()))
    audited, columns = tmp_path / "audit.jsonl", tmp_path / "audit.parquet"
    for format_, out in (("json", audited), ("parquet", columns)):
        assert run("audit", logs, "--format", format_, "--out", out).status in (0, 1, 3)

    said = {run("suggest", name).out for name in (logs, packed, audited, columns, tmp_path / "logs.jsonl")}

    assert len(said) == 1
    assert ROLE in said.pop()
    assert ROLE in run("suggest", "-", stdin=extracted).out


def test_parquet_of_an_audit_tells_tags_and_administrators(run: Run, file: File, tmp_path: Path) -> None:
    logs, columns = file("logs.jsonl", *records()), tmp_path / "audit.parquet"
    details = {"RoleDetailList": [role_details(ROLE, policies=(ADMINISTRATOR_ACCESS,))]}
    run(
        "audit",
        logs,
        "--policy",
        file("p.yaml", POLICY),
        "--iam",
        file("iam.json", details),
        "--format",
        "parquet",
        "--out",
        columns,
    )

    ran = run("suggest", columns)

    assert f"{ROLE} is an administrator" in ran.err
    assert parse_guardrail(ran.out.encode()).compiled.statements == ()


def test_programs_are_told_all_in_one_object(run: Run, passes: Path, iam: Path, quiet: Year) -> None:
    (told,) = run("suggest", passes, "--iam", iam, "--json").rows

    assert parse_guardrail(told["policy"].encode()).compiled.statements
    assert told["passes"]["read"] == len(quiet.passes)
    assert told["passes"]["approved"] + told["passes"]["violation"] + told["passes"]["undetermined"] == len(
        quiet.passes
    )
    assert all(0.9 <= statement["confidence"] <= 1 for statement in told["statements"])
    assert {apart["role"] for apart in told["set_apart"]} == {
        role_arn("platform/breakglass"),
        role_arn("platform/vendor"),
    }
    assert told["checks"] == {"no-administrator": True, "no-external-trust": True}
    assert {row["passes"] for row in told["not_approved"] if row["role"].endswith("/odd")} == {1}
    assert told["against"] is None


def test_each_passer_gets_a_document_of_its_own(run: Run, passes: Path, iam: Path, tmp_path: Path) -> None:
    folder = tmp_path / "statements"

    ran = run("suggest", passes, "--iam", iam, "--iam-statements", folder, "--json")

    written = {json.dumps(json.loads(path.read_text())) for path in folder.iterdir()}
    assert written == {json.dumps(document) for document in ran.rows[0]["permissions"].values()}
    assert (folder / f"{ACCOUNT}_role_ci_search-deployer.json").exists()


def test_what_a_present_policy_judges_otherwise_is_told(
    run: Run, passes: Path, iam: Path, file: File
) -> None:
    present = file("guardrail.yaml", POLICY)

    ran = run("suggest", passes, "--iam", iam, "--against", present)
    (told,) = run("suggest", passes, "--iam", iam, "--against", present, "--json").rows

    assert f"against {present}: " in ran.err
    assert "newly approved" in ran.err
    assert set(told["against"]["kinds"]) <= {"approved", "violation", "undetermined", "response", "exempt"}
    approved = sum(each["passes"] for each in told["against"]["differences"] if each["change"] == "approved")
    assert approved == told["against"]["kinds"]["approved"]


def test_a_suggestion_against_itself_makes_no_difference(
    run: Run, passes: Path, iam: Path, tmp_path: Path
) -> None:
    out = tmp_path / "suggested.yaml"
    run("suggest", passes, "--iam", iam, "--out", out)

    (told,) = run("suggest", passes, "--iam", iam, "--against", out, "--json").rows

    assert told["against"]["kinds"] == {}


def test_only_the_passes_of_some_days(run: Run, file: File) -> None:
    logs = file("logs.jsonl", *records(6))

    assert ROLE in run("suggest", logs, "--since", "2026-03-02", "--until", "2026-03-04").out
    assert ROLE not in run("suggest", logs, "--since", "2026-03-05").out
    assert ROLE not in run("suggest", logs, "--since", "0d").out
    assert run("suggest", logs, "--since", "2026-03-05", "--until", "2026-03-04").status == 2


def test_how_much_is_normal_is_for_people_to_say(run: Run, file: File) -> None:
    logs = file("logs.jsonl", *records(2))

    assert ROLE not in run("suggest", logs).out
    assert ROLE in run("suggest", logs, "--min-count", "2").out
    assert "passers" not in run("suggest", logs, "--min-count", "2", "--any-passer").out


def test_bad_input_is_told_and_the_rest_goes_on(run: Run, file: File) -> None:
    lines = "".join(json.dumps(pass_.to_json()) + "\n" for pass_ in _some_passes())
    half = file("half.jsonl", lines, '{"event_id": "cut o')

    ran = run("suggest", half)

    assert ran.status == 2
    assert ROLE in ran.out
    assert "half.jsonl:4: no pass as `passrole extract --json` prints it" in ran.err
    assert run("suggest", "nowhere.jsonl").status == 2
    assert run("suggest", file("fake.parquet", "PAR1 and no more")).status == 2
    for arguments in ((), (half, "--ledger"), (half, "--iam", half)):
        assert run("suggest", *arguments).status == 2


def _some_passes() -> list[Pass]:
    return [pass_of(event_id=f"event-{n}", event_time=f"2026-03-{n + 1:02}T00:00:00Z") for n in range(3)]


def test_the_ledger_of_a_deployed_guard_is_a_source(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    for number in range(4):
        then = utc_now() - timedelta(days=number + 1)
        record(ledger, number, event_time=then.strftime("%Y-%m-%dT%H:%M:%SZ"))

    ran = run("suggest", "--ledger", "--since", (utc_now() - timedelta(days=9)).strftime("%Y-%m-%d"))

    assert ran.status == 0
    assert ROLE in ran.out
    assert DANA in ran.out
    assert ran.err.startswith("4 passes read\n")
