"""The part of the story in which people act: calls that hand over roles, and what the guard says of each."""

from functools import partial

from botocore.exceptions import ClientError

from passrole.demo import cast
from passrole.demo.judging import NOTHING, Expected, follow
from passrole.demo.seen import Act
from passrole.demo.stage import Stage
from passrole.demo.world import create_function, function_state, instance_state, refusal_of
from passrole.policy import Decision

_LAMBDA, _EC2 = "lambda.amazonaws.com", "ec2.amazonaws.com"
_APPROVED, _VIOLATION = Decision.APPROVED, Decision.VIOLATION


def ship(stage: Stage) -> None:
    """The developer ships: approved and unapproved roles, for functions and an instance."""
    stage.step(
        "Dana ships",
        "Every call succeeds, because IAM allows it. The guard judges each pass as it comes. "
        "Times count from the call.",
    )
    functions = stage.world.emulator.client("lambda", credentials=stage.world.developer)
    _create(stage, "orders-api", cast.ORDERS_API, _APPROVED)
    _create(stage, "resize-image", cast.IMAGE_RESIZER, _VIOLATION)
    _create(stage, "invoice-mailer", cast.INVOICE_MAILER, _APPROVED)
    _create(stage, "customer-export", cast.CUSTOMER_EXPORT, _VIOLATION, is_contained=False)
    _create(stage, "build-helper", cast.BUILD_HELPER, _VIOLATION, is_contained=False)
    _create(stage, "report-sender", cast.REPORT_SENDER, Decision.EXEMPT)
    _run_instance(stage)
    role = cast.PAYMENTS_ADMIN
    update = partial(functions.update_function_configuration, FunctionName="invoice-mailer", Role=role.arn)
    operation = "UpdateFunctionConfiguration"
    started, _ = stage.call(cast.DEVELOPER, operation, "invoice-mailer", role.shown, update)
    act = stage.begin(Act(operation, "invoice-mailer", started))
    follow(stage, [_expected(act, role, _LAMBDA, "invoice-mailer", _VIOLATION)])


def be_refused(stage: Stage) -> None:
    """The developer tries to pass a role that IAM does not let her pass."""
    stage.step(
        "A pass that IAM refuses", "A refused attempt hands over nothing. People are told all the same."
    )
    functions = stage.world.emulator.client("lambda", credentials=stage.world.developer)
    role = cast.BREAK_GLASS
    create = partial(create_function, functions, "debug-shell", role)
    started, refusal = stage.call(
        cast.DEVELOPER, "CreateFunction", "debug-shell", role.shown, lambda: refusal_of(create, ClientError)
    )
    act = stage.begin(Act("CreateFunction", role.name, started))
    stage.fact("AWS answers", refusal or "done")
    is_denied = f"not authorized to perform: iam:PassRole on resource: {role.arn}" in (refusal or "")
    stage.expect("IAM denies the pass of admin/break-glass", True, is_denied)
    follow(
        stage,
        [
            Expected(
                act, cast.DEVELOPER, role.shown, _LAMBDA, NOTHING, _VIOLATION, alerts=1, is_contained=False
            )
        ],
    )


def create(stage: Stage, name: str, role: cast.Role) -> Act:
    """The developer creates a function."""
    functions = stage.world.emulator.client("lambda", credentials=stage.world.developer)
    call = partial(create_function, functions, name, role)
    started, _ = stage.call(cast.DEVELOPER, "CreateFunction", name, role.shown, call)
    stage.before[name] = function_state(stage.world.client("lambda"), name)
    act = stage.begin(Act("CreateFunction", name, started))
    stage.acts[name] = act
    return act


def _create(
    stage: Stage, name: str, role: cast.Role, decision: Decision, *, is_contained: bool = True
) -> None:
    act = create(stage, name, role)
    follow(stage, [_expected(act, role, _LAMBDA, name, decision, is_contained=is_contained)])


def _run_instance(stage: Stage) -> None:
    instances = stage.world.emulator.client("ec2", credentials=stage.world.developer)
    profile = cast.WEB_FRONTEND
    run = partial(
        instances.run_instances,
        ImageId=cast.IMAGE,
        InstanceType="t4g.small",
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile={"Name": profile.name},
    )
    what = "one instance"
    started, answer = stage.call(
        cast.DEVELOPER, "RunInstances", what, f"instance profile {profile.name}", run
    )
    name = str(answer["Instances"][0]["InstanceId"])
    stage.before[name] = instance_state(stage.world.client("ec2"), name)
    act = stage.begin(Act("RunInstances", name, started))
    stage.acts["instance"] = act
    follow(stage, [_expected(act, profile.role, _EC2, name, _VIOLATION)])


def _expected(
    act: Act, role: cast.Role, service: str, resource: str, decision: Decision, *, is_contained: bool = True
) -> Expected:
    """Of a violation people are told that it was found, and, as the policy says, that it was contained."""
    is_violation = decision is _VIOLATION
    alerts = (1 + is_contained) if is_violation else 0
    is_held = is_violation and is_contained
    return Expected(act, cast.DEVELOPER, role.shown, service, resource, decision, alerts, is_held)
