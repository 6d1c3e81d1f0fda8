"""Alerts as their receivers show them, in HTML: for the demonstration's report, and the pictures in docs."""

from importlib.resources import files

_SHEETS = ("colours.css", "messages.css")


def message_style() -> str:
    """The style sheet of messages, with the colours of all pages."""
    here = files("passrole.preview")
    return "".join(here.joinpath(sheet).read_text(encoding="utf-8") for sheet in _SHEETS)
