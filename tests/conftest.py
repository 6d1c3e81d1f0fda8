"""For all tests, whatever starts them."""

import gc
import signal

# A shell has what it starts in the background ignore Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Thousands of tests stay until the end: Python's collector need not walk over them again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """What is never collected would be told as leaked at the end."""
    gc.unfreeze()
