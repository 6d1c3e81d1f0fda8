"""Logger and metrics of all functions; nothing else makes any. Powertools' variables name them."""

import warnings

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

# Most invocations have nothing to count.
warnings.filterwarnings("ignore", message="No application metrics to publish")
logger = Logger()
metrics = Metrics()


def add_metric_by(dimension: str, value: str, name: str, unit: MetricUnit, number: float) -> None:
    """Adds a metric with a dimension beside the function's: each of its values costs as a metric."""
    with single_metric(name=name, unit=unit, value=number, namespace=metrics.namespace) as metric:
        metric.add_dimension("service", metrics.service or "")
        metric.add_dimension(dimension, value)
