"""One synthesis for all template tests: a guard with everything configured, and one with nothing."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from aws_cdk import App

from infra.assembly import add_stacks, new_app
from infra.deployment import Deployment, Home
from infra.names import forwarding_stack
from infra.policy_asset import build_policy_layer
from passrole.evidence.wanted import Wanted
from passrole.policy import CompiledPolicy, QuarantineRules, Responses, Stage
from passrole.policy.settings import Alerts, Settings
from passrole.quarantine.registry import MODULES
from tests.infra.stack_template import (
    ACCOUNT,
    BUS,
    HOME,
    LEFT_OUT,
    OPERATORS,
    POLICY,
    REGIONS,
    StackTemplate,
    Synthesized,
)

ROOT = Path(__file__).resolve().parents[2]
# With all that a policy can enable.
FULL_POLICY = CompiledPolicy(
    (),
    Responses(violation=Stage.QUARANTINE),
    QuarantineRules(
        stop_running=tuple(module.name for module in MODULES if module.stop_grants),
        revoke_credentials=("ec2-instance", "lambda-function"),
        role_scope=("arn:*:iam::*:role/dev/*",),
        passer_scope=("arn:*:iam::*:user/ci-*",),
        passer_may_release=True,
    ),
)
_LAMBDA = CompiledPolicy((), Responses(services={"lambda.amazonaws.com": Stage.QUARANTINE}))
# What a policy can ask of quarantine, between everything and nothing.
POLICIES = {
    "dry-run": replace(FULL_POLICY, quarantine=replace(FULL_POLICY.quarantine, dry_run=True)),
    "every-module": CompiledPolicy((), Responses(violation=Stage.QUARANTINE)),
    "lambda": _LAMBDA,
    "lambda-revoking": replace(_LAMBDA, quarantine=QuarantineRules(revoke_credentials=("lambda-function",))),
    "lambda-role": replace(_LAMBDA, quarantine=QuarantineRules(role_scope=("*",))),
    "lambda-shared-role": replace(_LAMBDA, quarantine=QuarantineRules(shared_role_scope=("*",))),
    "lambda-passer": replace(_LAMBDA, quarantine=QuarantineRules(passer_scope=("*",))),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker for these tests (with `--dist loadgroup`): a synthesis takes seconds and 500 MB."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("infra"))


StackOf = Callable[[str], StackTemplate]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """cdk-nag is part of the synthesis: with anything unacknowledged, all tests fail."""
    work = tmp_path_factory.mktemp("infra")
    bundle = _bundle(work)
    full = Deployment(
        home=Home(ACCOUNT, HOME),
        settings=Settings(
            regions=REGIONS,
            alerts=Alerts(
                email=("one@example.com", "two@example.com"),
                slack_secret="passrole/slack",
                amazon_q=True,
                security_hub=True,
                event_bus=BUS,
                webhook_secret="passrole/webhook",
            ),
            operators=OPERATORS,
            left_out=LEFT_OUT,
        ),
        policy=FULL_POLICY,
        bundle=bundle,
        policy_layer=build_policy_layer(POLICY, work),
        look_delays=(1, 2),
        wanted=Wanted(administrator=True, passer_tags=True),
    )
    plain = Deployment(
        home=Home(None, None),
        settings=Settings(),
        policy=CompiledPolicy((), Responses()),
        bundle=bundle,
        policy_layer=full.policy_layer,
    )
    app = new_app(ROOT, work / "cdk.out")
    add_stacks(app, "Guard", full)
    add_stacks(app, "Plain", plain)
    return Synthesized(Path(app.synth().directory))


@pytest.fixture(scope="session")
def stack_with(synthesized: Synthesized, tmp_path_factory: pytest.TempPathFactory) -> StackOf:
    """The home stack of one of `POLICIES`, synthesized when first asked for."""

    @cache
    def stack_with(policy: str) -> StackTemplate:
        work = tmp_path_factory.mktemp(policy)
        deployment = Deployment(
            home=Home(None, None),
            settings=Settings(),
            policy=POLICIES[policy],
            bundle=_bundle(work),
            policy_layer=build_policy_layer(POLICY, work),
        )
        app = App(outdir=str(work / "cdk.out"), analytics_reporting=False)
        add_stacks(app, "Guard", deployment)
        return Synthesized(Path(app.synth().directory)).stack("Guard")

    return stack_with


@pytest.fixture(scope="session")
def guard(synthesized: Synthesized) -> StackTemplate:
    """The home stack with every channel, operators and further regions."""
    return synthesized.stack("Guard")


@pytest.fixture(scope="session")
def plain(synthesized: Synthesized) -> StackTemplate:
    """The home stack of an empty policy, for any account and region."""
    return synthesized.stack("Plain")


@pytest.fixture(scope="session")
def forwarders(synthesized: Synthesized) -> dict[str, StackTemplate]:
    """Region -> its forwarding stack."""
    return {region: synthesized.stack(forwarding_stack("Guard", region)) for region in REGIONS}


@pytest.fixture(scope="session")
def stacks(
    guard: StackTemplate, plain: StackTemplate, forwarders: dict[str, StackTemplate]
) -> list[StackTemplate]:
    """All of them, for what must hold everywhere."""
    return [guard, plain, *forwarders.values()]


def _bundle(work: Path) -> Path:
    bundle = work / "bundle"
    bundle.mkdir()
    (bundle / "code.py").write_text("")
    return bundle
