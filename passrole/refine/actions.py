"""The names of the actions that AWS's services have, for what a wildcard stands for.

``actions.txt`` has a line a service: its prefix, then its actions, of the Service Authorization Reference as
of ``AS_OF``. A name that it lacks is no mistake: see `passrole.refine.policy` for what becomes of it.
``python -m passrole.refine.actions FOLDER`` writes it anew from a download of AWS's Service Reference, one
JSON file a service ("Simplified AWS service information for programmatic access").
"""

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from passrole.language.context import fold

AS_OF = "April 2026"
_FILE = Path(__file__).with_name("actions.txt")

Actions = Mapping[str, tuple[str, ...]]


@cache
def load_actions() -> Actions:
    """The names of all actions, by the prefix of their service."""
    lines = (line.split() for line in _FILE.read_text("ascii").splitlines())
    return {prefix: tuple(names) for prefix, *names in lines}


def read_reference(folder: Path) -> Actions:
    """The same from a download; files that are of no service are passed over.

    Raises:
        ValueError: a file is no JSON.
    """
    documents = (json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json")))
    return {
        fold(document["Name"]): tuple(sorted({action["Name"] for action in document["Actions"]}))
        for document in documents
        if isinstance(document, dict) and document.get("Actions")
    }


def _write(actions: Actions) -> None:
    lines = (f"{prefix} {' '.join(names)}\n" for prefix, names in sorted(actions.items()))
    _FILE.write_text("".join(lines), "ascii")


if __name__ == "__main__":
    _write(read_reference(Path(sys.argv[1])))
