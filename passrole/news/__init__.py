"""News of findings: what travels over the topic and to queues, as pointers, whole steps and digests."""

from passrole.news.topic import (
    Outbox,
    Pointer,
    PointerQueue,
    SnsTopic,
    SqsPointers,
    Topic,
    attributes_of,
    publish_news,
    sns_attributes,
)

__all__ = [
    "Outbox",
    "Pointer",
    "PointerQueue",
    "SnsTopic",
    "SqsPointers",
    "Topic",
    "attributes_of",
    "publish_news",
    "sns_attributes",
]
