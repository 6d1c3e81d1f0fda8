"""How a containment ends that is not done."""


class TryAgainError(RuntimeError):
    """The containment is not done; the message is to be delivered again."""


class RefusedError(RuntimeError):
    """The resource is not contained, and trying again will not change that; the message says why."""
