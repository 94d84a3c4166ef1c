"""Rows of CSV, text and Parquet files, as the readers of `datasets` see them."""

import csv
import io
import re

# What pandas takes for "no value" unless told otherwise; torchtune then fails on it.
NO_VALUE = set("|#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null".split("|"))
NOT_TEXT = re.compile(r"^\s*(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:inf|Inf|INF)(?:inity|INITY)?|[Tt]rue|[Ff]alse|TRUE|FALSE)\s*$")
# `datasets` lets pandas read so many rows at once.
ROWS_AT_ONCE = 10000


class NotChecked(Exception):
    """The file may well be fine: why it was not looked at."""


# Stands after the last line: in a row of its own, unless a quote is still open.
END = "-- the end of the file --"


def lines_of(stream, delimiter):
    """Without lines of spaces alone, over which pandas passes."""
    blank = " \t\r\n".replace(delimiter, "")
    for line in io.TextIOWrapper(stream, "utf-8-sig", newline=""):
        yield line if line.strip(blank) else "\n"
    yield END


def csv_rows(stream, delimiter, layout):
    csv.field_size_limit(1 << 26)
    reader = csv.reader(lines_of(stream, delimiter), delimiter=delimiter)
    header = next((cells for cells in reader if cells), None)
    if header == [END]:
        raise Broken("it is empty")
    before = reader.line_num
    number = 0
    for cells in reader:
        if cells and cells[-1].endswith(END):
            if cells != [END] or reader.line_num > before + 1:
                raise Broken("line %d: a quote is opened and never closed" % (before + 1))
            return
        before = reader.line_num
        if cells:
            if len(cells) > len(header):
                raise Broken("line %d has %d fields, the header has %d" % (reader.line_num, len(cells), len(header)))
            if number and number % ROWS_AT_ONCE == 0:
                layout.block += 1
            number += 1
            cells += [""] * (len(header) - len(cells))
            yield {name: None if cell in NO_VALUE else cell for name, cell in zip(header, cells)}


def text_rows(stream):
    # As Python reads text, and `datasets` with it: a lone \r ends a line, too.
    for line in io.TextIOWrapper(stream, "utf-8"):
        yield {"text": line.rstrip("\n")}


# How `datasets` knows a packed file that has not the ending of one.
PACKERS = (("gz", b"\x1f\x8b"), ("bz2", b"BZh"), ("xz", b"\xfd7zXZ\0"), ("zst", b"\x28\xb5\x2f\xfd"))
MOST_UNPACKED = 64 << 20


class Source:
    """The rows of one file, and how far into it they have been read."""

    def __init__(self, path, need, layout):
        reader = need["reader"]
        self.file = open(path, "rb")
        stream = self.unpacked(path)
        layout.kind, layout.file, layout.block = reader, layout.file + 1, layout.block + 1
        if reader == "parquet":
            self.rows = self.parquet(stream)
        elif reader == "json":
            self.rows = json_rows(stream, need.get("field"), layout)
        elif reader == "csv":
            self.rows = csv_rows(stream, need.get("delimiter") or ",", layout)
        else:
            self.rows = text_rows(stream)

    def position(self):
        return self.file.tell()

    def unpacked(self, path):
        head = self.file.read(8)
        self.file.seek(0)
        ending = path.rsplit(".", 1)[-1].lower()
        packer = ending if ending in dict(PACKERS) else next((name for name, magic in PACKERS if head.startswith(magic)), None)
        if packer == "gz":
            import gzip as packer
        elif packer == "bz2":
            import bz2 as packer
        elif packer == "xz":
            import lzma as packer
        elif packer == "zst":
            raise NotChecked("it is packed with zstd, which Python's own library does not read")
        else:
            return self.file
        return packer.open(self.file, "rb")

    def parquet(self, stream):
        try:
            from pyarrow import parquet
        except ImportError:
            raise NotChecked("the python3 there has no pyarrow, which Parquet needs")
        if stream is not self.file:
            # What is packed can only be read from its begin to its end, and a table is read from its end.
            stream = io.BytesIO(stream.read(MOST_UNPACKED + 1))
            if len(stream.getbuffer()) > MOST_UNPACKED:
                raise NotChecked("it is packed, and more than %d MiB" % (MOST_UNPACKED >> 20))
        for batch in parquet.ParquetFile(stream).iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                yield row
