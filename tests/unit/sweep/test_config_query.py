"""AWS Config is asked where it records a type; its word resolves nothing, and doubt leads to the service."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.session import get_session
from botocore.validate import ParamValidator

from passrole.finding import State
from passrole.ledger import SweepPart
from passrole.passes import RoleKind
from passrole.sweep.config_query import ConfigWalk, Recorders, can_query
from passrole.sweep.listing import ConfigType, ListedRole, Listing, load_listings
from passrole.sweep.runner import Done
from passrole.sweep.tasks import SweepAll, SweepPartOf, Teller, message_of, task_in
from passrole.sweep.walk import START, ListingError, Look, Position
from tests.unit.samples import ACCOUNT, FUNCTION, NOW, REGION, ROLE, FrozenClock
from tests.unit.sweep.pages import HERE, NoPace, PagingApi, Thing, listing_of
from tests.unit.sweep.running import Running
from tests.unit.sweep.world import APPROVED, OTHER, World

TYPE = "AWS::Lambda::Function"
LISTING = listing_of(
    2,
    roles=(ListedRole("Roles[0]", RoleKind.ROLE_ARN, "execution role", ("lambda.amazonaws.com",)),),
    config=ConfigType(TYPE, {"execution role": "Code.Role"}),
)
MODEL = get_session().get_service_model("config")
EVERYTHING: Mapping[str, Any] = {"allSupported": True}


class Config:
    """A client of AWS Config that holds what it was told of, and checks each call by the API's model.

    Attributes:
        known: the role of each resource.
        refuses: the operations that it refuses.
        broken: what it says in place of each resource; None if it answers well.
        page: how many resources an answer has.
        calls: the operations that were asked for.
        asked: the inputs of its queries.
    """

    def __init__(self, group: Mapping[str, Any] = EVERYTHING, mode: Mapping[str, Any] | None = None) -> None:
        self.recorders: list[dict[str, Any]] = [{"name": "default", "recordingGroup": dict(group)}]
        if mode:
            self.recorders[0]["recordingMode"] = dict(mode)
        self.status: dict[str, Any] = {
            "name": "default",
            "recording": True,
            "lastStatus": "SUCCESS",
            "lastStartTime": NOW - timedelta(days=30),
        }
        self.known: dict[str, str] = {}
        self.refuses: dict[str, str] = {}
        self.broken: str | None = None
        self.page = 2
        self.calls: list[str] = []
        self.asked: list[dict[str, Any]] = []

    def describe_configuration_recorder_status(self, **given: Any) -> Any:
        statuses = [self.status] if self.recorders else []
        return self._answer(
            "DescribeConfigurationRecorderStatus", given, {"ConfigurationRecordersStatus": statuses}
        )

    def describe_configuration_recorders(self, **given: Any) -> Any:
        return self._answer(
            "DescribeConfigurationRecorders", given, {"ConfigurationRecorders": self.recorders}
        )

    def select_resource_config(self, **given: Any) -> Any:
        self.asked.append(given)
        first = int(given.get("NextToken", 0))
        results = [self._result(*each) for each in self.known.items()]
        answer: dict[str, Any] = {"Results": results[first : first + self.page]}
        if first + self.page < len(results):
            answer["NextToken"] = str(first + self.page)
        return self._answer("SelectResourceConfig", given, answer)

    def _result(self, arn: str, role: str) -> str:
        item = {"arn": arn, "configurationItemStatus": "OK", "configuration": {"Code": {"Role": role}}}
        return self.broken or json.dumps(item)

    def _answer(self, call: str, given: Mapping[str, Any], answer: Any) -> Any:
        self.calls.append(call)
        operation = MODEL.operation_model(call)
        for params, shape in ((given, operation.input_shape), (answer, operation.output_shape)):
            assert shape is not None
            report = ParamValidator().validate(params, shape)
            assert not report.has_errors(), report.generate_report()
        if call in self.refuses:
            raise ClientError({"Error": {"Code": self.refuses[call], "Message": "no"}}, call)
        return answer


@pytest.fixture
def config() -> Config:
    return Config()


def recorders_of(config: Any, clock: FrozenClock | None = None) -> Recorders:
    return Recorders(lambda *_: config, NoPace(), clock or FrozenClock())


def walk_of(config: Config) -> ConfigWalk:
    return ConfigWalk(LISTING, HERE, config, NoPace())


def records(config: Config, listing: Listing = LISTING) -> bool:
    return recorders_of(config).records(listing, REGION)


# Where it is asked


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ({"allSupported": True}, True),
        ({"allSupported": False, "resourceTypes": [TYPE]}, True),
        ({"allSupported": False, "resourceTypes": ["AWS::EC2::Instance"]}, False),
        ({"allSupported": False}, False),
        ({}, True),
        ({"recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}}, True),
        (
            {"recordingStrategy": {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"}, "resourceTypes": [TYPE]},
            True,
        ),
        ({"recordingStrategy": {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"}, "resourceTypes": []}, False),
        (
            {
                "allSupported": False,
                "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
                "exclusionByResourceTypes": {"resourceTypes": [TYPE]},
            },
            False,
        ),
        (
            {
                "allSupported": False,
                "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
                "exclusionByResourceTypes": {"resourceTypes": ["AWS::EC2::Instance"]},
            },
            True,
        ),
        ({"recordingStrategy": {"useOnly": "WHAT_COMES_LATER"}, "allSupported": True}, False),
    ],
)
def test_the_recorder_says_which_types_it_takes(group: Mapping[str, Any], expected: bool) -> None:
    assert records(Config(group)) is expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ({"recordingFrequency": "CONTINUOUS"}, True),
        ({"recordingFrequency": "DAILY"}, False),
        (
            {
                "recordingFrequency": "CONTINUOUS",
                "recordingModeOverrides": [{"resourceTypes": [TYPE], "recordingFrequency": "DAILY"}],
            },
            False,
        ),
        (
            {
                "recordingFrequency": "DAILY",
                "recordingModeOverrides": [{"resourceTypes": [TYPE], "recordingFrequency": "CONTINUOUS"}],
            },
            True,
        ),
    ],
)
def test_what_is_recorded_once_a_day_is_not_taken(mode: Mapping[str, Any], expected: bool) -> None:
    assert records(Config(mode=mode)) is expected


@pytest.mark.parametrize(
    "status",
    [
        {"recording": False},
        {"lastStatus": "FAILURE"},
        {"lastStatus": "Failure"},
        {"lastStartTime": NOW - timedelta(hours=2)},
    ],
)
def test_a_recorder_that_is_off_or_fails_or_began_a_moment_ago_is_not_trusted(
    config: Config, status: Mapping[str, Any]
) -> None:
    config.status |= status

    assert not records(config)


def test_where_there_is_no_recorder_nothing_is_taken(config: Config) -> None:
    config.recorders = []

    assert not records(config)


@pytest.mark.parametrize("call", ["DescribeConfigurationRecorderStatus", "DescribeConfigurationRecorders"])
def test_a_recorder_that_may_not_be_read_is_as_good_as_none(config: Config, call: str) -> None:
    config.refuses[call] = "AccessDeniedException"

    assert not records(config)


def test_where_aws_config_is_not_offered_nothing_is_taken() -> None:
    class Nowhere:
        def describe_configuration_recorder_status(self) -> Any:
            raise EndpointConnectionError(endpoint_url="https://config.nowhere-1.amazonaws.com")

    assert not recorders_of(Nowhere()).records(LISTING, REGION)


def test_a_region_is_asked_once_in_a_few_minutes(config: Config) -> None:
    clock = FrozenClock()
    recorders = recorders_of(config, clock)
    assert all(recorders.records(LISTING, REGION) for _ in range(3))
    assert len(config.calls) == 2

    config.status["recording"] = False
    clock.go_on(minutes=6)

    assert not recorders.records(LISTING, REGION)
    assert len(config.calls) == 3


@pytest.mark.parametrize(
    "listing",
    [
        replace(LISTING, config=None),
        replace(LISTING, steps=LISTING.steps[:1]),
        replace(LISTING, only="Status != 'DELETING'"),
        replace(LISTING, is_global=True),
        replace(LISTING, config=ConfigType(TYPE, {})),
    ],
)
def test_what_it_could_not_tell_whole_or_saves_nothing_is_not_asked(config: Config, listing: Listing) -> None:
    assert not records(config, listing)
    assert config.calls == []


def test_it_stands_in_for_some_listings() -> None:
    types = {listing.type for listing in load_listings() if can_query(listing)}

    assert types >= {"states:stateMachine", "codepipeline:pipeline", "sagemaker:model"}
    assert not types & {"lambda:function", "apprunner:service", "eks:addon"}


# What it tells


def test_the_query_asks_for_one_type_in_one_account_and_region(config: Config) -> None:
    list(walk_of(config).looks())

    [given] = config.asked
    assert given == {
        "Expression": "SELECT arn, configurationItemStatus, configuration.Code.Role"
        f" WHERE resourceType = '{TYPE}' AND awsRegion = '{REGION}' AND accountId = '{ACCOUNT}'",
        "Limit": 100,
    }


def test_the_queries_of_all_listings_are_not_too_long(config: Config) -> None:
    for listing in filter(can_query, load_listings()):
        list(ConfigWalk(listing, HERE, config, NoPace()).looks())  # the model knows how long they may be

    assert len(config.asked) > 3


def test_each_resource_comes_once_with_its_role(config: Config) -> None:
    config.known = {f"{FUNCTION}-{n}": ROLE for n in range(5)}

    looks = [look for look in walk_of(config).looks() if look.resource]

    assert [look.resource for look in looks] == list(config.known)
    assert {(held.value, held.place) for look in looks for held in look.held} == {(ROLE, LISTING.roles[0])}
    assert len(config.asked) == 3


def test_wherever_it_stops_it_goes_on_with_the_rest(config: Config) -> None:
    config.known = {f"{FUNCTION}-{n}": ROLE for n in range(5)}
    looks = list(walk_of(config).looks())

    for number, look in enumerate(looks, 1):
        rest = list(walk_of(config).looks(_through_a_task(look.position)))
        assert _resources(rest) == _resources(looks[number:])


def _resources(looks: Sequence[Look]) -> list[str]:
    return [look.resource for look in looks if look.resource]


def _through_a_task(position: Position) -> Position:
    task = task_in(json.loads(message_of(SweepPartOf("2026", "l", "r", position, teller=Teller.CONFIG))))
    assert isinstance(task, SweepPartOf)
    assert task.teller is Teller.CONFIG
    return task.position


def test_it_asks_at_the_pace_of_one_service(config: Config) -> None:
    config.known = {f"{FUNCTION}-{n}": ROLE for n in range(5)}
    pace = NoPace()

    list(ConfigWalk(LISTING, HERE, config, pace).looks())

    assert pace.waits == [("config", REGION)] * 3


def _item(**fields: Any) -> str:
    well = {"arn": FUNCTION, "configurationItemStatus": "OK", "configuration": {"Code": {"Role": ROLE}}}
    return json.dumps(well | fields)


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        _item(arn=None),
        _item(arn=f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:orders"),
        _item(arn=f"arn:aws:lambda:{REGION}:444455556666:function:orders"),
        _item(configuration={}),
        _item(configuration={"Code": {"Role": ""}}),
        _item(configurationItemStatus="ResourceNotRecorded"),
        _item(configurationItemStatus=None),
    ],
)
def test_an_answer_that_leaves_a_doubt_is_none(config: Config, text: str) -> None:
    config.known, config.broken = {FUNCTION: ROLE}, text

    with pytest.raises(ListingError, match="lambda:function: AWS Config"):
        list(walk_of(config).looks())


def test_a_page_that_comes_again_is_a_doubt() -> None:
    class Stuck:
        def select_resource_config(self, **given: Any) -> Any:
            return {"Results": [], "NextToken": "same"}

    with pytest.raises(ListingError, match="same page again"):
        list(ConfigWalk(LISTING, HERE, Stuck(), NoPace()).looks())


# What becomes of it in a sweep


class Account:
    """An account in which AWS Config records functions.

    Attributes:
        described: what the service was asked about one by one since the last sweep began.
    """

    def __init__(self, world: World, config: Config) -> None:
        self.world, self.config = world, config
        self.described: list[str] = []
        world.recorders = Recorders(self._client, NoPace(), world.clock)
        world.client = self._client  # type: ignore[method-assign]
        self.running = Running(world, listings=(LISTING,))
        self.is_up_to_date()

    def is_up_to_date(self) -> None:
        """AWS Config knows what there is."""
        self.config.known = {arn: roles[0] for arn, roles in self.world.functions.items()}

    def sweep(self) -> list[Done]:
        self.described.clear()
        self.world.clock.go_on(hours=8)
        return self.running.run_all(SweepAll())

    @property
    def part(self) -> SweepPart:
        latest = self.world.ledger.latest_sweep()
        assert latest is not None
        [part] = self.world.ledger.parts_of(latest.id)
        return part

    def _client(self, service: str, region: str) -> Any:
        if service == "config":
            return self.config
        things = [
            Thing(f"of {arn}", below=((Thing(arn.removeprefix("arn:"), roles=tuple(roles)),),))
            for arn, roles in self.world.functions.items()
        ]
        return _Described(self.described, [things] if things else [[]])


class _Described(PagingApi):
    """Notes what it was asked about."""

    def __init__(self, described: list[str], pages: Sequence[Sequence[Thing]]) -> None:
        super().__init__(pages)
        self._described = described

    def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
        self._described += Parents
        return super().list_below(Parents, Token)


@pytest.fixture
def account(world: World, config: Config) -> Account:
    world.functions |= {f"{FUNCTION}-{n}": [ROLE] for n in range(4)}
    return Account(world, config)


def test_what_it_knows_is_not_described(account: Account) -> None:
    account.sweep()

    assert account.described == []
    assert (account.part.resources, account.part.opened, account.part.failed) == (5, 5, None)
    assert account.part.ended_at is not None
    assert account.world.topic.news == ["opened"] * 5


def test_as_long_as_nothing_changes_it_is_enough(account: Account) -> None:
    account.sweep()

    done = account.sweep()

    assert account.described == []
    assert sum(each.opened + each.resolved for each in done) == 0
    assert [each.is_swept for each in done].count(True) == 1


def test_where_it_is_off_the_service_is_asked(account: Account) -> None:
    account.config.status["recording"] = False

    account.sweep()

    assert len(account.described) == 5
    assert account.part.opened == 5
    assert account.config.asked == []


def test_where_the_query_is_refused_the_service_is_asked(account: Account) -> None:
    account.config.refuses["SelectResourceConfig"] = "AccessDeniedException"

    account.sweep()

    assert len(account.described) == 5
    assert (account.part.resources, account.part.opened, account.part.failed) == (5, 5, None)


def test_where_it_tells_of_nothing_the_service_is_asked(account: Account) -> None:
    account.config.known = {}

    account.sweep()

    assert account.part.opened == 5


def test_what_it_does_not_know_any_more_is_resolved_when_the_service_says_so(account: Account) -> None:
    account.sweep()
    del account.world.functions[FUNCTION]
    account.is_up_to_date()

    done = account.sweep()

    assert len(account.described) == 4
    assert sum(each.resolved for each in done) == 1
    assert account.world.finding().state is State.RESOLVED
    assert account.world.held() == set()
    assert (account.part.resources, account.part.roles, account.part.resolved) == (4, 4, 1)


def test_what_is_held_and_approved_counts_as_well(account: Account) -> None:
    account.world.functions[FUNCTION] = [APPROVED]
    account.is_up_to_date()
    account.sweep()
    del account.world.functions[FUNCTION]
    account.is_up_to_date()

    account.sweep()

    assert len(account.described) == 4
    assert account.world.held() == set()


def test_what_it_does_not_know_yet_is_not_resolved(account: Account) -> None:
    account.sweep()
    del account.config.known[FUNCTION]

    done = account.sweep()

    assert len(account.described) == 5
    assert sum(each.resolved for each in done) == 0
    assert account.world.finding().state is State.OPEN


def test_what_it_still_believes_stands_in_no_ones_way(account: Account) -> None:
    """One function is gone of which it does not know, and one that makes the service be asked."""
    account.sweep()
    gone = f"{FUNCTION}-1"
    del account.world.functions[FUNCTION], account.world.functions[gone]
    account.is_up_to_date()
    account.config.known[gone] = ROLE

    account.sweep()

    assert account.world.finding().state is State.RESOLVED
    assert account.world.finding(gone).state is State.RESOLVED


def test_a_role_that_was_replaced_since_is_not_told_again(account: Account) -> None:
    """An event was faster than AWS Config."""
    account.sweep()
    account.world.functions[FUNCTION] = [OTHER]
    account.is_up_to_date()
    account.sweep()
    assert account.world.finding().state is State.RESOLVED
    account.config.known[FUNCTION] = ROLE

    account.sweep()

    assert account.world.finding().state is State.RESOLVED
    assert account.world.finding(role=OTHER).state is State.OPEN
    assert account.world.held() == {OTHER}


def test_it_goes_on_where_it_ran_out_of_time(account: Account) -> None:
    account.running.most_answers = 2

    done = account.sweep()

    assert len(done) > 3
    assert account.described == []
    assert (account.part.resources, account.part.opened) == (5, 5)


def test_a_token_that_it_does_not_know_any_more_leads_to_the_service(account: Account) -> None:
    account.running.most_answers = 2
    account.world.clock.go_on(hours=8)
    account.running.run(SweepAll())
    [begun] = account.running.queue.take()
    account.running.run(begun)
    [rest] = account.running.queue.take()
    assert isinstance(rest, SweepPartOf)
    assert (rest.teller, rest.position != START) == (Teller.CONFIG, True)
    account.config.refuses["SelectResourceConfig"] = "InvalidNextTokenException"

    account.running.run_all(rest)

    assert len(account.described) > 4
    assert (account.part.resources, account.part.failed) == (5, None)
    assert account.world.topic.news == ["opened"] * 5


def test_a_message_that_names_no_teller_goes_on_with_the_service(account: Account) -> None:
    account.world.clock.go_on(hours=8)
    account.running.run(SweepAll())
    [begun] = account.running.queue.take()
    old = json.loads(message_of(begun)) | {"position": [[None, 1]]}
    del old["teller"]

    account.running.run_all(task_in(old))

    assert account.config.asked == []
    assert len(account.described) == 4
