"""How many findings are open, and since when: once an hour, as all of them are read for it."""

from datetime import datetime

from aws_lambda_powertools.metrics import MetricUnit

from lambdas.shared.clients import client
from lambdas.shared.observability import add_metric_by, metrics
from lambdas.shared.settings import Settings
from passrole.clock import parse_time
from passrole.finding import State
from passrole.ledger import Ledger
from passrole.policy import Severity

# Of an hour, for a schedule that comes every two.
_FIRST_MINUTES = 2


def count_open_findings(settings: Settings, now: datetime) -> None:
    """Counts open findings by their severity, and the hours since the oldest opened: 0 if there is none."""
    if now.minute >= _FIRST_MINUTES:
        return
    ledger, oldest = Ledger(settings.ledger_table, client("dynamodb")), now
    for severity in Severity:
        opened = [f.opened_at for f in ledger.standing(severity) if f.state is State.OPEN]
        add_metric_by("severity", severity, "FindingsOpen", MetricUnit.Count, len(opened))
        oldest = min(oldest, *map(parse_time, opened)) if opened else oldest
    metrics.add_metric("OldestOpenFinding", MetricUnit.Count, (now - oldest).total_seconds() / 3600)
