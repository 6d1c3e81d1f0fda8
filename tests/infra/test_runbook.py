"""Every alarm names its section of the runbook, and every section says what people need at night."""

import re
from pathlib import Path

import pytest

from infra.alarms import RUNBOOK
from tests.infra.stack_template import StackTemplate

PARTS = ("**What it means.**", "**What to look at", "**What to do.**", "**It is over**")
_NAMED = re.compile(rf" What to do: {re.escape(RUNBOOK)}#([a-z]+)$")


@pytest.fixture(scope="module")
def sections(root: Path) -> dict[str, str]:
    """Heading -> text, without the introduction."""
    _, *parts = re.split(r"^## ", (root / RUNBOOK).read_text(), flags=re.MULTILINE)
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def test_every_alarm_has_a_section_that_its_description_names(
    stacks: list[StackTemplate], sections: dict[str, str]
) -> None:
    known, named = {heading.lower() for heading in sections}, set()
    for stack in stacks:
        for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
            found = _NAMED.search(alarm["AlarmDescription"])
            assert found, alarm["AlarmDescription"]
            named.add(found[1])
    assert named == known, "a section for each, and none for what does not ring"


def test_every_section_says_what_it_means_what_to_do_and_when_it_is_over(sections: dict[str, str]) -> None:
    for heading, text in sections.items():
        missing = [part for part in PARTS if part not in text]
        assert not missing, f"{heading}: {missing}"


def test_every_dead_letter_alarm_is_explained(guard: StackTemplate, sections: dict[str, str]) -> None:
    for name in guard.of_type("AWS::CloudWatch::Alarm"):
        found = re.fullmatch(r"Monitoring(\w+DeadLettersNotEmpty)\w{8}", name)
        if found and not found[1].startswith(("Chat", "SecurityHub", "EventBus", "Webhook")):
            assert f"`{found[1]}`" in sections["DeadLettersNotEmpty"]


def test_the_table_at_the_top_has_them_all(root: Path, sections: dict[str, str]) -> None:
    introduction = (root / RUNBOOK).read_text().partition("\n## ")[0]
    assert set(re.findall(r"\[(\w+)\]\(#", introduction)) == set(sections)


def test_descriptions_fit_into_an_alarm(stacks: list[StackTemplate]) -> None:
    """CloudWatch takes 1,024 characters (PutMetricAlarm)."""
    for stack in stacks:
        for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
            assert len(alarm["AlarmDescription"]) <= 1024
