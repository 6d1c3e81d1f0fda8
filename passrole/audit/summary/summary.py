"""The summary of an audit: every number of its report."""

from dataclasses import dataclass

from passrole.audit.store import Store
from passrole.audit.summary.firsts import First, count_firsts
from passrole.audit.summary.flows import Flows, count_flows
from passrole.audit.summary.groups import Denied, Top, Violations, count_denied, count_violations
from passrole.audit.summary.roles import Roles, count_roles
from passrole.audit.summary.totals import Totals, Unknowns, count_totals, count_unknowns
from passrole.audit.summary.trend import Trend, count_trend


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers of an audit: as small for a year of an organization as for a file.

    Attributes:
        is_judged: whether a policy judged the passes; without one there are no verdicts and no violations.
    """

    is_judged: bool
    totals: Totals
    unknowns: Unknowns
    trend: Trend
    flows: Flows
    violations: Top[Violations]
    denied: Top[Denied]
    roles: Roles
    firsts: Top[First]


def summarize(store: Store, is_judged: bool) -> Summary:
    """Counts the passes of a store whose input is closed."""
    connection = store.connection
    return Summary(
        is_judged,
        count_totals(connection),
        count_unknowns(connection),
        count_trend(connection, is_judged),
        count_flows(connection, is_judged),
        count_violations(connection),
        count_denied(connection),
        count_roles(connection),
        count_firsts(connection),
    )
