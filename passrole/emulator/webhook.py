"""A server on loopback that takes messages as Slack does, by incoming webhook and by ``chat.postMessage``.

It can be told to misbehave.
"""

import json
import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any, Literal

from passrole.emulator.loopback import LoopbackServer

_METHOD = "/api/chat.postMessage"
_TOKEN = "xoxb-example"  # noqa: S105 - an example's

Misbehaviour = Literal["hang", "close"]


@dataclass(frozen=True)
class Message:
    """One message as it arrived.

    Attributes:
        at: Unix time in seconds.
        ts: what Slack calls it by; empty for those of a webhook.
    """

    at: float
    payload: dict[str, Any]
    ts: str = ""

    @property
    def text(self) -> str:
        """The message's one-line text."""
        return str(self.payload.get("text", ""))

    @property
    def thread_ts(self) -> str | None:
        """The ``ts`` of the message that it replies to."""
        return self.payload.get("thread_ts")

    @property
    def whole(self) -> str:
        """The message as JSON text, to look for words anywhere in it."""
        return json.dumps(self.payload, ensure_ascii=False)


@dataclass
class Webhook(LoopbackServer):
    """A running receiver; ``url``, or what ``bot_secret`` gives, goes into Slack's secret.

    Attributes:
        messages: what was accepted, in order.
        unanswered: what arrived and was given no answer, in order.
        answers: what to do about the next requests before any is accepted: give a status (429, 500), never
            answer until the client gives up ("hang"), or close the connection ("close").
    """

    messages: list[Message] = field(default_factory=list)
    unanswered: list[Message] = field(default_factory=list)
    answers: deque[int | Misbehaviour] = field(default_factory=deque)
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def url(self) -> str:
        return f"{self.root}/services/T0/B0/example"

    def bot_secret(self, channel: str) -> str:
        """The secret's JSON of a bot that posts to ``channel``."""
        return json.dumps({"token": _TOKEN, "channel": channel, "url": f"{self.root}{_METHOD}"})

    def handler(self) -> type[BaseHTTPRequestHandler]:
        return _handler_for(self)

    def about(self, words: str) -> list[Message]:
        """The messages in which ``words`` stand."""
        return [message for message in self.messages if words in message.whole]


def _handler_for(webhook: Webhook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            now, is_bot = time.time(), self.path == _METHOD
            ts = f"{int(now)}.{next(webhook._numbers):06d}" if is_bot else ""
            message = Message(now, payload, ts)
            answer = webhook.answers.popleft() if webhook.answers else 200
            if not isinstance(answer, int):
                webhook.unanswered.append(message)
                self._leave(answer)
            elif answer != 200:
                self._answer(answer, b"no")
            elif is_bot and self.headers.get("Authorization") != f"Bearer {_TOKEN}":
                self._answer(200, b'{"ok": false, "error": "invalid_auth"}')
            else:
                webhook.messages.append(message)
                told = {"ok": True, "channel": payload.get("channel"), "ts": ts}
                self._answer(200, json.dumps(told).encode() if is_bot else b"ok")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(body)

        def _leave(self, misbehaviour: Misbehaviour) -> None:
            with suppress(OSError):  # the client may have gone
                if misbehaviour == "hang":
                    self.connection.recv(1)  # nothing comes: until the client gives up and closes
                self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Says nothing: what arrived is in ``messages``."""

    return Handler
