"""The report: what it says, and that no name in it is taken for markup."""

import html
import re
from html.parser import HTMLParser

import pytest

from passrole.demo.report import render
from passrole.demo.telling import Told
from passrole.preview.markup import Markup, join, tag
from tests.unit.demo.tellings import told_of

VOID = {"meta", "br", "path", "rect", "circle", "line"}
HOSTILE = (
    '<script>alert("x")</script>',
    "\"><img src=x onerror='alert(1)'>",
    "</style><style>*{display:none}",
    "&lt;b&gt;",
    "a\u202eb\x1b[31m",
)


class Page(HTMLParser):
    """Reads a page as a browser would, and complains of what does not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_it_tells_who_passed_what_to_whom_and_why() -> None:
    text = " ".join(Page(render(told_of("payments"))).text.split())

    assert "payments passed dev/deployer to lambda.amazonaws.com for payments" in text
    assert "✗ violation" in text
    assert "payments is not approved" in text
    assert "1 pass judged, 1 not approved, 1 contained" in text
    assert "✓ 1 of 1 expectations met" in text


def test_it_tells_how_long_verdict_alert_and_containment_took() -> None:
    text = render(told_of())

    assert 'title="verdict: 0.25 s"' in text
    assert 'title="alert: 0.40 s"' in text
    assert 'title="containment: 0.50 s"' in text


def test_an_expectation_that_is_missed_is_told_with_what_was_seen() -> None:
    told = told_of()
    told.expectations.expect("one alert", 1, 2)

    text = " ".join(Page(render(told)).text.split())

    assert "✗ 1 of 2 expectations met" in text
    assert "one alert" in text
    assert "expected: 1seen: 2" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_markup(name: str) -> None:
    plain, page = Page(render(told_of("orders"))), Page(render(told_of(name)))

    assert page.tags == plain.tags
    assert page.attributes == plain.attributes
    assert "\u202e" not in page.text
    assert "\x1b" not in page.text


def test_it_loads_nothing_and_runs_nothing() -> None:
    page = render(told_of())

    assert not re.search(r"<(script|link|img|iframe|object)|@import|url\(|\bsrc=", page)
    links = re.findall(r"\bhref=\"([^\"]*)", page)
    assert all(re.match(r"https://[a-z0-9.-]+\.aws\.amazon\.com/", link) for link in links), (
        "only the console"
    )
    assert "default-src 'none'" in html.unescape(page)


def test_a_run_in_which_nothing_was_seen_makes_a_page_all_the_same() -> None:
    assert "0 passes judged" in Page(render(Told(0.0))).text


def test_text_is_escaped_unless_it_came_out_of_tag() -> None:
    assert tag("p", "a < b", tag("b", "&"), title='"') == '<p title="&quot;">a &lt; b<b>&amp;</b></p>'
    assert join(["<", Markup("<br>")], None) == "&lt;<br>"
