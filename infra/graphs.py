"""Graphs of the dashboard, all of one look."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

FULL, HALF, THIRD = 24, 12, 8
_HEIGHT = 6


def header(title: str, text: str) -> list[cloudwatch.IWidget]:
    """The heading of a group, over its whole width."""
    return [cloudwatch.TextWidget(markdown=f"## {title}\n{text}", width=FULL, height=2)]


def lines(title: str, metrics: Sequence[cloudwatch.IMetric], width: int = THIRD) -> cloudwatch.IWidget:
    """A line a metric."""
    return _graph(title, metrics, width, is_stacked=False)


def stacked(title: str, metrics: Sequence[cloudwatch.IMetric], width: int = THIRD) -> cloudwatch.IWidget:
    """Areas that add up."""
    return _graph(title, metrics, width, is_stacked=True)


def latency(title: str, metrics: Mapping[str, cloudwatch.Metric]) -> cloudwatch.IWidget:
    """The usual time and the slowest twentieth's."""
    found = [
        metric.with_(statistic=statistic, label=f"{name} ({statistic})")
        for name, metric in metrics.items()
        for statistic in ("p50", "p95")
    ]
    return lines(title, found)


def summed(name: str, metrics: Sequence[cloudwatch.Metric], position: int) -> cloudwatch.IMetric:
    """One line for all; ``position`` tells its metrics from those of other sums in the same graph."""
    using = {f"s{position}m{number}": metric for number, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression=f"SUM([{', '.join(using)}])", using_metrics=using, label=name, period=metrics[0].period
    )


def _graph(
    title: str, metrics: Sequence[cloudwatch.IMetric], width: int, *, is_stacked: bool
) -> cloudwatch.IWidget:
    return cloudwatch.GraphWidget(
        title=title,
        left=list(metrics),
        width=width,
        height=_HEIGHT,
        stacked=is_stacked,
        left_y_axis=cloudwatch.YAxisProps(min=0, show_units=False),
    )
