"""Switch and breaker as people read them."""

from rich.text import Text

from passrole.cli.passes import fact
from passrole.cli.terminal import console
from passrole.ledger import Breaker, Switch


def print_status(switch: Switch, breaker: Breaker) -> None:
    """Whether the guard may contain; then who switched it, or what tripped the breaker."""
    out = console()
    runs = switch.on and breaker.stopped is None
    style = "green" if runs else "red"
    state = "on" if runs else "off" if not switch.on else f"stopped by the breaker ({breaker.stopped})"
    out.print(Text("Quarantine is ", style="bold").append(state, style=style))
    if switch.at:
        out.print(fact("switch", "on" if switch.on else "off", f"{switch.at} by {switch.who}"))
        out.print(fact("why", switch.why or ""))
    if breaker.stopped:
        out.print(fact("breaker", f"stops {breaker.stopped} containment", f"since {breaker.at}"))
        out.print(fact("why", breaker.why or ""))
        if breaker.finding:
            out.print(fact("finding", breaker.finding))
