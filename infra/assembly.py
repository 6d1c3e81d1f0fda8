"""From guardrail.yaml and the catalogue to stacks: what `app.py` does, with the `cdk` command or without."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from aws_cdk import App, Environment, Validations
from cdk_nag import AwsSolutionsChecks

from infra import names
from infra.bundle import BundleError, build_bundle
from infra.deployment import Deployment, DeploymentError, Home
from infra.forwarding_stack import ForwardingStack
from infra.guardrail_stack import GuardrailStack
from infra.policy_asset import build_policy_layer
from passrole.detection.looks import DELAYS, parse_delays
from passrole.evidence.wanted import Wanted
from passrole.policy.errors import PolicyError
from passrole.policy.load import load_guardrail
from passrole.stack import DEFAULT_STACK


def main(root: Path) -> int:
    """Synthesizes the stacks of the repository at ``root``.

    Returns:
        0 if done, 1 if cdk-nag found what nobody acknowledged (the report is printed), 2 on bad input.
    """
    try:
        app = new_app(root, Path(os.environ.get("CDK_OUTDIR") or root / "cdk.out"))
        policy = _context(app, names.CONTEXT_POLICY, names.DEFAULT_POLICY)
        deployment = replace(
            read_deployment(root, root / policy, Home.from_environment(os.environ)),
            look_delays=read_delays(app.node.try_get_context(names.CONTEXT_LOOKS)),
        )
        add_stacks(app, _context(app, names.CONTEXT_STACK, DEFAULT_STACK), deployment)
    except (PolicyError, DeploymentError, BundleError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
        return 1
    return 0


def new_app(root: Path, out: Path, context: Mapping[str, object] | None = None) -> App:
    """An app with the feature flags of cdk.json, whoever starts it, and with cdk-nag in its synthesis."""
    flags = json.loads((root / "cdk.json").read_text())["context"]
    app = App(outdir=str(out), context={**flags, **(context or {})}, analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app, write_suppressions_to_cloud_formation=True))
    return app


def read_deployment(root: Path, policy: Path, home: Home) -> Deployment:
    """Reads and checks the policy, and builds the assets.

    Raises:
        PolicyError: the policy is not valid.
        DeploymentError: the policy asks for what cannot be deployed from here.
        BundleError: the Lambda bundle cannot be built.
    """
    guardrail = load_guardrail(policy)
    check_regions(guardrail.settings.regions, home, policy)
    build = root / "build"
    return Deployment(
        home=home,
        settings=guardrail.settings,
        policy=guardrail.compiled,
        bundle=build_bundle(root, build),
        policy_layer=build_policy_layer(guardrail.compiled_json(), build),
        wanted=Wanted.of(guardrail.compiled.keys),
    )


def read_delays(given: object) -> tuple[int, ...]:
    """The delays of further looks as the context has them; without any, the usual ones.

    Raises:
        DeploymentError: they are no list of seconds.
    """
    try:
        return parse_delays(str(given)) if given else DELAYS
    except ValueError as error:
        raise DeploymentError(f"{names.CONTEXT_LOOKS}: {error}") from None


def check_regions(regions: tuple[str, ...], home: Home, policy: Path) -> None:
    """Refuses further regions that cannot be forwarded from.

    Raises:
        DeploymentError: where home is unknown, or is itself listed as a further region.
    """
    if not regions:
        return
    if not (home.account and home.region):
        raise DeploymentError(
            f"{policy}: regions: {', '.join(regions)} forward to the home region, whose account and region "
            "are not known; synthesize with credentials and a region (AWS_PROFILE, AWS_REGION), or list none"
        )
    if home.region in regions:
        raise DeploymentError(
            f"{policy}: regions: {home.region} is the home region, where the guardrail is deployed; "
            "list further regions only"
        )


def check_stack_name(stack: str) -> None:
    """Refuses a name with which the rules' names would be cut.

    Raises:
        DeploymentError: it is too long.
    """
    if len(stack) > names.LONGEST_STACK_NAME:
        raise DeploymentError(
            f"stack: {stack} has {len(stack)} characters; at most {names.LONGEST_STACK_NAME} fit into the "
            "names of rules that CloudFormation makes from it, by which the queues know them"
        )


def add_stacks(app: App, stack: str, deployment: Deployment) -> GuardrailStack:
    """Declares the guardrail's stack, and a forwarding stack for each further region, and for IAM's.

    Raises:
        DeploymentError: the stack cannot be called that.
    """
    check_stack_name(stack)
    home = deployment.home
    guardrail = GuardrailStack(
        app,
        stack,
        deployment,
        env=Environment(account=home.account, region=home.region),
        description="PassRole Guardrail: watches every pass of an IAM role",
    )
    for region in deployment.forwarding_regions:
        ForwardingStack(
            app,
            names.forwarding_stack(stack, region),
            deployment,
            stack=stack,
            region=region,
            env=Environment(account=home.account, region=region),
            description=f"PassRole Guardrail: forwards the events of {region} home",
        )
    return guardrail


def _context(app: App, key: str, default: str) -> str:
    value = app.node.try_get_context(key)
    return str(value) if value else default
