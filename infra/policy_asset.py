"""The compiled policy as a Lambda layer of its own: a change of policy uploads no code, nor the reverse."""

import hashlib
from pathlib import Path

from infra.files import publish_directory
from infra.names import POLICY_FILE, POLICY_PACKAGE


def build_policy_layer(compiled: str, out: Path) -> Path:
    """Writes the layer's directory.

    Args:
        compiled: the compiled policy, as JSON text.
        out: the directory that holds built layers, one a policy.

    Returns:
        The layer's root: it holds ``python/passrole_policy/policy.json``.
    """
    data = compiled.encode()
    target = out / f"policy-{hashlib.sha256(data).hexdigest()[:16]}"

    def write(directory: Path) -> None:
        package = directory / "python" / POLICY_PACKAGE
        package.mkdir(parents=True)
        (package / "__init__.py").write_bytes(b"")
        (package / POLICY_FILE).write_bytes(data)

    return publish_directory(target, write)
