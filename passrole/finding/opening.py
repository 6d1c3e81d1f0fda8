"""A verdict on a pass -> the findings that it feeds, and their identity."""

import hashlib
from typing import Any

from passrole.evidence import Evidence, known
from passrole.finding import Finding, State
from passrole.finding.severity import severity_of
from passrole.passes import Outcome, Pass
from passrole.policy import Stage, Verdict


def findings_of(
    pass_: Pass, verdict: Verdict, evidence: Evidence, response: Stage, now: str
) -> tuple[Finding, ...]:
    """The findings that a pass feeds, as if none existed before: one a resource that holds the role."""
    role = known(evidence.arn) or pass_.role.value or "unknown"
    role_id = known(evidence.role_id)
    succeeded = pass_.outcome is Outcome.SUCCEEDED
    resources: tuple[str | None, ...] = (pass_.resources if succeeded else ()) or (None,)
    return tuple(
        Finding(
            id=_identity(pass_, resource, role_id or role),
            account=pass_.account,
            region=pass_.region,
            resource=resource,
            resource_type=pass_.resource_type,
            place=pass_.place,
            role=role,
            role_id=role_id,
            services=pass_.services,
            passer=pass_.passer,
            event_source=pass_.event_source,
            event_name=pass_.event_name,
            event_time=pass_.event_time,
            outcome=pass_.outcome,
            decision=verdict.decision,
            reasons=verdict.reasons,
            policy_hash=verdict.policy_hash,
            severity=severity_of(pass_, verdict, evidence),
            response=response,
            state=State.OPEN,
            passes=1,
            last_pass=pass_.id,
            opened_at=now,
            updated_at=now,
            revision=1,
            published=0,
            checks=verdict.checks if succeeded else (),  # of an attempt the outcome says it all
            origin=pass_.origin,
        )
        for resource in resources
    )


def _identity(pass_: Pass, resource: str | None, role: str) -> str:
    if pass_.outcome is not Outcome.SUCCEEDED:
        day = (pass_.event_time or "")[:10]
        passer = pass_.passer.role_arn or pass_.passer.arn or pass_.passer.principal_id
        # Denied and failed attempts have stages of their own: one must not take the other's along.
        about: list[Any] = [pass_.outcome, pass_.account, passer, role, list(pass_.services), day]
    elif resource is None:
        about = ["pass", pass_.account, pass_.region, pass_.id, role]
    else:
        about = ["resource", pass_.account, pass_.region, resource, pass_.place, role]
    # Each part quoted, so that none can run into its neighbour and forge the identity of another finding.
    text = repr([str(part) if part is not None else None for part in about])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
