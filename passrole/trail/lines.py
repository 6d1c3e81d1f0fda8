"""Lines of text from bytes that may be gzipped, cut off, or no text at all: nothing here raises."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_CHUNK = 1 << 18
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank.

    Attributes:
        number: begins at 1.
        text: what is no UTF-8 is replaced, and ``problem`` says so.
    """

    number: int
    text: str
    problem: str | None = None


class Lines(Iterator[Line]):
    """The lines of a file that are not blank.

    Attributes:
        failure: what ended the reading before the end of the file, once it did.
        is_too_long: whether that was a line of too many bytes.
    """

    def __init__(self, file: BinaryIO, longest: int) -> None:
        """``longest`` is the most bytes of one line: no more are ever kept."""
        self.failure: str | None = None
        self.is_too_long = False
        self._longest = longest
        self._lines = self._split(self._unpacked(file))

    def __next__(self) -> Line:
        return next(self._lines)

    def _split(self, chunks: Iterator[bytes]) -> Iterator[Line]:
        number, parts, size = 0, list[bytes](), 0
        for chunk in chunks:
            *ends, rest = chunk.split(b"\n")
            for end in ends:
                number += 1
                parts.append(end)
                yield from _line(number, b"".join(parts))
                parts, size = [], 0
            parts.append(rest)
            size += len(rest)
            if size > self._longest:
                self.is_too_long = True
                self.failure = (
                    f"line {number + 1} has more than {self._longest >> 20} MB; expected smaller files"
                )
                return
        yield from _line(number + 1, b"".join(parts))

    def _unpacked(self, file: BinaryIO) -> Iterator[bytes]:
        chunks = self._chunks(file)
        start = next(chunks, b"")
        if len(start) == 1:  # a pipe may give less than the two bytes that tell
            start += next(chunks, b"")
        if start.startswith(_GZIP_MAGIC):
            yield from self._gunzipped(start, chunks)
        else:
            yield start
            yield from chunks

    def _chunks(self, file: BinaryIO) -> Iterator[bytes]:
        # A pipe's writer may take its time: what it has given is read before the chunk is full.
        read = getattr(file, "read1", file.read)
        try:
            while chunk := read(_CHUNK):
                yield chunk
        except OSError as error:
            self.failure = f"cannot be read: {error.strerror or error}"

    def _gunzipped(self, data: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """What can be unpacked, of all members of the archive, up to where it is damaged."""
        member, unpacked = zlib.decompressobj(_GZIP), b""
        try:
            # A full chunk may leave more of it inside, even where all input is taken.
            while data or len(unpacked) == _CHUNK:
                unpacked = member.decompress(data, _CHUNK)
                yield unpacked
                if not member.eof:
                    data = member.unconsumed_tail
                    if not data and len(unpacked) < _CHUNK:
                        data = next(chunks, b"")
                    continue
                # Archives may have several members, and may be padded with zeros.
                rest = (part.lstrip(b"\0") for part in chain((member.unused_data,), chunks))
                data = next((part for part in rest if part), b"")
                if not data:
                    return
                member, unpacked = zlib.decompressobj(_GZIP), b""
        except zlib.error as error:
            self.failure = f"gzip: damaged ({str(error).rpartition(': ')[2]})"
            return
        self.failure = self.failure or "gzip: it ends in the middle (cut off?)"


def _line(number: int, content: bytes) -> Iterator[Line]:
    problem = None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 text (byte {error.start + 1} is 0x{content[error.start]:02x})"
        text = content.decode("utf-8", "replace")
    if number == 1:
        text = text.removeprefix(_BYTE_ORDER_MARK)
    if text.strip():
        yield Line(number, text, problem)
