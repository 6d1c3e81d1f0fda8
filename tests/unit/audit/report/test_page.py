"""The report as text: what it says, what it leaves out, and that no name in it does anything."""

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from passrole.audit.report import About, page
from passrole.audit.row import Row
from passrole.audit.store import Store
from passrole.audit.tally import Tally
from tests.unit.audit.planted import EC2, LAMBDA, row, violation
from tests.unit.audit.report.sample import sample

ABOUT = About(
    sources=("logs/2026", "s3://trail/AWSLogs/"),
    generated_at=datetime(2026, 6, 1, 9, 30, tzinfo=UTC),
    policy_hash="3f9c2b7d51e8",
    has_snapshot=True,
)
UNJUDGED = replace(ABOUT, policy_hash=None)
VOID = {"meta", "br", "input"}
HOSTILE = (
    '<script>alert("x")</script>',
    "\"><img src=x onerror='alert(1)'>",
    "</script><script>alert(1)</script>",
    "]]><svg onload=alert(1)>",
    "</style><style>*{display:none}",
    "<!--<script>",
    "&lt;b&gt;",
    "a\u202eb\u2028\x1b[31m\x00",
    "' OR 1=1; --",
    "javascript:alert(1)",
    "A" * 100_000,
)


def report(rows: Iterable[Row], about: About = ABOUT, tally: Tally | None = None) -> str:
    with Store.of_rows(rows) as store:
        return page(store, tally or Tally(), about)


