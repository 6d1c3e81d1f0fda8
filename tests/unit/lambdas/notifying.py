"""Messages to `notify`, and what stands behind it, as its tests use them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from lambdas.notify.channels import Post
from passrole.alerts import Channel, Deliverer
from passrole.finding import Finding, News
from passrole.finding.life import feed
from passrole.ledger import Ledger
from passrole.news import Pointer
from passrole.policy import Stage
from tests.unit.samples import ACCOUNT, REGION, finding_of


@dataclass
class Context:
    function_name: str = "notify"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:notify"
    aws_request_id: str = "33333333-3333-4333-8333-333333333333"
    remaining: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


def post(
    notify: Any, monkeypatch: pytest.MonkeyPatch, ledger: Ledger, channels: Mapping[str, Channel]
) -> None:
    """Has each channel told by the queue of that name."""
    found = {
        queue: Post(ledger, Deliverer(ledger, channel), queue_url(queue))
        for queue, channel in channels.items()
    }
    monkeypatch.setattr(notify, "posts_by_queue", lambda: found)


def queue_url(name: str) -> str:
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"


def opened(ledger: Ledger, response: Stage = Stage.QUARANTINE) -> Finding:
    change = feed(None, finding_of(response=response))
    assert ledger.record_change(change)
    return change.finding


def opened_as(ledger: Ledger, finding_id: str) -> Finding:
    change = feed(None, replace(finding_of(), id=finding_id))
    assert ledger.record_change(change)
    return change.finding


def pointer_to(finding: Finding, revision: int = 1, news: News = News.OPENED) -> str:
    return Pointer(finding.id, revision, news).to_message()


def event_of(*bodies: str, queue: str = "notify") -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"message-{index}",
                "body": body,
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "awsRegion": REGION,
                "receiptHandle": "handle",
                "md5OfBody": "",
            }
            for index, body in enumerate(bodies)
        ]
    }


def failed(answer: dict[str, Any]) -> list[str]:
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def dana() -> str:
    return f"arn:aws:iam::{ACCOUNT}:user/dana"


def why() -> str:
    return finding_of().reasons[0]
