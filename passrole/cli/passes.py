"""A pass, and a verdict on it, as people read them."""

from textwrap import wrap

from rich.text import Text

from passrole.cli.terminal import safe
from passrole.passes import Origin, Pass, Passer

_LABEL_WIDTH = 10


def heading(pass_: Pass) -> Text:
    """``lambda CreateFunction20150331, succeeded   2023-07-10 11:42:36 UTC   111122223333 eu-central-1``"""
    where = f"{pass_.account or 'account unknown'} {pass_.region or 'region unknown'}"
    if pass_.origin is Origin.SWEEP:  # which knows of no call
        held = Text().append(safe(pass_.resource_type or "resource"), style="bold")
        return held.append(f"   {safe(where)}", style="dim")
    call = f"{pass_.event_source.removesuffix('.amazonaws.com')} {pass_.event_name}"
    outcome = f"{pass_.outcome}" + (f" ({pass_.error_code})" if pass_.error_code else "")
    when = pass_.event_time.replace("T", " ").replace("Z", " UTC") if pass_.event_time else "time unknown"
    text = Text().append(safe(call), style="bold").append(f", {safe(outcome)}")
    return text.append(f"   {safe(when)}   {safe(where)}", style="dim")


def facts(pass_: Pass) -> list[Text]:
    """Passer, role, service and resource, a line each; of what a sweep found, the passer is not known."""
    is_found = pass_.origin is Origin.SWEEP
    return [
        *(() if is_found else (fact("passer", who(pass_.passer), _about(pass_.passer)),)),
        fact("role", pass_.role.value or "not shown by the record", pass_.place),
        fact("service", " or ".join(pass_.services) or "unknown"),
        *(fact("resource", resource) for resource in pass_.resources or ("not named by the record",)),
    ]


def fact(label: str, value: str, note: str = "") -> Text:
    """One labelled line; ``value`` and ``note`` may be raw text from a record."""
    line = _labelled(label, safe(value))
    return line.append(f"  {safe(note)}", style="dim") if note else line


def prose(label: str, text: str, width: int) -> list[Text]:
    """A labelled sentence, wrapped beside its label; nothing that has to be copied whole is broken."""
    room = max(width - _LABEL_WIDTH - 2, 40)
    lines = wrap(safe(text), room, break_long_words=False, break_on_hyphens=False)
    return [_labelled(label if number == 0 else "", line) for number, line in enumerate(lines)]


def who(passer: Passer) -> str:
    """The passer, by the best name that the record gives."""
    return passer.arn or passer.name or passer.invoked_by or passer.principal_id or "unknown"


def _labelled(label: str, safe_text: str) -> Text:
    return Text().append(f"  {label:<{_LABEL_WIDTH}}", style="dim").append(safe_text)


def _about(passer: Passer) -> str:
    notes = (
        ("from", passer.source_ip),
        ("on behalf of", passer.on_behalf_of),
        ("source identity", passer.source_identity),
        ("called by", passer.invoked_by),
    )
    return ", ".join(f"{label} {text}" for label, text in notes if text)
