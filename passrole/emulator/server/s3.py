"""Calls of S3 on buckets; those on objects are data events.

CloudTrail keeps the names of the request's XML.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from botocore.model import ServiceModel

from .shapes import without_namespaces

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_WITHOUT_SUBRESOURCE = {"PUT": "CreateBucket", "DELETE": "DeleteBucket"}


def read(
    model: ServiceModel, method: str, path: str, body: bytes, query: Mapping[str, Sequence[str]]
) -> tuple[str, dict[str, Any]] | None:
    """The operation of a request in path style, and its parameters as CloudTrail records them."""
    found = re.fullmatch("/([^/]+)/?", path)
    name = _operation(model, method, query)
    if found is None or name is None:
        return None
    parameters: dict[str, Any] = {"bucketName": found[1], "Host": "s3.amazonaws.com"}
    parameters.update(dict.fromkeys(query, ""))
    try:
        root = without_namespaces(body)
    except ElementTree.ParseError:
        return name, parameters
    content = _plain(root)
    if isinstance(content, dict):
        content["xmlns"] = _NAMESPACE
    return name, {**parameters, root.tag: content}


def _operation(model: ServiceModel, method: str, query: Mapping[str, Sequence[str]]) -> str | None:
    if not query:
        return _WITHOUT_SUBRESOURCE.get(method)
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, subresource = http["requestUri"].partition("?")
        if http["method"] == method and subresource in query and "{Key" not in path:
            return str(name)
    return None


def _plain(element: ElementTree.Element) -> Any:
    """Elements by their names; those that come more than once as a list."""
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        value = _plain(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found
