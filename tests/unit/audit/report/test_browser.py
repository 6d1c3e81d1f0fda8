"""The report in a browser: it opens without complaint, filters, sorts and unfolds, on any screen."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from passrole.audit.row import Row
from passrole.cli import main
from tests.unit.audit.planted import row, violation
from tests.unit.audit.report.chromium import Page
from tests.unit.audit.report.sample import sample
from tests.unit.audit.report.test_page import ABOUT, HOSTILE, UNJUDGED, report

pytestmark = pytest.mark.xdist_group("chromium")

ROOT = Path(__file__).resolve().parents[4]
FIXTURES = ROOT / "tests" / "fixtures" / "events"
_RANKS = ("low", "medium", "high", "critical")
_CELLS = """[...document.querySelectorAll("#passes tbody tr")].map(row =>
    [...row.children].slice(0, 6).map(cell => [...cell.childNodes].map(one => one.textContent).join(" ")))"""
_OVERFLOW = """[...document.querySelectorAll("body *")].filter(one => !one.closest("svg, .scroll, .unseen")
    && one.getClientRects().length && one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => one.tagName + "." + one.className)"""


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(sample())


@pytest.fixture(scope="module")
def file(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the sample."""
    return _written(report(rows), tmp_path_factory.mktemp("report"))


def _written(text: str, folder: Path) -> Path:
    file = folder / "audit.html"
    file.write_text(text, encoding="utf-8")
    return file


def choose(page: Page, field: str, value: str) -> None:
    """Sets a filter as a person does."""
    page.run(
        f"""{{ const control = document.querySelector('[data-filter="{field}"]');
        control.value = {value!r}; control.dispatchEvent(new Event("input", {{ bubbles: true }})); }}"""
    )


def sort(page: Page, field: str) -> None:
    page.run(f"document.querySelector('th[data-sort=\"{field}\"] button').click()")


def cells(page: Page) -> list[list[str]]:
    """What the rows show: time, verdict, passer, role, service and resource."""
    found: list[list[str]] = page.run(_CELLS)
    return found


def column(page: Page, place: int) -> list[str]:
    return [row[place] for row in cells(page)]


def status(page: Page) -> str:
    return str(page.run("document.getElementById('status').textContent"))


def test_it_opens_without_a_complaint_and_loads_nothing_else(browser: Page, file: Path) -> None:
    browser.open(file)

    assert browser.errors == []
    assert browser.requests == [file.as_uri()]
    assert status(browser) == "3,000 passes"
    assert len(cells(browser)) == 100
    assert column(browser, 1)[0] == "violation critical"


@pytest.mark.parametrize(
    ("field", "value", "matches"),
    [
        ("verdict", "violation", lambda row: row["verdict"] == "violation"),
        ("verdict", "exempt", lambda row: row["verdict"] == "exempt"),
        ("severity", "critical", lambda row: row.get("severity") == "critical"),
        ("service", "glue.amazonaws.com", lambda row: "glue.amazonaws.com" in row["services"]),
        ("outcome", "denied", lambda row: row["outcome"] == "denied"),
        ("text", "BREAKGLASS", lambda row: "BreakGlass" in row["role"]),
        ("text", "user/alice", lambda row: row["passer"].endswith("user/alice")),
        (
            "text",
            "monolith 444455556666",
            lambda row: row["role"].endswith("444455556666:role/legacy/monolith"),
        ),
    ],
)
def test_a_filter_shows_the_passes_that_match_and_no_others(
    browser: Page, file: Path, rows: list[Row], field: str, value: str, matches: Callable[[Row], bool]
) -> None:
    browser.open(file)
    choose(browser, field, value)

    wanted = [row for row in rows if matches(row)]
    assert status(browser) == f"{len(wanted):,} of 3,000 passes match"
    while browser.run("!document.getElementById('more').hidden"):
        browser.run("document.querySelector('#more button').click()")
    assert Counter(column(browser, 0)) == Counter(
        row["event_time"].replace("T", " ").removesuffix("Z") for row in wanted
    )
    assert browser.errors == []


def test_filters_work_together_and_are_cleared(browser: Page, file: Path) -> None:
    browser.open(file)
    choose(browser, "verdict", "violation")
    choose(browser, "service", "ec2.amazonaws.com")
    choose(browser, "text", "mallory")

    assert status(browser) == "9 of 3,000 passes match"
    assert set(column(browser, 2)) == {"mallory"}
    assert set(column(browser, 1)) == {"violation medium denied"}

    choose(browser, "text", "nobody at all")
    assert (status(browser), cells(browser)) == ("0 of 3,000 passes match", [])

    browser.run("document.getElementById('clear').click()")
    assert status(browser) == "3,000 passes"
    assert len(cells(browser)) == 100


