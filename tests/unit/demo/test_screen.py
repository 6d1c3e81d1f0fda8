"""The terminal: what is said of a pass, an alert, a missed expectation; nothing that a name can do."""

import io
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from passrole.demo.expectations import Expectations
from passrole.demo.layout import Layout, PipeConsole
from passrole.demo.screen import Screen
from passrole.finding import News
from passrole.passes import Passer
from tests.unit.demo.tellings import seen_alert, seen_pass, seen_step
from tests.unit.samples import ACCOUNT, finding_of, pass_of


def printed(show: Callable[[Screen], object], width: int = 80) -> str:
    file = io.StringIO()
    show(Screen(Layout(PipeConsole(file=file, width=width, markup=False, emoji=False, highlight=False))))
    return file.getvalue()


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_pass_is_shown_with_passer_role_service_resource_verdict_and_why() -> None:
    text = words(printed(lambda screen: screen.saw_pass(seen_pass())))

    assert "✗ violation 0.25 s dana passed dev/deployer" in text
    assert "to lambda.amazonaws.com as execution role of function orders" in text
    assert "/dev/deployer is not approved for lambda.amazonaws.com" in text


def test_a_session_is_shown_by_its_name_first() -> None:
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy-pipeline/build-4711"
    seen = seen_pass(pass_of(passer=Passer(type="AssumedRole", arn=arn)))

    assert "build-4711 (deploy-pipeline) passed" in words(printed(lambda screen: screen.saw_pass(seen)))


def test_a_containment_is_shown_with_what_was_done() -> None:
    step = seen_step(News.CONTAINED, why="concurrency set to 0. Still runs: what runs")

    assert words(printed(lambda screen: screen.saw_step(step))) == "■ contained 0.50 s concurrency set to 0"


def test_a_message_is_shown_whole_with_a_bar_beside_it() -> None:
    lines = printed(lambda screen: screen.message(seen_alert().payload)).splitlines()

    assert all(line.startswith("    │") for line in lines)
    assert "│ Who       arn:aws:iam::111122223333:user/dana" in "\n".join(lines)


def test_a_missed_expectation_tells_what_was_expected_and_seen() -> None:
    missed = Expectations().expect("one alert", 1, 2)

    assert words(printed(lambda screen: screen.expectation(missed))) == "✗ one alert expected 1 seen 2"


def test_what_is_waited_for_is_said_once_in_a_pipe() -> None:
    def wait(screen: Screen) -> None:
        with screen.waiting("two verdicts"):
            screen.note("one came")

    assert printed(wait).splitlines() == ["    … waiting for two verdicts", "    one came"]


def test_names_cannot_act_on_the_terminal() -> None:
    name = "x\x1b[2J\u202e\r\n9  Summary"
    passer = Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/{name}", name=name)
    pass_ = pass_of(passer=passer, resources=(name,))
    finding = finding_of(pass_)

    def show(screen: Screen) -> None:
        screen.saw_pass(seen_pass(pass_, (name,)))
        screen.saw_alert(seen_alert(finding), name)
        screen.message(seen_alert(finding).payload)
        screen.fact(name, name)
        screen.output(name, name)
        screen.log(name)

    text = printed(show)
    assert not {"\x1b", "\u202e", "\r"} & set(text)
    assert not any(line.startswith("9") for line in text.splitlines())


@pytest.mark.parametrize("width", [50, 80, 200])
def test_lines_stay_within_the_width(width: int) -> None:
    def show(screen: Screen) -> None:
        screen.title("PassRole Guardrail at work", "Who passed which role? " * 5)
        screen.step("Dana ships", "Every call succeeds. " * 9)
        screen.call("dana.novak", "UpdateFunctionConfiguration", "invoice-mailer", "finance/payments-admin")
        screen.saw_pass(seen_pass(reasons=("needs a tag " * 20,)))
        screen.message(seen_alert().payload)
        screen.states(["resource", "", "before", "now"], [["i-0123456789abcdef0", "profile", "web", "none"]])
        screen.output("passrole findings release 1234", "  puts back  " + "x" * 200)

    assert max(cell_len(line) for line in printed(show, width).splitlines()) <= width
