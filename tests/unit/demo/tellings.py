"""Runs of the demonstration as values, with the names that a test cares about."""

from collections.abc import Sequence
from typing import Any

from passrole.alerts import Alert
from passrole.alerts.renderings import slack
from passrole.demo.seen import Act, SeenAlert, SeenPass, SeenStep
from passrole.demo.telling import Change, Exhibit, Note, Ran, Scene, Told
from passrole.finding import Finding, News, State, Step
from passrole.passes import Pass, Passer
from tests.unit.samples import ACCOUNT, ROLE, finding_of, pass_of, verdict_of

BEGAN = 1_795_000_000.0
ACT = Act("CreateFunction", "orders", BEGAN + 2)


def seen_pass(pass_: Pass | None = None, reasons: Sequence[str] = ()) -> SeenPass:
    verdict = verdict_of()
    return SeenPass(
        at=BEGAN + 2.25,
        act=ACT,
        pass_=pass_ or pass_of(),
        role=ROLE,
        decision=verdict.decision,
        reasons=tuple(reasons) or verdict.reasons,
        finding_ids=(finding_of().id,),
    )


def seen_step(news: News, finding: Finding | None = None, after: float = 0.5, why: str = "held") -> SeenStep:
    finding = finding or finding_of()
    step = Step(1 if news is News.OPENED else 2, "2026-11-22T12:00:06.000Z", news, "guardrail", why)
    return SeenStep(ACT.started + after, ACT, finding, step)


def seen_alert(finding: Finding | None = None, after: float = 0.4) -> SeenAlert:
    finding = finding or finding_of()
    opened = Step(1, "2026-11-22T12:00:05.000Z", News.OPENED, "dana", "not approved")
    return SeenAlert(ACT.started + after, ACT, finding.id, News.OPENED, slack.payload(Alert(finding, opened)))


def told_of(name: str = "orders") -> Told:
    """A whole run in which every text that comes from elsewhere is ``name``."""
    passer = Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/{name}", source_identity=name)
    pass_ = pass_of(passer=passer, resources=(f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}",))
    finding = finding_of(pass_)
    told = Told(BEGAN, seconds=31.4, timings={"deployment": 0.7}, resources=67, policy=f"# {name}")
    told.scenes = [
        Scene(
            "Dana ships",
            "Every call succeeds.",
            [
                seen_pass(pass_, (f"{name} is not approved", f"{name} needs a tag")),
                seen_alert(finding),
                seen_step(News.CONTAINED, finding),
                Note(f"a note about {name}", f"detail {name}"),
                Exhibit.ALERTS,
                Exhibit.CHANGES,
                Ran(f"passrole findings release {name}", name),
                seen_step(News.RELEASED, finding, why=name),
            ],
        )
    ]
    told.changes = [Change(name, "concurrency", "not reserved", "0", "0")]
    told.mails = [{"Subject": name, "Message": name}]
    told.expectations.expect(f"{name} is contained", State.CONTAINED, State.CONTAINED)
    return told


def items_of(pass_: Pass, finding: Finding, steps: Sequence[Step] = ()) -> list[dict[str, Any]]:
    """What the ledger's table holds of a pass, its finding and the finding's steps."""
    import json

    body = pass_.to_json() | verdict_of().to_json()
    key = f"FINDING#{finding.id}"
    return [
        {
            "pk": f"PASS#{pass_.id}",
            "sk": "PASS",
            "body": json.dumps(body),
            "recorded_at": "2026-11-22T12:00:05.000Z",
            "role_arn": ROLE,
            "finding_ids": [finding.id],
        },
        {"pk": key, "sk": "FINDING", "body": json.dumps(finding.to_json())},
        *(
            {"pk": key, "sk": f"STEP#{step.revision:06}", "body": json.dumps(step.to_json())}
            for step in steps
        ),
    ]
