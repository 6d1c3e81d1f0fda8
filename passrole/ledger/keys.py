"""The keys of the ledger's one table; the stack makes the table from these names, too."""

import hashlib
import zlib
from collections.abc import Mapping

PARTITION_KEY = "pk"
SORT_KEY = "sk"
TIME_TO_LIVE = "expires_at"

FINDINGS_INDEX = "findings"
FINDINGS_PK, FINDINGS_SK = "findings_pk", "findings_sk"
ROLES_INDEX = "roles"
ROLES_PK, ROLES_SK = "roles_pk", "roles_sk"
PASSERS_INDEX = "passers"
PASSERS_PK, PASSERS_SK = "passers_pk", "passers_sk"
SERVICES_INDEX = "services"
SERVICES_PK, SERVICES_SK = "services_pk", "services_sk"
DAYS_INDEX = "days"
DAYS_PK, DAYS_SK = "days_pk", "days_sk"
STANDING_INDEX = "standing"
STANDING_PK, STANDING_SK = "standing_pk", "standing_sk"
HELD_INDEX = "held"
HELD_PK, HELD_SK = "held_pk", "held_sk"
OUTBOX_INDEX = "outbox"
OUTBOX_PK, OUTBOX_SK = "outbox_pk", "outbox_sk"
# The partition key and the sort key of each.
INDEXES: Mapping[str, tuple[str, str]] = {
    FINDINGS_INDEX: (FINDINGS_PK, FINDINGS_SK),
    ROLES_INDEX: (ROLES_PK, ROLES_SK),
    PASSERS_INDEX: (PASSERS_PK, PASSERS_SK),
    SERVICES_INDEX: (SERVICES_PK, SERVICES_SK),
    DAYS_INDEX: (DAYS_PK, DAYS_SK),
    STANDING_INDEX: (STANDING_PK, STANDING_SK),
    HELD_INDEX: (HELD_PK, HELD_SK),
    OUTBOX_INDEX: (OUTBOX_PK, OUTBOX_SK),
}
DIGESTS_OUTBOX = "OUTBOX#digests"

# One partition takes 1,000 writes a second: a storm of findings must not throttle detection at an index.
SHARDS = 4

# Bytes of UTF-8, in indexes too: DynamoDB refuses longer ones, and no name may keep a pass out of the ledger.
_MOST_OF_PARTITION, _MOST_OF_SORT = 2048, 1024


def of_pass(pass_id: str) -> tuple[str, str]:
    return _fitting(f"PASS#{pass_id}"), "PASS"


def of_pointer(pass_id: str, service: str) -> tuple[str, str]:
    return _fitting(f"PASS#{pass_id}"), _fitting(f"SERVICE#{service}", _MOST_OF_SORT)


def of_passes(role_arn: str) -> str:
    return _fitting(f"PASSES#{role_arn}")


def of_passer(principal: str) -> str:
    return _fitting(f"PASSER#{principal}")


def of_service(service: str, shard: int) -> str:
    return _fitting(f"SERVICE#{service}#{shard}")


def of_day(day: str, shard: int) -> str:
    return f"DAY#{day}#{shard}"


def of_time(at: str, name: str) -> str:
    """A sort key of an index: by time, and by name within the same."""
    return _fitting(f"{at}#{name}", _MOST_OF_SORT)


def of_holding(resource: str, place: str, role_arn: str) -> tuple[str, str]:
    partition, prefix = of_holdings(resource, place)
    return partition, _fitting(f"{prefix}{role_arn}", _MOST_OF_SORT)


def of_place(resource: str, place: str) -> tuple[str, str]:
    """The lock of a place: its sort key begins like those of what is held there, and names no role."""
    return of_holdings(resource, place)


def of_holdings(resource: str, place: str | None = None) -> tuple[str, str]:
    return _fitting(f"RESOURCE#{resource}"), "HOLDS#" if place is None else f"HOLDS#{place}#"


def of_holders(account: str, role_name: str) -> str:
    """By name: an account has each once, whatever the path, and events of IAM tell nothing else."""
    return _fitting(f"HOLDERS#{account}#{role_name}")


def of_held(shard: int) -> str:
    return f"HELD#{shard}"


def of_standing(severity: str, shard: int) -> str:
    return f"STANDING#{severity}#{shard}"