@pytest.mark.parametrize(("field", "place"), [("time", 0), ("passer", 2), ("role", 3), ("resource", 5)])
def test_a_column_sorts_both_ways(browser: Page, file: Path, field: str, place: int) -> None:
    browser.open(file)
    choose(browser, "verdict", "violation")
    before = column(browser, place)
    sort(browser, field)
    first = column(browser, place)
    state = browser.run(f"document.querySelector('th[data-sort={field}]').getAttribute('aria-sort')")
    sort(browser, field)

    ways = {"descending": sorted(before, reverse=True), "ascending": sorted(before, key=str.lower)}
    assert state == ("descending" if field == "time" else "ascending")
    assert [text.lower() for text in first] == [text.lower() for text in ways[state]]
    assert [text.lower() for text in column(browser, place)] == [
        text.lower() for text in reversed(ways[state])
    ]


def test_verdicts_sort_by_how_grave_they_are(browser: Page, file: Path) -> None:
    browser.open(file)
    sort(browser, "verdict")
    down = column(browser, 1)
    sort(browser, "verdict")

    ranks = [_RANKS.index(text.split()[1]) for text in down if text.split()[1:]]
    assert ranks == sorted(ranks, reverse=True)
    assert down[0] == "violation critical"
    assert set(column(browser, 1)) == {"approved"}


def test_more_rows_come_when_asked_for(browser: Page, file: Path) -> None:
    browser.open(file)
    browser.run("document.querySelector('#more button').click()")
    assert len(cells(browser)) == 200

    choose(browser, "severity", "critical")
    assert browser.run("document.getElementById('more').hidden")


def test_the_number_of_a_violation_leads_to_its_passes(browser: Page, file: Path) -> None:
    browser.open(file)
    told = browser.run("document.querySelector('.violations .find').textContent")
    browser.run("document.querySelector('.violations .find').click()")

    assert told == "6 passes"
    assert status(browser) == "6 of 3,000 passes match"
    assert set(column(browser, 3)) == {"BreakGlass"}
    assert browser.run("location.hash") == "#passes"


def test_the_details_of_a_pass_unfold_by_the_keyboard(browser: Page, file: Path) -> None:
    browser.open(file)
    choose(browser, "text", "alice")
    browser.run("document.querySelector('#passes tbody summary').focus()")
    assert browser.run("document.querySelector('#passes tbody dl').checkVisibility()") is False
    browser.press("Enter", 13, "\r")

    assert browser.run("document.querySelector('#passes tbody dl').checkVisibility()") is True
    told = browser.run("document.querySelector('#passes tbody dl').innerText")
    for part in (
        "no statement approves admin/BreakGlass for lambda.amazonaws.com",
        "application roles: role is an administrator",
        "role/admin/BreakGlass",
        ":function:BreakGlass-",
        ":user/alice",
        "CreateFunction20150331 (lambda:CreateFunction)",
        "203.0.113.",
        "Boto3/",
    ):
        assert part in told
    assert browser.run("document.querySelectorAll('#passes tbody dl')[0].querySelectorAll('li').length") == 2


