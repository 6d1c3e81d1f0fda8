"""An account with functions and instances, which notes what the guard changed of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from passrole.clock import Clock, iso
from tests.unit.quarantine.simulated.processes import Processes
from tests.unit.samples import ACCOUNT, REGION

BAD = f"arn:aws:iam::{ACCOUNT}:role/dev/deployer"
WORSE = f"arn:aws:iam::{ACCOUNT}:role/dev/admin"
GOOD = f"arn:aws:iam::{ACCOUNT}:role/application_role/orders"
ROLES = (BAD, WORSE, GOOD)


Answers = dict[str, Callable[..., Any]]


class NotFoundError(ClientError):
    def __init__(self, code: str) -> None:
        super().__init__({"Error": {"Code": code}}, "Any")


@dataclass
class Thing:
    """A function or an instance. ``marks`` are those of its fields that are as the guard left them."""

    fields: dict[str, Any]
    marks: set[str] = field(default_factory=set)

    def put(self, name: str, value: Any, *, is_guard: bool) -> None:
        self.fields[name] = value
        (self.marks.add if is_guard else self.marks.discard)(name)


@dataclass
class Function(Thing):
    role: str = BAD
    versions: set[str] = field(default_factory=set)

    @property
    def works(self) -> bool:
        return bool(self.fields["concurrency"] != 0 or self.fields["busy"] or self.fields["idle"])

    def holds(self, role: str) -> bool:
        return role in {self.role, *self.versions}


@dataclass
class Instance(Thing):
    @property
    def works(self) -> bool:
        return self.fields["profile"] is not None

    def holds(self, role: str) -> bool:
        return self.works and role_of(self.fields["profile"]) == role


def function_named(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def instance_named(name: str) -> str:
    return f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{name}"


def profile_of(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:instance-profile/{role.rpartition('/')[2]}-profile"


def role_of(profile: str) -> str:
    return next(role for role in ROLES if profile_of(role) == profile)


def id_of(role: str) -> str:
    return f"AROA{role.rpartition('/')[2].upper()}"


class Account:
    """All things by ARN. ``before_act`` hears of each call of `contain` that changes a thing."""

    def __init__(self, processes: Processes, before_act: Callable[[str], None], clock: Clock) -> None:
        self.things: dict[str, Function | Instance] = {}
        self.given_back: list[tuple[str, str, str]] = []  # by operators: instance, role, time
        self._processes = processes
        self._before_act = before_act
        self.clock = clock

    def clients(self, service: str, region: str = REGION) -> Any:
        del region
        return Client(self, {"lambda": _LAMBDA, "ec2": _EC2, "iam": _IAM}[service], self._processes)

    def change(self, arn: str, name: str, value: Any) -> None:
        """A call of whatever process runs."""
        process = self._processes.present
        is_guard = process is not None and process.who == "contain"
        if is_guard:
            self._before_act(arn)
        thing = self.things[arn]
        if process is not None and process.who == "release" and not process.was_overtaken:
            is_ours = name in thing.marks or thing.fields[name] == value
            assert is_ours, "a release overwrites what others changed"
        thing.put(name, value, is_guard=is_guard)

    def function(self, name: str) -> Function:
        found = self.things.get(function_named(name))
        if not isinstance(found, Function):
            raise NotFoundError("ResourceNotFoundException")
        return found


class Client:
    """A client for a service, of which each call may be a process's last."""

    class exceptions:  # noqa: N801 - as botocore calls it
        ResourceNotFoundException = NotFoundError

    def __init__(self, account: Account, answers: Answers, processes: Processes) -> None:
        self._account = account
        self._answers = answers
        self._processes = processes

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **how: self._processes.call(lambda: self._answers[name](self._account, **how))

    def get_paginator(self, name: str) -> "Pages":
        return Pages(getattr(self, name))


@dataclass
class Pages:
    """A paginator of one page."""

    call: Callable[..., Any]

    def paginate(self, **how: Any) -> list[Any]:
        return [self.call(**how)]


