"""A process that dies at any call leaves nothing that the next delivery does not put right."""

from functools import partial

from passrole.finding import State
from tests.unit.quarantine.world import (
    World,
    function_finding,
    function_state,
    instance_finding,
    make_function,
    make_instance,
    make_role,
    profile_of,
    run_killed_at,
)


def test_containment_survives_a_kill_at_every_call(world: World) -> None:
    role = make_role("deployer")
    function = make_function(role, concurrency=7)
    finding = function_finding(world.ledger(), function, role)

    def contain(owner: str) -> None:
        world.container().contain(finding.id, owner)

    call, died = 1, True
    while died:
        died = run_killed_at(world, call, partial(contain, f"attempt {call}"))
        call += 1

    assert call > 12, "each call of a whole containment was a place to die at"
    saved = world.ledger().containment(function)
    assert saved is not None
    assert (saved.prior["concurrency"], sum(saved.prior["mappings"].values())) == (7, 1)
    assert (function_state()["concurrency"], set(function_state()["mappings"].values())) == (0, {"Disabled"})
    assert [s.news for s in world.ledger().history(finding.id)] == ["opened", "contained"]


def test_release_survives_a_kill_at_every_call(world: World) -> None:
    role = make_role("deployer")
    instance = make_instance("deployer-profile")
    before = profile_of(instance)
    finding = instance_finding(world.ledger(), instance, role)
    world.container().contain(finding.id, "one")

    def release() -> None:
        present = world.ledger().finding(finding.id)
        if present is not None and present.state is State.CONTAINED:
            releaser = world.releaser()
            releaser.release(releaser.plan(finding.id), who="sam", why="fine")

    call, died = 1, True
    while died:
        died = run_killed_at(world, call, release)
        call += 1

    assert call > 8
    assert profile_of(instance) == before
    assert [s.news for s in world.ledger().history(finding.id)] == ["opened", "contained", "released"]
