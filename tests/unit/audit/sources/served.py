"""Moto's S3 behind a real HTTP server on this machine, which can be told to fail."""

import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from botocore.config import Config
from moto.core.botocore_stubber import BotocoreStubber

from tests.unit.samples import REGION

Answer = tuple[int, dict[str, str], bytes]
_BEHIND = f"https://s3.{REGION}.amazonaws.com"


class ServedS3:
    """A server of all buckets that moto has.

    Attributes:
        requests: methods and paths, with what is asked, as they came.
        faults: each asked for an answer first, with method and path; None lets the request through.
        most_at_once: how many requests were under way at the same time, at most.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.faults: list[Callable[[str], Answer | None]] = []
        self.most_at_once = 0
        self.hold: Callable[[], Any] = lambda: None
        self._at_once = 0
        self._counting = threading.Lock()
        self._one_by_one = threading.Lock()
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with suppress(BrokenPipeError, ConnectionResetError):
                    served._serve(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class has it
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def client(self, config: Config) -> Any:
        path_style = Config(s3={"addressing_style": "path"})
        return boto3.client("s3", endpoint_url=self.url, config=config.merge(path_style))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        with self._counting:
            self.requests.append(f"{handler.command} {handler.path}")
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            self.hold()
            status, headers, body = self._answer(handler)
        finally:
            with self._counting:
                self._at_once -= 1
        handler.send_response(status)
        headers = {name: value for name, value in headers.items() if name.lower() != "content-length"} | {
            "Content-Length": headers.get("x-claimed-length", str(len(body)))
        }
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
        if "x-claimed-length" in headers:
            handler.close_connection = True

    def _answer(self, handler: BaseHTTPRequestHandler) -> Answer:
        for fault in self.faults:
            if (answer := fault(f"{handler.command} {handler.path}")) is not None:
                return answer
        request = AWSPreparedRequest(
            method=handler.command,
            url=_BEHIND + handler.path,
            headers=HTTPHeaders.from_dict(dict(handler.headers)),
            body=b"",
            stream_output=False,
        )
        with self._one_by_one:
            found = BotocoreStubber().process_request(request)
        assert found is not None
        status, told, body = found
        content = body.encode() if isinstance(body, str) else body
        return status, {str(k): str(v) for k, v in told.items()}, content


def error(status: int, code: str, message: str) -> Answer:
    """S3's answer of an error."""
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, {"Content-Type": "application/xml"}, body.encode()


def next_ones(answers: list[Answer], where: str = "") -> Callable[[str], Answer | None]:
    """Gives these answers, one each, to the next requests that have a text in them."""
    left = list(answers)
    return lambda request: left.pop(0) if left and where in request else None


def always(answer: Answer, where: str = "") -> Callable[[str], Answer | None]:
    return lambda request: answer if where in request else None
