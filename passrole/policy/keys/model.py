"""What a condition key is, and what it is read from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from passrole.evidence import ABSENT, Evidence, Fact, Known, Unknown
from passrole.language import Value, fold
from passrole.passes import Pass

Read = Callable[["Subject", str], Fact[Value]]
"""Reads the value of a key; the text is the tag's key, folded, where the name has one."""


class KeyType(StrEnum):
    """What kind of operators compare the values of a key."""

    STRING = "string"
    ARN = "ARN"
    BOOL = "bool"
    NUMBER = "number"
    DATE = "date"
    ADDRESS = "IP address"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a key is read from: a pass, what is known about it, and the service that gets the role."""

    pass_: Pass
    evidence: Evidence
    service: Fact[str]


@dataclass(frozen=True, slots=True)
class Key:
    """One condition key.

    Attributes:
        name: as people write it; a name that ends in a slash is followed by a tag's key.
        type: what kind of value it has.
        source: where the value comes from, for people.
        absent, unknown: when the value is so, for people; None if never.
        read: the value; see `Read`.
        several: whether it is multivalued, so that a set operator is needed.
    """

    name: str
    type: KeyType
    source: str
    absent: str | None
    unknown: str | None
    read: Read
    several: bool = False


def told(value: str | None) -> Fact[Value]:
    return Known(value) if value else ABSENT


def truth(value: bool) -> Fact[Value]:
    return Known("true" if value else "false")


def recorded(read: Callable[[Pass], str | None], what: str) -> Read:
    missing = Unknown(f"the record does not tell {what}")

    def fact(subject: Subject, _: str) -> Fact[Value]:
        value = read(subject.pass_)
        return Known(value) if value else missing

    return fact


def evident(read: Callable[[Evidence], Fact[Any]]) -> Read:
    return lambda subject, _: read(subject.evidence)


def tag_of(tags: Fact[Mapping[str, str]], name: str) -> Fact[Value]:
    if not isinstance(tags, Known):
        return tags
    return next((Known(value) for key, value in tags.value.items() if fold(key) == name), ABSENT)
