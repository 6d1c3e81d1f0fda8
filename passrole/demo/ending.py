"""The end of the story: what must hold of the whole, and the summary."""

import time

from passrole.demo.measures import Measures, measures_of
from passrole.demo.seen import seconds
from passrole.demo.stage import Stage


def check_the_whole(stage: Stage) -> None:
    """Nothing was lost, nothing was said twice."""
    stage.follow(stage.world.queues_are_empty, "the queues to be empty", 10)
    stage.expect("no message was lost: all dead-letter queues are empty", 0, stage.world.dead_letters())
    told = [seen.payload["text"] for seen in stage.observer.alerts]
    stage.expect("nothing was told twice", len(told), len(set(told)))


def summarize(stage: Stage) -> None:
    """Each expectation, and what was measured."""
    told, screen = stage.told, stage.screen
    told.seconds = time.time() - told.began
    met, all_ = len(told.expectations.all) - len(told.expectations.missed), len(told.expectations.all)
    screen.step("Summary", f"{met} of {all_} expectations met, in {told.seconds:.0f} s.")
    for expectation in told.expectations.all:
        screen.expectation(expectation)
    screen.space()
    screen.note("Measured from the call, on this machine. On AWS, CloudTrail's delivery comes on top.", "dim")
    screen.space()
    measures = measures_of(told)
    for name, values in (
        ("verdict", measures.verdicts),
        ("alert", measures.alerts),
        ("containment", measures.containments),
    ):
        screen.fact(name, _in_words(values))


def _in_words(values: list[float]) -> str:
    if not values:
        return "none was seen"
    return (
        f"{seconds(Measures.middle(values))} in the median, "
        f"{seconds(min(values))} to {seconds(max(values))} ({len(values)} measured)"
    )
