"""Tasks come out of the queue as they went in; what is no task is an error, and no more than that."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passrole.passes import Origin
from passrole.sweep.position import Place
from passrole.sweep.rejudging import Cause
from passrole.sweep.tasks import (
    JudgeAll,
    JudgeRole,
    LookAtProfile,
    SweepAll,
    SweepPartOf,
    Task,
    message_of,
    task_in,
)

TEXT = st.text(max_size=30)
COUNT = st.integers(0, 10_000)
CAUSES = st.builds(Cause, st.sampled_from(Origin), TEXT, TEXT, TEXT)
MARKS = st.frozensets(st.binary(min_size=9, max_size=9), max_size=3)
POSITIONS = st.lists(st.builds(Place, st.none() | TEXT, MARKS, MARKS), max_size=3).map(tuple)
TASKS: st.SearchStrategy[Task] = st.one_of(
    st.just(SweepAll()),
    st.builds(SweepPartOf, TEXT, TEXT, TEXT),
    st.builds(LookAtProfile, TEXT, TEXT, CAUSES, TEXT, POSITIONS, COUNT),
    st.builds(JudgeRole, TEXT, CAUSES, TEXT, st.integers(1, 2), st.booleans()),
    st.builds(JudgeAll, TEXT, CAUSES, COUNT, TEXT),
)
CAUSE = {"origin": "sweep", "who": "dana", "why": "because", "as_of": "2026"}
PART = {"version": 1, "task": "part", "sweep": "2026", "listing": "l", "region": "r"}
ROLE = {"version": 1, "task": "role", "role": "deployer", "cause": CAUSE}
PROFILE = {
    "version": 1,
    "task": "profile",
    "profile": "p",
    "region": "r",
    "cause": CAUSE,
    "asked_at": "2026",
    "position": [],
    "faults": 0,
    "restarts": 0,
}
ALL = {"version": 1, "task": "policy", "policy": "0123", "cause": CAUSE}
KINDS = (PART, PROFILE, ROLE, ALL)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


@given(TASKS)
def test_a_task_comes_out_as_it_went_in(task: Task) -> None:
    assert task_in(json.loads(message_of(task))) == task


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"version": 2, "task": "sweep"},
        {"version": 1},
        {"version": 1, "task": "unknown"},
        {"version": 1, "task": []},
        {"version": 1, "task": {}},
        {"task": "sweep"},
        {"version": 1, "task": "part"},
        PROFILE | {"position": None},
        PROFILE | {"position": [["token"]]},
        PROFILE | {"position": [["token", "many", ""]]},
        PROFILE | {"position": [["token", 1, ""]]},
        PROFILE | {"position": [["token", "AAAA", ""]]},
        PROFILE | {"position": [[["token"], "", ""]]},
        PROFILE | {"position": "text"},
        PART | {"sweep": 3},
        PART | {"region": None},
        PART | {"further": 1},
        PROFILE | {"faults": None},
        PROFILE | {"faults": True},
        PROFILE | {"restarts": "1"},
        PROFILE | {"asked_at": 1},
        PROFILE | {"cause": None},
        ROLE | {"cause": None},
        ROLE | {"cause": CAUSE | {"origin": "rumour"}},
        ROLE | {"cause": CAUSE | {"origin": []}},
        ROLE | {"cause": CAUSE | {"why": 1}},
        ROLE | {"cause": CAUSE | {"further": 1}},
        ROLE | {"cause": {}},
        ROLE | {"role": ["deployer"]},
        ROLE | {"look": "2"},
        ALL | {"shard": 1.5},
        ALL | {"after": None},
    ],
)
def test_what_is_no_task_is_an_error(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a task"):
        task_in(body)


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(sorted(ROLE | PART | PROFILE | ALL)), JSON))
def test_whatever_a_body_says_it_is_a_task_or_an_error(body: dict[str, Any], more: dict[str, Any]) -> None:
    try:
        task = task_in(body | more)
    except ValueError:
        return
    assert task_in(json.loads(message_of(task))) == task


@given(JSON)
def test_any_json_is_a_task_or_an_error(body: Any) -> None:
    with pytest.raises(ValueError, match="not a task"):
        task_in(body)
