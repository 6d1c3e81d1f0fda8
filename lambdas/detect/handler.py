"""Entry point of ``detect``: EventBridge envelopes from the intake queue, or from where they waited."""

from functools import lru_cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared.clients import client
from lambdas.shared.latency import add_latency
from lambdas.shared.observability import logger, metrics
from lambdas.shared.settings import Settings
from passrole.clock import utc_now
from passrole.detection.detector import Detected, Detector
from passrole.detection.left_out import is_left_out
from passrole.detection.looks import ATTRIBUTE, FIRST, SqsLooks, parse_look
from passrole.evidence.iam import LiveIam
from passrole.evidence.wanted import Wanted
from passrole.ledger import Ledger
from passrole.news import SnsTopic
from passrole.passes import Coverage
from passrole.policy import CompiledPolicy, load_deployed
from passrole.references import LiveReferences
from passrole.trail import ForgedEventError, UnreadableEventError, record_in

_processor = BatchProcessor(event_type=EventType.SQS)
# A pass is not begun with less: what is cut off brings all events of the batch again, the judged ones too.
_LEAST_TIME = 15_000  # milliseconds


class OutOfTimeError(RuntimeError):
    """The event is to be delivered again, to go on behind the passes that are recorded."""


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Judges each event of the batch; those that failed are delivered again."""
    return process_partial_response(
        event=event,
        record_handler=lambda record: _judge(record, context),
        processor=_processor,
        context=context,
    )


@lru_cache(maxsize=1)
def _policy() -> CompiledPolicy:
    return load_deployed()


@lru_cache(maxsize=1)
def _detector(account: str) -> Detector:
    settings = Settings.from_environment()
    return Detector(
        account=account,
        policy=_policy(),
        references=LiveReferences(client),
        evidence=LiveIam(client("iam"), wanted=Wanted.of(_policy().keys)),
        looks=SqsLooks(settings.second_looks_queue_url, settings.look_delays, client("sqs")),
        ledger=Ledger(settings.ledger_table, client("dynamodb")),
        topic=SnsTopic(settings.findings_topic_arn, client("sns")),
        guard_roles=settings.guard_roles,
        canary=settings.canary,
    )


def _judge(record: SQSRecord, context: LambdaContext) -> None:
    account = context.invoked_function_arn.split(":")[4]
    _check_time(context)
    try:
        if is_left_out(record_in(record.body, account), _policy().left_out):
            metrics.add_metric("EventsLeftOut", MetricUnit.Count, 1)
            return
        look = _look_of(record)
        for detected in _detector(account).detect(record.body, look):
            _report(detected, look)
            _check_time(context)
    except ForgedEventError as error:
        # Not AWS's word: it changes nothing, and trying again would not make it true.
        metrics.add_metric("ForgedEvents", MetricUnit.Count, 1)
        logger.warning("forged event ignored", extra={"why": str(error), "message_id": record.message_id})
    except UnreadableEventError as error:
        metrics.add_metric("UnreadableEvents", MetricUnit.Count, 1)
        logger.error("unreadable event", extra={"why": str(error), "message_id": record.message_id})
        raise  # to the dead-letter queue, where a person can look at it


def _check_time(context: LambdaContext) -> None:
    left = context.get_remaining_time_in_millis()
    if left < _LEAST_TIME:
        raise OutOfTimeError(f"{left} milliseconds are left")


def _look_of(record: SQSRecord) -> int:
    attribute = record.message_attributes[ATTRIBUTE]
    try:
        return parse_look(attribute.string_value if attribute else None)
    except ValueError as error:
        raise UnreadableEventError(str(error)) from None


def _report(detected: Detected, look: int) -> None:
    pass_, verdict = detected.pass_, detected.verdict
    if verdict is None:
        if look == FIRST:  # later, the event's other passes are there already
            metrics.add_metric("PassesDeliveredAgain", MetricUnit.Count, 1)
        return
    if detected.is_unanswered:
        metrics.add_metric("IamReadsFailed", MetricUnit.Count, 1)
    if detected.is_canary:
        _report_canary(detected)
        return
    if detected.waits:
        metrics.add_metric("PassesLookedAtAgain", MetricUnit.Count, 1)
    else:
        metrics.add_metric(f"Passes{verdict.decision.capitalize()}", MetricUnit.Count, 1)
        if pass_.coverage is Coverage.UNCATALOGUED:
            metrics.add_metric("PassesUncatalogued", MetricUnit.Count, 1)
        add_latency("VerdictLatency", pass_.event_time, utc_now())
    logger.info(
        "pass",
        extra={
            "pass_id": pass_.id,
            "call": f"{pass_.event_source}:{pass_.event_name}",
            "role": pass_.role.value,
            "services": pass_.services,
            "resources": pass_.resources,
            "passer": pass_.passer.arn,
            "outcome": pass_.outcome,
            "verdict": verdict.decision,
            "look": look,
            "waits": detected.waits,
            "reasons": verdict.reasons,
            "policy": verdict.policy_hash,
        },
    )


def _report_canary(detected: Detected) -> None:
    about = {"pass_id": detected.pass_.id, "reasons": detected.verdict.reasons if detected.verdict else ()}
    if detected.is_unanswered:
        logger.error("the canary came, and IAM did not tell of its role", extra=about)
        return
    metrics.add_metric("CanarySeen", MetricUnit.Count, 1)
    add_latency("CanaryLatency", detected.pass_.event_time, utc_now())
    logger.info("canary", extra=about)
