"""Which of the events that come are not judged, because guardrail.yaml leaves their calls out."""

from typing import Any

from passrole.catalogue.left_out import LeftOut
from passrole.trail.denial import denied_role
from passrole.trail.values import text


def is_left_out(record: dict[str, Any], left_out: LeftOut) -> bool:
    """Whether a CloudTrail record is of a call that is left out, and tells of no refused pass.

    Patterns cannot leave out all of these (``catalogue/rules.py``). That IAM refused a pass is news from
    whatever call: it is rare, and it is how somebody looks who tries what they may pass.
    """
    source, name = text(record.get("eventSource")), text(record.get("eventName"))
    if source is None or name is None:
        return False
    return left_out.has(source, name) and denied_role(record) is None
