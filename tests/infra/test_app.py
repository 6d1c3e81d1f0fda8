"""Bad input to the synthesis is one clear line and exit status 2, before anything is built."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.assembly import check_regions, check_stack_name, read_delays
from infra.deployment import DeploymentError, Home

POLICY = Path("guardrail.yaml")


def test_without_further_regions_any_account_will_do() -> None:
    check_regions((), Home(None, None), POLICY)


def test_further_regions_need_a_home() -> None:
    with pytest.raises(
        DeploymentError, match=r"guardrail\.yaml: regions: us-east-1 forward .* not known"
    ) as raised:
        check_regions(("us-east-1",), Home(None, "eu-west-1"), POLICY)
    assert "\n" not in str(raised.value)


def test_home_is_no_further_region() -> None:
    with pytest.raises(DeploymentError, match="eu-west-1 is the home region"):
        check_regions(("us-east-1", "eu-west-1"), Home("111122223333", "eu-west-1"), POLICY)


def test_a_stack_name_that_would_cut_the_names_of_rules_is_refused() -> None:
    check_stack_name("PassRoleGuardrail")
    with pytest.raises(DeploymentError, match="has 21 characters; at most 20 fit"):
        check_stack_name("x" * 21)


def test_further_looks_come_within_five_minutes_or_as_the_context_says() -> None:
    assert read_delays(None) == (30, 90, 180)
    assert read_delays("1,2") == (1, 2)
    with pytest.raises(DeploymentError, match=r"second_looks: '1,soon': expected whole seconds"):
        read_delays("1,soon")


def test_home_comes_from_the_credentials_in_use() -> None:
    environment = {"CDK_DEFAULT_ACCOUNT": "111122223333", "CDK_DEFAULT_REGION": "eu-west-1"}
    assert Home.from_environment(environment) == Home("111122223333", "eu-west-1")
    assert Home.from_environment({"CDK_DEFAULT_REGION": ""}) == Home(None, None)


def test_a_policy_that_is_not_valid_is_said_in_a_line_without_traceback(root: Path, tmp_path: Path) -> None:
    # Given a policy with a key that does not exist
    policy = tmp_path / "bad.yaml"
    policy.write_text("nonsense: true\n")
    environment = {
        "PATH": os.environ["PATH"],
        "CDK_OUTDIR": str(tmp_path / "cdk.out"),
        "CDK_CONTEXT_JSON": json.dumps({"policy": str(policy)}),
    }
    # When the stacks are synthesized
    done = subprocess.run(
        [sys.executable, "app.py"], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    # Then the status is 2 and the error names the file and the key
    assert done.returncode == 2
    assert str(policy) in done.stderr
    assert "nonsense" in done.stderr
    assert "Traceback" not in done.stderr
