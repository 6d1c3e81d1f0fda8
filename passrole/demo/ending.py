"""The end of the story: what must hold of the whole, and the summary."""

import statistics
import time

from passrole.demo.stage import Stage
from passrole.finding import News


def check_the_whole(stage: Stage) -> None:
    """Nothing was lost, nothing was said twice."""
    stage.follow(stage.world.queues_are_empty, "the queues to be empty", 10)
    stage.expect("no message was lost: all dead-letter queues are empty", 0, stage.world.dead_letters())
    told = [seen.payload["text"] for seen in stage.observer.alerts]
    stage.expect("nothing was told twice", len(told), len(set(told)))


def summarize(stage: Stage) -> None:
    """Each expectation, and what was measured."""
    stage.step("Summary", f"All of it took {time.time() - stage.told.began:.0f} seconds.")
    for expectation in stage.expectations.all:
        stage.screen.expectation(expectation)
    stage.screen.space()
    for name, value in measured(stage).items():
        stage.screen.fact(name, value)


def measured(stage: Stage) -> dict[str, str]:
    """Figures of the run, in words."""
    observer = stage.observer
    verdicts = [seen.seconds for seen in observer.passes if seen.seconds is not None]
    alerts = [alerts[0].seconds for act in observer.acts if (alerts := observer.alerts_of(act))]
    contained = [
        step.seconds for act in observer.acts if (step := observer.step_of(act, News.CONTAINED)) is not None
    ]
    return {
        "to verdict": _range(verdicts),
        "to alert": _range([seconds for seconds in alerts if seconds is not None]),
        "to containment": _range([seconds for seconds in contained if seconds is not None]),
    }


def _range(seconds: list[float]) -> str:
    if not seconds:
        return "not measured"
    return (
        f"{statistics.median(seconds):.1f} s in the median after the call, {max(seconds):.1f} s at most "
        f"({len(seconds)})"
    )
