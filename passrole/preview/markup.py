"""HTML that is escaped by construction: text becomes markup only through `tag`."""

import html
from collections.abc import Iterable

from passrole.names import visible

_UNCLOSED = ("meta", "br", "input")
_VOID = frozenset({*_UNCLOSED, "path", "rect", "circle", "line"})


class Markup(str):
    """Finished HTML. Everything else that goes into `tag` is text, and is escaped."""

    __slots__ = ()


def tag(name: str, /, *children: str | Iterable[str] | None, **attributes: object) -> Markup:
    """An element. Attributes that are None are left out; ``class_`` is ``class``, ``_`` becomes ``-``."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID and not children:
        return Markup(f"<{name}{written}>" if name in _UNCLOSED else f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: str | Iterable[str] | None) -> Markup:
    """Elements and texts, one after the other."""
    parts = []
    for child in children:
        if child is None:
            continue
        parts.extend([_text(child)] if isinstance(child, str) else [_text(one) for one in child])
    return Markup("".join(parts))


def code(text: str) -> Markup:
    """A name, set as such, that may break anywhere."""
    return tag("code", text)


def rendered(text: str) -> Markup:
    """Text that is safe to show as it stands, with the link that it holds."""
    return Markup(html.escape(text, quote=True))


def _text(child: str) -> str:
    if isinstance(child, Markup):
        return child
    return html.escape("\n".join(visible(line) for line in child.split("\n")), quote=True)


def _attribute(value: object) -> str:
    return html.escape(str(value), quote=True)
