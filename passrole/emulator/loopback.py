"""An HTTP server on loopback, for stand-ins of what AWS and others receive."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class LoopbackServer:
    """Serves inside its ``with`` block, on a free port of 127.0.0.1."""

    _server: ThreadingHTTPServer | None = None

    @property
    def root(self) -> str:
        """Its URL, without a path."""
        assert self._server is not None, "the server runs only inside its `with` block"  # noqa: S101
        return f"http://127.0.0.1:{self._server.server_port}"

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What answers requests."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
