"""On a schedule, `sweep` does what an interrupted function left, and what time brings."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import lru_cache

from aws_lambda_powertools.metrics import MetricUnit

from lambdas.shared.clients import client
from lambdas.shared.observability import logger, metrics
from lambdas.shared.settings import Settings
from lambdas.sweep.canary import miss_canary, send_canary
from lambdas.sweep.standing import count_open_findings
from passrole.clock import iso, utc_now
from passrole.ledger import Ledger
from passrole.news import SnsTopic, SqsPointers
from passrole.news.digests import point_to_due_digests
from passrole.policy import load_deployed
from passrole.sweep.due import ENDING, Did, DueWork, ending
from passrole.sweep.queue import SqsTasks
from passrole.sweep.runner import policy_cause
from passrole.sweep.tasks import JudgeAll, SweepAll

# What is younger is still in the hands of the function that wrote it, or of a redelivery.
_PATIENCE = timedelta(minutes=2)
_METRICS = {
    Did.PUBLISHED: "NewsPublishedLate",
    Did.REOPENED: "ExemptionsExpired",
    Did.PROLONGED: "ExemptionsProlonged",
    Did.POINTED_OUT: "ResourcesDue",
}


def do_what_is_due(settings: Settings) -> None:
    """Publishes late news, brings back what is exempt no longer, has `contain` look, and digests sent.

    Raises:
        Exception: whatever broke, once all else is done.
    """
    now = utc_now()
    send_canary(settings.canary)
    with ExitStack() as others:  # whatever breaks the one stops none of the others; the last is done first
        others.callback(count_open_findings, settings, now)
        others.callback(_begin_what_is_new, settings, now)
        others.callback(miss_canary, settings)
        others.callback(_point_to_digests, settings, now)
        _do(_due_work(settings), now)


def _do(due: DueWork, now: datetime) -> None:
    for finding, did in due.do(iso(now - _PATIENCE), iso(now)):
        metrics.add_metric(_METRICS[did], MetricUnit.Count, 1)
        logger.info(did, extra={"finding": finding.id, "revision": finding.revision})
    soon = ending(due.policy, now)
    metrics.add_metric("ExemptionsEnding", MetricUnit.Count, len(soon))
    for exemption in soon:
        logger.warning(
            f"an exemption ends within {ENDING.days} days",
            extra={"exemption": exemption.name, "owner": exemption.owner, "expires": exemption.expires},
        )


def _begin_what_is_new(settings: Settings, now: datetime) -> None:
    """After the first deployment, a sweep; after one with another policy, a judgement of all that is held.

    That begins anew where its task was given up, or where a function of the version before dropped it.
    """
    if settings.tasks_queue_url is None:
        return
    ledger, policy = Ledger(settings.ledger_table, client("dynamodb")), load_deployed().hash
    tasks = SqsTasks(settings.tasks_queue_url, client("sqs"))
    if ledger.latest_sweep() is None:
        tasks.put(SweepAll())
    judgement = ledger.policy_judgement()
    if judgement is None or judgement.policy != policy or judgement.is_stuck(now):
        # First the task: one too many judges twice, and one too few never.
        tasks.put(JudgeAll(policy, policy_cause(policy, iso(now))))
        ledger.begin_policy_judgement(policy, iso(now))
        logger.info("all that is held is judged again", extra={"policy": policy})


def _point_to_digests(settings: Settings, now: datetime) -> None:
    ledger = Ledger(settings.ledger_table, client("dynamodb"))
    sqs = client("sqs")
    queues = {str(channel): SqsPointers(url, sqs) for channel, url in settings.channel_queues}
    for digest, is_pointed_to in point_to_due_digests(ledger, queues, now):
        about = {"channel": digest.channel, "digest": digest.number, "news": digest.count}
        if is_pointed_to:
            metrics.add_metric("DigestsDue", MetricUnit.Count, 1)
            logger.info("digest due", extra=about)
        else:
            metrics.add_metric("DigestsWithoutChannel", MetricUnit.Count, 1)
            logger.error("a digest waits for a channel that is configured no longer", extra=about)


@lru_cache(maxsize=1)
def _due_work(settings: Settings) -> DueWork:
    ledger = Ledger(settings.ledger_table, client("dynamodb"))
    to_contain = SqsPointers(settings.contain_queue_url or "", client("sqs"))
    return DueWork(ledger, SnsTopic(settings.findings_topic_arn, client("sns")), to_contain, load_deployed())