def of_kind(resource_type: str | None, region: str | None, name: str) -> str:
    """A sort key of an index: by the type of the resource and its region, and by name within."""
    return _fitting(f"{resource_type or ''}#{region or ''}#{name}", _MOST_OF_SORT)


def all_of_kind(resource_type: str, region: str | None) -> str:
    """How such sort keys begin; None is every region."""
    return f"{resource_type}#" if region is None else f"{resource_type}#{region}#"


def of_finding(finding_id: str) -> tuple[str, str]:
    return f"FINDING#{finding_id}", "FINDING"


def of_finding_on(resource: str, finding_id: str = "") -> tuple[str, str]:
    return _fitting(f"RESOURCE#{resource}"), f"FINDING#{finding_id}"


def of_step(finding_id: str, revision: int) -> tuple[str, str]:
    return f"FINDING#{finding_id}", f"STEP#{revision:06}"


def of_delivery(finding_id: str, revision: int, channel: str) -> tuple[str, str]:
    return f"FINDING#{finding_id}", f"DELIVERY#{revision:06}#{channel}"


def all_deliveries(finding_id: str) -> tuple[str, str]:
    """The partition of a finding's delivery marks, and how their sort keys begin."""
    return f"FINDING#{finding_id}", "DELIVERY#"


def delivery_of(sort_key: str) -> tuple[int, str]:
    """Revision and channel of a delivery mark."""
    _, revision, channel = sort_key.split("#", 2)
    return int(revision), channel


def of_thread(finding_id: str, channel: str) -> tuple[str, str]:
    return f"FINDING#{finding_id}", f"THREAD#{channel}"


def of_burst(channel: str, name: str) -> tuple[str, str]:
    return f"BURST#{channel}", name


def of_open_digest(channel: str) -> tuple[str, str]:
    return f"DIGESTS#{channel}", "OPEN"


def of_digest(channel: str, number: int) -> tuple[str, str]:
    return f"DIGEST#{channel}#{number:06}", "DIGEST"


def of_digest_news(channel: str, number: int, finding_id: str, revision: int) -> tuple[str, str]:
    return f"DIGEST#{channel}#{number:06}", f"NEWS#{finding_id}#{revision:06}"


def of_digest_page(channel: str, number: int, page: str) -> tuple[str, str]:
    return f"DIGEST#{channel}#{number:06}", f"PAGE#{page}"


def of_lease(resource: str) -> tuple[str, str]:
    return f"RESOURCE#{resource}", "LEASE"


def of_containment(resource: str) -> tuple[str, str]:
    return f"RESOURCE#{resource}", "CONTAINMENT"


def of_intent(resource: str, role_arn: str, created_at: str) -> tuple[str, str]:
    return f"RESOURCE#{resource}", f"INTENT#{role_arn}#{created_at}"


def of_budget(name: str, period: str) -> tuple[str, str]:
    return f"BUDGET#{period}", name


def of_brake(name: str) -> tuple[str, str]:
    return "QUARANTINE", name


def of_heartbeat(name: str) -> tuple[str, str]:
    return "HEARTBEAT", name


def of_sweep(sweep: str) -> tuple[str, str]:
    return f"SWEEP#{sweep}", "SWEEP"


def of_part(sweep: str, part: str) -> tuple[str, str]:
    return f"SWEEP#{sweep}", f"PART#{part}"


def of_seen(sweep: str, part: str, digest: str) -> tuple[str, str]:
    return f"SEEN#{sweep}#{part}", digest


def of_latest(what: str) -> tuple[str, str]:
    return "LATEST", what


def text_shard(text: str) -> int:
    """The shard of any text."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % SHARDS


def shard_of(finding_id: str) -> int:
    """The shard of a finding: its id is a digest, so its digits spread evenly."""
    return int(finding_id[:4], 16) % SHARDS


def _fitting(key: str, most: int = _MOST_OF_PARTITION) -> str:
    """A key of at most so many bytes: of a longer one, what tells it from all others ends it."""
    text = key.encode("utf-8", "surrogatepass")
    if len(text) <= most:
        return key
    digest = hashlib.sha256(text).hexdigest()
    return f"{text[: most - len(digest) - 1].decode('utf-8', 'ignore')}#{digest}"
