"""Gzipped logs, unpacked fast: whole ones alone, and none that is a bomb."""

from isal import igzip_lib

from passrole.audit.fast import UnusualError

_MAGIC = b"\x1f\x8b"
_MOST_PARTS = 1_000  # what follows each is moved


def unpacked(raw: bytes, most: int) -> bytes:
    """A file's bytes, unpacked if they are gzipped, in however many members.

    Args:
        most: bytes that it may come to.

    Raises:
        UnusualError: it is damaged, cut off, or too large.
    """
    if not raw.startswith(_MAGIC):
        if len(raw) > most:
            raise UnusualError("too large")
        return raw
    # What the archive says that it comes to is no more than a hint: room for just that need not be moved.
    hint = int.from_bytes(raw[-4:], "little") + 1
    parts, size = list[bytes](), 0
    while raw:
        member = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        for room in (hint, most + 1):
            try:
                parts.append(member.decompress(raw, min(room, most - size + 1)))
            except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub declares a variable
                raise UnusualError(str(error)) from None
            size += len(parts[-1])
            if member.eof or size > most:
                break
            raw = b""
        if not member.eof or size > most or len(parts) > _MOST_PARTS:
            raise UnusualError("cut off, or too large, or of too many parts")
        raw = member.unused_data.lstrip(b"\0")  # archives may be padded
    return parts[0] if len(parts) == 1 else b"".join(parts)
