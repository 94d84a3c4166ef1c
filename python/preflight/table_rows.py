"""Rows of CSV, text and Parquet files, as the readers of `datasets` see them."""

import csv
import io
import re

# What pandas takes for "no value" unless told otherwise; torchtune then fails on it.
NO_VALUE = set("|#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null".split("|"))
NOT_TEXT = re.compile(r"^\s*(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[Tt]rue|[Ff]alse|TRUE|FALSE)\s*$")


class NotChecked(Exception):
    """The file may well be fine: why it was not looked at."""


def csv_rows(stream, delimiter):
    csv.field_size_limit(1 << 26)
    reader = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""), delimiter=delimiter)
    header = next(reader, None)
    if header is None:
        raise Broken("it is empty")
    for cells in reader:
        if cells:
            if len(cells) > len(header):
                raise Broken("line %d has %d fields, the header has %d" % (reader.line_num, len(cells), len(header)))
            cells += [""] * (len(header) - len(cells))
            yield {name: None if cell in NO_VALUE else cell for name, cell in zip(header, cells)}


def text_rows(stream):
    for line in io.TextIOWrapper(stream, "utf-8", newline="\n"):
        yield {"text": line.rstrip("\r\n")}


class Source:
    """The rows of one file, and how far into it they have been read."""

    def __init__(self, path, need):
        reader = need["reader"]
        self.file = open(path, "rb")
        if reader == "parquet":
            self.rows = self.parquet()
        elif reader == "json":
            self.rows = json_rows(self.unpacked(path), need.get("field"))
        elif reader == "csv":
            self.rows = csv_rows(self.unpacked(path), need.get("delimiter") or ",")
        else:
            self.rows = text_rows(self.unpacked(path))

    def position(self):
        return self.file.tell()

    def unpacked(self, path):
        ending = path.rsplit(".", 1)[-1].lower()
        if ending == "gz":
            import gzip as packer
        elif ending == "bz2":
            import bz2 as packer
        elif ending == "xz":
            import lzma as packer
        elif ending == "zst":
            raise NotChecked("it is packed with zstd, which Python's own library does not read")
        else:
            return self.file
        return packer.open(self.file, "rb")

    def parquet(self):
        try:
            from pyarrow import parquet
        except ImportError:
            raise NotChecked("the python3 there has no pyarrow, which Parquet needs")
        for batch in parquet.ParquetFile(self.file).iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                yield row
