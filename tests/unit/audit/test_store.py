"""The store has each pass once, in order of time, in little memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from passrole.audit import store as stores
from passrole.audit.lines import line_of
from passrole.audit.store import Store
from tests.unit.audit.planted import row

_MANY = """
import json, resource, sys
from pathlib import Path
from passrole.audit.store import Store
folder, count = Path(sys.argv[1]), int(sys.argv[2])
one = {"path": "p", "user_agent": "x" * 6000, "reasons": ["y" * 1000] * 2}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with Store() as store:
    for begin in range(0, count, 2000):
        rows = (
            one | {"identity": f"e{number * 7919 % count}", "event_time": f"2026-03-{1 + number % 28:02d}"}
            for number in range(begin, begin + 2000)
        )
        spool = folder / f"{count}-{begin}.jsonl"
        spool.write_text("".join(json.dumps(each) + "\\n" for each in rows))
        store.add(spool)
    store.close_input()
    assert len(store) == count
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""

_INTERRUPTED = """
import signal, threading
from passrole.audit.store import Store, interruptible
signal.signal(signal.SIGINT, signal.default_int_handler)
with Store() as store:
    store.connection
    threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
    try:
        with interruptible():
            store.connection.execute("SELECT sum(sqrt(a.range)) FROM range(9000000) a, range(9000000) b")
    except KeyboardInterrupt:
        print("Ctrl-C")
"""


@pytest.mark.parametrize("at_once", [1, 3, 2_000])
def test_passes_come_once_and_in_order_of_time(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(stores, "_AT_ONCE", at_once)
    rows = [
        row(
            event_id=f"event-{number % 7}", event_time=f"2026-03-{1 + number % 7:02d}T00:00:00Z", resource="f"
        )
        for number in range(21)
    ]
    rows += [
        row(event_id="late", event_time=None, resource="f"),
        row(event_id="event-3", resource="other"),
    ]

    with Store.of_rows(rows[::2] + rows[1::2]) as store:
        found = store.connection.execute("SELECT event_time, event_id FROM passes").fetchall()
        assert store.duplicates == 14
    times = [time for time, _ in found]
    assert times == [*sorted(time for time in times if time), None]
    assert [each for _, each in found].count("event-3") == 2


@pytest.mark.parametrize(
    ("mine", "other"), [("a*b", "axb"), ("a?b", "axb"), ("a[1]b", "a1b"), ("it's", "its"), ("account=x", "y")]
)
def test_only_the_rows_of_the_file_itself_are_taken(tmp_path: Path, mine: str, other: str) -> None:
    for name in (mine, other):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rows.jsonl").write_bytes(line_of(row(account=name)))

    with Store() as store:
        store.add(tmp_path / mine / "rows.jsonl")
        store.close_input()
        assert store.connection.execute("SELECT account FROM passes").fetchall() == [(mine,)]


def test_ctrl_c_is_ctrl_c_while_the_database_works() -> None:
    assert subprocess.check_output([sys.executable, "-c", _INTERRUPTED], text=True) == "Ctrl-C\n"


def test_memory_stays_flat(tmp_path: Path) -> None:
    few, many = (
        int(subprocess.check_output([sys.executable, "-c", _MANY, str(tmp_path), count], text=True))
        for count in ("4000", "20000")
    )

    assert many < few + 100  # megabytes; the rows are 160
