"""Where the boxes and ribbons of the flows stand."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.audit.report.layout import Style, lay_out
from passrole.audit.summary.flows import Flow

KINDS = ("approved", "violation")
STYLE = Style(width=1000, columns=(0, 500, 990), passes=300, least=15, gap=5, above=10)
PLACES = st.none() | st.integers(0, 4)
FLOWS = st.dictionaries(
    st.tuples(st.tuples(PLACES, PLACES, PLACES), st.sampled_from(KINDS)), st.integers(1, 100_000), min_size=1
).map(lambda found: [Flow(way, kind, passes) for (way, kind), passes in found.items()])


@settings(max_examples=200, deadline=None)
@given(FLOWS)
def test_all_passes_flow_through_each_column_and_no_box_stands_on_another(flows: list[Flow]) -> None:
    layout = lay_out(flows, KINDS, STYLE)

    for column in range(3):
        boxes = [box for box in layout.boxes if box.column == column]
        assert sum(box.passes for box in boxes) == sum(flow.passes for flow in flows)
        assert len({box.place for box in boxes}) == len(boxes)
        for upper, lower in pairwise(boxes):
            assert lower.y - (upper.y + upper.height) >= STYLE.gap + STYLE.above - 1e-6
        assert boxes[0].y >= STYLE.above - 1e-6
        assert boxes[-1].y + boxes[-1].height <= layout.height + 1e-6
        assert all(box.place is not None for box in boxes[:-1]), "the others are last"


@settings(max_examples=200, deadline=None)
@given(FLOWS)
def test_ribbons_begin_and_end_in_their_boxes_side_by_side(flows: list[Flow]) -> None:
    layout = lay_out(flows, KINDS, STYLE)
    scale = STYLE.passes / sum(flow.passes for flow in flows)
    boxes = {(box.column, box.place): box for box in layout.boxes}

    for (column, place), box in boxes.items():
        sides = (
            [(r.start, r.passes) for r in layout.ribbons if (r.column, r.places[0]) == (column, place)],
            [(r.end, r.passes) for r in layout.ribbons if (r.column + 1, r.places[1]) == (column, place)],
        )
        for side in sides:
            assert not side or sum(passes for _, passes in side) == box.passes
            edges = sorted(side)
            for (edge, passes), (following, _) in pairwise(edges):
                assert following == pytest.approx(edge + passes * scale)
            assert not edges or edges[0][0] == pytest.approx(box.y)


def test_what_calls_for_attention_is_drawn_last() -> None:
    layout = lay_out([Flow((0, 0, 0), "violation", 1), Flow((1, 0, 0), "approved", 99)], KINDS, STYLE)

    assert [ribbon.kind for ribbon in layout.ribbons] == ["approved", "approved", "violation", "violation"]


def test_boxes_stand_beside_what_they_are_tied_to() -> None:
    layout = lay_out([Flow((n, 4 - n, n), "approved", 10) for n in range(5)], KINDS, STYLE)

    orders = [[box.place for box in layout.boxes if box.column == column] for column in range(3)]
    assert [4 - (place or 0) for place in orders[1]] == orders[0] == orders[2]
