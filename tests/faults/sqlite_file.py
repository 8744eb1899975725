# SPDX-License-Identifier: Apache-2.0
"""Where a row's bytes lie in a SQLite file, and which frames of a WAL are committed. Reads the format, not the library.

Pure over bytes; see https://www.sqlite.org/fileformat2.html.
"""

import collections
import struct

Value = collections.namedtuple("Value", "row column offset length")
"""One stored value of a row: `row` is its rowid (its first column where the table has none)."""

_FIXED = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8}
WAL_HEADER_BYTES = 32
_FRAME_HEADER_BYTES = 24
Frame = collections.namedtuple("Frame", "offset length commit")


def _varint(data, at):
    value = 0
    for count in range(8):
        byte = data[at + count]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    return value << 8 | data[at + 8], at + 9


def _value_bytes(kind):
    return (kind - 12) // 2 if kind >= 12 else _FIXED.get(kind, 0)


class File:
    def __init__(self, data):
        self.data = data
        size = struct.unpack(">H", data[16:18])[0]
        self.page_bytes = 65536 if size == 1 else size
        self._usable = self.page_bytes - data[20]

    def values(self, root):
        """Every stored value of the table whose b-tree begins at page `root`, overflow pages aside."""
        waiting = [root]
        while waiting:
            page = waiting.pop()
            start = (page - 1) * self.page_bytes
            head = start + (100 if page == 1 else 0)
            kind = self.data[head]
            count = struct.unpack(">H", self.data[head + 3:head + 5])[0]
            interior = kind in (0x02, 0x05)
            pointers = head + (12 if interior else 8)
            if interior:
                waiting.append(struct.unpack(">I", self.data[head + 8:head + 12])[0])
            for index in range(count):
                at = start + struct.unpack(">H", self.data[pointers + 2 * index:pointers + 2 * index + 2])[0]
                if interior:
                    waiting.append(struct.unpack(">I", self.data[at:at + 4])[0])
                    at += 4
                if kind != 0x05:
                    yield from self._cell(at, kind == 0x0D)

    def _cell(self, at, has_rowid):
        payload, at = _varint(self.data, at)
        row = None
        if has_rowid:
            row, at = _varint(self.data, at)
        end = at + min(payload, self._usable - 35 if has_rowid else (self._usable - 12) * 64 // 255 - 23)
        head_bytes, here = _varint(self.data, at)
        offset = at + head_bytes
        column = 0
        while here < at + head_bytes:
            kind, here = _varint(self.data, here)
            length = _value_bytes(kind)
            if row is None:
                row = int.from_bytes(self.data[offset:offset + length], "big") if kind < 12 else -1
            if length and offset + length <= end:
                yield Value(row, column, offset, length)
            offset += length
            column += 1


def frames(wal, page_bytes):
    """The frames of the WAL's present generation, in order, up to its last commit."""
    salts = wal[16:24]
    found = []
    at = WAL_HEADER_BYTES
    length = _FRAME_HEADER_BYTES + page_bytes
    while at + length <= len(wal) and wal[at + 8:at + 16] == salts:
        found.append(Frame(at, length, struct.unpack(">I", wal[at + 4:at + 8])[0] != 0))
        at += length
    while found and not found[-1].commit:
        found.pop()
    return found
