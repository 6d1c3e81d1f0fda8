"""Watches the ledger and the webhook from outside, as they change. Only reads."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from passrole.alerts import Alert
from passrole.alerts.renderings import wording
from passrole.clock import parse_time
from passrole.demo.seen import Act, Seen, SeenAlert, SeenPass, SeenStep
from passrole.emulator.webhook import Message
from passrole.finding import Finding, News, Step
from passrole.names import short_resource
from passrole.passes import Pass
from passrole.policy import Decision

Scan = Callable[[], Iterable[Mapping[str, Any]]]
# Of several acts on a resource, the latest is behind these.
_DECIDED = (News.RELEASED, News.APPROVED, News.CONTAINED)
_deserialize = TypeDeserializer().deserialize


def scan_of(client: Any, table: str) -> Scan:
    """Reads all items of a DynamoDB table, as plain values. The demonstration's is small."""

    def scan() -> Iterable[Mapping[str, Any]]:
        for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            for item in page["Items"]:
                yield {name: _deserialize(value) for name, value in item.items()}

    return scan


class Observer:
    """Collects passes, steps of findings, and alerts, each once.

    Attributes:
        acts: what was done, to tell which act a pass comes from.
        findings: as they are in the ledger now, by id.
    """

    def __init__(self, scan: Scan, messages: list[Message]) -> None:
        self.acts: list[Act] = []
        self.passes: list[SeenPass] = []
        self.steps: list[SeenStep] = []
        self.alerts: list[SeenAlert] = []
        self.findings: dict[str, Finding] = {}
        self._scan = scan
        self._messages = messages
        self._known: set[tuple[str, str]] = set()

    def look(self) -> list[Seen]:
        """What is new since the last look, oldest first."""
        # Messages first: whatever they are about was in the ledger before they were sent.
        messages = self._messages[len(self.alerts) :]
        items = {(str(item["pk"]), str(item["sk"])): item for item in self._scan()}
        self.findings |= {
            pk.partition("#")[2]: Finding.from_json(json.loads(item["body"]))
            for (pk, sk), item in items.items()
            if sk == "FINDING"
        }
        fresh = {key: item for key, item in items.items() if key not in self._known}
        self._known |= fresh.keys()
        passes = [self._pass(item) for (_, sk), item in fresh.items() if sk == "PASS"]
        self.passes += sorted(passes, key=_time)
        steps = [self._step(pk, item) for (pk, sk), item in fresh.items() if sk.startswith("STEP#")]
        self.steps += sorted(steps, key=_time)
        alerts = [self._alert(message) for message in messages]
        self.alerts += alerts
        return sorted([*passes, *steps, *alerts], key=_time)

    def passes_of(self, act: Act) -> list[SeenPass]:
        """The passes that an act made."""
        return [seen for seen in self.passes if seen.act is act]

    def finding_of(self, act: Act) -> Finding | None:
        """The finding, as it is now, that an act's pass fed."""
        ids = [finding_id for seen in self.passes_of(act) for finding_id in seen.finding_ids]
        return self.findings.get(ids[0]) if ids else None

    def alerts_of(self, act: Act) -> list[SeenAlert]:
        """The messages about an act's findings."""
        return [seen for seen in self.alerts if seen.act is act]

    def step_of(self, act: Act, news: News) -> SeenStep | None:
        """The step of an act's findings that is such news."""
        return next((seen for seen in self.steps if seen.act is act and seen.step.news is news), None)

    def _pass(self, item: Mapping[str, Any]) -> SeenPass:
        body = json.loads(item["body"])
        pass_ = Pass.from_json(body)
        return SeenPass(
            at=_unix(item["recorded_at"]),
            act=next((act for act in self.acts if act.made(pass_)), None),
            pass_=pass_,
            role=item.get("role_arn") or pass_.role.arn or pass_.role.value,
            decision=Decision(body["verdict"]),
            reasons=tuple(body["reasons"]),
            finding_ids=tuple(item["finding_ids"]),
        )

    def _step(self, pk: str, item: Mapping[str, Any]) -> SeenStep:
        finding, step = self.findings[pk.partition("#")[2]], Step.from_json(json.loads(item["body"]))
        return SeenStep(_unix(step.at), self._act_behind(finding, step.news), finding, step)

    def _alert(self, message: Message) -> SeenAlert:
        finding_id = next((known for known in self.findings if known in message.whole), None)
        seen = SeenAlert(message.at, None, finding_id, None, message.payload)
        for each in self.steps:
            if each.finding.id == finding_id and wording.title(Alert(each.finding, each.step)) in seen.title:
                return replace(seen, act=each.act, news=each.step.news)
        return seen

    def _act_behind(self, finding: Finding, news: News) -> Act | None:
        """The act that made the finding; of what people decided, and of what came of that, the decision."""
        if news in _DECIDED and finding.resource:
            about = [act for act in self.acts if act.about == short_resource(finding.resource)]
            return about[-1] if about else None
        return next((seen.act for seen in self.passes if seen.act and finding.id in seen.finding_ids), None)


def _unix(text: str) -> float:
    moment: datetime = parse_time(text)
    return moment.timestamp()


def _time(seen: Seen) -> float:
    return seen.at
