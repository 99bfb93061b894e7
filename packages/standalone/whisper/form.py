"""Reads a multipart/form-data request of any length with one piece of it in memory."""

import re

PIECE_BYTES = 64 * 1024
PART_HEAD_BYTES_MAX = 8 * 1024
FIELD_BYTES_MAX = 64 * 1024
FIELDS_MAX = 32


class BadRequest(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Body:
    """A request's body by Content-Length or in chunks, at most `bytes_max` long."""

    def __init__(self, stream, headers, bytes_max):
        self._stream = stream
        self._taken = 0
        self._max = bytes_max
        self._is_chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        length = headers.get("content-length", "")
        if not self._is_chunked and not re.fullmatch(r"\d{1,15}", length):
            raise BadRequest(411, "give Content-Length, or Transfer-Encoding: chunked")
        self._left = 0 if self._is_chunked else int(length)
        self._is_over = False
        if self._left > bytes_max:
            raise self._too_long()

    def read(self):
        """The next piece; empty at the end."""
        if self._is_chunked and self._left == 0 and not self._is_over:
            self._next_chunk()
        piece = self._stream.read1(min(PIECE_BYTES, self._left)) if self._left else b""
        if self._left and not piece:
            raise BadRequest(400, "the request broke off")
        self._left -= len(piece)
        self._taken += len(piece)
        if self._taken > self._max:
            raise self._too_long()
        if self._is_chunked and piece and self._left == 0:
            self._stream.readline(3)
        return piece

    def _next_chunk(self):
        line = self._stream.readline(1024).split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", line):
            raise BadRequest(400, "the request broke off, or its chunks are malformed")
        self._left = int(line, 16)
        if self._left == 0:
            self._is_over = True
            while self._stream.readline(1024).strip():
                pass

    def _too_long(self):
        return BadRequest(413, f"the request is longer than {self._max} bytes")


def read_form(body, content_type, upload):
    """The form's fields, each with its values; what is in the field `file` is written into `upload`."""
    found = re.search(r'boundary="?([^";,]{1,70})"?', content_type)
    if not content_type.startswith("multipart/form-data") or not found:
        raise BadRequest(415, "send multipart/form-data")
    delimiter = b"\r\n--" + found.group(1).encode("latin-1")
    buffer = bytearray(b"\r\n")

    def fill():
        piece = body.read()
        if not piece:
            raise BadRequest(400, "the form has no end")
        buffer.extend(piece)

    def take_until(mark, sink):
        while (at := buffer.find(mark)) < 0:
            sure = len(buffer) - len(mark) + 1
            if sure > 0:
                sink(bytes(buffer[:sure]))
                del buffer[:sure]
            fill()
        sink(bytes(buffer[:at]))
        del buffer[: at + len(mark)]

    def text_until(mark, bytes_max):
        text = bytearray()

        def keep(piece):
            text.extend(piece)
            if len(text) > bytes_max:
                raise BadRequest(400, f"a field is longer than {bytes_max} bytes")

        take_until(mark, keep)
        return text.decode("utf-8", "replace")

    fields = {}
    has_file = False
    take_until(delimiter, lambda _: None)
    for _ in range(FIELDS_MAX + 1):
        while len(buffer) < 2:
            fill()
        if buffer.startswith(b"--"):
            if not has_file:
                raise BadRequest(400, "the form has no field `file`")
            return fields
        head = text_until(b"\r\n\r\n", PART_HEAD_BYTES_MAX)
        name = re.search(r'\bname="([^"]*)"', head)
        if name and name.group(1) == "file":
            has_file = True
            take_until(delimiter, upload.write)
        else:
            value = text_until(delimiter, FIELD_BYTES_MAX)
            fields.setdefault(name.group(1) if name else "", []).append(value)
    raise BadRequest(400, f"the form has more than {FIELDS_MAX} fields")
