"""Containment of a SageMaker notebook instance: it is stopped.

Source: SageMaker's API reference for StopNotebookInstance, which terminates the machine and keeps its storage
volume. An instance can be stopped while it is in service only, and started when it is stopped or has failed.
"""

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.clock import iso
from passrole.grants import Grant
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State, code_of

# Of the others, the machine runs, or will when SageMaker is done.
_DOWN = ("Stopping", "Stopped", "Failed")
# An instance is stopped before it is updated.
_DOWN_BEFORE = (*_DOWN, "Updating")
_UP = ("Pending", "InService")
_INSTANCES = "arn:{partition}:sagemaker:*:{account}:notebook-instance/*"
_WHY_ANY_INSTANCE = "a violation can be in any notebook instance of the account"


class NotebookInstance(AllOrNothingModule):
    """A SageMaker notebook instance that holds a role."""

    name = "notebook-instance"
    resource_type = "sagemaker:notebook-instance"
    places = ("role",)
    services = ("sagemaker.amazonaws.com",)
    does = "notebook instance stopped"
    still_runs = "nothing; credentials that somebody copied from it stay valid until they expire"
    saves = "whether it was in service"
    loses = "what its kernels hold in memory, and files outside its storage volume"
    describe_grants = (
        Grant(
            actions=("sagemaker:DescribeNotebookInstance",),
            resources=(_INSTANCES,),
            reason=_WHY_ANY_INSTANCE,
        ),
    )
    contain_grants = (
        Grant(actions=("sagemaker:StopNotebookInstance",), resources=(_INSTANCES,), reason=_WHY_ANY_INSTANCE),
    )
    release_grants = (
        Grant(
            actions=("sagemaker:StartNotebookInstance",), resources=(_INSTANCES,), reason=_WHY_ANY_INSTANCE
        ),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``role`` and ``status``."""
        client = aws.clients("sagemaker", resource.region)
        try:
            found = client.describe_notebook_instance(NotebookInstanceName=_name(resource))
        except ClientError as error:
            if code_of(error) == "ValidationException" and "RecordNotFound" in str(error):
                return None
            raise
        if found["NotebookInstanceStatus"] == "Deleting":
            return None
        return {
            "made": iso(found["CreationTime"]),
            "role": found["RoleArn"],
            "status": found["NotebookInstanceStatus"],
        }

    def holds(self, now: State, role: str) -> bool:
        return bool(now["role"] == role)

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return now["status"] in _DOWN

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        if now["status"] not in _DOWN:  # SageMaker refuses while it starts or is updated: to be tried again
            client = aws.clients("sagemaker", resource.region)
            client.stop_notebook_instance(NotebookInstanceName=_name(resource))

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return ("status: InService",) if _was_up(prior) else ("nothing: it was not in service",)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        # Another role, which may be the remedy, is no hindrance: a release does not touch it.
        if now["made"] != prior["made"]:
            return ("the notebook instance is another, made anew under the name",)
        if now["status"] not in _DOWN_BEFORE and not _was_up(prior):
            return (f"the status is {now['status']}, containment left Stopped",)
        return ()

    def is_released(self, now: State, prior: Prior) -> bool:
        return now["status"] in (_UP if _was_up(prior) else _DOWN_BEFORE)

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        if _was_up(prior):  # SageMaker refuses until it has stopped: to be tried again
            client = aws.clients("sagemaker", resource.region)
            client.start_notebook_instance(NotebookInstanceName=_name(resource))


def _name(resource: Arn) -> str:
    return resource.resource.removeprefix("notebook-instance/")


def _was_up(prior: Prior) -> bool:
    return prior["status"] not in _DOWN_BEFORE
