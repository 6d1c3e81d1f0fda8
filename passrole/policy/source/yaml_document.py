"""YAML text as a `Document`.

Only the plain part of YAML is read: mappings, lists and scalars. Anchors, aliases, merge keys and tags are
refused, so that no file means more than it shows (and none is a bomb). YAML 1.1's guesses (``yes`` is true,
``012`` is ten, ``2024-01-01`` is a date) are not believed: such a scalar becomes `Plain`, which is no text,
and the error says to quote it.
"""

from typing import Any

import yaml

from passrole.policy.errors import Path, PolicyError, Position, Problem
from passrole.policy.source.document import (
    HALF_A_CHARACTER,
    MAX_DEPTH,
    Document,
    Plain,
    duplicate_key,
    fatal,
    has_half_a_character,
    integer,
    too_deep,
)
from passrole.policy.text import printable, quoted

# libyaml, where it is there, reads ten times as fast; its errors are told less well.
_LARGE = 100_000  # characters
_FOR_LARGE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_YAML = "tag:yaml.org,2002:"
_KINDS = {
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
    "null": "nothing",
}


def read_yaml(text: str, file: str) -> Document:
    """Reads YAML.

    Raises:
        PolicyError: what cannot be read at all.
    """
    document = Document(file)
    builder = _Builder(document)
    try:
        loader = (_FOR_LARGE if len(text) > _LARGE else yaml.SafeLoader)(text)
        while loader.check_event():
            builder.take(loader.get_event(), loader)
    except PolicyError as error:
        raise PolicyError((*document.problems, *error.problems)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
        problem = Problem(file, position, (), _syntax(error))
        raise PolicyError((*document.problems, problem)) from None
    except yaml.reader.ReaderError as error:
        raise _unreadable_character(error, text, file) from None
    except (ValueError, OverflowError):
        # PyYAML lets Python's own errors through, as for "\\UFFFFFFFF": each version has other words.
        why = "not valid YAML: an escape or a version number that is none"
        raise fatal(file, why, builder.last) from None
    if not builder.documents:
        raise fatal(file, "the file is empty; expected at least version and approved")
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
                raise fatal(self.document.file, "a second document begins here; expected one", position)
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
            raise fatal(self.document.file, message, position)
        value: Any = None
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event, loader)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
        elif isinstance(event, yaml.MappingStartEvent):
            value = {}
        if isinstance(value, str) and has_half_a_character(value):
            refusal = refusal or HALF_A_CHARACTER
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
                raise too_deep(self.document.file, position)
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
            problem = problem or duplicate_key(self.document.keys[here])
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
    return integer(text) if tag == "int" else Plain(text, kind)


def _syntax(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or error.context or "unknown"
    if "'\\t'" in problem:
        return "a tab where YAML takes spaces only; indent with spaces"
    return f"not valid YAML: {printable(problem)}"


def _unreadable_character(error: yaml.reader.ReaderError, text: str, file: str) -> PolicyError:
    before = text[: error.position]
    position = Position(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
    return fatal(file, f"the character U+{error.character:04X} does not belong in a text file", position)
