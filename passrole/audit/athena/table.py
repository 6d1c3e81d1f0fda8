"""A table of CloudTrail's logs: its name, what it is parted by, and what it does not have.

Sources: "Create the table for CloudTrail logs in Athena using partition projection", "Create a table for an
organization wide trail using manual partitioning" and "Name databases, tables, and columns" of the Athena
user guide.
"""

import re
from dataclasses import dataclass

from passrole.audit.athena.fields import FIELDS, SOURCE_IDENTITY

# All that Glue takes for names without quotes of any kind in them.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,254}")
_MOST_NAMES = 3


def quoted(name: str) -> str:
    """A name as a query has it.

    Raises:
        ValueError: it is none that Athena takes.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name; expected letters, digits, _ and -")
    return f'"{name}"'


@dataclass(frozen=True, slots=True)
class Partitions:
    """The columns that a table is parted by, so that a query reads what it asks for and nothing else.

    Attributes:
        account, region: None where the table is not parted by them.
        date: one column of texts, or those of year, month and day; empty for none.
        form: of the texts of one column, for ``strftime``.
    """

    account: str | None = None
    region: str | None = None
    date: tuple[str, ...] = ()
    form: str = "%Y/%m/%d"

    def __post_init__(self) -> None:
        for name in (self.account, self.region, *self.date):
            if name is not None:
                quoted(name)
        if len(self.date) not in (0, 1, 3):
            raise ValueError(f"{self.date!r}: expected the column of the date, or year, month and day")


PROJECTED = Partitions(date=("timestamp",))
"""As AWS documents it for one account and region: the date, by projection."""
ORGANIZATION = Partitions("account", "region", ("year", "month", "day"))
"""As AWS documents it for an organization's trail."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of CloudTrail's logs.

    Attributes:
        names: database and table, perhaps with the catalog before them.
        lacks: columns, with members of structs, that are asked for where a table has them.
    """

    names: tuple[str, ...]
    partitions: Partitions = PROJECTED
    lacks: frozenset[tuple[str, ...]] = frozenset({SOURCE_IDENTITY.column})

    @property
    def untold(self) -> tuple[str, ...]:
        """The condition keys that cannot be told by what the table has."""
        keys = (key for field in FIELDS if field.column in self.lacks for key in field.keys)
        return tuple(dict.fromkeys(keys))

    @classmethod
    def parse(cls, name: str, partitions: Partitions = PROJECTED) -> "Table":
        """The table that ``database.table`` or ``catalog.database.table`` names.

        Raises:
            ValueError: it is neither.
        """
        names = tuple(name.split("."))
        if not 1 < len(names) <= _MOST_NAMES or not all(map(_NAME.fullmatch, names)):
            raise ValueError(
                f"{name!r} is no name of a table; expected DATABASE.TABLE or CATALOG.DATABASE.TABLE, "
                "with letters, digits, _ and -"
            )
        return cls(names, partitions)

    @property
    def sql(self) -> str:
        """The name, as a query has it."""
        return ".".join(map(quoted, self.names))

    def __str__(self) -> str:
        return ".".join(self.names)
