"""The guard deployed on an emulator, with its receivers, for what is measured on the whole chain."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from passrole.emulator import Emulator, deploy
from tests.e2e.deployment import STACK, Deployment, make_user, synthesize
from tests.e2e.receivers import receivers

_HERE = Path(__file__).parent


@contextmanager
def deployed(policy: str) -> Iterator[Deployment]:
    """A deployment of its own, with a policy beside this file."""
    with (
        tempfile.TemporaryDirectory() as directory,
        receivers() as servers,
        Emulator(enforce_iam=True) as emulator,
    ):
        servers.prepare(emulator)
        outputs = deploy(emulator, synthesize(_HERE / policy, Path(directory)), STACK)
        servers.connect(emulator, outputs)
        operator = make_user(emulator, "sam", "cloudformation:DescribeStacks", "sts:AssumeRole")
        yield Deployment(emulator, servers, outputs, operator)
