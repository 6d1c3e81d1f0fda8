"""``passrole refine``, against IAM and IAM Access Analyzer that answer over HTTP, as the real ones do."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from passrole.refine import report
from tests.unit.cli.conftest import Ran, Run
from tests.unit.refine.recorded import (
    ANALYZER,
    IN_PROGRESS,
    JOB,
    ROLE,
    THROTTLED,
    RecordedAws,
    Refusal,
    report_answer,
    role_answers,
    service_answer,
)
from tests.unit.samples import ACCOUNT, REGION

File = Callable[..., Path]
LATELY = "2026-11-20T10:00:00Z"
OF_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}
WORK = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Work",
            "Effect": "Allow",
            "Action": ["kms:*", "sqs:SendMessage", "iam:PassRole"],
            "Resource": "*",
        }
    ],
}
LOGS = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:Put*", "Resource": "*"}}
MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/logs"
KMS = service_answer("kms", LATELY, {"ListKeys": LATELY, "CreateKey": None})
SQS, IAM, LOGS_USED = service_answer("sqs"), service_answer("iam"), service_answer("logs", LATELY)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedAws]:
    """The services; nobody waits."""
    served = RecordedAws()
    url = served.start()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL_IAM": url,
        "AWS_ENDPOINT_URL_ACCESSANALYZER": url,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(report, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    yield served
    served.stop()


@pytest.fixture
def aws(recorded: RecordedAws) -> RecordedAws:
    """A role that lambda may take, with two policies, and a report of what it used."""
    recorded.answers = role_answers(OF_LAMBDA, {"work": WORK}, {MANAGED: LOGS})
    recorded.answers["GetServiceLastAccessedDetails"] = [report_answer(KMS, SQS, IAM, LOGS_USED)]
    return recorded


def in_json(ran: Ran) -> Any:
    [row] = ran.rows
    return row


def test_the_policy_of_what_is_used(run: Run, aws: RecordedAws) -> None:
    ran = run("refine", "orders", "--json")

    told = in_json(ran)
    work, logs = told["policy"]["Statement"]
    assert ran.status == 0
    assert {"kms:List*", "kms:Encrypt"} <= set(work["Action"])
    assert not {"kms:CreateKey", "kms:*", "sqs:SendMessage"} & set(work["Action"])
    assert work["Action"][-1] == "iam:PassRole"
    assert logs == LOGS["Statement"]
    assert told["actions"]["used"] == ["kms:ListKeys"]
    assert {"kms:CreateKey", "sqs:SendMessage"} <= set(told["actions"]["dropped"])
    assert {"action": "iam:PassRole", "why": "no call of an AWS API, and so not tracked"} in told["actions"][
        "not_tracked"
    ]
    assert [(each["policy"], each["result"]) for each in told["statements"]] == [
        ("work", "narrowed"),
        (MANAGED, "kept"),
    ]
    assert told["counts"]["used"] == 1
    assert told["job"] == JOB
    assert aws.asked("GenerateServiceLastAccessedDetails")[0]["Arn"] == ROLE
    assert aws.asked("GenerateServiceLastAccessedDetails")[0]["Granularity"] == "ACTION_LEVEL"


def test_nothing_but_the_report_is_begun_in_aws(run: Run, aws: RecordedAws) -> None:
    run("refine", ROLE)
    reads = ("Get", "List", "GenerateServiceLastAccessedDetails")
    assert all(operation.startswith(reads) for operation, _ in aws.requests)


def test_people_read_it(run: Run, aws: RecordedAws) -> None:
    ran = run("refine", "orders", "--days", 30)

    for text in (
        f"{ROLE}\n",
        "last used 2026-11-20",
        "✓ service lambda.amazonaws.com",
        f"no analyzer of external access is in {REGION}",
        "What it used of its rights in 30 days",
        "✓ kms  last used 2026-11-20",
        "unused    sqs, iam",
        "iam: PassRole: no call of an AWS API, and so not tracked",
        "↓ narrowed  work, statement 1 Work",
        "actions kept: 1 used,",
    ):
        assert text in ran.out
    assert ran.err == ""


def test_the_policy_goes_to_a_file(run: Run, aws: RecordedAws, tmp_path: Path) -> None:
    ran = run("refine", "orders", "--out", "refined.json")
    told = in_json(run("refine", "orders", "--json"))

    assert "the policy is in refined.json" in ran.out
    assert '"Version"' not in ran.out
    assert json.loads((tmp_path / "refined.json").read_text()) == told["policy"]


def test_a_file_that_cannot_be_written_is_told(run: Run, aws: RecordedAws) -> None:
    ran = run("refine", "orders", "--out", "no/such/folder.json")
    assert (ran.status, ran.err) == (2, "no/such/folder.json: No such file or directory\n")


def test_a_role_that_too_many_may_take(run: Run, aws: RecordedAws) -> None:
    aws.answers |= role_answers(OPEN, {"work": WORK})

    ran = run("refine", "orders")

    assert ran.status == 1
    assert "✗ account arn:aws:iam::444455556666:root" in ran.out
    assert "neither sts:ExternalId nor aws:PrincipalOrgID is asked for" in ran.out
    assert in_json(run("refine", "orders", "--json"))["external_access"] == [
        {
            "kind": "account",
            "principal": "arn:aws:iam::444455556666:root",
            "account": "444455556666",
            "conditions": [],
            "problem": "neither sts:ExternalId nor aws:PrincipalOrgID is asked for: "
            "whoever it works for can have it take this role for them",
        }
    ]


def test_a_report_comes_in_pages(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetServiceLastAccessedDetails"] = [
        report_answer(KMS, marker="next"),
        report_answer(SQS, IAM, LOGS_USED),
    ]
    told = in_json(run("refine", "orders", "--json"))

    services = [service["service"] for service in told["last_accessed"]["services"]]
    assert services == ["kms", "sqs", "iam", "logs"]
    assert aws.asked("GetServiceLastAccessedDetails")[1]["Marker"] == "next"


def test_a_report_in_progress_is_awaited(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetServiceLastAccessedDetails"] = [IN_PROGRESS, IN_PROGRESS, report_answer(KMS, LOGS_USED)]
    assert run("refine", "orders").status == 0
    assert len(aws.asked("GetServiceLastAccessedDetails")) == 3


def test_a_report_that_stays_unfinished_is_told_with_what_is_known(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetServiceLastAccessedDetails"] = [IN_PROGRESS]

    ran = run("refine", "orders", "--wait", 0)

    assert ran.status == 3
    assert "✓ service lambda.amazonaws.com" in ran.out
    assert ran.err == (
        "IAM's report is not finished after 0 seconds; go on with the same credentials: "
        f"passrole refine orders --job {JOB}\n"
    )
    told = in_json(run("refine", "orders", "--wait", 0, "--json"))
    assert (told["policy"], told["job"], told["failure"]) == (None, JOB, ran.err.rstrip())


def test_a_job_goes_on(run: Run, aws: RecordedAws) -> None:
    ran = run("refine", "orders", "--job", "mine-8eb6c2b8-7b4c-3c13-03b72c8cdfdc")

    assert ran.status == 0
    assert not aws.asked("GenerateServiceLastAccessedDetails")
    assert aws.asked("GetServiceLastAccessedDetails")[0]["JobId"].startswith("mine-")


def test_a_job_of_somebody_else_is_not_to_be_had(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetServiceLastAccessedDetails"] = [Refusal("NoSuchEntity", "no such job", 404)]
    ran = run("refine", "orders", "--job", JOB)
    assert ran.status == 2
    assert ran.err.startswith(f"IAM has no report {JOB} for these credentials: only who began it can read it")


def test_a_job_about_another_role_is_refused(run: Run, aws: RecordedAws) -> None:
    other = {**KMS, "LastAuthenticatedEntity": f"{ROLE}-2"}
    aws.answers["GetServiceLastAccessedDetails"] = [report_answer(other)]
    ran = run("refine", "orders", "--job", JOB)
    assert (ran.status, ran.err) == (2, f"job {JOB}: the report is about {ROLE}-2, expected {ROLE}\n")


def test_a_job_that_failed_is_told_with_what_is_known(run: Run, aws: RecordedAws) -> None:
    error = {"Code": "INTERNAL", "Message": "something broke"}
    aws.answers["GetServiceLastAccessedDetails"] = [report_answer(JobStatus="FAILED", Error=error)]

    ran = run("refine", "orders")

    assert ran.status == 2
    assert "✓ service lambda.amazonaws.com" in ran.out
    assert ran.err == f"IAM could not make its report (job {JOB}): INTERNAL: something broke\n"


def test_who_is_interrupted_is_told_how_to_go_on(
    run: Run, aws: RecordedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    aws.answers["GetServiceLastAccessedDetails"] = [IN_PROGRESS]
    monkeypatch.setattr("passrole.cli.refine.asking._show", interrupted)

    ran = run("refine", "orders")

    assert ran.status == 130
    assert f"passrole refine orders --job {JOB}" in ran.err


def test_throttled_requests_are_tried_again(run: Run, aws: RecordedAws) -> None:
    for operation in (
        *("GetRole", "GetRolePolicy", "GenerateServiceLastAccessedDetails"),
        *("GetServiceLastAccessedDetails", "ListAnalyzers"),
    ):
        refusal = (
            Refusal("ThrottlingException", "slow down", 429) if operation == "ListAnalyzers" else THROTTLED
        )
        aws.answers[operation] = [refusal, refusal, *aws.answers[operation]]

    ran = run("refine", "orders", "--json")

    assert (ran.status, in_json(ran)["access_analyzer"]["unread"]) == (0, None)
    assert len(aws.asked("GetServiceLastAccessedDetails")) == 3


def test_what_is_throttled_for_good_is_one_clear_line(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetServiceLastAccessedDetails"] = [THROTTLED]
    ran = run("refine", "orders")
    assert ran.status == 2
    assert ran.err.startswith("GetServiceLastAccessedDetails failed: Throttling: Rate exceeded")
    assert len(aws.asked("GetServiceLastAccessedDetails")) == 8


@pytest.mark.parametrize("operation", ["GetRole", "GetPolicyVersion", "GenerateServiceLastAccessedDetails"])
def test_what_the_policy_cannot_do_without_is_fatal(run: Run, aws: RecordedAws, operation: str) -> None:
    aws.answers[operation] = [Refusal("AccessDenied", "you may not", 403)]
    ran = run("refine", "orders")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{operation} failed: AccessDenied: you may not\n"


def test_access_analyzer_may_be_denied(run: Run, aws: RecordedAws) -> None:
    aws.answers["ListAnalyzers"] = [Refusal("AccessDeniedException", "not authorized", 403)]

    ran = run("refine", "orders")

    assert ran.status == 0
    assert "unknown   ListAnalyzers failed: AccessDeniedException: not authorized" in ran.out
    assert "actions kept" in ran.out


def test_access_analyzer_may_be_out_of_reach(
    run: Run, aws: RecordedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_ACCESSANALYZER", "http://127.0.0.1:9")
    ran = run("refine", "orders")
    assert ran.status == 0
    assert "unknown   AWS: Could not connect" in ran.out


def analyzer(name: str, type_: str, status: str = "ACTIVE") -> dict[str, Any]:
    arn = ANALYZER.replace("console", name)
    return {"arn": arn, "name": name, "type": type_, "createdAt": LATELY, "status": status}


def finding(id_: str, type_: str, status: str = "ACTIVE", *details: Any) -> dict[str, Any]:
    """A finding, as ListFindingsV2 and, with details, as GetFindingV2 answers it."""
    answer = {
        "id": id_,
        "resource": ROLE,
        "resourceType": "AWS::IAM::Role",
        "resourceOwnerAccount": ACCOUNT,
        "status": status,
        "findingType": type_,
        **dict.fromkeys(("analyzedAt", "createdAt", "updatedAt"), LATELY),
    }
    return {**answer, "findingDetails": list(details)} if details else answer


BY_OTHERS = {
    "externalAccessDetails": {
        "principal": {"AWS": "444455556666"},
        "condition": {"sts:ExternalId": "3c1"},
        "isPublic": False,
    }
}
UNUSED = {
    "unusedPermissionDetails": {
        "serviceNamespace": "sqs",
        "actions": [{"action": "SendMessage"}, {"action": "X"}],
    }
}
NEVER: dict[str, Any] = {"unusedIamRoleDetails": {}}


def test_what_access_analyzer_found(run: Run, aws: RecordedAws) -> None:
    aws.answers["ListAnalyzers"] = [
        {"analyzers": [analyzer("console", "ACCOUNT")], "nextToken": "more"},
        {
            "analyzers": [
                analyzer("unused", "ACCOUNT_UNUSED_ACCESS", "DISABLED"),
                analyzer("inside", "ACCOUNT_INTERNAL_ACCESS"),
            ]
        },
    ]
    aws.answers["ListFindingsV2"] = [
        {"findings": [finding("f1", "ExternalAccess")]},
        {"findings": [finding("f2", "UnusedPermission")], "nextToken": "more"},
        {"findings": [finding("f3", "UnusedIAMRole", "ARCHIVED")]},
    ]
    aws.answers["GetFindingV2"] = [
        finding("f1", "ExternalAccess", "ACTIVE", BY_OTHERS),
        {**finding("f2", "UnusedPermission", "ACTIVE", UNUSED), "nextToken": "more"},
        finding("f2", "UnusedPermission", "ACTIVE", UNUSED),
        finding("f3", "UnusedIAMRole", "ARCHIVED", NEVER),
    ]

    ran = run("refine", "orders")

    assert ran.status == 1
    assert "external  1 finding of console (ACCOUNT)" in ran.out
    assert "ExternalAccess ACTIVE f1: 444455556666, if sts:ExternalId 3c1" in ran.out
    assert "unused    2 findings of unused (ACCOUNT_UNUSED_ACCESS), which is DISABLED" in ran.out
    assert "UnusedPermission ACTIVE f2: sqs: SendMessage, X; sqs: SendMessage, X" in ran.out
    assert "UnusedIAMRole ARCHIVED f3: last used never" in ran.out
    assert "inside" not in ran.out
    filter_ = {"resource": {"eq": [ROLE]}, "status": {"neq": ["RESOLVED"]}}
    assert [asked["filter"] for asked in aws.asked("ListFindingsV2")] == [filter_] * 3


@pytest.mark.parametrize(("status", "exit_status"), [("ACTIVE", 1), ("ARCHIVED", 0)])
def test_what_somebody_archived_is_meant_to_be(
    run: Run, aws: RecordedAws, status: str, exit_status: int
) -> None:
    aws.answers["ListAnalyzers"] = [{"analyzers": [analyzer("console", "ORGANIZATION")]}]
    aws.answers["ListFindingsV2"] = [{"findings": [finding("f1", "ExternalAccess", status)]}]
    aws.answers["GetFindingV2"] = [finding("f1", "ExternalAccess", status, BY_OTHERS)]

    ran = run("refine", "orders", "--json")

    assert ran.status == exit_status
    [told] = in_json(ran)["access_analyzer"]["analyzers"]
    assert told["findings"] == [
        {"id": "f1", "type": "ExternalAccess", "status": status, "details": [BY_OTHERS]}
    ]


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"CreateDate": "2026-11-10T12:00:00Z"}, "the role is 12 days old"),
        ({"CreateDate": "2025-01-01T00:00:00Z"}, "wildcards became actions of April 2026"),
    ],
)
def test_what_is_to_be_known_before(run: Run, aws: RecordedAws, fields: dict[str, str], note: str) -> None:
    aws.answers["GetRole"][0]["Role"] |= fields
    assert f"! {note}" in run("refine", "orders").out


def test_a_role_that_aws_manages(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetRole"][0]["Role"]["Arn"] = ROLE.replace("/app/", "/aws-service-role/ecs.amazonaws.com/")
    aws.answers["GetServiceLastAccessedDetails"] = [report_answer(SQS)]
    assert "! AWS manages this role: its policies cannot be changed in IAM" in run("refine", "orders").out


def test_a_role_that_was_never_used(run: Run, aws: RecordedAws, file: File) -> None:
    del aws.answers["GetRole"][0]["Role"]["RoleLastUsed"]
    assert "last used never, as far as IAM remembers" in run("refine", "orders").out
    # A snapshot without it says nothing.
    assert "last used not told" in run("refine", "orders", "--iam", file("snapshot.json", DETAILS)).out


def test_a_role_without_rights_that_it_uses_needs_no_policy(run: Run, aws: RecordedAws) -> None:
    aws.answers |= role_answers(OF_LAMBDA, {"work": LOGS})
    aws.answers["GetServiceLastAccessedDetails"] = [report_answer(service_answer("logs"))]
    ran = run("refine", "orders", "--out", "none.json")
    assert "nothing is left: the role needs no policy" in ran.out
    assert not Path("none.json").exists()


def test_hostile_names_are_only_shown(run: Run, aws: RecordedAws) -> None:
    aws.answers |= role_answers(
        {"Statement": {"Effect": "Allow", "Principal": {"AWS": "\x1b[2J"}, "Action": "sts:AssumeRole"}},
        {"work": {"Statement": {"Effect": "Allow", "Action": "\x1b:\u202e", "Resource": "*"}}},
    )
    out = run("refine", "orders").out
    assert "\x1b" not in out
    assert "\u202e" not in out


DETAILS = {
    "RoleDetailList": [
        {
            "RoleName": "orders",
            "Arn": ROLE,
            "Path": "/app/",
            "CreateDate": "2025-01-02T00:00:00Z",
            "AssumeRolePolicyDocument": OF_LAMBDA,
            "RolePolicyList": [{"PolicyName": "work", "PolicyDocument": WORK}],
            "AttachedManagedPolicies": [{"PolicyName": "logs", "PolicyArn": MANAGED}],
        }
    ],
    "Policies": [{"Arn": MANAGED, "PolicyVersionList": [{"IsDefaultVersion": True, "Document": LOGS}]}],
}


def test_files_give_the_same_policy_without_aws(run: Run, aws: RecordedAws, file: File) -> None:
    of_aws = in_json(run("refine", "orders", "--json"))
    aws.requests.clear()
    snapshot = file("snapshot.json", DETAILS)
    pages = (
        file("one.json", report_answer(KMS, SQS, marker="m")),
        file("two.json", report_answer(IAM, LOGS_USED)),
    )

    ran = run(
        "refine", ROLE, "--iam", snapshot, *(x for page in pages for x in ("--last-accessed", page)), "--json"
    )

    told = in_json(ran)
    assert ran.status == 0
    assert not aws.requests
    assert {name: told[name] for name in ("policy", "actions", "counts", "statements")} == {
        name: of_aws[name] for name in ("policy", "actions", "counts", "statements")
    }
    assert told["access_analyzer"]["unread"] == "it was not asked: all comes from files"


def test_a_snapshot_and_the_report_of_aws(run: Run, aws: RecordedAws, file: File) -> None:
    ran = run("refine", "orders", "--iam", file("snapshot.json", DETAILS))
    assert ran.status == 0
    asked = {operation for operation, _ in aws.requests}
    assert asked == {"GenerateServiceLastAccessedDetails", "GetServiceLastAccessedDetails", "ListAnalyzers"}


def test_the_role_of_aws_and_a_report_in_a_file(run: Run, aws: RecordedAws, file: File) -> None:
    ran = run("refine", "orders", "--last-accessed", file("one.json", report_answer(KMS, LOGS_USED)))
    assert ran.status == 0
    assert not aws.asked("GenerateServiceLastAccessedDetails")


EXPECTED = "expected the output of: aws iam get-service-last-accessed-details"


@pytest.mark.parametrize(
    ("report_file", "message"),
    [
        (
            "{",
            "f.json: not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))",
        ),
        (IN_PROGRESS, f"f.json: the report is IN_PROGRESS, expected COMPLETED; {EXPECTED}"),
        ([], "f.json: it is no answer of GetServiceLastAccessedDetails "),
        (report_answer(KMS, marker="m"), "f.json: pages of the report are missing"),
    ],
)
def test_a_file_that_is_no_report_is_told(
    run: Run, aws: RecordedAws, file: File, report_file: Any, message: str
) -> None:
    file("f.json", report_file)
    ran = run("refine", "orders", "--iam", file("snapshot.json", DETAILS), "--last-accessed", "f.json")
    assert ran.status == 2
    assert ran.err.startswith(message)


@pytest.mark.parametrize(
    ("role", "change", "message"),
    [
        ("payments", {}, "the role payments could not be read: the role is not in the snapshot"),
        (
            "orders",
            {"Policies": []},
            f"the policy {MANAGED} could not be read: the policy {MANAGED} is not in",
        ),
        ("orders", {"RoleDetailList": None}, "RoleDetailList is null, expected a list"),
    ],
)
def test_a_snapshot_that_lacks_something_is_told(
    run: Run, file: File, role: str, change: dict[str, Any], message: str
) -> None:
    snapshot = file("snapshot.json", DETAILS | change)
    ran = run("refine", role, "--iam", snapshot, "--last-accessed", file("f.json", report_answer(KMS)))
    assert ran.status == 2
    assert ran.err.startswith(f"{snapshot}: {message}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("app/orders",), "'app/orders' is no role; expected its name, without a path, or its ARN"),
        ((f"{ROLE}x/y", "--days", "30"), "GetRole failed"),
        (("orders", "--days", "401"), "401 is not in the range 1<=x<=400"),
        (("orders", "--job", "j", "--last-accessed", "f"), "--job and --last-accessed each name a report"),
    ],
)
def test_usage_that_makes_no_sense_is_refused(
    run: Run, aws: RecordedAws, arguments: tuple[str, ...], message: str
) -> None:
    aws.answers["GetRole"] = [Refusal("NoSuchEntity", "no such role", 404)]
    ran = run("refine", *arguments)
    assert ran.status == 2
    assert message in ran.err


def test_a_role_of_that_name_with_another_arn_is_another_role(run: Run, aws: RecordedAws) -> None:
    given = f"arn:aws:iam::{ACCOUNT}:role/orders"
    ran = run("refine", given)
    assert (ran.status, ran.err) == (2, f"the role of that name is {ROLE}, expected {given}\n")
