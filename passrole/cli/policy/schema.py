"""``passrole policy schema``: the shape of guardrail.yaml, for editors."""

import json
import sys

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of guardrail.yaml, draft 2020-12.

    Save it, and begin guardrail.yaml with the line
    # yaml-language-server: $schema=guardrail.schema.json
    """
    from passrole.policy.source.json_schema import guardrail_schema

    sys.stdout.write(json.dumps(guardrail_schema(), indent=2) + "\n")
