"""News that is told together: by passer, role and service, a line a finding, in as few messages as may be."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from passrole.alerts.alert import Alert
from passrole.alerts.bursts import digest_of, group_of
from passrole.finding import Finding, News
from passrole.policy import Severity, gravest

# Names are shown in so many characters, in fewer where that would make too many messages.
WIDTHS = (60, 30, 18, 10)
FEW_MESSAGES = 8


@dataclass(frozen=True)
class Line:
    """All news of one finding in a digest, oldest first; ``alerts`` is not empty."""

    alerts: tuple[Alert, ...]

    @property
    def finding(self) -> Finding:
        """As it was at the latest of the news."""
        return self.alerts[-1].finding

    @property
    def news(self) -> tuple[News, ...]:
        return tuple(alert.step.news for alert in self.alerts)

    @property
    def is_repeat(self) -> bool:
        """Whether some of it may have been told before."""
        return any(alert.repeat for alert in self.alerts)


@dataclass(frozen=True)
class Group:
    """The findings of one passer, role and service."""

    lines: tuple[Line, ...]

    @cached_property
    def severity(self) -> Severity:
        return gravest(*(line.finding.severity for line in self.lines))

    @cached_property
    def counts(self) -> Counter[News]:
        return Counter(news for line in self.lines for news in line.news)


@dataclass(frozen=True)
class Digest:
    """News that is told together: the gravest group first, then the largest; ``groups`` is not empty."""

    groups: tuple[Group, ...]

    @cached_property
    def severity(self) -> Severity:
        return self.groups[0].severity

    @cached_property
    def counts(self) -> Counter[News]:
        return sum((group.counts for group in self.groups), Counter[News]())

    @cached_property
    def findings(self) -> int:
        return sum(len(group.lines) for group in self.groups)

    @cached_property
    def since(self) -> str:
        """Time of the oldest news."""
        return min(alert.step.at for alert in self.alerts())

    def alerts(self) -> Iterable[Alert]:
        """All that is told."""
        return (alert for group in self.groups for line in group.lines for alert in line.alerts)


@dataclass(frozen=True)
class Section:
    """What one message tells of a group: ``lines`` are some or all of the group's."""

    group: Group
    lines: tuple[Line, ...]

    @property
    def is_rest(self) -> bool:
        """Whether a message before this one tells the beginning."""
        return self.lines[0] is not self.group.lines[0]


@dataclass(frozen=True)
class Page:
    """One message of a digest.

    Attributes:
        number, of: which of how many messages.
        width: characters that a name is shown in.
    """

    digest: Digest
    sections: tuple[Section, ...]
    number: int
    of: int
    width: int

    @cached_property
    def alerts(self) -> tuple[Alert, ...]:
        """What this message tells."""
        return tuple(alert for section in self.sections for line in section.lines for alert in line.alerts)

    @cached_property
    def key(self) -> str:
        """Names what the message tells, whatever its number.

        A new version of the code may divide a digest otherwise: then news is told twice rather than lost.
        """
        return digest_of(tuple(sorted(f"{a.finding.id}#{a.step.revision}" for a in self.alerts)))


def make_digest(alerts: Iterable[Alert]) -> Digest:
    """The digest of some news, the same for any order in which they come."""
    by_finding: dict[str, list[Alert]] = {}
    for alert in sorted(alerts, key=lambda a: (a.finding.id, a.step.revision)):
        by_finding.setdefault(alert.finding.id, []).append(alert)
    by_group: dict[tuple[str, ...], list[Line]] = {}
    for news in by_finding.values():
        line = Line(tuple(news))
        by_group.setdefault(group_of(line.finding), []).append(line)
    groups = [(key, Group(tuple(sorted(lines, key=_line_order)))) for key, lines in by_group.items()]
    groups.sort(key=lambda g: (-g[1].severity.rank, -len(g[1].lines), g[0]))
    return Digest(tuple(group for _, group in groups))


def paginate(
    digest: Digest,
    room: int,
    heading: Callable[[Section, int], str],
    line: Callable[[Line, int], str],
    size: Callable[[str], int],
) -> tuple[Page, ...]:
    """Divides a digest into messages.

    Args:
        room: for what ``heading`` and ``line`` write, with a line break after each, as ``size`` counts.
        heading, line: write with names of at most so many characters.
    """

    def cost_of_heading(section: Section, width: int) -> int:
        return size(heading(section, width)) + 1

    def cost_of_line(each: Line, width: int) -> int:
        return size(line(each, width)) + 1

    width, pages = 0, list[list[Section]]()
    for width in WIDTHS:
        pages = _divide(digest, room, width, cost_of_heading, cost_of_line)
        if len(pages) <= FEW_MESSAGES:
            break
    return tuple(Page(digest, tuple(p), number, len(pages), width) for number, p in enumerate(pages, start=1))


def _divide(
    digest: Digest,
    room: int,
    width: int,
    heading: Callable[[Section, int], int],
    line: Callable[[Line, int], int],
) -> list[list[Section]]:
    """Fills one message after the other; a group that goes on in the next has its heading there, too."""
    pages: list[list[Section]] = [[]]
    left = room
    for group in digest.groups:
        begun: list[Line] = []
        for each in group.lines:
            cost = line(each, width)
            with_heading = cost + heading(Section(group, (each,)), width)
            if (cost if begun else with_heading) > left and (begun or pages[-1]):
                if begun:
                    pages[-1].append(Section(group, tuple(begun)))
                pages.append([])
                begun, left = [], room
            left -= cost if begun else with_heading
            begun.append(each)
        pages[-1].append(Section(group, tuple(begun)))
    return pages


def _line_order(line: Line) -> tuple[int, str, str]:
    finding = line.finding
    return -finding.severity.rank, finding.resource or "", finding.id
