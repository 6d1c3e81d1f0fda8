"""YAML text as plain data that remembers where every key and value stands, for errors that people can go to.

Only the plain part of YAML is read: mappings, lists and scalars. Anchors, aliases, merge keys and tags are
refused, so that no file means more than it shows (and none is a bomb). YAML 1.1's guesses (``yes`` is true,
``012`` is ten, ``2024-01-01`` is a date) are not believed: such a scalar becomes `Plain`, which is no text,
and the error says to quote it.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from passrole.policy.errors import Path, PolicyError, Position, Problem
from passrole.policy.text import printable, quoted

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_YAML = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_KINDS = {
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
    "null": "nothing",
}


@dataclass(frozen=True, slots=True)
class Plain:
    """An unquoted scalar that YAML does not take for text: ``raw`` as written, ``kind`` in words."""

    raw: str
    kind: str


@dataclass(slots=True)
class Document:
    """What a YAML file says, and where.

    Attributes:
        file: its name, for messages.
        data: dicts, lists, str, int and `Plain`.
        values, keys: where the value, or the key, at a path stands.
        problems: what was wrong but did not stop the reading.
        refused: paths whose value was refused (a problem tells why); nothing more need be said about them.
    """

    file: str
    data: Any = None
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: set[Path] = field(default_factory=set)

    def add(self, path: Path, message: str, at_key: bool = False) -> None:
        """Notes a problem at ``path``, or at the nearest place above it that the file has."""
        position = self.keys.get(path) if at_key else None
        known = path
        while position is None:
            position = self.values.get(known) or (Position(1, 1) if not known else None)
            known = known[:-1]
        self.problems.append(Problem(self.file, position, path, message))

    def is_refused(self, path: Path) -> bool:
        """Whether the value at ``path``, or one around it, was refused already."""
        return any(path[:length] in self.refused for length in range(len(path) + 1))


def read_document(content: bytes, file: str) -> Document:
    """Reads YAML.

    Raises:
        PolicyError: what cannot be read at all (encoding, size, syntax).
    """
    document = Document(file)
    builder = _Builder(document)
    try:
        loader = yaml.SafeLoader(_decode(content, file))
        while loader.check_event():
            builder.take(loader.get_event(), loader)  # type: ignore[no-untyped-call]
    except PolicyError as error:
        raise PolicyError((*document.problems, *error.problems)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
        problem = Problem(file, position, (), _syntax(error))
        raise PolicyError((*document.problems, problem)) from None
    except yaml.reader.ReaderError as error:
        raise _unreadable_character(error, content, file) from None
    except (ValueError, OverflowError) as error:
        # PyYAML lets Python's own errors through, as for "\\UFFFFFFFF".
        raise _fatal(file, f"not valid YAML: {printable(str(error))}", builder.last) from None
    if not builder.documents:
        raise _fatal(file, "the file is empty; expected at least version and approved")
    return document


class _Builder:
    """Builds the document from the parser's events, with a stack of its own, so that depth is limited."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.documents = 0
        self.last = Position(1, 1)
        self._stack: list[tuple[Path, Any]] = []
        self._key: str | None = None  # the key whose value comes next
        self._awaits_value = False

    def take(self, event: yaml.Event, loader: yaml.SafeLoader) -> None:
        mark = event.start_mark
        position = Position(mark.line + 1, mark.column + 1) if mark else self.last
        self.last = position
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _fatal(self.document.file, "a second document begins here; expected one", position)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
            self._end_value()
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, position, loader)

    def _node(self, event: yaml.NodeEvent, position: Position, loader: yaml.SafeLoader) -> None:
        refusal = _refusal(event)
        is_key = bool(self._stack) and isinstance(self._stack[-1][1], dict) and not self._awaits_value
        if is_key and not isinstance(event, yaml.ScalarEvent):
            message = refusal or "a key must be text; this one is a list or a mapping"
            raise _fatal(self.document.file, message, position)
        value: Any = None
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event, loader)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
        elif isinstance(event, yaml.MappingStartEvent):
            value = {}
        if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
            refusal = refusal or "an escape in this text makes half a character (a lone surrogate)"
            value = printable(value)
        if is_key:
            self._take_key(value, position, refusal)
            return
        path = self._attach(value)
        self.document.values.setdefault(path, position)
        if refusal:
            self.document.refused.add(path)
            self.document.problems.append(Problem(self.document.file, position, path, refusal))
        if isinstance(value, list | dict):
            if len(self._stack) >= MAX_DEPTH:
                raise _fatal(self.document.file, f"nested more than {MAX_DEPTH} levels deep", position)
            self._stack.append((path, value))
            self._awaits_value = False
        else:
            self._end_value()

    def _take_key(self, key: Any, position: Position, refusal: str | None) -> None:
        path, mapping = self._stack[-1]
        problem = refusal
        if isinstance(key, Plain | int):
            raw = str(key) if isinstance(key, int) else key.raw
            kind = "a number" if isinstance(key, int) else key.kind
            problem = problem or f"the key {printable(raw, 80)} is read as {kind}; quote it: {quoted(raw)}"
            key = raw
        here = (*path, key)
        if key == "<<":
            problem = problem or "merge keys (<<) are not read here; write the keys out"
        if key in mapping:
            first = self.document.keys[here].line
            problem = problem or f"duplicate key; it is given in line {first} already"
            self.document.problems.append(Problem(self.document.file, position, here, problem))
            self._key = None  # the value is read, and dropped
        else:
            self._key = key
            self.document.keys[here] = position
            if problem:
                self.document.problems.append(Problem(self.document.file, position, here, problem))
                self.document.refused.add(here)
        self._awaits_value = True

    def _attach(self, value: Any) -> Path:
        if not self._stack:
            self.document.data = value
            return ()
        path, parent = self._stack[-1]
        if isinstance(parent, list):
            parent.append(value)
            return (*path, len(parent) - 1)
        if self._key is None:
            # Below a duplicate key: kept apart from the first one's places.
            dropped = (*path, "(duplicate)")
            self.document.refused.add(dropped)
            return dropped
        parent[self._key] = value
        return (*path, self._key)

    def _end_value(self) -> None:
        self._awaits_value = False


