"""docs/monitoring.md names what the code watches."""

import re
from pathlib import Path

from passrole.finding import State
from passrole.policy import Decision
from passrole.sweep.role_changes import CALLS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs/monitoring.md"
LAMBDAS = ROOT / "lambdas"


def test_the_table_of_changed_roles_has_every_call_that_leads_to_a_judgement() -> None:
    section = DOCS.read_text("utf-8").partition("\n## When a role changes\n")[2].partition("\n## ")[0]

    assert set(CALLS) == {text for text in section.split("`")[1::2] if text[0].isupper()}


def test_the_table_of_metrics_has_every_one_that_a_function_puts() -> None:
    section = DOCS.read_text("utf-8").partition("\n### Metrics\n")[2].partition("\n### ")[0]
    told = set(re.findall(r"`(\w+)`", section))
    code = "\n".join(file.read_text("utf-8") for file in LAMBDAS.rglob("*.py"))
    put = set(re.findall(r'(?:add_metric|add_latency|_count)\(\s*"(\w+)"', code))
    by_dimension = set(re.findall(r'add_metric_by\("\w+", \w+, "(\w+)"', code))
    by_due = {
        text for due in re.findall(r"(?s)_METRICS = \{(.*?)\}", code) for text in re.findall(r'"(\w+)"', due)
    }

    assert len(put) > 20
    assert put | by_dimension | by_due <= told
    assert {f"Passes{decision.capitalize()}" for decision in Decision} <= told
    assert {f"Findings{state.capitalize()}" for state in State} <= told
