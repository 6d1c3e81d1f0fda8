"""``passrole policy schema``: the JSON Schema of guardrail.yaml, to save for an editor."""

import json

from passrole.policy.source.json_schema import guardrail_schema
from tests.unit.cli.conftest import Run


def test_the_schema_is_printed(run: Run) -> None:
    ran = run("policy", "schema")

    assert (ran.status, json.loads(ran.out)) == (0, guardrail_schema())