def _refusal(event: yaml.NodeEvent) -> str | None:
    if isinstance(event, yaml.AliasEvent):
        return "aliases (*name) are not read here; write the value out"
    if event.anchor is not None:
        return "anchors (&name) are not read here; write the value out wherever it is needed"
    tag = getattr(event, "tag", None)
    if tag is not None:
        return f"tags ({printable(_short_tag(tag), 60)}) are not read here; leave the tag out"
    return None


def _short_tag(tag: str) -> str:
    return f"!!{tag.removeprefix(_YAML)}" if tag.startswith(_YAML) else tag


def _scalar(event: yaml.ScalarEvent, loader: yaml.SafeLoader) -> str | int | Plain:
    text: str = event.value
    if not event.implicit[0]:
        return text
    resolved: str = loader.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    tag = resolved.removeprefix(_YAML)
    kind = _KINDS.get(tag)
    if kind is None:
        return text
    if tag == "int" and _INTEGER.fullmatch(text):
        return int(text)
    return Plain(text, kind)


def _decode(content: bytes, file: str) -> str:
    if len(content) > MAX_BYTES:
        raise _fatal(file, f"the file has {len(content):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        position = Position(before.count(b"\n") + 1, column)
        raise _fatal(file, "not UTF-8 text; save the file as UTF-8", position) from None


def _syntax(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or error.context or "unknown"
    if "'\\t'" in problem:
        return "a tab where YAML takes spaces only; indent with spaces"
    return f"not valid YAML: {printable(problem)}"


def _unreadable_character(error: yaml.reader.ReaderError, content: bytes, file: str) -> PolicyError:
    before = content.decode("utf-8-sig", "replace")[: error.position]
    position = Position(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
    return _fatal(file, f"the character U+{error.character:04X} does not belong in a text file", position)


def _fatal(file: str, message: str, position: Position = Position(1, 1)) -> PolicyError:  # noqa: B008
    return PolicyError((Problem(file, position, (), message),))
