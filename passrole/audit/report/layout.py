"""Where the boxes and ribbons of a Sankey diagram stand: numbers only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from passrole.audit.summary.flows import Flow

Place = int | None
_ROUNDS = 3  # of setting each column beside its neighbours; more change nothing
_THINNEST, _LOWEST = 0.7, 2.0


@dataclass(frozen=True, slots=True)
class Style:
    """The measures of a drawing, in its own units.

    Attributes:
        columns: where the boxes of the three columns begin.
        passes: how high all passes together are.
        least: the room that a box has at least, for its name.
        gap: between boxes.
        above: room over each box, for a name that stands there.
        box: how wide a box is.
    """

    width: float
    columns: tuple[float, float, float]
    passes: float
    least: float
    gap: float
    above: float
    box: float = 10


@dataclass(frozen=True, slots=True)
class Box:
    """A passer, a role or a service: column 0, 1 or 2, and its place in the column's names."""

    column: int
    place: Place
    passes: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Passes of a kind from a box to one in the next column; ``start`` and ``end`` are its upper edge."""

    column: int
    places: tuple[Place, Place]
    kind: str
    passes: int
    start: float
    end: float
    thickness: float


@dataclass(frozen=True, slots=True)
class Layout:
    """All boxes, and the ribbons such that what calls for attention is drawn last."""

    boxes: tuple[Box, ...]
    ribbons: tuple[Ribbon, ...]
    height: float


def lay_out(flows: Sequence[Flow], kinds: Sequence[str], style: Style) -> Layout:
    """Places all flows, with few crossings.

    Args:
        kinds: from what is well to what is not.
    """
    scale = style.passes / sum(flow.passes for flow in flows)
    orders = _orders(flows)
    columns = [_column(n, order, _weights(flows, n), scale, style) for n, order in enumerate(orders)]
    height = max(_height(boxes, style) for boxes in columns)
    centred = [[_moved(box, (height - _height(boxes, style)) / 2) for box in boxes] for boxes in columns]
    ribbons = [ribbon for n in (0, 1) for ribbon in _ribbons(flows, n, centred, kinds, scale)]
    ribbons.sort(key=lambda ribbon: kinds.index(ribbon.kind))
    return Layout(tuple(box for boxes in centred for box in boxes), tuple(ribbons), height)


def _weights(flows: Iterable[Flow], column: int) -> dict[Place, int]:
    weights: dict[Place, int] = defaultdict(int)
    for flow in flows:
        weights[flow.way[column]] += flow.passes
    return weights


def _orders(flows: Sequence[Flow]) -> list[list[Place]]:
    """The places of each column from the top down: beside what they are tied to, the others last."""
    orders = [sorted(_weights(flows, column), key=_others_last) for column in range(3)]
    for _ in range(_ROUNDS):
        for column, neighbour in ((1, 0), (2, 1), (1, 2), (0, 1)):
            heights = {place: index for index, place in enumerate(orders[neighbour])}
            means = _means(flows, column, neighbour, heights)
            orders[column].sort(key=lambda place: (place is None, means[place]))
    return orders


def _others_last(place: Place) -> tuple[bool, int]:
    return (place is None, place or 0)


def _means(
    flows: Iterable[Flow], column: int, neighbour: int, heights: Mapping[Place, int]
) -> dict[Place, float]:
    sums: dict[Place, float] = defaultdict(float)
    weights: dict[Place, int] = defaultdict(int)
    for flow in flows:
        place = flow.way[column]
        sums[place] += flow.passes * heights[flow.way[neighbour]]
        weights[place] += flow.passes
    return {place: sums[place] / weights[place] for place in sums}


def _column(
    column: int, order: Sequence[Place], weights: Mapping[Place, int], scale: float, style: Style
) -> list[Box]:
    boxes, y = [], 0.0
    for place in order:
        height = max(weights[place] * scale, _LOWEST)
        room = max(height, style.least)
        y += style.above
        boxes.append(Box(column, place, weights[place], y + (room - height) / 2, height))
        y += room + style.gap
    return boxes


def _height(boxes: Sequence[Box], style: Style) -> float:
    return sum(max(box.height, style.least) + style.above for box in boxes) + style.gap * (len(boxes) - 1)


def _moved(box: Box, down: float) -> Box:
    return Box(box.column, box.place, box.passes, box.y + down, box.height)


def _ribbons(
    flows: Iterable[Flow], column: int, columns: Sequence[Sequence[Box]], kinds: Sequence[str], scale: float
) -> list[Ribbon]:
    """The ribbons between a column and the next: at each box in the order of the boxes that they lead to."""
    sums: dict[tuple[Place, Place, str], int] = defaultdict(int)
    for flow in flows:
        sums[flow.way[column], flow.way[column + 1], flow.kind] += flow.passes
    upper = {box.place: box.y for box in columns[column]}
    lower = {box.place: box.y for box in columns[column + 1]}
    starts, ends = _edges(sums, 0, upper, lower, kinds, scale), _edges(sums, 1, lower, upper, kinds, scale)
    return [
        Ribbon(column, (key[0], key[1]), key[2], count, starts[key], ends[key], max(count * scale, _THINNEST))
        for key, count in sums.items()
    ]


def _edges(
    sums: Mapping[tuple[Place, Place, str], int],
    side: int,
    own: Mapping[Place, float],
    other: Mapping[Place, float],
    kinds: Sequence[str],
    scale: float,
) -> dict[tuple[Place, Place, str], float]:
    """The upper edge of each ribbon at one of its two boxes."""
    used: dict[Place, float] = dict(own)
    edges = {}
    for key in sorted(sums, key=lambda key: (other[key[:2][1 - side]], kinds.index(key[2]))):
        here = key[:2][side]
        edges[key] = used[here]
        used[here] += sums[key] * scale
    return edges
