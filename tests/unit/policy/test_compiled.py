"""The compiled policy: its way through JSON, its hash, and what it refuses to read."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from passrole.policy import CompiledPolicy, Responses, Stage, load_deployed
from passrole.policy.load import parse_guardrail
from tests.unit.policy.builders import LAMBDA, a_policy, allow, deny, tag_is

TEXT = b"""version: 1
approved:
  - {name: a, roles: [/a/*, 'b-*'], role_tags: {t: [x, "y*"]}, services: [lambda.amazonaws.com]}
  - {name: "\xc3\xa9", roles: ["arn:aws:iam::111122223333:role/x"]}
response: {violation: quarantine, services: {ec2.amazonaws.com: alert, lambda.amazonaws.com: observe}}
quarantine: {acts_per_hour: 3, modules: [lambda-function], role_scope: {roles: [/a/*, "b-*"]}}
"""


def test_what_is_compiled_comes_back_from_json_the_same() -> None:
    guardrail = parse_guardrail(TEXT)
    again = CompiledPolicy.from_json(guardrail.compiled_json())
    assert again == guardrail.compiled
    assert again.to_json() == guardrail.compiled_json()
    assert again.hash == guardrail.compiled.hash


def test_the_hash_tells_policies_apart_and_not_their_spelling() -> None:
    one = parse_guardrail(TEXT).compiled
    respelt = parse_guardrail(b"# the same\n" + TEXT.replace(b"[/a/*, 'b-*']", b'["/a/*", "b-*"]')).compiled
    assert one.hash == respelt.hash
    assert one.hash != parse_guardrail(TEXT.replace(b"acts_per_hour: 3", b"acts_per_hour: 4")).compiled.hash


def changed(**changes: Any) -> str:
    policy = a_policy(allow("a", tag_is("x")), deny("d"), responses=Responses(services={LAMBDA: Stage.ALERT}))
    return json.dumps(json.loads(policy.to_json()) | changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        changed(version=1),
        changed(statements=None),
        changed(statements=[{}]),
        changed(statements=[{"sid": "s", "effect": "allow", "resources": [], "conditions": []}]),
        changed(
            statements=[
                {"sid": "s", "effect": "Deny", "variables": True, "conditions": [["Boolean", "role:Arn", []]]}
            ]
        ),
        changed(responses={"violation": "halt"}),
        changed(
            responses={"violation": "stop", "undetermined": "alert", "denied": "alert", "failed": "alert"}
        ),
        changed(quarantine=None),
        changed(quarantine={"acts": 3}),
    ],
)
def test_what_is_no_compiled_policy_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        CompiledPolicy.from_json(text)


def test_a_function_loads_the_policy_of_its_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = tmp_path / "passrole_policy"
    layer.mkdir()
    (layer / "policy.json").write_text(parse_guardrail(TEXT).compiled_json(), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "passrole_policy", raising=False)
    assert load_deployed() == parse_guardrail(TEXT).compiled


def test_without_a_layer_there_is_no_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "passrole_policy", raising=False)
    with pytest.raises(ModuleNotFoundError):
        load_deployed()


def test_what_the_functions_import_needs_neither_yaml_nor_pydantic_nor_quarantine() -> None:
    script = (
        "import sys, passrole.policy, passrole.policy.reach; print("
        "[m for m in ('yaml', 'pydantic', 'passrole.quarantine') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
