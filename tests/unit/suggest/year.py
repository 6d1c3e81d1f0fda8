"""A year of passes in one account, from a seed: what is normal in it, and what somebody should not have done.

Teams have roles in paths of their own, or share a path and have tags; each has a pipeline. A central
pipeline deploys for all teams. People come by Identity Center, whose role gets a new suffix in summer. There
are weekly and monthly jobs, stacks that are made anew, service-linked roles, roles that appear during the
year, and an administrator that somebody passes all the time.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from passrole.passes import Outcome, Pass, PassedRole, Passer, RoleKind
from tests.unit.samples import ACCOUNT, REGION

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 365
LAMBDA, TASKS, STATES, GLUE, EC2 = (
    f"{name}.amazonaws.com" for name in ("lambda", "ecs-tasks", "states", "glue", "ec2")
)
OWN_PATH = ("payments", "search", "billing", "media", "identity", "shipping")
SHARED_PATH = ("ads", "maps", "mail", "chat")
PEOPLE = ("0123456789abcdef", "fedcba9876543210")  # the suffixes of their role, one after the other
ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
ADMINISTRATOR, EXTERNAL = "platform/breakglass", "platform/vendor"


def role_arn(path_and_name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{path_and_name}"


def session(path_and_name: str, name: str, **fields: Any) -> Passer:
    role = role_arn(path_and_name)
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{path_and_name.rpartition('/')[2]}/{name}"
    return Passer(type="AssumedRole", arn=arn, role_arn=role, account=ACCOUNT, name=name, **fields)


def user(name: str) -> Passer:
    return Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/{name}", account=ACCOUNT, name=name)


@dataclass
class Year:
    """What happened.

    Attributes:
        normal: passes that a policy should approve.
        planted: those that it must not, by what is wrong with them.
        apart: normal passes of roles that nobody should approve without looking.
        former: normal passes of roles that exist no more.
        details: the account as ``get-account-authorization-details`` prints it at the end.
    """

    normal: list[Pass] = field(default_factory=list)
    planted: dict[str, Pass] = field(default_factory=dict)
    apart: list[Pass] = field(default_factory=list)
    former: list[Pass] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=lambda: {"RoleDetailList": [], "Policies": []})

    @property
    def passes(self) -> list[Pass]:
        return [*self.normal, *self.planted.values(), *self.apart, *self.former]


def year(seed: int = 8, rate: float = 1.0) -> Year:
    """A year; about 50,000 passes at a rate of 1."""
    return _Maker(random.Random(seed), rate).made()  # noqa: S311 - it plays, and must play alike each time


class _Maker:
    def __init__(self, dice: random.Random, rate: float) -> None:
        self._dice, self._rate = dice, rate
        self._year = Year()
        self._number = 0

    def made(self) -> Year:
        self._teams()
        self._people()
        self._jobs()
        self._stacks()
        self._services()
        self._set_apart()
        self._planted()
        return self._year

    def _teams(self) -> None:
        roles: list[tuple[str, int]] = []
        for team in (*OWN_PATH, *SHARED_PATH):
            folder = f"teams/{team}" if team in OWN_PATH else "application_role"
            ci = f"ci/{team}-deployer"
            self._role(ci, team=team)
            for number in range(10):
                # The first are there from the beginning; the last one appears in the last days of the year.
                born = 0 if number < 4 else 362 if number == 9 else self._dice.randrange(300)
                name = f"{folder}/{team}-{'api' if number % 2 else 'worker'}-{number}"
                self._role(name, team=team, stage=self._dice.choice(("prod", "dev")), owner="platform")
                services = (LAMBDA, TASKS) if number % 3 else (LAMBDA, STATES)
                for service in services:
                    self._often(name, service, lambda day, ci=ci: session(ci, f"run-{day}"), born, 0.75)
                if team in OWN_PATH:
                    roles.append((name, born))
        self._role("platform/pipeline")
        for name, born in roles:
            self._often(name, EC2, lambda day: session("platform/pipeline", f"build-{day}"), born, 0.2)

    def _people(self) -> None:
        names = [f"dev/notebook-{number}" for number in range(6)]
        for suffix in PEOPLE[1:]:
            self._role(_people_role(suffix))
        for name in names:
            self._role(name, purpose="experiments")
            self._often(
                name,
                LAMBDA,
                lambda day: session(
                    _people_role(PEOPLE[day >= 180]), self._dice.choice(("ana@example.com", "bo@example.com"))
                ),
                0,
                0.5,
            )
        self._role("misc/report-maker")
        self._often("misc/report-maker", GLUE, lambda _: user("dana"), 0, 0.2)

    def _jobs(self) -> None:
        self._role("platform/scheduler")
        for name, every in (
            ("weekly-a", 7),
            ("weekly-b", 7),
            ("monthly-a", 30),
            ("monthly-b", 30),
            ("quarter", 90),
        ):
            self._role(f"jobs/{name}", kind="batch")
            for day in range(every - 1, DAYS, every):
                self._normal(f"jobs/{name}", GLUE, session("platform/scheduler", "job"), day)

    def _stacks(self) -> None:
        for month in range(12):
            name = f"Orders-HandlerServiceRole1A2B3C4D-{month:02}QWERTZUIOP"
            passes = self._year.normal if month == 11 else self._year.former
            if month == 11:
                self._role(name)
            for day in (month * 30 + 1, month * 30 + 4):
                passer = session("ci/payments-deployer", "stack", invoked_by="cloudformation.amazonaws.com")
                passes.append(self._pass(name, LAMBDA, passer, day))

    def _services(self) -> None:
        linked = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
        self._role(linked)
        self._often(
            linked, "autoscaling.amazonaws.com", lambda _: session("platform/pipeline", "asg"), 0, 0.2
        )
        self._role("service-role/scaled")
        by_service = Passer(type="AWSService", invoked_by="autoscaling.amazonaws.com", account=ACCOUNT)
        self._often("service-role/scaled", EC2, lambda _: by_service, 0, 0.4)

    def _set_apart(self) -> None:
        self._role(ADMINISTRATOR, policies=(ADMINISTRATOR_ACCESS,))
        self._role(EXTERNAL, trusted="arn:aws:iam::999999999999:root")
        for name in (ADMINISTRATOR, EXTERNAL):
            for day in range(0, DAYS, 9):
                passer = session("platform/pipeline", "infra")
                self._year.apart.append(self._pass(name, EC2, passer, day))

    def _planted(self) -> None:
        ci = session("ci/payments-deployer", "run-200")
        admin = (ADMINISTRATOR_ACCESS,)
        self._role("other/payments-api-1b", team="payments")
        self._role(
            "teams/payments/payments-admin", policies=admin, team="payments", owner="platform", stage="prod"
        )
        self._role("teams/payments/odd", team="search", owner="platform", stage="prod")
        self._role("teams/payments/bare")
        self._role("application_role/ads-odd", team="none", owner="platform", stage="prod")
        self._role("application_role_x/ads-api-1x", team="ads", owner="platform", stage="prod")
        self._role("teams/payments_x/payments-api-1x", team="payments", owner="platform", stage="prod")
        self._role("teams/payments/deeper/payments-api-1d", team="payments", owner="platform", stage="prod")
        ads, normal = session("ci/ads-deployer", "run-200"), "teams/payments/payments-api-1"
        for what, role, service, passer in (
            ("a role outside of the path", "other/payments-api-1b", LAMBDA, ci),
            ("an administrator in the path", "teams/payments/payments-admin", LAMBDA, ci),
            ("a normal role to an unusual service", normal, "sagemaker.amazonaws.com", ci),
            ("a normal role by an unusual user", normal, LAMBDA, user("mallory")),
            ("a normal role by another's pipeline", normal, LAMBDA, session("ci/search-deployer", "run-9")),
            ("a role of the shared path by another's pipeline", "application_role/maps-api-1", LAMBDA, ads),
            ("a normal role by a user who passes another one", normal, GLUE, user("dana")),
            ("a wrongly tagged role in the path", "teams/payments/odd", LAMBDA, ci),
            (
                "the same by the central pipeline",
                "teams/payments/odd",
                EC2,
                session("platform/pipeline", "b"),
            ),
            ("a role without tags in the path", "teams/payments/bare", TASKS, ci),
            ("a wrongly tagged role in the shared path", "application_role/ads-odd", LAMBDA, ads),
            ("a look-alike path", "application_role_x/ads-api-1x", LAMBDA, ads),
            ("a look-alike path of a team", "teams/payments_x/payments-api-1x", LAMBDA, ci),
            ("a deeper path", "teams/payments/deeper/payments-api-1d", LAMBDA, ci),
        ):
            self._year.planted[what] = self._pass(role, service, passer, self._dice.randrange(30, DAYS))

    def _often(self, name: str, service: str, passer: Any, born: int, a_day: float) -> None:
        """Passes on many days; at least one, on the day that the role is born."""
        self._normal(name, service, passer(born), born)
        for day in range(born, DAYS):
            for _ in range(int(a_day * self._rate + self._dice.random())):
                self._normal(name, service, passer(day), day)

    def _normal(self, name: str, service: str, passer: Passer, day: int) -> None:
        self._year.normal.append(self._pass(name, service, passer, day))

    def _pass(self, name: str, service: str, passer: Passer, day: int) -> Pass:
        self._number += 1
        at = BEGIN + timedelta(days=day, seconds=self._dice.randrange(86_400))
        arn = role_arn(name)
        return Pass(
            event_id=f"event-{self._number}",
            event_time=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            event_source="lambda.amazonaws.com",
            event_name="CreateFunction20150331",
            account=ACCOUNT,
            region=REGION,
            outcome=Outcome.SUCCEEDED,
            role=PassedRole(arn, RoleKind.ROLE_ARN, arn, name.rpartition("/")[2]),
            path="requestParameters.role",
            place="execution role",
            services=(service,),
            resources=(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f{self._number % 50}",),
            resource_type="lambda:function",
            passer=passer,
        )

    def _role(
        self, name: str, *, policies: tuple[str, ...] = (), trusted: str | None = None, **tags: str
    ) -> None:
        self._year.details["RoleDetailList"].append(
            role_details(role_arn(name), policies=policies, trusted=trusted, tags=tags)
        )


def role_details(
    arn: str,
    *,
    policies: tuple[str, ...] = (),
    trusted: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A role as a snapshot has it."""
    path, _, name = arn.partition(":role")[2].rpartition("/")
    principal = {"AWS": trusted} if trusted else {"Service": "lambda.amazonaws.com"}
    return {
        "RoleName": name,
        "Arn": arn,
        "Path": f"{path}/",
        "RoleId": f"AROA{abs(hash(arn)):X}",
        "CreateDate": "2025-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": {
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]
        },
        "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        "AttachedManagedPolicies": [{"PolicyArn": arn} for arn in policies],
        "RolePolicyList": [],
    }


def pass_of_role(like: Pass, arn: str) -> Pass:
    """The same pass, of another role."""
    return replace(like, role=PassedRole(arn, RoleKind.ROLE_ARN, arn, arn.rpartition("/")[2]))


def _people_role(suffix: str) -> str:
    return f"aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Engineer_{suffix}"


def shuffled(passes: list[Pass], seed: int) -> Iterator[Pass]:
    """The passes in another order, some of them twice."""
    dice = random.Random(seed)  # noqa: S311
    again = [*passes, *dice.sample(passes, len(passes) // 10)]
    dice.shuffle(again)
    return iter(again)
