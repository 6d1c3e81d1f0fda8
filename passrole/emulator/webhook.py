"""A server on loopback that takes messages as Slack's incoming webhooks do, and can be told to misbehave."""

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Message:
    """One message as it arrived; ``at`` is the Unix time in seconds."""

    at: float
    payload: dict[str, Any]

    @property
    def text(self) -> str:
        """The message's one-line text."""
        return str(self.payload.get("text", ""))

    @property
    def whole(self) -> str:
        """The message as JSON text, to look for words anywhere in it."""
        return json.dumps(self.payload, ensure_ascii=False)


@dataclass
class Webhook:
    """A running receiver; ``url`` is what goes into the webhook's secret.

    Attributes:
        messages: what was accepted, in order.
        answers: statuses to give to the next requests before any is accepted (429, 500).
    """

    messages: list[Message] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self._server is not None, "the receiver runs only inside its `with` block"  # noqa: S101
        return f"http://127.0.0.1:{self._server.server_port}/services/T0/B0/example"

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def about(self, words: str) -> list[Message]:
        """The messages in which ``words`` stand."""
        return [message for message in self.messages if words in message.whole]


def _handler_for(webhook: Webhook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status = webhook.answers.popleft() if webhook.answers else 200
            if status == 200:
                webhook.messages.append(Message(time.time(), json.loads(body)))
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(b"ok" if status == 200 else b"no")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Says nothing: what arrived is in ``messages``."""

    return Handler
