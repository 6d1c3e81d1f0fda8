"""What each passer needs: identity policies for iam:PassRole that allow what is normal and nothing else.

AWS's own tools do not tell: CloudTrail has no event of iam:PassRole, and last-accessed data and Access
Analyzer's generated policies leave it out. Resources are ARNs of single roles: IAM does not decide
iam:PassRole by tags, and a path would allow roles that others make in it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from passrole.arn import Arn
from passrole.policy.exchange import IDENTITY_LIMIT, Export
from passrole.policy.exchange.export import ACTION, IamStatement, one_or_more
from passrole.suggest.literal import literal
from passrole.suggest.triples import AWS_SERVICES, Seen, Triple

_CHINA = "aws-cn"


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a passer needs.

    Attributes:
        passer: ARN of a user or role.
        policy: the identity policy.
    """

    passer: str
    policy: Export

    @property
    def is_too_large(self) -> bool:
        """Whether no managed policy holds it."""
        return self.policy.size > IDENTITY_LIMIT


def permissions_of(supported: Mapping[Triple, Seen]) -> tuple[Permissions, ...]:
    """The policy of each passer that is a principal of IAM, in the order of their ARNs."""
    services: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for triple in supported:
        if triple.passer and triple.passer != AWS_SERVICES:
            services[triple.passer][triple.role].add(triple.service)
    return tuple(Permissions(passer, _policy(services[passer])) for passer in sorted(services))


def _policy(services: Mapping[str, set[str]]) -> Export:
    """One statement for the roles that go to the same services."""
    roles: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for role in sorted(services):
        roles[tuple(sorted(_named(services[role], role)))].append(role)
    statements = [_statement(each, named) for each, named in sorted(roles.items())]
    return Export(tuple(statements), ())


def _statement(services: tuple[str, ...], roles: list[str]) -> IamStatement:
    shown = " ".join(service.partition(".")[0] for service in services)
    return {
        "Sid": f"pass roles to {shown}",
        "Effect": "Allow",
        "Action": ACTION,
        "Resource": one_or_more(tuple(map(literal, roles))),
        "Condition": {"StringEquals": {"iam:PassedToService": one_or_more(tuple(map(literal, services)))}},
    }


def _named(services: set[str], role: str) -> set[str]:
    """Services as IAM names them where the role is: in China some have names of their own."""
    arn = Arn.parse(role)
    is_in_china = arn is not None and arn.partition == _CHINA
    return (
        services | {f"{s}.cn" for s in services if s.endswith(".amazonaws.com")} if is_in_china else services
    )
