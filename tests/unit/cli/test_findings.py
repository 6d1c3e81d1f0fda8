"""``passrole findings list`` and ``show``, against a deployed guard in an account in memory."""

import json
from dataclasses import replace
from typing import Any

import pytest

from passrole.cli.deployment import session_name
from passrole.cli.findings import list_
from passrole.finding import Finding, State
from passrole.ledger import Ledger
from passrole.passes import Passer
from passrole.policy import Severity
from tests.unit.cli.conftest import Cloud, Run
from tests.unit.quarantine.world import World, function_finding, make_function, make_role, open_finding
from tests.unit.samples import ACCOUNT, FUNCTION, NOW, ROLE, RecordedTopic, finding_of, pass_of


def put(ledger: Ledger, finding_id: str, **fields: Any) -> Finding:
    return open_finding(ledger, replace(finding_of(), id=finding_id, **fields))


def test_findings_are_listed_newest_first(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    put(ledger, "aaaa000000000000", updated_at="2026-11-20T00:00:00.000Z")
    put(ledger, "bbbb000000000000", updated_at="2026-11-22T00:00:00.000Z")
    put(ledger, "cccc000000000000", updated_at="2026-11-21T00:00:00.000Z")

    rows = run("findings", "list", "--json").rows
    table = run("findings", "list")

    assert [row["id"][:4] for row in rows] == ["bbbb", "cccc", "aaaa"]
    assert Finding.from_json(rows[0]) == ledger.finding("bbbb000000000000")
    assert table.status == 0
    assert table.out.index("bbbb") < table.out.index("cccc") < table.out.index("aaaa")
    assert all(word in table.out for word in ("dana", "deployer", "orders", "3 findings"))


def test_findings_are_listed_by_state(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    put(ledger, "aaaa000000000000")
    put(ledger, "bbbb000000000000", state=State.CONTAINED)

    assert [row["id"] for row in run("findings", "list", "--state", "contained", "--json").rows] == [
        "bbbb000000000000"
    ]


def test_no_findings_is_said_in_words(run: Run, deployed: Cloud) -> None:
    assert run("findings", "list").out == "No findings.\n"
    assert run("findings", "list", "--json").out == ""


def test_a_finding_is_shown_with_its_history_and_what_a_release_would_put_back(
    run: Run, deployed: Cloud, dynamodb: Any, topic: RecordedTopic
) -> None:
    world = World(topic)
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    world.container().contain(finding.id, "one")

    ran = run("findings", "show", finding.id)
    (row,) = run("findings", "show", finding.id, "--json").rows

    assert ran.status == 0
    for part in (finding.id, "contained", role, FUNCTION, "dana", "opened", "guardrail", "concurrency: 7"):
        assert part in ran.out
    assert row["finding"]["state"] == "contained"
    assert [step["news"] for step in row["history"]] == ["opened", "contained"]
    assert "concurrency: 7" in row["release"]["puts_back"]
    assert row["release_refused"] is None


def test_a_finding_without_containment_shows_why_there_is_nothing_to_release(
    run: Run, deployed: Cloud, ledger: Ledger
) -> None:
    finding = put(ledger, "aaaa000000000000")

    ran = run("findings", "show", finding.id)

    assert ran.status == 0
    assert "there is nothing to release" in ran.out
    assert run("findings", "show", finding.id, "--json").rows[0]["release"] is None


def test_an_id_may_be_cut_short_to_what_is_unique(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    put(ledger, "abcd1111aaaa0000")
    put(ledger, "abcd2222aaaa0000")

    assert run("findings", "show", "ABCD1", "--json").rows[0]["finding"]["id"] == "abcd1111aaaa0000"
    several = run("findings", "show", "abcd")
    assert (several.status, several.out) == (2, "")
    assert several.err == "abcd fits 2 findings: abcd1111aaaa0000, abcd2222aaaa0000\n"
    none = run("findings", "show", "ffff")
    assert (none.status, none.err) == (2, "no finding ffff; `passrole findings list` shows all\n")
    assert run("findings", "show", "a").status == 2


def test_names_in_findings_are_shown_and_not_obeyed(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    hostile = "\x1b[31m[red]\u202e"
    passer = Passer(arn=hostile, source_ip=hostile, user_agent=hostile, on_behalf_of=hostile)
    put(ledger, "aaaa000000000000", role=hostile, passer=passer, resource=hostile, reasons=(hostile,))

    for args in (["list"], ["show", "aaaa"]):
        out = run("findings", *args).out
        assert not set(out) & set("\x1b\u202e")
        assert r"\x1b[31m[red]\u202e" in out


def test_a_denied_attempt_has_no_resource_and_is_listed_by_its_service(
    run: Run, deployed: Cloud, ledger: Ledger
) -> None:
    put(ledger, "aaaa000000000000", resource=None, severity=Severity.MEDIUM)

    assert "lambda.amazonaws.com" in run("findings", "list").out


def test_a_stack_that_is_not_there_is_told_in_one_line(run: Run, cloud: Cloud) -> None:
    ran = run("findings", "list", "--stack", "Other", "--region", "eu-west-1")

    assert (ran.status, ran.err) == (
        2,
        "no stack Other in eu-west-1: deploy it, or give --stack and --region\n",
    )


def test_the_stack_is_taken_from_the_environment(
    run: Run, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSROLE_STACK", "Mine")

    assert run("findings", "list").err.startswith("no stack Mine in us-east-1")


def test_a_stack_of_something_else_is_told_in_one_line(run: Run, cloud: Cloud) -> None:
    cloud.deploy({"LedgerTable": "x"})

    ran = run("findings", "list")

    assert ran.status == 2
    assert ran.err == (
        "stack PassRoleGuardrail (CREATE_COMPLETE) has no output FindingsTopicArn: "
        "is it the guard's, and complete?\n"
    )


def test_no_credentials_and_no_region_are_told_in_one_line(
    run: Run, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    assert run("findings", "list").err.startswith("no AWS credentials: ")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    ran = run("findings", "list")
    assert (ran.status, ran.err) == (2, "no region: give --region, or set AWS_REGION\n")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert run("findings", "list").err.startswith("no AWS credentials: ")


@pytest.mark.parametrize(
    ("caller", "name"),
    [
        (f"arn:aws:iam::{ACCOUNT}:user/team/dana", "dana"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Dev/dana@example.com", "dana@example.com"),
        (f"arn:aws:iam::{ACCOUNT}:root", "root"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/d:x y", "d-x-y"),
        (f"arn:aws:iam::{ACCOUNT}:user/d", "passrole-d"),
        (f"arn:aws:iam::{ACCOUNT}:user/{'d' * 100}", "d" * 64),
        ("no arn é", "no-arn--"),
    ],
)
def test_the_operators_session_is_named_after_the_caller(caller: str, name: str) -> None:
    assert session_name(caller) == name


def test_json_of_a_finding_is_ascii(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    put(ledger, "aaaa000000000000", role=ROLE + "é", last_pass=pass_of().id)

    out = run("findings", "show", "aaaa", "--json").out

    assert out.isascii()
    assert json.loads(out)["finding"]["role"] == ROLE + "é"


def test_findings_are_listed_by_severity_by_what_stands_alone(
    run: Run, deployed: Cloud, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ledger, "aaaa000000000000", severity=Severity.HIGH)
    put(ledger, "bbbb000000000000", severity=Severity.LOW)
    put(ledger, "cccc000000000000", severity=Severity.CRITICAL)
    put(ledger, "dddd000000000000", severity=Severity.HIGH, state=State.RESOLVED)

    def ids(*args: str) -> set[str]:
        return {row["id"][:4] for row in run("findings", "list", *args, "--json").rows}

    assert ids("--severity", "high", "--state", "resolved") == {"dddd"}
    assert ids() == {"aaaa", "bbbb", "cccc", "dddd"}
    monkeypatch.setattr(Ledger, "findings", lambda _: pytest.fail("all findings were read"))
    assert ids("--severity", "high") == {"aaaa"}
    assert ids("--severity", "high", "--severity", "critical") == {"aaaa", "cccc"}
    assert ids("--severity", "high", "--state", "open") == {"aaaa"}
    assert ids("--severity", "high", "--state", "contained") == set()


def test_findings_are_listed_since_a_time(
    run: Run, deployed: Cloud, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ledger, "aaaa000000000000", updated_at="2026-11-20T00:00:00.000Z")
    put(ledger, "bbbb000000000000", updated_at="2026-11-22T10:00:05.000Z")
    monkeypatch.setattr(list_, "utc_now", lambda: NOW)

    def ids(since: str) -> list[str]:
        return [row["id"][:4] for row in run("findings", "list", "--since", since, "--json").rows]

    assert ids("3d") == ["bbbb", "aaaa"]
    assert ids("2h") == ids("2026-11-22T12:00:05+02:00") == ["bbbb"]
    assert ids("1h") == []
    wrong = run("findings", "list", "--since", "lately")
    assert wrong.status == 2
    assert wrong.err.startswith("--since: 'lately' is no time; expected ISO 8601")
