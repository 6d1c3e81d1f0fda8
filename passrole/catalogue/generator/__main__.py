"""``python -m passrole.catalogue.generator``: writes the catalogue's data and says what changed."""

import argparse
import sys
from pathlib import Path

from passrole.catalogue.generator import service_reference
from passrole.catalogue.generator.corrections import read_corrections
from passrole.catalogue.generator.errors import GeneratorError
from passrole.catalogue.generator.facts import load_facts
from passrole.catalogue.generator.numbers import count
from passrole.catalogue.generator.page import PAGE, page_of
from passrole.catalogue.generator.rows import make_rows
from passrole.catalogue.generator.writing import (
    RULES,
    differences,
    files_of,
    packing_of,
    read_files,
    read_packing_file,
    write_files,
)
from passrole.catalogue.model import Call
from passrole.catalogue.packing import packing_text


def main(arguments: list[str] | None = None) -> int:
    """Runs the command. Exit status: 1 where ``--check`` finds differences, 2 where things do not fit."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options.service_reference, is_check=options.check)
    except GeneratorError as error:
        print("\n".join(f"error: {problem}" for problem in error.problems), file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m passrole.catalogue.generator", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the data would change")
    parser.add_argument(
        "--service-reference",
        type=Path,
        metavar="DIR",
        help="a newer download of AWS's Service Reference, one JSON file a service",
    )
    return parser


def _run(reference: Path | None, *, is_check: bool) -> int:
    facts = load_facts()
    if reference is not None:
        listed = service_reference.read(reference)
        facts, news = service_reference.merge(facts, listed)
        print("\n".join(news))
    rows = make_rows(facts, read_corrections())
    before, after = read_files(), files_of(rows)
    packed = read_packing_file()
    packing = packing_of(rows, packed)
    changed = differences(before, after)
    page = page_of(map(Call.from_json, rows))
    is_same = before == after and packed == packing and PAGE.exists() and PAGE.read_text("utf-8") == page
    if not is_same and not is_check:
        write_files(after)
        RULES.write_text(packing_text(packing), "utf-8")
        PAGE.write_text(page, "utf-8")
    print("\n".join([*(changed or ["nothing changed"]), *count(facts, rows).lines()]))
    return 1 if is_check and not is_same else 0


if __name__ == "__main__":
    sys.exit(main())
