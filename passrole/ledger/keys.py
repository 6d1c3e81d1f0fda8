"""The keys of the ledger's one table; the stack makes the table from these names, too."""

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
OUTBOX_INDEX = "outbox"
OUTBOX_PK, OUTBOX_SK = "outbox_pk", "outbox_sk"
DIGESTS_OUTBOX = "OUTBOX#digests"

# One partition takes 1,000 writes a second: a storm of findings must not throttle detection at an index.
SHARDS = 4


def of_pass(pass_id: str) -> tuple[str, str]:
    return f"PASS#{pass_id}", "PASS"


def of_pointer(pass_id: str, service: str) -> tuple[str, str]:
    return f"PASS#{pass_id}", f"SERVICE#{service}"


def of_passes(role_arn: str) -> str:
    return f"PASSES#{role_arn}"


def of_passer(principal: str) -> str:
    return f"PASSER#{principal}"


def of_service(service: str, shard: int) -> str:
    return f"SERVICE#{service}#{shard}"


def of_day(day: str, shard: int) -> str:
    return f"DAY#{day}#{shard}"


def of_holding(resource: str, place: str, role_arn: str) -> tuple[str, str]:
    partition, prefix = of_holdings(resource, place)
    return partition, f"{prefix}{role_arn}"


def of_holdings(resource: str, place: str | None = None) -> tuple[str, str]:
    return f"RESOURCE#{resource}", "HOLDS#" if place is None else f"HOLDS#{place}#"


def of_holders(role_arn: str) -> str:
    return f"HOLDERS#{role_arn}"


def of_finding(finding_id: str) -> tuple[str, str]:
    return f"FINDING#{finding_id}", "FINDING"


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


def shard_of(finding_id: str) -> int:
    """The shard of a finding: its id is a digest, so its digits spread evenly."""
    return int(finding_id[:4], 16) % SHARDS
