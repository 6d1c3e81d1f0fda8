"""How CloudTrail lays out its logs in a bucket, and which of its folders an audit has to look into.

Sources: "Finding your CloudTrail log files", "CloudTrail digest file structure" and "CloudTrail log file
examples" of the CloudTrail user guide: ``[prefix/]AWSLogs/[o-…/]account/CloudTrail/region/YYYY/MM/DD/``. The
date is that of the delivery, in UTC, and a file can hold any records that were made before. Other services
deliver into folders of an account of their own, and CloudTrail's digests and insights have theirs.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from itertools import chain, pairwise, repeat, takewhile

LOGS = "CloudTrail"
_MARGIN = timedelta(days=1)  # for what is delivered late, and for clocks that differ
_ROOT = "AWSLogs"
_ORGANIZATION = re.compile(r"o-[A-Za-z0-9]+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_TRAIL = re.compile(r"CloudTrail(?:-[A-Za-z]+)?")
_LEVELS = (
    _ACCOUNT,
    re.compile(r"[^/]+"),
    re.compile(r"[a-z]+(?:-[a-z]+)+-[0-9]+"),
    re.compile(r"[0-9]{4}"),
    re.compile(r"[0-9]{2}"),
    re.compile(r"[0-9]{2}"),
)
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Look(Enum):
    """What to do with a folder."""

    INTO = auto()  # its folders are looked at one by one
    ALL = auto()  # all below it are logs, or may be
    PAST = auto()  # it holds nothing that was asked for
    FOREIGN = auto()  # it holds something else than logs of CloudTrail's events
    BEYOND = auto()  # it is no part of the layout, which may begin below it


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the layout; what lies deeper than it does is None.

    Attributes:
        kind: what its account's logs are: ``CloudTrail``, ``CloudTrail-Digest``, ``Config`` …
        rest: what stands behind the part that the layout explains.
    """

    account: str | None
    kind: str | None
    region: str | None
    year: str | None
    month: str | None
    day: str | None
    rest: str

    def days(self) -> tuple[date, date] | None:
        """The first and the last day whose logs it holds; None if it does not tell."""
        if self.year is None:
            return None
        try:
            year, month = int(self.year), int(self.month or 1)
            first = date(year, month, int(self.day or 1))
            if self.day is not None:
                return first, first
            last = int(self.month or 12)
            return first, date(year, last, monthrange(year, last)[1])
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which logs are asked for; what is None or empty bounds nothing.

    Attributes:
        since, until: days in UTC, both of them in it.
        accounts: the ids of those whose logs are read.
    """

    since: date | None = None
    until: date | None = None
    accounts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()

    def look(self, folder: str) -> Look:
        """What to do with a folder, by its whole key, which ends with a slash or is empty."""
        found = folder_of(folder)
        if found is None:
            return Look.BEYOND
        if not self._has(found):
            return Look.PAST
        if found.kind not in (None, LOGS):
            return Look.FOREIGN
        return Look.ALL if found.rest or found.day else Look.INTO

    def look_at_objects(self, folder: str) -> Look:
        """What to do with the objects of a folder: `Look.ALL` is to read them."""
        look = self.look(folder)
        return look if look in (Look.PAST, Look.FOREIGN) else Look.ALL

    def _has(self, folder: Folder) -> bool:
        if self.accounts and folder.account and folder.account not in self.accounts:
            return False
        if self.regions and folder.region and folder.region not in self.regions:
            return False
        days = folder.days()
        if days is None:
            return True
        first, last = days
        is_early = self.since is not None and last < self.since - _MARGIN
        return not is_early and (self.until is None or first <= self.until + _MARGIN)


def folder_of(folder: str) -> Folder | None:
    """The folder of the layout that a key is, or is below of; None if it is neither."""
    below = _below_root(folder.split("/")[:-1])
    if below is None:
        return None
    pairs = zip(below, _LEVELS, strict=False)
    told = [name for name, _ in takewhile(lambda pair: pair[1].fullmatch(pair[0]), pairs)]
    account, kind, region, year, month, day = chain(told, repeat(None, len(_LEVELS) - len(told)))
    return Folder(account, kind, region, year, month, day, rest="/".join(below[len(told) :]))


def _below_root(names: list[str]) -> list[str] | None:
    """The names from the account's on. Where its folder was copied elsewhere, what is in it shows that."""
    if _ROOT in names:
        below = names[names.index(_ROOT) + 1 :]
        return below[1:] if below and _ORGANIZATION.fullmatch(below[0]) else below
    for at, (name, inner) in enumerate(pairwise(names)):
        if _ACCOUNT.fullmatch(name) and _TRAIL.fullmatch(inner):
            return names[at:]
    return None


def kind_of(folder: str) -> str:
    """What a foreign folder holds, by its name, as it may be shown."""
    found = folder_of(folder)
    kind = found.kind if found else None
    return kind if kind and _WORD.fullmatch(kind) else "unknown"
