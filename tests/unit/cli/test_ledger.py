"""``passrole ledger``: who passed which role to what, and who holds it now."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from passrole.clock import utc_now
from passrole.ledger import Ledger
from passrole.passes import Outcome, Passer
from tests.unit.cli.conftest import Cloud, Run
from tests.unit.ledger.test_passes import OTHER_ROLE, PIPELINE, at, record
from tests.unit.samples import ACCOUNT, FUNCTION, ROLE

DANA = f"arn:aws:iam::{ACCOUNT}:user/dana"


def roles(rows: Sequence[dict[str, str]]) -> list[str]:
    return [row["role_arn"] for row in rows]


def test_who_passed_a_role_is_told_to_people(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    record(ledger, 1)
    record(ledger, 2, outcome=Outcome.DENIED, resources=())
    record(ledger, 3, OTHER_ROLE)

    ran = run("ledger", "who-passed", ROLE)

    lines = ran.out.splitlines()
    assert lines[0].split() == ["time", "passer", "role", "service", "resource", "outcome", "verdict"]
    assert [line.split()[:3] for line in lines[1:3]] == [
        ["2026-11-22", "12:01:00", DANA],
        ["2026-11-22", "12:02:00", DANA],
    ]
    assert "denied" in lines[2]
    assert lines[-1] == "2 passes"
    assert run("ledger", "who-passed", "never").out == "No passes.\n"


def test_a_role_is_named_by_path_and_name_too(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    record(ledger, 1, OTHER_ROLE)

    for given in (OTHER_ROLE, "dev/other", "/dev/other"):
        assert roles(run("ledger", "who-passed", given, "--format", "json").rows) == [OTHER_ROLE]


def test_what_a_principal_passed_and_when(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    passer = Passer(
        type="AssumedRole", arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/7", role_arn=PIPELINE
    )
    record(ledger, 1, passer=passer, event_time=at(2, day=18))
    record(ledger, 2, OTHER_ROLE, passer=passer, event_time=at(2, day=20))

    def listed(*options: str) -> list[str]:
        return roles(run("ledger", "roles-of", PIPELINE, *options, "--format", "json").rows)

    assert listed() == [ROLE, OTHER_ROLE]
    assert listed("--since", "2026-11-19") == [OTHER_ROLE]
    assert listed("--until", "2026-11-19") == [ROLE]
    assert listed("--since", "2026-11-18", "--until", "2026-11-18") == [ROLE]


def test_passes_of_some_days_and_to_a_service(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    today = utc_now().strftime("%Y-%m-%dT00:00:00Z")
    long_ago = (utc_now() - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    record(ledger, 1, event_time=today)
    record(ledger, 2, OTHER_ROLE, event_time=long_ago, services=("ec2.amazonaws.com",))

    assert roles(run("ledger", "passes", "--format", "json").rows) == [ROLE]
    assert roles(run("ledger", "passes", "--since", long_ago[:10], "--format", "json").rows) == [
        OTHER_ROLE,
        ROLE,
    ]
    to_ec2 = run(
        "ledger", "passes", "--service", "ec2.amazonaws.com", "--since", long_ago[:10], "--format", "json"
    )
    assert roles(to_ec2.rows) == [OTHER_ROLE]


def test_days_may_be_any_that_there_are(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    long_ago = (utc_now() - timedelta(days=500)).strftime("%Y-%m-%dT%H:%M:%SZ")
    record(ledger, 1, event_time=long_ago)
    to_lambda = ("passes", "--service", "lambda.amazonaws.com", "--since", "2020-01-01")

    for options in (
        ("who-passed", ROLE, "--until", "9999-12-31"),
        ("passes", "--until", long_ago[:10]),
        to_lambda,
        ("passes", "--since", long_ago[:10], "--until", long_ago[:10]),
    ):
        assert roles(run("ledger", *options, "--format", "json").rows) == [ROLE], options
    assert run("ledger", "passes", "--since", "9999-12-31", "--until", "9999-12-31").out == "No passes.\n"
    assert run("ledger", "passes", "--until", "0001-01-01").out == "No passes.\n"


def test_a_federated_user_is_no_session_of_a_role(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    bob = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
    record(ledger, 1, passer=Passer(type="FederatedUser", arn=bob))

    assert roles(run("ledger", "roles-of", bob, "--format", "json").rows) == [ROLE]


def test_who_holds_a_role_now_and_what_a_resource_holds(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    record(ledger, 1)
    [row] = run("ledger", "resources-of", ROLE, "--format", "json").rows
    assert (row["resource"], row["place"]) == (FUNCTION, "execution role")

    record(ledger, 2, OTHER_ROLE)

    assert run("ledger", "resources-of", ROLE).out == "Nothing holds it, as far as passes and sweeps tell.\n"
    assert [r["role"] for r in run("ledger", "held-by", FUNCTION, "--format", "json").rows] == [OTHER_ROLE]
    assert (
        run("ledger", "held-by", f"{FUNCTION}-else").out
        == "It holds no role, as far as passes and sweeps tell.\n"
    )


def test_a_spreadsheet_takes_no_name_for_a_formula(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    record(ledger, 1, passer=Passer(arn='=HYPERLINK("http://evil")\n'), resources=("+1",))

    ran = run("ledger", "who-passed", ROLE, "--format", "csv")

    header, row = csv.reader(io.StringIO(ran.out))
    cells = dict(zip(header, row, strict=True))
    assert cells["passer"] == '\'=HYPERLINK("http://evil")\\n'
    assert cells["resource"] == "'+1"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("a;=1", "a;'=1"),  # where commas part decimals, semicolons part cells
        ("\uff1d1", "'\uff1d1"),  # a full-width sign counts in some languages
        ("-;@x;y", "'-;'@x;y"),
        ("a=1", "a=1"),
    ],
)
def test_no_cell_of_a_spreadsheet_begins_with_a_formula(
    run: Run, deployed: Cloud, ledger: Ledger, name: str, cell: str
) -> None:
    record(ledger, 1, passer=Passer(arn=name))

    ran = run("ledger", "who-passed", ROLE, "--format", "csv")

    assert next(csv.DictReader(io.StringIO(ran.out)))["passer"] == cell


def test_a_spreadsheet_names_every_resource_of_a_launch(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    instances = tuple(f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-{n:017x}" for n in range(250))
    record(ledger, 1, resources=instances)

    ran = run("ledger", "who-passed", ROLE, "--format", "csv")

    assert next(csv.DictReader(io.StringIO(ran.out)))["resource"].split(", ") == list(instances)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("who-passed", "arn:aws:s3:::bucket"),
            "'arn:aws:s3:::bucket' is no role; expected its ARN, or path and name: app/orders",
        ),
        (
            ("roles-of", f"arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/7"),
            f"'arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/7' is a session; give the ARN of its role, "
            "which all its sessions are listed by",
        ),
        (
            ("roles-of", "dana"),
            "'dana' is no principal; expected the ARN of a user or role, or a service: ec2.amazonaws.com",
        ),
        (("passes", "--since", "yesterday"), "--since: 'yesterday' is no day; expected YYYY-MM-DD"),
        (
            ("passes", "--since", "2026-11-22", "--until", "2026-11-01"),
            "--until 2026-11-01 is before --since 2026-11-22",
        ),
        (
            ("passes", "--since", "2020-01-01", "--until", "2021-02-05"),
            "--since: at most 400 days are listed at once, or those to one --service",
        ),
        (
            ("passes", "--service", "lambda"),
            "'lambda' is no service; expected its principal, lambda.amazonaws.com, or unknown",
        ),
        (
            ("passes", "--service", ""),
            "'' is no service; expected its principal, lambda.amazonaws.com, or unknown",
        ),
        (
            ("held-by", "orders"),
            "'orders' is no ARN; expected the resource's: "
            "arn:aws:lambda:eu-west-1:111122223333:function:orders",
        ),
        (("who-passed", "app/"), "'app/' is no role; expected its ARN, or path and name: app/orders"),
        (
            ("resources-of", "r" * 65),
            f"'{'r' * 65}' is no role; expected its ARN, or path and name: app/orders",
        ),
    ],
)
def test_mistakes_are_one_line(run: Run, deployed: Cloud, arguments: tuple[str, ...], line: str) -> None:
    ran = run("ledger", *arguments)

    assert (ran.status, ran.err, ran.out) == (2, f"{line}\n", "")


def test_json_has_all_of_a_pass(run: Run, deployed: Cloud, ledger: Ledger) -> None:
    record(ledger, 1)

    [row] = run("ledger", "who-passed", ROLE, "--format", "json").rows

    assert row["passer"]["arn"] == DANA
    assert (row["verdict"], row["place"], row["event_name"]) == (
        "approved",
        "execution role",
        "CreateFunction20150331",
    )
    assert json.dumps(row).isascii()
