"""The Lambda bundle holds what the functions need, pure Python, and nothing else."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundle import (
    BOTOCORE_SERVICES,
    REQUIREMENTS,
    BundleError,
    build_bundle,
    build_dependencies,
    compiled_files,
)
from infra.files import EPOCH
from infra.names import Env, Part
from infra.policy_asset import build_policy_layer
from passrole.references import REFERENCE_GRANTS
from tests.infra.granted import actions_of, contain_grants, release_grants
from tests.infra.stack_template import POLICY

# Imports that a function must not have: parsers, validators and what draws on terminals.
_TOOLS = {"click", "pydantic", "rich", "yaml"}
_IMPORT = """
import importlib, sys
sys.path[:0] = sys.argv[2:]
module = importlib.import_module(sys.argv[1])
assert callable(module.handler)
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""

# Of services whose actions have another prefix than their clients have a name.
CLIENTS = {"kinesisanalytics": "kinesisanalyticsv2", "states": "stepfunctions"}


@pytest.fixture(scope="session")
def bundle(root: Path) -> Path:
    return build_bundle(root, root / "build")


@pytest.mark.parametrize("part", list(Part))
def test_each_handler_imports_from_its_bundle_alone(bundle: Path, tmp_path: Path, part: Part) -> None:
    # Given the environment of a function, the bundle and the policy's layer, and no other packages
    layer = build_policy_layer(POLICY, tmp_path) / "python"
    environment = {
        **{name.value: "test" for name in Env},
        Env.LOG_LEVEL.value: "INFO",
        "PATH": os.environ["PATH"],
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    module = part.handler.rsplit(".", 1)[0]
    # When the handler is imported
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", _IMPORT, module, str(bundle), str(layer)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    # Then it is there, and has not taken the command line's packages along
    assert done.returncode == 0, done.stderr
    assert not _TOOLS & set(done.stdout.split())


def test_the_bundle_holds_no_compiled_file(bundle: Path) -> None:
    assert compiled_files(bundle) == []


def test_nothing_in_our_sources_imports_the_tools_of_people(bundle: Path) -> None:
    sources = [*(bundle / "passrole").rglob("*.py"), *(bundle / "lambdas").rglob("*.py")]
    assert sources
    for path in sources:
        imported = {name for node in ast.walk(ast.parse(path.read_text())) for name in _imported(node)}
        assert not _TOOLS & imported, path


def test_the_bundle_holds_packages_that_are_pinned_for_it_and_no_others(root: Path, bundle: Path) -> None:
    lines = (root / REQUIREMENTS).read_text().splitlines()
    pinned = {line.split("==")[0].replace("-", "_") for line in lines if "==" in line}
    installed = {path.name.split("-")[0] for path in bundle.glob("*.dist-info")}
    assert installed == pinned
    assert not [tool for tool in _TOOLS if (bundle / tool).exists()]


@pytest.mark.parametrize(
    "left_out",
    [
        *("audit", "cli", "demo", "emulator", "refine", "suggest", "stack.py"),
        *("detection/judged.py", "news/resending.py", "policy/load.py", "policy/source"),
    ],
)
def test_what_no_function_imports_stays_out(bundle: Path, root: Path, left_out: str) -> None:
    assert (root / "passrole" / left_out).exists()
    assert not (bundle / "passrole" / left_out).exists()


def test_the_catalogue_is_in_it(bundle: Path) -> None:
    assert list((bundle / "passrole" / "catalogue" / "calls").glob("*.jsonl"))


def test_the_api_models_of_quarantine_modules_and_look_ups_are_in_it(bundle: Path) -> None:
    grants = (*contain_grants(), *release_grants(), *REFERENCE_GRANTS)
    prefixes = {action.split(":")[0] for action in actions_of(grants)}
    assert {CLIENTS.get(prefix, prefix) for prefix in prefixes} <= set(BOTOCORE_SERVICES)
    for service in BOTOCORE_SERVICES:
        assert list((bundle / "botocore" / "data" / service).rglob("service-2.json*"))


def test_the_bundle_is_small(bundle: Path) -> None:
    assert sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file()) < 20_000_000


def test_the_same_inputs_give_the_same_files(bundle: Path) -> None:
    times = {path.stat().st_mtime for path in bundle.rglob("*")}
    assert times == {EPOCH}


def test_a_bundle_that_is_built_is_not_built_again(root: Path, bundle: Path) -> None:
    before = bundle.stat().st_ctime_ns
    assert build_bundle(root, root / "build") == bundle
    assert bundle.stat().st_ctime_ns == before


def test_a_change_of_our_code_installs_nothing(
    root: Path, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a copy of the project with another source, beside the installed dependencies
    (tmp_path / "requirements").mkdir()
    (tmp_path / REQUIREMENTS).write_bytes((root / REQUIREMENTS).read_bytes())
    (tmp_path / "passrole").mkdir()
    (tmp_path / "passrole" / "new.py").write_text("NEW = True\n")
    dependencies = build_dependencies(root, bundle.parent)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / dependencies.name).symlink_to(dependencies)
    monkeypatch.setattr("infra.bundle._install", lambda *_: pytest.fail("pip was run"))
    # When the bundle is built, then another one comes out, without pip
    changed = build_bundle(tmp_path, tmp_path / "build")
    assert changed.name != bundle.name
    assert (changed / "passrole" / "new.py").exists()
    assert (changed / "boto3").is_dir()


def test_what_cannot_be_installed_is_one_clear_line(tmp_path: Path) -> None:
    # Given requirements without hashes
    (tmp_path / "requirements").mkdir()
    (tmp_path / REQUIREMENTS).write_text("six==1.17.0\n")
    # When the bundle is built, then nothing half-made is left, and the error says where
    with pytest.raises(BundleError, match=r"lambda\.txt: pip could not install it: .*hash") as raised:
        build_bundle(tmp_path, tmp_path / "build")
    assert "\n" not in str(raised.value)
    assert list((tmp_path / "build").iterdir()) == []


def test_compiled_dependencies_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / REQUIREMENTS).write_text("")

    def install(_: Path, directory: Path) -> None:
        (directory / "botocore" / "data").mkdir(parents=True)
        (directory / "fast.cpython-313-x86_64-linux-gnu.so").write_bytes(b"")

    monkeypatch.setattr("infra.bundle._install", install)
    with pytest.raises(BundleError, match="pure Python only"):
        build_bundle(tmp_path, tmp_path / "build")


def test_the_policys_layer_is_the_same_for_the_same_policy(tmp_path: Path) -> None:
    one, two = build_policy_layer(POLICY, tmp_path / "a"), build_policy_layer(POLICY, tmp_path / "b")
    other = build_policy_layer(json.dumps({"version": 2}), tmp_path / "a")
    assert one.name == two.name != other.name
    assert build_policy_layer(POLICY, tmp_path / "a") == one


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module.split(".")[0]}
    return set()