def test_sorting_and_filtering_need_no_mouse(browser: Page, file: Path) -> None:
    browser.open(file)
    browser.run("document.querySelector('[data-filter=text]').focus()")
    browser.call("Input.insertText", text="bob")
    assert status(browser) == "8 of 3,000 passes match"

    browser.run("document.querySelector('th[data-sort=time] button').focus()")
    browser.press("Enter", 13, "\r")
    assert column(browser, 0) == sorted(column(browser, 0), reverse=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_it_fits_every_screen_in_any_light(
    browser: Page, file: Path, pictures: Path, width: int, scheme: str
) -> None:
    browser.open(file, width, 900, scheme)
    browser.run("for (const one of [...document.querySelectorAll('details')].slice(0, 8)) one.open = true")

    assert browser.errors == []
    assert browser.run("document.documentElement.scrollWidth") == width
    assert browser.run(_OVERFLOW) == []
    picture = browser.picture(pictures / f"{width}-{scheme}.png")
    ground = browser.run("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(245, 246, 249)", "dark": "rgb(16, 19, 26)"}[scheme]
    browser.run("document.body.replaceChildren()")
    assert len(picture) > 10 * len(browser.picture(pictures / f"{width}-{scheme}-blank.png"))


def test_its_figures_are_drawn_in_the_size_of_the_screen(browser: Page, file: Path) -> None:
    for width, shown in ((1280, "wide"), (360, "narrow")):
        browser.open(file, width)
        assert (
            browser.run(
                "[...document.querySelectorAll('.wide, .narrow')]"
                ".filter(one => one.checkVisibility()).map(one => one.className)"
            )
            == [shown] * 3
        )


def test_names_in_figures_do_not_overlap(browser: Page, file: Path) -> None:
    """Not even by a quarter of a letter's height: a box in SVG is higher than its letters."""
    overlapping = """(() => {
      const boxes = [...document.querySelectorAll(".sankey .label")].map(one => one.getBoundingClientRect())
        .filter(box => box.width);
      return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => a.left < b.right && b.left < a.right
        && a.top + 4 < b.bottom && b.top + 4 < a.bottom)).length;
    })()"""
    browser.open(file)
    assert browser.run("[...document.querySelectorAll('.wide .label')].length") > 20
    assert browser.run(overlapping) == 0


def test_without_javascript_all_figures_and_the_first_passes_are_there(browser: Page, file: Path) -> None:
    browser.without_scripts()
    browser.open(file)

    assert len(cells(browser)) == 100
    assert "Without JavaScript the first 100 are shown" in str(browser.run("document.body.innerText"))
    assert browser.run("document.querySelector('.filters').checkVisibility()") is False
    assert browser.run("document.querySelectorAll('.wide svg').length") == 3
    assert browser.run("document.querySelectorAll('th button').length") == 0


def test_the_first_passes_are_the_same_with_and_without_javascript(browser: Page, file: Path) -> None:
    def told() -> object:
        return browser.run(
            "[...document.querySelectorAll('#passes tbody tr')]"
            ".map(row => row.textContent.replace(/\\s+/g, ''))"
        )

    browser.open(file)
    with_scripts = told()
    browser.without_scripts()
    browser.open(file)

    assert told() == with_scripts


def test_without_a_policy_passes_are_told_by_outcome(browser: Page, tmp_path: Path) -> None:
    browser.open(_written(report(sample(300, is_judged=False), UNJUDGED), tmp_path))
    choose(browser, "outcome", "denied")

    assert set(column(browser, 1)) == {"denied"}
    assert status(browser) == "9 of 300 passes match"
    assert browser.run("document.querySelector('[data-filter=verdict]')") is None
    assert browser.errors == []


def test_the_command_makes_it_and_it_shows_what_check_tells(
    browser: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    logs, policy, file = str(FIXTURES), ["--policy", str(ROOT / "guardrail.yaml")], tmp_path / "report.html"
    run = CliRunner().invoke
    run(main, ["audit", logs, *policy, "--format", "html", "--out", str(file)])
    told = [json.loads(line) for line in run(main, ["check", logs, *policy, "--json"]).stdout.splitlines()]
    browser.open(file)

    events = "[...document.querySelectorAll('#passes [data-of=event]')].map(one => one.textContent)"
    shown = zip(browser.run(events), column(browser, 1), strict=True)
    assert {(event, state.split()[0]) for event, state in shown} == {
        (f"{one['event_id']}, {one['path']}", one["verdict"]) for one in told
    }
    assert len(told) > 20
    assert browser.errors == []


def test_hostile_names_do_nothing_and_break_nothing(browser: Page, tmp_path: Path) -> None:
    told = [
        violation() | {"role": name, "passer": name, "resource": name, "reasons": [name], "user_agent": name}
        for name in HOSTILE
    ]
    browser.open(_written(report([*told, row(verdict="approved")]), tmp_path), width=360)
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")

    assert browser.errors == []
    assert len(browser.requests) == 1
    assert len(cells(browser)) == len(HOSTILE) + 1
    assert browser.run("document.querySelectorAll('img, iframe, [onload], [onerror]').length") == 0
    assert browser.run("document.documentElement.scrollWidth") == 360
    choose(browser, "text", "<script>")
    assert len(cells(browser)) == sum("<script>" in name for name in HOSTILE)


def test_a_script_that_is_not_its_own_is_refused(browser: Page, tmp_path: Path) -> None:
    """What makes the test of hostile names worth something: a hole would be seen."""
    text = report([violation()], ABOUT).replace("</main>", "<script>window.foreign = 1</script></main>")
    browser.open(_written(text, tmp_path))

    assert browser.run("window.foreign") is None
    assert "Content Security Policy" in browser.errors[0]


def test_it_prints(browser: Page, file: Path) -> None:
    browser.open(file, scheme="dark")
    pages = browser.pdf()
    browser.call("Emulation.setEmulatedMedia", media="print")

    assert pages.startswith(b"%PDF")
    assert browser.run("document.querySelector('.filters').checkVisibility()") is False
    assert browser.run("document.querySelector('.wide').checkVisibility()") is True
