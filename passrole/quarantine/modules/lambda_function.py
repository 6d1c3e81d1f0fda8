"""Containment of a Lambda function: its event sources are paused, then it gets no concurrency.

The order matters: with concurrency 0 first, messages of a queue would burn their receive counts into the
dead-letter queue. Source: Lambda's API reference for PutFunctionConcurrency and UpdateEventSourceMapping.
"""

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.grants import Grant
from passrole.quarantine.module import Aws, Prior, QuarantineModule, State, code_of

# While a mapping is in one of these states, it delivers or is about to.
_ON = ("Creating", "Enabling", "Enabled", "Updating")
_FUNCTIONS = "arn:{partition}:lambda:*:{account}:function:*"
_WHY_ANY_FUNCTION = "a violation can be in any function of the account"
_WHY_ANY_MAPPING = "mappings have no names; the condition narrows them to functions of the account"
_OF_FUNCTIONS = {"ArnLike": {"lambda:FunctionArn": _FUNCTIONS}}


class LambdaFunction(QuarantineModule):
    """A Lambda function that holds an execution role."""

    name = "lambda-function"
    resource_type = "lambda:function"
    places = ("execution role",)
    services = ("lambda.amazonaws.com",)
    does = "event source mappings paused, reserved concurrency set to 0: new invocations are refused"
    still_runs = (
        "running invocations end by themselves (15 minutes at most) and keep their credentials until then; "
        "asynchronous events go to the function's failure destination after their retries"
    )
    saves = "the reserved concurrency or its absence, and which event source mappings were on"
    describe_grants = (
        Grant(
            actions=(
                "lambda:GetFunctionConfiguration",
                "lambda:GetFunctionConcurrency",
                "lambda:ListVersionsByFunction",
            ),
            resources=(_FUNCTIONS,),
            reason=_WHY_ANY_FUNCTION,
        ),
        Grant(
            actions=("lambda:ListEventSourceMappings",),
            resources=("*",),
            reason="the action takes no resource",
        ),
    )
    contain_grants = (
        Grant(actions=("lambda:PutFunctionConcurrency",), resources=(_FUNCTIONS,), reason=_WHY_ANY_FUNCTION),
        Grant(
            actions=("lambda:UpdateEventSourceMapping",),
            resources=("*",),
            reason=_WHY_ANY_MAPPING,
            conditions=_OF_FUNCTIONS,
        ),
    )
    release_grants = (
        *contain_grants,
        Grant(
            actions=("lambda:DeleteFunctionConcurrency",),
            resources=(_FUNCTIONS,),
            reason=_WHY_ANY_FUNCTION,
        ),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``role``, ``roles``, ``concurrency`` (None: not reserved) and ``mappings`` (id -> on).

        A published version keeps the role that it was published with: ``roles`` are those of all versions.
        """
        client, name = aws.clients("lambda", resource.region), _name(resource)
        try:
            configuration = client.get_function_configuration(FunctionName=name)
            concurrency = client.get_function_concurrency(FunctionName=name)
            versions = client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
            roles = {version["Role"] for page in versions for version in page["Versions"]}
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        pages = client.get_paginator("list_event_source_mappings").paginate(FunctionName=name)
        mappings = {m["UUID"]: m["State"] in _ON for page in pages for m in page["EventSourceMappings"]}
        return {
            "role": configuration["Role"],
            "roles": sorted(roles | {configuration["Role"]}),
            "concurrency": concurrency.get("ReservedConcurrentExecutions"),
            "mappings": mappings,
        }

    def holds(self, now: State, role: str) -> bool:
        return role in now["roles"]

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return now["concurrency"] == 0 and not any(now["mappings"].values())

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        client, refused = aws.clients("lambda", resource.region), None
        for mapping, on in now["mappings"].items():
            if on:
                try:
                    client.update_event_source_mapping(UUID=mapping, Enabled=False)
                except ClientError as error:  # one that is just being created or changed refuses
                    refused = error
        client.put_function_concurrency(FunctionName=_name(resource), ReservedConcurrentExecutions=0)
        if refused:
            raise refused

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        concurrency = prior["concurrency"]
        reserved = "not reserved" if concurrency is None else str(concurrency)
        switched = (f"event source mapping {m}: enabled" for m, on in prior["mappings"].items() if on)
        return (f"concurrency: {reserved}", *switched)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        # Another role, which may be the remedy, is no hindrance: a release does not touch it.
        if now["concurrency"] not in (0, prior["concurrency"]):
            return (f"reserved concurrency is {now['concurrency']}, containment left 0",)
        return ()

    def is_released(self, now: State, prior: Prior) -> bool:
        was_on = [mapping for mapping, on in prior["mappings"].items() if on and mapping in now["mappings"]]
        return now["concurrency"] == prior["concurrency"] and all(now["mappings"][m] for m in was_on)

    def release(self, aws: Aws, resource: Arn, prior: Prior) -> None:
        client, name = aws.clients("lambda", resource.region), _name(resource)
        if prior["concurrency"] is None:
            client.delete_function_concurrency(FunctionName=name)
        else:
            client.put_function_concurrency(
                FunctionName=name, ReservedConcurrentExecutions=prior["concurrency"]
            )
        for mapping, on in prior["mappings"].items():
            if on:
                try:
                    client.update_event_source_mapping(UUID=mapping, Enabled=True)
                except client.exceptions.ResourceNotFoundException:
                    continue  # somebody deleted it since: there is nothing to switch on


def _name(resource: Arn) -> str:
    return resource.resource.removeprefix("function:")
