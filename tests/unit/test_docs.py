"""README and docs lead where they say, name what there is, and tell of every option of the command."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from passrole.catalogue import load_catalogue
from passrole.catalogue.model import Decision
from passrole.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def without_code(page: Path) -> str:
    return re.sub(r"(?ms)^```.*?^```", "", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The headings of a page, as GitHub makes anchors of them."""
    titles = re.findall(r"(?m)^#+ (.+)$", without_code(page))
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def commands(command: click.Command = main, name: str = "passrole") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command, info_name=name)
    for below in command.list_commands(context):
        found = command.get_command(context, below)
        assert found is not None
        yield from commands(found, f"{name} {below}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", without_code(page)):
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page

        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_the_project_that_is_named_is_there(page: Path) -> None:
    for name in re.findall(r"`((?:passrole|infra|tests|lambdas|docs)/[\w./*-]+)`", page.read_text("utf-8")):
        assert list(ROOT.glob(name.rstrip("/"))), name


def test_every_option_of_a_command_stands_in_the_docs() -> None:
    told = "\n".join(page.read_text("utf-8") for page in PAGES)

    for name, command in commands():
        assert f"`{name}" in told or f"\n{name}" in told, name
        for option in (param for param in command.params if isinstance(param, click.Option)):
            assert any(re.search(rf"{written}\b", told) for written in option.opts), f"{name} {option.opts}"


def test_every_option_in_the_table_of_commands_is_one() -> None:
    known = dict(commands())
    rows = re.findall(r"(?m)^\| `(passrole [^`]+)`", (ROOT / "docs/cli.md").read_text("utf-8"))

    for row in rows:
        words = row.split()
        of = next(" ".join(words[:length]) for length in (3, 2) if _named(words[:length]) in known)
        options = {opt for param in known[_named(of.split())].params for opt in param.opts}
        assert set(re.findall(r"--[a-z-]+", row)) <= options, row


def _named(words: list[str]) -> str:
    """The first of several commands in a row: ``passrole quarantine off\\|on``."""
    return " ".join(words).partition("\\|")[0]


def test_readme_has_the_numbers_of_the_catalogue() -> None:
    calls = list(load_catalogue().calls())
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    decisions = Counter(call.decision for call in calls)
    shapes = Counter(str(call.shape) for call in calls if call.decision is Decision.COVERED)

    assert f"{len(calls):,} AWS calls" in readme
    assert f"{decisions[Decision.COVERED]:,} are covered" in readme
    assert f"{decisions[Decision.NOT_VISIBLE]:,} pass a role that their record does not show" in readme
    assert f"{decisions[Decision.NOT_A_PASS]:,} pass none" in readme
    assert f"shape of {shapes['recorded']:,} of the covered is known from CloudTrail records" in readme
    assert (
        f"of {shapes['documented']:,} from documentation; that of {shapes['derived']:,} is derived" in readme
    )
