"""The policy of the demonstration: with an exemption that ends after today, and as a dry run."""

from datetime import date, timedelta
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "guardrail.yaml"
_PLACEHOLDER = "<in 30 days>"
_DRY_RUN = "  dry_run: true\n"


def policy_text(today: date) -> str:
    """The guardrail.yaml of the demonstration on that day."""
    return _FILE.read_text("utf-8").replace(_PLACEHOLDER, (today + timedelta(days=30)).isoformat())


def dry_run_of(policy: str) -> str:
    """The same policy with one line more, under which nothing is contained."""
    return policy.replace("quarantine:\n", f"quarantine:\n{_DRY_RUN}")
