"""What is seen in the ledger and at the webhook: each thing once, and which act it comes from."""

from typing import Any

from passrole.alerts import Alert
from passrole.alerts.renderings import slack
from passrole.demo.measures import measures_of
from passrole.demo.observer import Observer
from passrole.demo.seen import Act, SeenAlert, SeenPass, SeenStep
from passrole.demo.telling import Scene, Told
from passrole.emulator.webhook import Message
from passrole.finding import News, Step
from tests.unit.demo.tellings import items_of
from tests.unit.samples import NOW, finding_of, pass_of

STARTED = NOW.timestamp() - 0.5
OPENED = Step(1, "2026-11-22T12:00:05.000Z", News.OPENED, "dana", "not approved")
CONTAINED = Step(2, "2026-11-22T12:00:06.000Z", News.CONTAINED, "guardrail", "concurrency is 0")
RELEASED = Step(3, "2026-11-22T12:00:09.000Z", News.RELEASED, "sam", "a drill")


class World:
    """A ledger and a webhook that a test fills."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.messages: list[Message] = []
        self.observer = Observer(lambda: list(self.items), self.messages)
        self.act = Act("CreateFunction", "orders", STARTED)
        self.observer.acts.append(self.act)

    def tell(self, step: Step, after: float) -> None:
        payload = slack.payload(Alert(finding_of(), step))
        self.messages.append(Message(STARTED + after, payload))


def test_each_thing_is_seen_once_and_in_the_order_of_time() -> None:
    world = World()
    world.items = items_of(pass_of(), finding_of(), [OPENED])
    first = world.observer.look()
    world.items = items_of(pass_of(), finding_of(), [OPENED, CONTAINED])
    world.tell(OPENED, 1.0)

    second = world.observer.look()

    assert [type(seen) for seen in first] == [SeenPass, SeenStep]
    assert [type(seen) for seen in second] == [SeenAlert, SeenStep]
    assert world.observer.look() == []


def test_times_count_from_the_act_that_made_the_pass() -> None:
    world = World()
    world.items = items_of(pass_of(), finding_of(), [OPENED, CONTAINED])
    world.tell(OPENED, 0.75)
    world.tell(CONTAINED, 1.75)

    told = Told(STARTED, [Scene("", "", list(world.observer.look()))])

    (row,) = measures_of(told).rows
    assert (row.verdict, row.alert, row.containment) == (0.5, 0.75, 1.5)


def test_an_act_is_known_by_its_call_and_by_what_got_the_role() -> None:
    world = World()
    world.observer.acts.insert(0, Act("UpdateFunctionConfiguration", "orders", STARTED))
    world.observer.acts.insert(0, Act("CreateFunction", "invoices", STARTED))
    world.items = items_of(pass_of(), finding_of())

    world.observer.look()

    assert [seen.act for seen in world.observer.passes] == [world.act]


def test_an_event_that_was_put_is_known_by_its_id() -> None:
    act = Act("CreateFunction", "the forged one", STARTED, event_id="00000000-0000-4000-8000-000000000001")

    assert not act.made(pass_of())
    assert act.made(pass_of(event_id=act.event_id))


def test_a_release_counts_from_the_release() -> None:
    world = World()
    world.items = items_of(pass_of(), finding_of(), [OPENED])
    world.observer.look()
    release = Act("AssociateIamInstanceProfile", "orders", STARTED + 3)
    world.observer.acts.append(release)
    world.items = items_of(pass_of(), finding_of(), [OPENED, RELEASED])
    world.tell(RELEASED, 5.0)

    world.observer.look()

    assert world.observer.steps[-1].act is release
    (alert,) = world.observer.alerts
    assert (alert.act, alert.news, alert.seconds) == (release, News.RELEASED, 2.0)


def test_a_message_about_nothing_known_is_seen_as_such() -> None:
    world = World()
    world.messages.append(Message(STARTED, {"text": "hello"}))

    (alert,) = world.observer.look()

    assert isinstance(alert, SeenAlert)
    assert (alert.act, alert.finding_id, alert.news, alert.title) == (None, None, None, "")
