"""``docs/sweep.md`` is what its generator writes, and has all listings."""

from passrole.sweep.listing import load_listings
from passrole.sweep.page import PAGE, page


def test_the_page_is_what_the_generator_writes() -> None:
    written = PAGE.read_text("utf-8")

    assert written == page(), "docs/sweep.md is not what its generator writes: run `make docs`"


def test_each_listing_stands_there_with_its_places_and_calls() -> None:
    listed, _, _ = page().partition("## Told by events alone")
    rows = {line.split("`")[1]: line for line in listed.splitlines() if line.startswith("| `")}

    assert len(rows) == len(load_listings())
    for listing in load_listings():
        row = rows[listing.type]
        assert all(role.place in row for role in listing.roles)
        assert all(f"`{step.call}`" in row for step in listing.steps)


def test_what_is_not_listed_is_told() -> None:
    alone = page().partition("## Told by events alone")[2]

    assert "| `codebuild:build` | *every* |" in alone
    assert "| `appconfig:application` | environment alarm role |" in alone
    assert "| `lambda:function` |" not in alone


def test_prose_is_as_wide_as_a_screen() -> None:
    prose = [line for line in page().splitlines() if not line.startswith("|")]

    assert [line for line in prose if len(line) >= 140] == []
