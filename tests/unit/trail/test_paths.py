"""The language of the catalogue's paths."""

from typing import Any

import pytest

from passrole.trail.paths import either_case, values_at

A, B = "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"


@pytest.mark.parametrize(
    ("root", "path", "found"),
    [
        # members
        ({"role": A}, "role", [("role", A)]),
        ({"a": {"b": {"role": A}}}, "a.b.role", [("a.b.role", A)]),
        ({"role": None}, "role", []),
        ({"roles": A}, "role", []),
        # either case of the first letter, and of no other
        ({"Role": A}, "role", [("Role", A)]),
        ({"role": A}, "Role", [("role", A)]),
        ({"role": A, "Role": B}, "role", [("role", A)]),
        ({"Job": {"RoleArn": A}}, "job.roleArn", [("Job.RoleArn", A)]),
        ({"roleARN": A}, "roleArn", []),
        ({"iAMRoleArn": A}, "IAMRoleArn", [("iAMRoleArn", A)]),
        # lists
        ({"roles": [A, B]}, "roles[]", [("roles.0", A), ("roles.1", B)]),
        ({"roles": [A, None, B]}, "roles[]", [("roles.0", A), ("roles.2", B)]),
        ({"roles": A}, "roles[]", [("roles", A)]),
        ({"jobs": [{"role": A}, {}, {"role": B}]}, "jobs[].role", [("jobs.0.role", A), ("jobs.2.role", B)]),
        ({"jobs": {"role": A}}, "jobs[].role", [("jobs.role", A)]),
        ({"jobs": {}}, "jobs[].role", []),
        ({"jobs": []}, "jobs[].role", []),
        ({"jobs": [[A], [B]]}, "jobs[][]", [("jobs.0.0", A), ("jobs.1.0", B)]),
        # maps
        ({"roles": {"in": A, "out": B}}, "roles.*", [("roles.in", A), ("roles.out", B)]),
        ({"steps": {"x": {"role": A}}}, "steps.*.role", [("steps.x.role", A)]),
        ({"hooks": {"on": [{"role": A}]}}, "hooks.*[].role", [("hooks.on.0.role", A)]),
        ({"roles": [A]}, "roles.*", []),
        # keys that end so
        (
            {"set": {"SuccessRoleArn": A, "FailureRoleArn": B, "RoleArns": "x", "Name": "x"}},
            "set.{*RoleArn}",
            [("set.SuccessRoleArn", A), ("set.FailureRoleArn", B)],
        ),
        ({"set": {"RoleArn": A}}, "set.{*RoleArn}", [("set.RoleArn", A)]),
        # elements that were chosen
        (
            {
                "set": [
                    {"k": "x", "v": "no"},
                    {"k": "role", "v": A},
                    {"v": "no"},
                    "role",
                    {"k": "role", "v": B},
                ]
            },
            "set[?k=role].v",
            [("set.1.v", A), ("set.4.v", B)],
        ),
        ({"set": {"k": "role", "v": A}}, "set[?k=role].v", [("set.v", A)]),
        ({"set": [{"K": "role", "v": A}]}, "set[?k=role].v", [("set.0.v", A)]),
        ({"set": [{"k": ["role"], "v": A}]}, "set[?k=role].v", []),
        (
            {"patchOperations": [{"path": "/x", "value": "no"}, {"path": "/a.b", "value": A}]},
            "patchOperations[?path=/a.b].value",
            [("patchOperations.1.value", A)],
        ),
    ],
)
def test_a_path_finds(root: Any, path: str, found: list[tuple[str, Any]]) -> None:
    assert list(values_at(root, path)) == found


@pytest.mark.parametrize("root", [None, "role", 7, True, [], [{"role": A}], {}, {"role": {}}])
@pytest.mark.parametrize("path", ["role.arn", "role[].arn", "role.*.arn", "role.{*Arn}", "role[?a=b].arn"])
def test_what_is_of_another_shape_holds_nothing(root: Any, path: str) -> None:
    assert list(values_at(root, path)) == []


def test_either_case_is_of_the_first_letter() -> None:
    assert (either_case("roleArn"), either_case("RoleArn"), either_case("")) == ("RoleArn", "roleArn", "")
