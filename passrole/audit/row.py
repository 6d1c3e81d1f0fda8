"""A judged pass as one flat row: what all forms of an audit show, and what summaries are counted from."""

from dataclasses import dataclass
from typing import Any

from passrole.arn import parse_role_arn
from passrole.detection.judged import Judged
from passrole.evidence import Evidence, known
from passrole.evidence.trust import trust_of
from passrole.passes import Pass, Passer
from passrole.policy.keys.ours import account_of

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table of passes.

    Attributes:
        type: DuckDB's name of it.
        is_shown: whether CSV and Parquet have it. ``identity`` is the same for passes of which all is.
    """

    name: str
    type: str = "VARCHAR"
    is_shown: bool = True


COLUMNS = (
    Column("event_time"),
    Column("event_id"),
    Column("path"),
    Column("account"),
    Column("region"),
    Column("event_source"),
    Column("event_name"),
    Column("action"),
    Column("outcome"),
    Column("error_code"),
    Column("direction"),
    Column("coverage"),
    Column("place"),
    Column("role_value"),
    Column("role_kind"),
    Column("role"),
    Column("role_name"),
    Column("role_path"),
    Column("role_tags", "MAP(VARCHAR, VARCHAR)"),
    Column("is_administrator", "BOOLEAN"),
    Column("is_external", "BOOLEAN"),
    Column("services", "VARCHAR[]"),
    Column("resource"),
    Column("resource_type"),
    Column("resources", "VARCHAR[]"),
    Column("passer"),
    Column("passer_type"),
    Column("passer_arn"),
    Column("passer_role_arn"),
    Column("passer_name"),
    Column("passer_account"),
    Column("passer_id"),
    Column("access_key_id"),
    Column("source_identity"),
    Column("on_behalf_of"),
    Column("mfa", "BOOLEAN"),
    Column("session_began"),
    Column("invoked_by"),
    Column("source_ip"),
    Column("vpc_endpoint"),
    Column("user_agent"),
    Column("verdict"),
    Column("severity"),
    Column("response"),
    Column("reasons", "VARCHAR[]"),
    Column("checks", "VARCHAR[]"),
    Column("policy_hash"),
    Column("identity", is_shown=False),
)


def row_of(pass_: Pass, evidence: Evidence, judged: Judged | None, is_administrator: bool | None) -> Row:
    """The row of a pass; without a policy, ``judged`` is None and so is what it would tell."""
    verdict = judged.verdict if judged else None
    return {
        "event_time": pass_.event_time,
        "event_id": pass_.event_id,
        "path": pass_.path,
        "account": pass_.account,
        "region": pass_.region,
        "event_source": pass_.event_source,
        "event_name": pass_.event_name,
        "action": pass_.action,
        "outcome": pass_.outcome,
        "error_code": pass_.error_code,
        "direction": pass_.direction,
        "coverage": pass_.coverage,
        "place": pass_.place,
        **_of_role(pass_, evidence),
        "is_administrator": is_administrator,
        "services": pass_.services,
        "resource": pass_.resources[0] if pass_.resources else None,
        "resource_type": pass_.resource_type,
        "resources": pass_.resources,
        **_of_passer(pass_.passer),
        "verdict": verdict.decision if verdict else None,
        "severity": judged.severity if judged else None,
        "response": judged.response if judged else None,
        "reasons": verdict.reasons if verdict else (),
        "checks": verdict.checks if verdict else (),
        "policy_hash": verdict.policy_hash if verdict else None,
    }


def _of_role(pass_: Pass, evidence: Evidence) -> Row:
    role = known(evidence.arn) or pass_.role.arn or pass_.role.value
    arn = parse_role_arn(role) if role else None
    tags = known(evidence.tags)
    return {
        "role_value": pass_.role.value,
        "role_kind": pass_.role.kind,
        "role": role,
        "role_name": arn.name if arn else pass_.role.name,
        "role_path": arn.path if arn else known(evidence.path),
        "role_tags": dict(tags) if tags is not None else None,
        "is_external": _is_external(evidence),
    }


def _is_external(evidence: Evidence) -> bool | None:
    document, account = known(evidence.trust_policy), known(account_of(evidence))
    if document is None or account is None:
        return None
    return trust_of(document).lets_in_from_beyond(account)


def _of_passer(passer: Passer) -> Row:
    return {
        "passer": passer.role_arn or passer.arn or passer.invoked_by or passer.principal_id,
        "passer_type": passer.type,
        "passer_arn": passer.arn,
        "passer_role_arn": passer.role_arn,
        "passer_name": passer.name,
        "passer_account": passer.account,
        "passer_id": passer.principal_id,
        "access_key_id": passer.access_key_id,
        "source_identity": passer.source_identity,
        "on_behalf_of": passer.on_behalf_of,
        "mfa": passer.mfa,
        "session_began": passer.session_began,
        "invoked_by": passer.invoked_by,
        "source_ip": passer.source_ip,
        "vpc_endpoint": passer.vpc_endpoint,
        "user_agent": passer.user_agent,
    }
