"""Each listing asks what the APIs answer, and names resources, places and services as the catalogue does."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, OperationModel, ServiceModel, Shape
from botocore.validate import ParamValidator

from infra.bundle import BOTOCORE_SERVICES
from passrole.catalogue import load_catalogue
from passrole.catalogue.model import Call
from passrole.catalogue.references import REFERRED
from passrole.passes import Direction
from passrole.sweep.listing import Listing, Step, load_listings
from passrole.sweep.walk import search
from tests.infra.granted import actions_of, contain_grants, release_grants
from tests.infra.test_bundle import CLIENTS
from tests.unit.sweep.shapes import Kind, Members, Several, ShapeError, Text, kind_of, seen

LISTINGS = load_listings()
ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "passrole" / "sweep" / "listings"
REGION: Mapping[str, Kind] = {"partition": Text(), "region": Text(), "account": Text()}

# A describe call that pages what is no resource: the features of a group.
NOT_PAGED = {("sagemaker", "DescribeFeatureGroup")}
# Whose tokens are no single member in botocore's paginators.
PAGED_OTHERWISE = {("firehose", "ListDeliveryStreams")}
# What one call takes, where the guides tell it and the model does not.
BATCHES = {("codebuild", "BatchGetProjects"): 100, ("opensearch", "DescribeDomains"): 5}
# Error codes that the guides tell and the models do not.
UNMODELLED = {
    "amplify": {"NotFoundException"},
    "autoscaling": {"ValidationError"},
    "eks": {"ResourceNotFoundException"},
    "elasticbeanstalk": {"InvalidParameterValue"},
    "emr-serverless": {"ResourceNotFoundException"},
    "imagebuilder": {"ResourceNotFoundException"},
    "s3": {"NoSuchBucket", "ReplicationConfigurationNotFoundError"},
    "s3control": {"AccessGrantsInstanceNotExistsError", "NoSuchJob"},
    "sagemaker": {"ValidationException"},
}
# Calls whose right has another name ("Actions, resources, and condition keys" of the services).
ACTIONS = {
    ("dms", "DescribeMigrationProjects"): "dms:ListMigrationProjects",
    ("s3", "ListBuckets"): "s3:ListAllMyBuckets",
    ("s3", "GetBucketReplication"): "s3:GetReplicationConfiguration",
}
# What a client asks before its first call.
BEFORE = {"timestream-query": {"DescribeEndpoints"}}
# What events call the id of a resource, where the listing's member has another name.
IDS = {"ec2:vpc-flow-log": "item", "workspaces:directoryid": "resourceid"}

each = pytest.mark.parametrize("listing", LISTINGS, ids=[listing.name for listing in LISTINGS])


@each
def test_every_call_is_one_of_the_api(listing: Listing) -> None:
    for step in listing.steps:
        assert step.call in _service(listing.client).operation_names


@each
def test_the_input_is_what_the_call_takes(listing: Listing) -> None:
    for step, parents in _parents(listing):
        shape = _operation(listing, step).input_shape
        members = shape.members if shape else {}
        given = dict[str, Any]()
        for name, value in step.input.items():
            assert name in members, f"{step.call} has no {name}"
            given[name] = value
            if isinstance(value, str):
                found, wanted = kind_of(value, parents), seen(members[name])
                assert type(found) is type(wanted), f"{step.call}: {name} is not {value}"
                assert _fits(found, wanted), f"{step.call}: {name} cannot be {value}"
                given[name] = _sample(members[name])
        assert not ParamValidator().validate(given, shape).has_errors() if shape else not given


@each
def test_what_a_call_finds_is_a_list_in_its_answer(listing: Listing) -> None:
    for step in listing.steps:
        if step.items:
            items = kind_of(step.items, _answer(listing, step))
            assert isinstance(items, Several)
            assert step.name or isinstance(seen(items.of), Members), f"{step.call} lists texts without a name"


@each
def test_all_pages_are_asked_for(listing: Listing) -> None:
    for step in listing.steps:
        operation, key = _operation(listing, step), (listing.client, step.call)
        pages = _paginators(listing.client).get(step.call)
        if pages and key not in PAGED_OTHERWISE:
            assert step.page, f"{step.call} is paged"
            assert (step.page.answer, step.page.input) == (pages["output_token"], pages["input_token"])
        if step.page:
            kind_of(step.page.answer, _answer(listing, step))
            assert step.page.input in _input(listing, step)
        else:
            assert key in NOT_PAGED or not _tokens(operation), f"{step.call} is paged"


@each
def test_a_batch_is_no_larger_than_a_call_takes(listing: Listing) -> None:
    for step in listing.steps:
        if step.batch > 1:
            assert step.page is None, "a token may be of another order of what it was asked about"
            lists = [name for name, value in step.input.items() if str(value).startswith("[].")]
            most = BATCHES.get((listing.client, step.call))
            for name in lists:
                assert step.batch <= (most or _input(listing, step)[name].metadata["max"])
            assert lists


@each
def test_what_is_gone_is_told_by_an_error_of_the_call(listing: Listing) -> None:
    for step in listing.steps:
        codes = {getattr(shape, "error_code", None) for shape in _operation(listing, step).error_shapes}
        assert set(step.gone) <= codes | UNMODELLED.get(listing.client, set())


@each
def test_roles_stand_in_the_answers(listing: Listing) -> None:
    *_, scope = _scopes(listing)
    for role in listing.roles:
        found = kind_of(role.path, scope)
        found = seen(found.of) if isinstance(found, Several) else found
        assert isinstance(found, Text), f"{role.path} is no text, nor a list of them"


@each
def test_what_counts_is_told_by_members_and_values_of_the_answers(listing: Listing) -> None:
    if listing.only:
        *_, scope = _scopes(listing)
        kind_of(listing.only, scope)


@each
def test_members_may_be_left_out_of_answers(listing: Listing) -> None:
    for step in listing.steps:
        answers: list[Mapping[str, Any]] = [{}, {name: [{}] for name in _lists(listing, step)}]
        for answer in answers:
            assert not step.items or search(step.items, answer) in (None, [], [{}])
    for role in listing.roles:
        assert search(role.path, {}) in (None, [])
    if listing.only:
        search(listing.only, {})


@each
def test_the_catalogue_knows_the_type_with_its_places_and_services(listing: Listing) -> None:
    known = _places(listing.type)
    for role in listing.roles:
        assert (role.place, role.services, role.kind.is_instance_profile) in known


@each
def test_every_place_is_listed_once_a_kind_of_name(listing: Listing) -> None:
    places = [(role.place, role.kind) for role in listing.roles]
    assert places
    assert len(places) == len(set(places))


@each
def test_the_arn_is_the_one_that_an_event_gives(listing: Listing) -> None:
    *_, scope = _scopes(listing)
    resources = [call.resource for call in _calls()[listing.type] if call.resource]
    named = {path.rpartition(".")[2].removesuffix("[]").lower() for one in resources for path in one.paths}
    for text in _embedded(listing.arn):
        assert isinstance(kind_of(text, scope), Text)
    if "{" in listing.arn:
        *parents, own = [text for text in _embedded(listing.arn) if text not in REGION]
        in_arn = "/".join(f"{{{text}}}" for text in (*parents, own))
        alike = [one for one in resources if bool(one.within) == bool(parents)]
        assert listing.arn.replace(in_arn, "{}") in {one.arn for one in alike}
        ids = named if listing.type not in IDS else {_last(own)} if IDS[listing.type] in named else set()
        assert any(name.endswith(_last(own)) or _last(own).endswith(name) for name in ids)
    elif _last(listing.arn).endswith("arn"):
        # Only the service knows what it calls the resource: the event has to show the same.
        assert any(_is_arn(name) for name in named), "events give this type's ARN by its template"
    else:
        assert _last(listing.arn) in named


@each
def test_what_is_asked_for_its_resources_has_no_arn_in_their_place(listing: Listing) -> None:
    """Where AWS refuses to list them, it would be taken for the only one that nobody sees."""
    scopes = list(_scopes(listing))
    for step, before, after in zip(listing.steps[1:], scopes[1:], scopes[2:], strict=False):
        if step.items and step.batch == 1 and "{" not in listing.arn:
            name = listing.arn.partition(".")[0]
            assert name not in before.of or before.of[name] is after.of[name]


@each
def test_its_actions_are_those_of_its_calls(listing: Listing) -> None:
    prefixes = {call.action.partition(":")[0] for calls in _calls().values() for call in calls}
    for action in listing.actions:
        prefix, _, name = action.partition(":")
        assert prefix in prefixes
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)
    if listing.type.startswith("apigateway:"):
        # Its rights are named by the methods of HTTP.
        assert listing.actions == ("apigateway:GET",)
        return
    names = {ACTIONS.get((listing.client, step.call), step.call).rpartition(":")[2] for step in listing.steps}
    names |= BEFORE.get(listing.client, set())
    assert {action.partition(":")[2] for action in listing.actions} == names


@each
def test_config_knows_places_of_the_listing(listing: Listing) -> None:
    if listing.config:
        assert re.fullmatch(r"AWS::\w+::\w+", listing.config.type)
        assert set(listing.config.roles) <= {role.place for role in listing.roles}


def test_no_type_is_listed_twice() -> None:
    names = [listing.name for listing in LISTINGS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("file", sorted(FOLDER.iterdir()), ids=lambda file: file.name)
def test_rows_stand_in_the_file_of_their_service_in_order(file: Path) -> None:
    types = [json.loads(line)["type"] for line in file.read_text("utf-8").splitlines()]
    assert types == sorted(types)
    assert {f"{kind.partition(':')[0]}.jsonl" for kind in types} == {file.name}


def test_the_bundle_has_the_models_that_listings_and_other_code_call_and_no_others() -> None:
    listed = {listing.client for listing in LISTINGS}
    granted = {action.partition(":")[0] for action in actions_of((*contain_grants(), *release_grants()))}
    assert listed <= set(BOTOCORE_SERVICES)
    others = set(BOTOCORE_SERVICES) - listed - {CLIENTS.get(prefix, prefix) for prefix in granted}
    sources = [*(ROOT / "passrole").rglob("*.py"), *(ROOT / "lambdas").rglob("*.py")]
    named = {text for path in sources for text in _texts(path)}
    assert others <= named
    assert tuple(sorted(BOTOCORE_SERVICES)) == BOTOCORE_SERVICES


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("Nmae", "Nmae is none of Name, State"),
        ("Name.First", "First cannot be in Text"),
        ("State == 'gone'", "gone is none of here, there"),
        ("Name[]", "Text is no list"),
    ],
)
def test_what_the_shapes_have_not_is_told(expression: str, complaint: str) -> None:
    with pytest.raises(ShapeError, match=complaint):
        kind_of(expression, Members({"Name": Text(), "State": Text(("here", "there"))}))


@cache
def _service(client: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(client, "service-2"), client)


@cache
def _paginators(client: str) -> Mapping[str, Any]:
    loader = Loader()
    if client not in loader.list_available_services("paginators-1"):
        return {}
    pages: Mapping[str, Any] = loader.load_service_model(client, "paginators-1")["pagination"]
    return pages


def _operation(listing: Listing, step: Step) -> OperationModel:
    return _service(listing.client).operation_model(step.call)


def _answer(listing: Listing, step: Step) -> Kind:
    shape = _operation(listing, step).output_shape
    assert shape is not None, f"{step.call} answers nothing"
    return shape


def _lists(listing: Listing, step: Step) -> list[str]:
    """Members of the answer that are lists of objects."""
    kind = seen(_answer(listing, step))
    members = kind.of if isinstance(kind, Members) else {}
    lists = {name: found for name, one in members.items() if isinstance(found := seen(one), Several)}
    return [name for name, found in lists.items() if isinstance(seen(found.of), Members)]


def _input(listing: Listing, step: Step) -> Mapping[str, Shape]:
    shape = _operation(listing, step).input_shape
    return shape.members if shape else {}


def _tokens(operation: OperationModel) -> set[str]:
    """Members of the answer that look like a token which the call takes, too."""
    shapes = (operation.input_shape, operation.output_shape)
    given, told = (
        {name.lower().removeprefix("next") for name in shape.members} if shape else set() for shape in shapes
    )
    return {"token", "marker", "pagetoken"} & given & told


def _scopes(listing: Listing) -> Iterator[Members]:
    """What expressions see before the first step, and behind each."""
    scope = Members(REGION)
    yield scope
    for step in listing.steps:
        before = dict(scope.of) if step.batch == 1 else dict(REGION)
        item: Kind = _answer(listing, step)
        if step.items:
            items = kind_of(step.items, item)
            assert isinstance(items, Several), f"{step.call} has no list in {step.items}"
            item = items.of
        members = seen(item)
        if step.name:
            before[step.name] = item
        elif isinstance(members, Members):
            before |= members.of
        scope = Members(before)
        yield scope


def _parents(listing: Listing) -> Iterator[tuple[Step, Kind]]:
    for step, scope in zip(listing.steps, _scopes(listing), strict=False):
        yield step, scope if step.batch == 1 else Several(scope)


def _fits(found: Kind, wanted: Kind) -> bool:
    """Whether a constant is one of the values that the call takes."""
    if isinstance(found, Text) and isinstance(wanted, Text) and len(found.values) == 1 and wanted.values:
        return found.values[0] in wanted.values
    return True


def _sample(shape: Shape) -> Any:
    if isinstance(shape, ListShape):
        return [_sample(shape.member)] * max(1, shape.metadata.get("min", 1))
    if shape.type_name == "string":
        return "x" * max(1, shape.metadata.get("min", 1))
    return 1


@cache
def _calls() -> Mapping[str, list[Call]]:
    calls = defaultdict[str, list[Call]](list)
    for call in load_catalogue().calls():
        calls[call.resource.type if call.resource else ""].append(call)
    return calls


def _places(kind: str) -> set[tuple[str, tuple[str, ...], bool]]:
    """Places that calls fill with roles on that type, by themselves or by what they refer to."""
    places = set()
    for call in _calls()[kind]:
        for role in call.roles:
            if role.direction is Direction.PASSES:
                places.add((role.place, role.services, role.kind.is_instance_profile))
        for reference in call.references:
            for referred in REFERRED.get(reference.to, ()):
                places.add((referred.place, referred.services, referred.kind.is_instance_profile))
    return places


def _embedded(arn: str) -> list[str]:
    return re.findall(r"\{([^{}]+)\}", arn) if "{" in arn else [arn]


def _last(expression: str) -> str:
    return expression.rpartition(".")[2].lower()


def _is_arn(name: str) -> bool:
    return name.endswith("arn")


def _texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
