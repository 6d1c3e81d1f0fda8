"""Each module calls what its grants allow, and they allow nothing else."""

from collections import defaultdict
from functools import cache

import boto3
import pytest

from passrole.arn import Arn
from passrole.grants import Grant
from passrole.quarantine.module import QuarantineModule
from passrole.quarantine.registry import MODULES, PASSER_SCOPE, ROLE_SCOPE
from passrole.quarantine.revocation import RESTORE_GRANT, REVOKE_GRANT, restore, revoke
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.quarantine.modules.cases import CASES
from tests.unit.quarantine.modules.other_ways import OTHER_WAYS, RUNNING
from tests.unit.quarantine.modules.permissions import Recorder, rights_in
from tests.unit.samples import ACCOUNT, REGION

Used = dict[str, set[str]]


def grants_of(module: QuarantineModule) -> dict[str, tuple[Grant, ...]]:
    """By what the module is doing: the rights that it has then."""
    look, act = module.describe_grants, module.contain_grants
    return {
        "describe": look,
        "contain": (*look, *act),
        "stop_running": (*look, *act, *module.stop_grants),
        "release": (*look, *module.release_grants),
    }


@pytest.fixture
def used(case: Case, clients: Clients, role: str) -> Used:
    """What the module needed for a resource as people use it, in every way that it can go."""
    recorder, used = Recorder(clients, case.module.services), defaultdict[str, set[str]](set)
    resource = case.make(clients, role)
    walk(case.module, recorder, used, resource, role)
    for change in OTHER_WAYS.get(case.module.name, ()):
        change(clients, resource, role)
        walk(case.module, recorder, used, resource, role)
    if case.module.stop_grants:
        working, arn = RUNNING[case.module.name](clients, resource)
        stopping = Recorder(working, case.module.services)
        with stopping.needed(used["stop_running"]) as aws:
            case.module.stop_running(aws, parsed(arn))
    case.snapshot(clients, resource)  # people see that what was begun has ended
    case.remove(clients, resource)
    with recorder.needed(used["describe"]) as aws:
        assert case.describe(aws, resource) is None
    return used


def walk(module: QuarantineModule, recorder: Recorder, used: Used, resource: str, role: str) -> None:
    """Through containment and release, with the checks that both make."""
    arn = parsed(resource)
    with recorder.needed(used["describe"]) as aws:
        prior = module.describe(aws, arn)
        assert prior is not None
        assert not module.is_contained(aws, prior, role)
    with recorder.needed(used["contain"]) as aws:
        module.contain(aws, arn, prior, role)
    with recorder.needed(used["describe"]) as aws:
        contained = module.describe(aws, arn)
        assert contained is not None
        assert module.is_contained(aws, contained, role)
        assert module.changed_since(aws, contained, prior) == ()
    with recorder.needed(used["release"]) as aws:
        module.release(aws, arn, prior)
    with recorder.needed(used["describe"]) as aws:
        released = module.describe(aws, arn)
        assert released is not None
        assert module.is_released(released, prior)


def parsed(text: str) -> Arn:
    arn = Arn.parse(text)
    assert arn is not None
    return arn


def test_every_module_has_a_case() -> None:
    assert {case.module.name for case in CASES} == {module.name for module in MODULES}
    assert set(RUNNING) == {module.name for module in MODULES if module.stop_grants}


def test_no_right_is_missing(case: Case, used: Used) -> None:
    for doing, grants in grants_of(case.module).items():
        assert used[doing] - rights_in(grants) == set(), doing


def test_no_right_is_unused(case: Case, used: Used) -> None:
    # Given what each kind of grants is there for
    module = case.module
    doing = {
        "describe_grants": ("describe", "contain", "stop_running", "release"),
        "contain_grants": ("contain",),
        "stop_grants": ("stop_running",),
        "release_grants": ("release",),
    }
    # When the module has gone all its ways, then each right of a kind was needed for that
    for kind, users in doing.items():
        needed = set().union(*(used[user] for user in users))
        assert rights_in(getattr(module, kind)) - needed == set(), kind


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("module", [ROLE_SCOPE, PASSER_SCOPE], ids=lambda module: module.name)
def test_reaching_roles_and_passers_needs_what_its_modules_declare(module: QuarantineModule) -> None:
    iam, used = boto3.client("iam"), defaultdict[str, set[str]](set)
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    user = iam.create_user(UserName="ci")["User"]["Arn"]
    recorder = Recorder(cache(boto3.client), module.services)
    for principal in (role, user) if module is PASSER_SCOPE else (role,):
        walk(module, recorder, used, principal, role)

    assert used["describe"] == rights_in(module.describe_grants)
    assert used["contain"] == rights_in(module.contain_grants)
    assert used["release"] == rights_in(module.release_grants)


@pytest.mark.usefixtures("aws")
def test_revocation_and_its_end_need_what_they_declare() -> None:
    iam = boto3.client("iam")
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument="{}")["Role"]
    function = parsed(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:orders")
    recorder, revoking, restoring = Recorder(cache(boto3.client), ()), set[str](), set[str]()

    with recorder.needed(revoking) as aws:
        assert revoke(aws, "lambda-function", function, role["Arn"], role["RoleId"]) is None
    with recorder.needed(restoring) as aws:
        restore(aws, function, role["Arn"])

    assert revoking == rights_in([REVOKE_GRANT])
    assert restoring == rights_in([RESTORE_GRANT])
