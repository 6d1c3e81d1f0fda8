"""``passrole policy``: work on guardrail.yaml without deploying anything. Each command is a file."""

from passrole.cli.lazy import LazyGroup

policy = LazyGroup(
    "policy",
    {
        "validate": (
            "passrole.cli.policy.validate:validate",
            "Check a policy: every problem with its line, and what is doubtful.",
        ),
        "explain": (
            "passrole.cli.policy.explain:explain",
            "Explain what a policy decides, statement by statement.",
        ),
        "test": ("passrole.cli.policy.test:test", "Test what a policy decides on contexts that you write."),
        "diff": (
            "passrole.cli.policy.diff:diff",
            "Tell what would be judged differently by another policy.",
        ),
        "schema": (
            "passrole.cli.policy.schema:schema",
            "Print the JSON Schema of guardrail.yaml, for editors.",
        ),
        "export": (
            "passrole.cli.policy.export:export",
            "Write what IAM can express of a policy, as a policy document.",
        ),
        "import": (
            "passrole.cli.policy.import_:import_",
            "Turn an IAM policy document into statements for guardrail.yaml.",
        ),
    },
    help="Work on guardrail.yaml.",
)

__all__ = ["policy"]
