"""Places that hold one role: what is put there takes the place of what was.

Elsewhere a further role says nothing of those that are there: a rule has several targets, a group several
hooks, a function published versions that keep their role. To take one for replaced would let whoever passes a
role that nobody approved wipe the finding away by passing another one beside it. There the next sweep tells.
"""

_PLACES = frozenset(
    {
        ("airflow:environment", "execution role"),
        ("apprunner:service", "access role"),
        ("apprunner:service", "instance role"),
        ("batch:compute-environment", "instance role"),
        ("bedrock:agent", "agent resource role"),
        ("cloudformation:stack", "role"),
        ("codebuild:project", "build batch service role"),
        ("codebuild:project", "service role"),
        ("codepipeline:pipeline", "pipeline role"),
        ("ec2:instance", "instance profile"),
        ("glue:crawler", "role"),
        ("glue:job", "job role"),
        ("kinesisanalytics:application", "service execution role"),
        ("pipes:pipe", "role"),
        ("rds:cluster", "monitoring role"),
        ("rds:db", "monitoring role"),
        ("rds:proxy", "associated role"),
        ("s3:bucket", "replication role"),
        ("sagemaker:notebook-instance", "role"),
        ("scheduler:schedule", "role"),
        ("states:stateMachine", "execution role"),
    }
)


def holds_one_role(resource_type: str | None, place: str) -> bool:
    """Whether the resource holds one role at most in that place."""
    return (resource_type, place) in _PLACES
