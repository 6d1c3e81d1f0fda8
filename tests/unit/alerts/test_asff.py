"""Findings in the AWS Security Finding Format: as the API's model takes them, within documented limits."""

import json
import re
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given, settings

from passrole.alerts import Alert
from passrole.alerts.renderings.asff import asff, hub_id, workflow
from passrole.alerts.renderings.asff_resources import RESOURCE_TYPES
from passrole.finding import Finding, News, State, Step
from passrole.passes import Outcome, Passer
from tests.unit.alerts.samples import ALERTS, FINDING, PASSER, alert
from tests.unit.alerts.test_hostile_names import ALERTS as HOSTILE_ALERTS

PRODUCT = "arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default"
MODEL = botocore.session.get_session().get_service_model("securityhub")
STATUSES = {"NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED"}


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _assert_taken(operation: str, parameters: dict[str, Any]) -> None:
    shape = MODEL.operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    assert not report.has_errors(), report.generate_report()
    _assert_enums_and_blanks(parameters, shape)


def _assert_enums_and_blanks(value: Any, shape: Any) -> None:
    """What the model says and botocore leaves to the service: enumerations, and the pattern ``.*\\S.*``."""
    if shape.type_name == "structure":
        for name, member in value.items():
            _assert_enums_and_blanks(member, shape.members[name])
    elif shape.type_name == "list":
        for member in value:
            _assert_enums_and_blanks(member, shape.member)
    elif shape.type_name == "map":
        for key, member in value.items():
            _assert_enums_and_blanks(key, shape.key)
            _assert_enums_and_blanks(member, shape.value)
    elif shape.type_name == "string":
        assert not shape.enum or value in shape.enum
        assert "pattern" not in shape.metadata or re.fullmatch(shape.metadata["pattern"], value)


