"""Logger and metrics of all functions; nothing else makes any. Powertools' variables name them."""

from aws_lambda_powertools import Logger, Metrics

logger = Logger()
metrics = Metrics()
