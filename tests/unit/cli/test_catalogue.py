"""``passrole catalogue``: the rows, for people and as JSON."""

import re

from tests.unit.cli.conftest import Run


def test_a_row_tells_in_what_the_id_of_its_resource_is_one(run: Run) -> None:
    shown, as_json = (run("catalogue", "show", "events:PutTargets", *how) for how in ((), ("--json",)))

    assert (shown.status, as_json.status) == (0, 0)
    assert "within requestParameters.eventBusName; default where none is named" in shown.out
    assert as_json.rows[0]["resource"]["within"] == {
        "path": "requestParameters.eventBusName",
        "arn": "arn:{partition}:events:{region}:{account}:event-bus/{}",
        "default": "default",
    }
    assert run("catalogue", "show", "glue:CreateJob", "--json").rows[0]["resource"]["within"] is None


def test_a_row_tells_the_module_for_a_role_that_comes_by_a_reference(run: Run) -> None:
    assert run("catalogue", "show", "ecs:CreateService", "--json").rows[0]["quarantine"] == ["ecs-service"]
    assert "quarantine   ecs-service" in run("catalogue", "show", "ecs:CreateService").out


def test_the_shapes_of_the_list_add_up_to_the_covered_calls(run: Run) -> None:
    covered, _, shapes = run("catalogue", "list").out.splitlines()[-1].partition("; shape of the covered: ")

    of_each = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) [a-z]", shapes)]
    assert sum(of_each) == int(re.findall(r"([\d,]+) covered", covered)[0].replace(",", ""))
