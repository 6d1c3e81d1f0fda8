"""From the queue of tasks: parts of sweeps, judgements, and the changes of roles that lead to them."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared.clients import client
from lambdas.shared.observability import logger, metrics
from lambdas.shared.settings import Settings
from lambdas.sweep.self_watch import count_forged
from passrole.arn import partition_of
from passrole.clock import utc_now
from passrole.evidence.answers import Answers
from passrole.evidence.iam import LiveIam
from passrole.evidence.wanted import Wanted
from passrole.ledger import Ledger
from passrole.news import SnsTopic
from passrole.policy import load_deployed
from passrole.sweep.config_query import Recorders
from passrole.sweep.listing import Listing, listings_for
from passrole.sweep.pace import Pace
from passrole.sweep.part import PartSweeper
from passrole.sweep.queue import SqsTasks
from passrole.sweep.reach import Reach
from passrole.sweep.rejudging import Rejudge
from passrole.sweep.role_changes import change_in
from passrole.sweep.runner import TaskRunner
from passrole.sweep.tasks import task_in
from passrole.sweep.work import Done
from passrole.trail import ForgedEventError, record_in

# What is left of a part is put back with so much time: a hundred roles that IAM is slow to tell take it.
_LEAST_TIME = 90_000  # milliseconds
# What IAM told serves one go of the function: the next one asks anew.
_GO = timedelta(minutes=5)
_MOST_ROLES = 10_000


def do_task(record: SQSRecord, settings: Settings, context: LambdaContext) -> None:
    """Does what one message asks for.

    Raises:
        ValueError: it is neither a task nor an event; and whatever is to be tried again.
    """
    account, region = context.invoked_function_arn.split(":")[4], context.invoked_function_arn.split(":")[3]
    runner = _runner(settings, account, region, lambda: context.get_remaining_time_in_millis() < _LEAST_TIME)
    body = json.loads(record.body)
    if not isinstance(body, dict):
        raise ValueError("a task is a JSON object")
    if "detail-type" not in body:
        _report(runner.run(task_in(body)))
        return
    try:
        change = change_in(record_in(record.body, account))
    except ForgedEventError as error:
        # Not AWS's word: it changes nothing, and trying again would not make it true.
        count_forged(error, record)
        return
    if change:
        runner.take_change(change)


def _report(done: Done) -> None:
    if done.part is not None:
        metrics.add_metric("FindingsFromSweep", MetricUnit.Count, done.opened)
        if done.part.ended_at is not None:
            metrics.add_metric("SweepResources", MetricUnit.Count, done.part.resources)
            metrics.add_metric("SweepListingsFailed", MetricUnit.Count, int(done.part.failed is not None))
        log = logger.warning if done.part.failed else logger.info
        log("part of a sweep", extra={"part": done.part.to_json()})  # "name" is the logger's own
    if done.fault is not None:
        logger.warning("AWS did not answer a listing", extra={"why": done.fault})
    if done.judged:
        metrics.add_metric("RolesJudgedAgain", MetricUnit.Count, done.judged)
    if done.resolved:
        metrics.add_metric("FindingsResolved", MetricUnit.Count, done.resolved)
    if done.is_swept:
        metrics.add_metric("SweepFinished", MetricUnit.Count, 1)


def _runner(settings: Settings, account: str, region: str, is_out_of_time: Callable[[], bool]) -> TaskRunner:
    policy, ledger = load_deployed(), Ledger(settings.ledger_table, client("dynamodb"))
    evidence = _evidence(settings.sweep_rate)
    rejudge = Rejudge(policy, evidence, ledger, SnsTopic(settings.findings_topic_arn, client("sns")))
    pace = _pace(settings.sweep_rate)
    recorders = _recorders(settings.sweep_rate)
    sweeper = PartSweeper(client, evidence, rejudge, ledger, pace, is_out_of_time, recorders=recorders)
    return TaskRunner(
        _reach(account, region, settings.sweep_regions, settings.sweep_types),
        sweeper,
        rejudge,
        ledger,
        SqsTasks(settings.tasks_queue_url or "", client("sqs")),
        policy.hash,
        client("iam"),
        is_out_of_time,
    )


@lru_cache(maxsize=1)
def _evidence(per_second: float) -> LiveIam:
    """Evidence at the pace of the sweep: one listing may come by more roles than IAM tells at once."""
    iam, pace = client("iam"), _pace(per_second)
    iam.meta.events.register("before-call.iam", lambda **_: pace.wait("iam", "global"))
    answers = Answers(utc_now, lifetime=_GO, most=_MOST_ROLES)
    return LiveIam(iam, wanted=Wanted.of(load_deployed().keys), answers=answers)


@lru_cache(maxsize=1)
def _pace(per_second: float) -> Pace:
    return Pace(per_second)


@lru_cache(maxsize=1)
def _recorders(per_second: float) -> Recorders:
    return Recorders(client, _pace(per_second))


@lru_cache(maxsize=1)
def _reach(account: str, region: str, further: tuple[str, ...], types: frozenset[str]) -> Reach:
    partition, left_out = partition_of(region), load_deployed().left_out
    listings = tuple(row for row in listings_for(types) if _source_of(row) not in left_out.sources)
    session: Any = boto3.Session()

    def is_there(service: str, where: str) -> bool:
        found = session.get_available_regions(service, partition_name=partition)
        return not found or where in found  # of global services and new ones botocore knows no regions

    return Reach(partition, account, (region, *further), listings, is_there)


def _source_of(listing: Listing) -> str:
    return f"{listing.type.partition(':')[0]}.amazonaws.com"
