"""A headless Chromium that tests talk to: the DevTools protocol over pipes, which needs no client library.

Source: chromedevtools.github.io/devtools-protocol; with ``--remote-debugging-pipe`` the browser reads
commands from file descriptor 3 and writes answers and events to 4, as JSON that ends in a NUL.
"""

import base64
import fcntl
import json
import os
import select
import signal
import time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

_SECONDS = 60
_READS, _WRITES = 3, 4
_FIRST_FREE = 10


class Page:
    """One page of the browser, with what went wrong in it.

    Attributes:
        errors: messages of the console that are errors, exceptions, and violations of the page's own policy.
        requests: addresses of all that the page wanted to load, itself included.
    """

    def __init__(self, browser: "Chromium", session: str) -> None:
        self._browser, self._session = browser, session
        self.errors: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command's answer; what happened meanwhile is noted."""
        return self._browser.call(method, self._session, **parameters)

    def open(self, file: Path, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        """Loads a page in a window of that many CSS pixels, in light or dark."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.errors.clear()
        self.requests.clear()
        self._browser.expect("Page.loadEventFired")
        self.call("Page.navigate", url=file.as_uri())
        self._browser.wait()

    def without_scripts(self) -> None:
        """From the next page on, no script runs but those of tests."""
        self.call("Emulation.setScriptExecutionDisabled", value=True)

    def run(self, script: str) -> Any:
        """The value of an expression in the page, awaited if it is a promise."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """One key, as from a keyboard."""
        told = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **told)
        self.call("Input.dispatchKeyEvent", type="keyUp", **told)

    def picture(self, to: Path) -> bytes:
        """Writes a PNG of what the window shows."""
        data = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        to.write_bytes(data)
        return data

    def pdf(self) -> bytes:
        """The page as it would be printed."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def note(self, event: dict[str, Any]) -> None:
        """Takes down what the browser tells unasked."""
        told = event["params"]
        match event["method"]:
            case "Runtime.exceptionThrown":
                self.errors.append(str(told["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if told["type"] in ("error", "assert"):
                self.errors.append(str(told["args"]))
            case "Log.entryAdded" if told["entry"]["level"] == "error":
                self.errors.append(told["entry"]["text"])
            case "Network.requestWillBeSent":
                self.requests.append(told["request"]["url"])


class Chromium:
    """The browser; a context manager that ends it."""

    def __init__(self, program: str, profile: Path) -> None:
        commands, self._out = os.pipe()
        self._in, answers = os.pipe()
        # Above those that the browser knows them by: one of them may be 3 or 4 itself.
        high = [fcntl.fcntl(end, fcntl.F_DUPFD, _FIRST_FREE) for end in (commands, answers)]
        self._process = os.posix_spawn(
            program,
            [
                program,
                *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
                *(
                    "--hide-scrollbars",
                    "--remote-debugging-pipe",
                    f"--user-data-dir={profile}",
                    "about:blank",
                ),
            ],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, high[0], _READS),
                (os.POSIX_SPAWN_DUP2, high[1], _WRITES),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
            setpgroup=0,
        )
        for end in (commands, answers, *high):
            os.close(end)
        self._numbers = count(1)
        self._buffer = b""
        self._pages: dict[str, Page] = {}
        self._awaited: str | None = None

    def page(self) -> Page:
        """A new, empty page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._pages[session] = page = Page(self, session)
        return page

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """One command's answer."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": parameters}
        os.write(
            self._out, json.dumps(command | ({"sessionId": session} if session else {})).encode() + b"\0"
        )
        while True:
            message = self._message()
            if message.get("id") == number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                found: dict[str, Any] = message["result"]
                return found

    def expect(self, event: str) -> None:
        """Names what the next `wait` waits for."""
        self._awaited = event

    def wait(self) -> None:
        """Returns once that has come."""
        while self._awaited:
            self._message()

    def _message(self) -> dict[str, Any]:
        deadline = time.monotonic() + _SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0, deadline - time.monotonic()))
            got = os.read(self._in, 1 << 20) if ready else b""
            if not got:
                raise AssertionError("the browser ended, or answers no more")
            self._buffer += got
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        if "method" in message:
            self._noted(message)
        return message

    def _noted(self, event: dict[str, Any]) -> None:
        if event["method"] == self._awaited:
            self._awaited = None
        page = self._pages.get(event.get("sessionId", ""))
        if page:
            page.note(event)

    def __enter__(self) -> "Chromium":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.killpg(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        for end in (self._in, self._out):
            os.close(end)
