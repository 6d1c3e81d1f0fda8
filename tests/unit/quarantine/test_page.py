"""``docs/quarantine.md`` is what its generator writes, and has all modules."""

from passrole.quarantine.page import PAGE, page
from passrole.quarantine.registry import MODULES, PASSER_SCOPE, ROLE_SCOPE


def test_the_page_is_what_the_generator_writes() -> None:
    written = PAGE.read_text("utf-8")

    assert written == page(), "docs/quarantine.md is not what its generator writes: run `make docs`"


def test_each_module_has_its_section_with_act_and_rights() -> None:
    sections = {part.partition("\n")[0]: part for part in page().split("\n### ")}

    for module in (*MODULES, ROLE_SCOPE, PASSER_SCOPE):
        section = sections[module.name]
        grants = (*module.contain_grants, *module.stop_grants, *module.release_grants)
        said = (module.does, module.still_runs, module.saves, module.loses, module.stops)
        assert all(text in section for text in said)
        assert all(f"`{action}`" in section for grant in grants for action in grant.actions)


def test_each_module_contains_what_some_call_makes() -> None:
    sections = {part.partition("\n")[0]: part for part in page().split("\n### ")}

    assert [m.name for m in MODULES if "\n| contains |" not in sections[m.name]] == []


def test_what_has_no_module_for_any_place_of_the_role_is_listed() -> None:
    without = page().partition("\n## Without a reversible act\n")[2]
    types = {line.split(" | ")[0]: line for line in without.splitlines()}

    assert "`crawler`" in types["| glue"]
    assert "`job`" in types["| glue"]  # a module has its job role, and no other
    assert "`microvmImage`" in types["| lambda"]
    assert "`function`" not in types["| lambda"]


def test_prose_is_as_wide_as_a_screen() -> None:
    prose = [line for line in page().splitlines() if not line.startswith("|")]

    assert [line for line in prose if len(line) >= 140] == []
