"""docs/monitoring.md names what the code watches."""

from pathlib import Path

from passrole.role_changes import CALLS

DOCS = Path(__file__).parents[2] / "docs/monitoring.md"


def test_the_table_of_changed_roles_has_every_call_that_leads_to_a_judgement() -> None:
    section = DOCS.read_text("utf-8").partition("\n## When a role changes\n")[2].partition("\n## ")[0]

    assert set(CALLS) == {text for text in section.split("`")[1::2] if text[0].isupper()}