def _assert_within_limits(told: dict[str, Any]) -> None:
    _assert_taken("BatchImportFindings", {"Findings": [told]})
    limits = {"Id": 512, "GeneratorId": 512, "Title": 256, "Description": 1_024, "ProductArn": 2_048}
    for field, limit in limits.items():
        assert 1 <= _length(told[field]) <= limit, field
    assert 1 <= _length(told["Remediation"]["Recommendation"]["Text"]) <= 512
    assert re.fullmatch("[0-9]{12}", told["AwsAccountId"])
    for field in ("CreatedAt", "UpdatedAt"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z", told[field])
    assert 1 <= len(told["Resources"]) <= 32
    for resource in told["Resources"]:
        assert 1 <= _length(resource["Type"]) <= 256
        assert _length(resource["Id"]) <= 2_048
        assert 1 <= len(resource.get("Region", "x")) <= 16
    assert len({resource["Id"] for resource in told["Resources"]}) == len(told["Resources"])
    assert len(told["ProductFields"]) <= 50
    assert all(_length(key) <= 128 for key in told["ProductFields"])
    assert all(_length(value) <= 2_048 for value in told["ProductFields"].values())
    assert len(told["FindingProviderFields"]["Types"]) <= 50
    text = json.dumps(told, ensure_ascii=False)
    assert len(text.encode()) < 240_000  # and no lone surrogate, which UTF-8 does not take
    assert text.isprintable()


@pytest.mark.parametrize("name", ALERTS)
def test_every_news_is_a_finding_that_security_hub_takes(name: str) -> None:
    told = asff(ALERTS[name], PRODUCT)

    _assert_within_limits(told)
    assert told["Id"] == f"passrole-guardrail/{ALERTS[name].finding.id}"


@settings(max_examples=150, deadline=None)
@given(HOSTILE_ALERTS)
def test_whatever_things_are_called_security_hub_takes_it(told: Alert) -> None:
    _assert_within_limits(asff(told, PRODUCT))
    update = workflow(told)
    if update is not None:
        identifier = {"Id": hub_id(told.finding), "ProductArn": PRODUCT}
        _assert_taken("BatchUpdateFindings", {"FindingIdentifiers": [identifier], **update})
        assert 1 <= _length(update["Note"]["Text"]) <= 512
        assert update["Note"]["Text"].isprintable()
        assert update["Workflow"]["Status"] in STATUSES


def test_finding_says_who_passed_what_in_our_words() -> None:
    told = asff(ALERTS["opened"], PRODUCT)

    assert told["Title"] == "Developer/alice passed role BreakGlass to Lambda function payments"
    assert told["Description"] == (
        f"{told['Title']}. The policy does not approve that. What was done: Nothing yet. The policy says "
        "quarantine; a message of its own tells whether that worked. "
        f"Why: {FINDING.reasons[0]}. {FINDING.reasons[1]}."
    )
    assert told["FindingProviderFields"]["Severity"] == {"Label": "HIGH", "Original": "high"}
    assert told["FindingProviderFields"]["Types"] == ["TTPs/Privilege Escalation/PassRole"]
    # What finding providers must leave to FindingProviderFields, or to those who investigate.
    assert not {"Severity", "Types", "Workflow", "Note", "Compliance"} & told.keys()
    assert told["Remediation"]["Recommendation"]["Text"] == (
        "See everything: passrole findings show 3f9c2b7d51e8a604; "
        'Undo the quarantine: passrole findings release 3f9c2b7d51e8a604 --reason "…"'
    )


def test_title_stays_while_the_description_says_what_was_done() -> None:
    told = asff(ALERTS["released"], PRODUCT)

    assert told["Title"] == asff(ALERTS["opened"], PRODUCT)["Title"]
    said = "payments was released by GuardrailOperator/bob. Reason given: approved in CHG-1234. Unless"
    assert said in told["Description"]


def test_product_fields_say_the_rest() -> None:
    told = asff(alert(checks=("no-admin", "unapproved")), PRODUCT)

    fields = told["ProductFields"]
    expected = {
        "finding_id": FINDING.id,
        "state": "open",
        "verdict": "violation",
        "response": "quarantine",
        "policy_hash": "0123456789ab",
        "checks": "no-admin, unapproved",
        "passer": PASSER.arn,
        "role": FINDING.role,
        "service": "lambda.amazonaws.com",
        "account": "111122223333",
    }
    assert {key: fields[f"passrole-guardrail/{key}"] for key in expected} == expected
    assert told["GeneratorId"] == "passrole-guardrail/no-admin"
    assert "passrole-guardrail/exempt_until" not in fields


def test_resource_and_role_are_told_with_where_they_are() -> None:
    function, role = asff(ALERTS["opened"], PRODUCT)["Resources"]

    where = {"Partition": "aws", "Region": "eu-west-1", "ResourceRole": "Target"}
    assert function == {"Type": "AwsLambdaFunction", "Id": FINDING.resource, **where}
    details = {"RoleName": "BreakGlass", "Path": "/admin/", "RoleId": "AROABREAKGLASS"}
    assert role == {"Type": "AwsIamRole", "Id": FINDING.role, "Details": {"AwsIamRole": details}, **where}


@pytest.mark.parametrize(
    ("passer", "kind", "name"),
    [
        (PASSER, "AwsIamRole", PASSER.role_arn),
        (
            Passer(type="IAMUser", arn="arn:aws:iam::111122223333:user/dana"),
            "AwsIamUser",
            "arn:aws:iam::111122223333:user/dana",
        ),
        (
            Passer(type="Root", arn="arn:aws:iam::111122223333:root"),
            "Other",
            "arn:aws:iam::111122223333:root",
        ),
    ],
)
def test_of_an_attempt_without_a_resource_the_passer_is_told(
    passer: Passer, kind: str, name: str | None
) -> None:
    told = asff(alert(outcome=Outcome.DENIED, resource=None, passer=passer), PRODUCT)["Resources"]

    assert [(r["Type"], r["Id"], r["ResourceRole"]) for r in told] == [
        (kind, name, "Actor"),
        ("AwsIamRole", FINDING.role, "Target"),
    ]


@pytest.mark.parametrize("region", [None, "", "a" * 17, "eu west 1", "eu-west-1\n"])
def test_what_is_no_region_is_left_out(region: str | None) -> None:
    assert not any("Region" in resource for resource in asff(alert(region=region), PRODUCT)["Resources"])


def test_role_that_passes_itself_is_told_once() -> None:
    passer = replace(PASSER, role_arn=FINDING.role)

    [role] = asff(alert(outcome=Outcome.DENIED, resource=None, passer=passer), PRODUCT)["Resources"]

    assert role["Details"]["AwsIamRole"]["RoleName"] == "BreakGlass"


def test_trouble_of_the_guard_is_told_of_its_account() -> None:
    told = asff(ALERTS["breaker"], PRODUCT)

    assert told["Title"] == "The guardrail has stopped containing resources"
    assert told["GeneratorId"] == "passrole-guardrail/BreakerTripped"
    assert told["Resources"] == [
        {"Type": "AwsAccount", "Id": "AWS::::Account:111122223333", "Region": "eu-west-1"}
    ]


@pytest.mark.parametrize("account", ["999988887777", None])
def test_finding_of_another_account_is_imported_for_the_guards_own(account: str | None) -> None:
    told = asff(alert(account=account), PRODUCT)

    assert told["AwsAccountId"] == "111122223333"
    assert told["ProductFields"].get("passrole-guardrail/account") == account


@pytest.mark.parametrize("state", State)
def test_only_what_is_resolved_is_archived(state: State) -> None:
    archived = asff(alert(state=state), PRODUCT)["RecordState"] == "ARCHIVED"

    assert archived is (state is State.RESOLVED)


def test_product_that_is_no_arn_is_refused() -> None:
    with pytest.raises(ValueError, match="no product ARN: default"):
        asff(ALERTS["opened"], "default")


def test_resource_types_are_security_hubs_own() -> None:
    assert set(RESOURCE_TYPES.values()) <= set(MODEL.shape_for("ResourceDetails").members)


def test_latest_news_counts_whichever_comes_last() -> None:
    """Security Hub ignores what is not later, and each news comes with the finding as it is by then."""
    finding = replace(FINDING, revision=2, state=State.CONTAINED)
    steps = [Step(n, finding.updated_at, News.OPENED, "", "") for n in (1, 2)]

    first, second = (asff(Alert(finding, step), PRODUCT)["UpdatedAt"] for step in steps)

    assert (first, second) == ("2026-11-22T03:14:09.123000001Z", "2026-11-22T03:14:09.123000002Z")


def _told(news: News, **changes: Any) -> dict[str, Any] | None:
    return workflow(alert(news, who="arn:aws:iam::111122223333:user/bob", why="CHG-1", **changes))


@pytest.mark.parametrize(
    ("news", "changes", "status"),
    [
        (News.OPENED, {}, None),
        (News.REOPENED, {}, "NEW"),
        (News.EXEMPTION_ENDED, {}, "NEW"),
        (News.CONTAINMENT_WAITS, {"awaits_approval": True}, "NOTIFIED"),
        (News.CONTAINMENT_WAITS, {"waits_until": "2026-11-22T04:00:00.000Z"}, "NOTIFIED"),
        (News.APPROVED, {"approved_by": "bob"}, "NOTIFIED"),
        (News.CONTAINED, {"state": State.CONTAINED}, "NOTIFIED"),
        (News.RELEASED, {"state": State.RELEASED}, "RESOLVED"),
        (News.RESOLVED, {"state": State.RESOLVED}, "RESOLVED"),
        (News.EXEMPTED, {"state": State.EXEMPTED}, "SUPPRESSED"),
        (News.WOULD_CONTAIN, {}, None),
        (News.CONTAINMENT_REFUSED, {}, None),
        (News.CONTAINMENT_FAILED, {}, None),
        (News.UNDONE, {}, None),
    ],
)
def test_news_sets_the_status_that_fits(news: News, changes: dict[str, Any], status: str | None) -> None:
    update = _told(news, **changes)

    assert (update and update["Workflow"]["Status"]) == status
    if update:
        assert update["Note"]["UpdatedBy"] == "passrole-guardrail"
        said = str(news).replace("_", " ").capitalize()
        assert update["Note"]["Text"] == f"{said} (by arn:aws:iam::111122223333:user/bob): CHG-1"


@pytest.mark.parametrize(
    ("news", "changes"),
    [
        (News.CONTAINED, {"state": State.RELEASED}),
        (News.CONTAINED, {"state": State.OPEN}),
        (News.REOPENED, {"state": State.CONTAINED}),
        (News.REOPENED, {"awaits_approval": True}),
        (News.RELEASED, {"state": State.OPEN}),
        (News.EXEMPTED, {"state": State.OPEN}),
    ],
)
def test_late_news_says_nothing_of_a_finding_that_has_moved_on(news: News, changes: dict[str, Any]) -> None:
    assert _told(news, **changes) is None


def test_repeat_leaves_the_status_to_whoever_investigates() -> None:
    assert workflow(alert(News.RELEASED, state=State.RELEASED, repeat=True)) is None


def test_note_without_a_reason_says_so() -> None:
    update = workflow(alert(News.RESOLVED, state=State.RESOLVED, who=""))

    assert update is not None
    assert update["Note"]["Text"] == "Resolved: no reason is known"


def test_finding_of_nothing_but_blanks_names_the_account() -> None:
    blank: Finding = replace(FINDING, resource=" ", role="", passer=Passer(arn=" "), region="eu west 1")

    told = asff(Alert(blank, Step(1, FINDING.opened_at, News.OPENED, "", "")), PRODUCT)

    assert told["Resources"] == [{"Type": "AwsAccount", "Id": "AWS::::Account:111122223333"}]