def _configuration(account: Account, FunctionName: str) -> Any:  # noqa: N803
    return {"Role": account.function(FunctionName).role}


def _concurrency(account: Account, FunctionName: str) -> Any:  # noqa: N803
    reserved = account.function(FunctionName).fields["concurrency"]
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}


def _versions(account: Account, FunctionName: str) -> Any:  # noqa: N803
    found = account.function(FunctionName)
    return {"Versions": [{"Role": role} for role in sorted({found.role, *found.versions})]}


def _mappings(account: Account, FunctionName: str) -> Any:  # noqa: N803
    fields = account.function(FunctionName).fields
    states = {True: "Enabled", False: "Disabled"}
    named = [name for name in sorted(fields) if name != "concurrency"]
    return {
        "EventSourceMappings": [{"UUID": f"{FunctionName}/{n}", "State": states[fields[n]]} for n in named]
    }


def _update_mapping(account: Account, UUID: str, Enabled: bool) -> None:  # noqa: N803
    function, _, name = UUID.partition("/")
    account.function(function)
    account.change(function_named(function), name, Enabled)


def _put_concurrency(
    account: Account,
    FunctionName: str,  # noqa: N803
    ReservedConcurrentExecutions: int | None = None,  # noqa: N803
) -> None:
    account.function(FunctionName)
    account.change(function_named(FunctionName), "concurrency", ReservedConcurrentExecutions)


def _instances(account: Account, InstanceIds: list[str]) -> Any:  # noqa: N803
    if instance_named(InstanceIds[0]) not in account.things:
        raise NotFoundError("InvalidInstanceID.NotFound")
    return {"Reservations": [{"Instances": [{"State": {"Name": "running"}}]}]}


def _associations(account: Account, Filters: list[Any]) -> Any:  # noqa: N803
    name = Filters[0]["Values"][0]
    found = account.things.get(instance_named(name))
    profile = found.fields["profile"] if found else None
    held = [{"AssociationId": name, "State": "associated", "IamInstanceProfile": {"Arn": profile}}]
    return {"IamInstanceProfileAssociations": held if profile else []}


def _disassociate(account: Account, AssociationId: str) -> None:  # noqa: N803
    account.change(instance_named(AssociationId), "profile", None)


def _associate(account: Account, IamInstanceProfile: dict[str, str], InstanceId: str) -> None:  # noqa: N803
    arn = instance_named(InstanceId)
    account.change(arn, "profile", IamInstanceProfile["Arn"])
    at = iso(account.clock())[:19] + "Z"
    account.given_back.append((arn, role_of(IamInstanceProfile["Arn"]), at))


def _instance_profile(account: Account, InstanceProfileName: str) -> Any:  # noqa: N803
    del account
    role = next(role for role in ROLES if profile_of(role).endswith(f"/{InstanceProfileName}"))
    return {"InstanceProfile": {"Arn": profile_of(role), "Roles": [{"Arn": role, "RoleId": id_of(role)}]}}


def _role(account: Account, RoleName: str) -> Any:  # noqa: N803
    del account
    role = next(role for role in ROLES if role.endswith(f"/{RoleName}"))
    return {"Role": {"Arn": role, "RoleId": id_of(role)}}


_LAMBDA: Answers = {
    "get_function_configuration": _configuration,
    "get_function_concurrency": _concurrency,
    "list_versions_by_function": _versions,
    "list_event_source_mappings": _mappings,
    "update_event_source_mapping": _update_mapping,
    "put_function_concurrency": _put_concurrency,
    "delete_function_concurrency": _put_concurrency,
}
_EC2: Answers = {
    "describe_instances": _instances,
    "describe_iam_instance_profile_associations": _associations,
    "disassociate_iam_instance_profile": _disassociate,
    "associate_iam_instance_profile": _associate,
}
_IAM: Answers = {"get_instance_profile": _instance_profile, "get_role": _role}
