"""What the guard's account is called, for alerts: asked once a process."""

from collections.abc import Callable

from lambdas.shared.clients import one_try
from lambdas.shared.observability import logger

# Seconds. There are partitions and networks without this API: the first alert is not to wait for it.
_PATIENCE = 2


def account_namer() -> Callable[[str | None], str | None]:
    """Gives an account's name; None for all but the guard's own, and where AWS does not tell it."""
    known: dict[str, str] = {}
    was_asked = False

    def name_of(account: str | None) -> str | None:
        nonlocal was_asked
        if account is None:
            return None
        if not was_asked:
            was_asked = True
            known.update(_own_account())
        return known.get(account)

    return name_of


def _own_account() -> dict[str, str]:
    """The number and the name of the account that the function is in; empty if AWS does not tell them."""
    try:
        answer = one_try("account", patience=_PATIENCE).get_account_information()
        return {answer["AccountId"]: answer["AccountName"]}
    except Exception as error:  # whatever it is: an alert with a number is better than none with a name
        logger.warning("the account's name is not known", extra={"why": str(error)})
        return {}
