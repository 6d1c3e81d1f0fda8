"""The policy of the demonstration, with an exemption that ends some time after today."""

from datetime import date, timedelta
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "guardrail.yaml"
_PLACEHOLDER = "<in 30 days>"


def policy_text(today: date) -> str:
    """The guardrail.yaml of the demonstration on that day."""
    return _FILE.read_text("utf-8").replace(_PLACEHOLDER, (today + timedelta(days=30)).isoformat())
