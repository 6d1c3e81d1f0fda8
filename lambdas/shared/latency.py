"""How long things took, as metrics: from the time of a call, which has whole seconds, to now."""

from datetime import datetime

from aws_lambda_powertools.metrics import MetricUnit

from lambdas.shared.observability import metrics
from passrole.clock import parse_time


def add_latency(name: str, event_time: str | None, now: datetime) -> None:
    """Adds the seconds since ``event_time`` (ISO 8601) to a metric; nothing if the record told no time."""
    if event_time is not None:
        seconds = (now - parse_time(event_time)).total_seconds()
        metrics.add_metric(name, MetricUnit.Seconds, max(seconds, 0))