class Reader(HTMLParser):
    """Reads a page as a browser would, and complains of what does not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.styles: list[str] = []
        self.titles: list[str] = []
        self.text = ""
        self.policy = ""
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags[tag] += 1
        self.attributes |= set(told)
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}
        if told.get("http-equiv") == "Content-Security-Policy":
            self.policy = told["content"] or ""
        if tag not in VOID:
            self._open.append((tag, told))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, told = self._open[-1] if self._open else ("", {})
        if tag == "script":
            self.scripts.append((told, data))
        elif tag == "style":
            self.styles.append(data)
        else:
            self.titles += [data] if tag == "h2" else []
            self.text += f"{data} "

    @property
    def said(self) -> str:
        return " ".join(self.text.split())

    @property
    def rows(self) -> dict[str, Any]:
        found: dict[str, Any] = next(
            json.loads(text) for told, text in self.scripts if told.get("id") == "rows"
        )
        return found


def test_it_tells_what_was_found_in_one_sentence() -> None:
    approved = row(verdict="approved")

    assert "1 of 2 passes violates the policy" in Reader(report([violation(), approved])).said
    assert "2 of 2 passes violate the policy" in Reader(report([violation(), violation()])).said
    assert "None of 1 pass violates the policy" in Reader(report([approved])).said
    assert "2 passes of 1 role by 1 passer" in Reader(report([row(), row()], UNJUDGED)).said
    assert "No role was passed" in Reader(report([])).said


def test_it_tells_what_was_audited_and_with_what() -> None:
    about = replace(ABOUT, since="2026-03-01", until="2026-06-01")
    said = Reader(report([violation()], about)).said

    for fact in (
        "logs/2026",
        "s3://trail/AWSLogs/",
        "since 2026-03-01 until 2026-06-01",
        "3f9c2b7d51e8",
        "IAM snapshot given",
        "1 June 2026, 09:30 UTC",
        "on 1 March 2026, in 1 account and 1 region",
    ):
        assert fact in said


def test_every_question_has_its_section() -> None:
    assert Reader(report(sample())).titles == [
        "Over time",
        "From passers to services",
        "Violations",
        "Denied attempts",
        "Roles with broad rights",
        "Roles of several services",
        "Seen for the first time",
        "Passes",
        "What was read",
        "What this cannot tell",
    ]


def test_roles_of_many_passers_have_theirs() -> None:
    passers = [row(passer=passer) for passer in ("alice", "bob", "carol")]

    assert "Roles passed by many" in Reader(report(passers, UNJUDGED)).titles
    assert "Roles passed by many" not in Reader(report(passers[:2], UNJUDGED)).titles


def test_violations_are_told_with_their_reasons() -> None:
    reasons = ["no statement approves it", "role:Tag/team is absent"]
    said = Reader(report([violation("admin/BreakGlass", "alice", reasons=reasons, severity="critical")])).said

    assert (
        "critical BreakGlass to lambda 1 pass no statement approves it role:Tag/team is absent by alice"
        in said
    )


def test_without_a_policy_nothing_of_verdicts_is_shown() -> None:
    read = Reader(report(sample(is_judged=False), UNJUDGED))

    assert "none: nothing was judged" in read.said
    assert not re.search(r"\bverdicts?\b|severity|violat|\bapproved\b|undetermined", read.said, re.IGNORECASE)
    assert "Violations" not in read.titles
    assert "2,988 succeeded" in read.said


def test_nothing_at_all_makes_a_page_that_says_so() -> None:
    read = Reader(report([]))

    assert read.titles == ["What was read", "What this cannot tell"]
    assert read.tags["svg"] == 0


def test_what_was_passed_over_is_told_by_kind() -> None:
    tally = Tally(3, 12_000, 2, Counter({"digest files": 2, "truncated files": 1, "insight events": 40}))
    tally.first["truncated files"] = "logs/half.json.gz: ends in the middle"
    twice = row()
    said = Reader(report([twice, twice], UNJUDGED, tally)).said

    for count in (
        "3 files",
        "12,000 records",
        "2 digest files",
        "1 truncated files first: logs/half.json.gz: ends in the middle",
        "40 insight events",
        "1 passes told more than once",
    ):
        assert count in said


def test_without_a_snapshot_it_says_what_is_not_known_of_roles() -> None:
    said = Reader(report([violation()], replace(ABOUT, has_snapshot=False))).said

    assert "IAM snapshot not given" in said
    assert "No snapshot of IAM was given (--iam)" in said
    assert "Not known without a snapshot of IAM (--iam)." in said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"verdict": "undetermined"}, "1 pass undetermined"),
        ({"role": None}, "1 pass of a role that the record does not show"),
        ({"services": [LAMBDA, EC2]}, "1 pass to one of several services"),
        ({"services": []}, "1 pass to a service that is not known"),
        ({"event_time": None}, "1 pass without a time"),
        ({"coverage": "uncatalogued"}, "1 pass by calls that the catalogue does not know"),
        ({"direction": "chained"}, "1 pass of chained roles"),
        ({"is_administrator": None}, "Of 1 role the snapshot does not tell whether it is an administrator"),
        ({"is_external": None}, "Of 1 role the snapshot does not tell whether somebody outside"),
        ({"role_tags": None}, "Of 1 role the snapshot does not tell which tags"),
    ],
)
def test_it_says_what_it_cannot_tell(told: dict[str, Any], said: str) -> None:
    known = row(verdict="approved", is_administrator=False, is_external=False, role_tags={})

    assert said in Reader(report([known | told])).said
    assert said not in Reader(report([known])).said


@pytest.mark.parametrize("about", [ABOUT, UNJUDGED])
def test_its_policy_lets_nothing_run_but_its_own_script(about: About) -> None:
    read = Reader(report([violation()], about))
    [style] = read.styles
    [script] = [text for told, text in read.scripts if told.get("type") != "application/json"]

    def allowed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert read.policy.split("; ") == [
        "default-src 'none'",
        f"style-src {allowed(style)}",
        f"script-src {allowed(script)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_it_loads_nothing_and_has_no_style_or_script_in_attributes() -> None:
    text = report(sample(300))
    read = Reader(text)

    assert not re.search(r"@import|url\(|<link|<iframe|<object|<form", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|fetch\(", text)
    assert all(link.startswith("#") for link in read.links)
    assert not {name for name in read.attributes if name == "style" or name.startswith("on")}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_markup_or_is_left_out(name: str) -> None:
    def rows(name: str) -> list[Row]:
        told = {
            "role": name,
            "passer": f"{name}.",
            "resource": name,
            "reasons": [name, "another"],
            "user_agent": name,
            "passer_arn": name,
            "services": [name, f"{name} b"],
            "account": name,
            "region": name,
            "event_name": name,
            "place": name,
            "is_administrator": True,
        }
        return [violation() | told, violation(outcome="denied") | told | {"services": [name]}]

    plain, hostile = Reader(report(rows("plain"))), Reader(report(rows(name)))

    assert hostile.tags == plain.tags
    assert hostile.attributes == plain.attributes
    assert hostile.links == plain.links
    assert not re.search("[\u202e\u2028\x1b\x00]", hostile.text + "".join(hostile.rows["texts"]))
    assert not re.search("[<>&]", next(text for told, text in hostile.scripts if told.get("id") == "rows"))
    assert len(hostile.rows["rows"]) == 2


def test_hostile_sources_and_kinds_are_escaped_too() -> None:
    about = replace(ABOUT, sources=("<b>\u202e", *"abcdefgh"), since="<i>")
    read = Reader(report([], about, Tally(over=Counter({"<u>": 1}))))

    assert "<b>\\u202e" in read.said
    assert "and 3 others" in read.said
    assert {"u", "i"}.isdisjoint(read.tags)
    assert "1 <u>" in read.said


def test_the_page_holds_the_gravest_then_the_latest_and_says_when_there_are_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("passrole.audit.report.rows.embedded.__defaults__", (3,))
    rows = [
        row("old", verdict="approved", event_time="2026-03-01T00:00:00Z"),
        row("new", verdict="approved", event_time="2026-03-09T00:00:00Z"),
        violation("grave", severity="critical", event_time="2026-02-01T00:00:00Z"),
        violation("low", severity="low"),
    ]
    read = Reader(report(rows))

    roles = [read.rows["texts"][one[read.rows["fields"].index("role")]] for one in read.rows["rows"]]
    assert roles == ["grave", "low", "new"]
    assert (
        "3 of 4, the gravest first, then the latest. For all of them: --format csv or --format parquet."
        in read.said
    )


def test_all_rows_are_there_for_the_script_and_the_first_without_it() -> None:
    read = Reader(report(sample(300)))

    assert len(read.rows["rows"]) == 300
    assert "Without JavaScript the first 100 are shown." in read.said
    assert read.tags["dl"] == 1 + 100 + 1  # the facts, the first rows, and the template of the others


def test_the_page_stays_small_however_long_the_names_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passrole.audit.report.rows._ROOM", 20_000)
    read = Reader(report(violation(f"{number}" + "x" * 50_000) for number in range(60)))

    assert 10 < len(read.rows["rows"]) < 60
    assert f"{len(read.rows['rows'])} of 60, the gravest first" in read.said


def test_figures_have_words_for_those_who_do_not_see_them() -> None:
    text = report(sample())

    assert (
        'aria-label="All passes by week: 3,000 passes from week of 23 Feb 2026 to week of 25 May 2026"'
        in text
    )
    assert 'aria-label="3,000 passes from passers by roles to services"' in text
    assert {"The numbers", "The greatest flows"} <= set(re.findall(r"<summary>([^<]+)<", text))
