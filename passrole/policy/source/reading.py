"""A file that is JSON or YAML: its content, and what that says."""

from pathlib import Path

from passrole.policy.errors import PolicyError, Position, Problem
from passrole.policy.source.document import Document, fatal
from passrole.policy.source.json_document import read_json
from passrole.policy.source.yaml_document import read_yaml

MAX_BYTES = 1_000_000


def content_of(path: Path) -> bytes:
    """The content of a file, so far as it may be long.

    Raises:
        PolicyError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PolicyError((Problem(str(path), None, (), f"cannot be read: {reason}"),)) from None


def read_document(content: bytes, file: str) -> Document:
    """Reads JSON, or else YAML.

    JSON is no part of the YAML that is read: it may be indented with tabs, for one.

    Raises:
        PolicyError: what cannot be read at all (encoding, size, syntax).
    """
    text = _decode(content, file)
    if text.lstrip()[:1] in ("{", "["):
        document = read_json(text, file)
        if document is not None:
            return document
    return read_yaml(text, file)


def _decode(content: bytes, file: str) -> str:
    if len(content) > MAX_BYTES:
        raise fatal(file, f"the file has {len(content):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        position = Position(before.count(b"\n") + 1, column)
        raise fatal(file, "not UTF-8 text; save the file as UTF-8", position) from None
