"""docs/cost.md tells what is so: its counts are those of the code, and its sums add up."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from passrole.alerts import Deliverer
from passrole.detection.detector import Detector
from passrole.ledger import Ledger
from tests.bench.metered import MeteredTable
from tests.unit.alerts.inbox import Inbox
from tests.unit.alerts.memory_table import memory_ledger
from tests.unit.quarantine.world import World, function_finding, make_function, make_role
from tests.unit.samples import (
    ACCOUNT,
    FixedEvidence,
    FrozenClock,
    NoReferences,
    RecordedLooks,
    RecordedTopic,
    create_function_record,
    envelope_of,
    evidence_of,
    policy_of,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cost.md"
NOW = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)
APPROVED = f"arn:aws:iam::{ACCOUNT}:role/application_role/orders"
UNITS = {"": 1, "M": 1_000_000, "/ M": 1e-6, "/ 10,000": 1e-4}


def metered(ledger: Ledger | None = None) -> tuple[Ledger, MeteredTable]:
    """A ledger, in memory if none is given, with a meter."""
    made = ledger or memory_ledger()[0]
    table = MeteredTable(made._table)
    made._table = table
    return made, table


def used(table: MeteredTable) -> tuple[float, ...]:
    """Requests, units read, units written in the table and in its indexes."""
    meter = table.meter
    return (sum(meter.requests.values()), meter.reads, meter.writes, meter.index_writes)


def told(of: str) -> tuple[float, ...]:
    """What the page says of the ledger's work for something."""
    [row] = [cells for cells in rows("What the ledger does") if cells[0] == of]
    return tuple(float(cell) for cell in row[1:5])


def rows(section: str) -> list[list[str]]:
    """The cells of the tables of a section, without their heads."""
    text = PAGE.read_text("utf-8").partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines]
    rules = {number for number, line in enumerate(lines) if set(line) <= set("|- ")}
    return [row for number, row in enumerate(cells) if not {number, number + 1} & rules]


def detect(ledger: Ledger, role: str, tags: dict[str, str]) -> RecordedTopic:
    topic = RecordedTopic()
    detector = Detector(
        account=ACCOUNT,
        policy=policy_of(),
        references=NoReferences(),
        evidence=FixedEvidence(evidence_of(role, tags)),
        looks=RecordedLooks(),
        ledger=ledger,
        topic=topic,
        guard_roles=frozenset(),
        clock=FrozenClock(),
    )
    list(detector.detect(envelope_of(create_function_record(role))))
    return topic


def test_an_approved_pass_costs_what_the_page_says() -> None:
    ledger, table = metered()

    detect(ledger, APPROVED, {"approved-for": "lambda"})

    assert used(table) == told("approved pass")


def test_a_violation_costs_what_the_page_says() -> None:
    ledger, table = metered()

    topic = detect(ledger, APPROVED, {})

    assert used(table) == told("violation, until the topic has it")
    assert topic.news == ["opened"]


def test_an_alert_costs_what_the_page_says() -> None:
    ledger, _ = metered()
    detect(ledger, APPROVED, {})
    [listed] = ledger.findings()
    ledger, table = metered(ledger)
    finding, step = ledger.finding(listed.id), ledger.step(listed.id, 1)
    assert finding is not None
    assert step is not None

    Deliverer(ledger, Inbox(), sleep=lambda _: None).deliver(finding, step, NOW)

    assert used(table) == told("one alert on one channel")


def test_a_containment_costs_what_the_page_says(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    ledger, table = metered(world.ledger())
    world.ledger = lambda: ledger  # type: ignore[method-assign]

    world.container().contain(finding.id, "one")

    assert used(table) == told("one containment of a function")


@pytest.fixture
def world(dynamodb: Any, topic: RecordedTopic) -> World:
    return World(topic)


def priced_tables() -> Iterator[Any]:
    for section in re.findall(r"^## (.*)$", PAGE.read_text("utf-8"), re.M):
        found = [row for row in rows(section) if len(row) == 4 and row[3].startswith("$")]
        if found:
            yield pytest.param(found, id=section)


def number(text: str) -> float:
    """``1.5 M``, ``$0.40 / M`` or ``$0.03 / 10,000``; what a thing costs nothing is a dash."""
    if text in ("", "-", "free"):
        return 0
    matched = re.fullmatch(r"\$?([\d,.]+) ?(M|/ M|/ 10,000|)", text)
    assert matched, text
    return float(matched[1].replace(",", "")) * UNITS[matched[2]]


@pytest.mark.parametrize("table", list(priced_tables()))
def test_its_sums_add_up(table: list[list[str]]) -> None:
    total = 0.0
    for what, count, price, dollars in table:
        if what.startswith("together"):
            assert number(dollars) == pytest.approx(total), what
            total = 0.0
        else:
            places = len(dollars.partition(".")[2])
            assert number(dollars) == pytest.approx(number(count) * number(price), abs=0.501 / 10**places), (
                what
            )
            total += number(dollars)
    assert total == 0, "the last row is the sum"
