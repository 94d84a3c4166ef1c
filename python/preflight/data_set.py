"""One data set as torchtune would read it: its rows, what is wrong with them, and how long they are."""

import glob
import os
import re
import time
from array import array

MOST_ROWS = 500000


def matches(pattern):
    """The files, as `datasets` finds them."""
    return [path for path in sorted(glob.glob(pattern, recursive=True)) if not os.path.isdir(path)]


class DataSet:
    def __init__(self, need):
        self.need = need
        self.faults = Faults()
        self.asked, self.total, self.messages = array("L"), array("L"), array("H")
        self.columns, self.sample, self.kinds = [], [], Columns(self.faults)
        self.done, self.rows, self.found, self.reported = 0, 0, {}, False

    def look(self, deadline):
        """Reads every file; what cannot be read is said in `found`."""
        paths = [path for name in self.need["files"] for path in (matches(name) if not self.need.get("folder") and re.search(r"[*?\[]", name) else [name])]
        missing = [path for path in paths if not os.path.exists(path)]
        if missing or not paths:
            self.found["missing"] = missing or list(self.need["files"])
            return
        if self.need.get("folder"):
            self.look_at_folder(paths[0])
            return
        try:
            before, self.layout = 0, Layout(self.need["reader"])
            for path in paths:
                self.path = path
                if os.path.isdir(path):
                    raise Broken("it is a folder, and `datasets` reads files alone; %s/* names all that are in it" % path.rstrip("/"))
                # Among others, a file without anything is passed over.
                if self.need["reader"] == "json" and len(paths) > 1 and os.path.getsize(path) == 0:
                    continue
                source = Source(path, self.need, self.layout)
                if not self.read(source.rows, deadline):
                    self.found["partial"] = True
                    share = (before + source.position()) / float(sum(os.path.getsize(path) for path in paths))
                    self.rows = int(self.done / min(1.0, max(share, 1e-9)))
                    return
                before += os.path.getsize(path)
        except NotChecked as why:
            self.found["not_checked"] = str(why)
        except Broken as why:
            self.found["broken"] = "%s: %s" % (self.path, why)
        except Nested as nested:
            self.found["fields"] = [key for key in nested.keys if isinstance(key, str)][:50]
        except Exception as error:  # of the file system, csv, a packer or pyarrow
            self.found["broken"] = "%s: %s: %s" % (self.path, type(error).__name__, str(error)[:200])
        self.rows = self.done

    def look_at_folder(self, path):
        if not os.path.isdir(path):
            self.found["broken"] = "%s: it is a file, and its ending names no format" % path
        elif not os.listdir(path):
            self.found["broken"] = "%s: it is a folder without anything in it" % path
        else:
            self.found["not_checked"] = "it is a folder, in which the job finds its files by itself"

    def read(self, rows, deadline):
        for row in rows:
            self.done += 1
            self.row(row, self.done)
            if self.done >= MOST_ROWS or (self.done % 1000 == 0 and time.time() > deadline):
                return next(rows, None) is None
        return True

    def row(self, row, number):
        need, faults = self.need, self.faults
        if not isinstance(row, dict):
            # A list of plain values becomes the one column `text`.
            row = {"text": row}
        if self.layout.kind != "text":
            self.kinds.see(row, number, self.layout)
        if number <= 1000:
            known = set(self.columns)
            self.columns += [name for name in row if name not in known][: 50 - len(self.columns)]
            if number == 1:
                self.found["lists"] = [key for key, value in row.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
        asked = total = messages = 0
        texts, either, halves = [], need.get("either") or [], []
        for column in need.get("conversations") or []:
            if column not in row:
                faults.add("missing", column, number)
                continue
            before, length, count = conversation(row[column], need, faults, column, number)
            if column in either:
                halves.append((before, length, count))
            else:
                asked, total, messages = asked + before, total + length, messages + count
        for column in need.get("texts") or []:
            text = text_of(row, column, need, faults, number)
            texts.append(text)
            length = size(text)
            if column in either:
                halves.append((0, length, 1))
                continue
            total += length
            messages += 1
            if column != need.get("answer"):
                asked += length
        for column in need.get("optional") or []:
            text = row.get(column)
            if isinstance(text, str):
                texts.append(text)
                asked, total = asked + size(text), total + size(text)
        if halves:
            # Each of a pair is a sample of its own: what holds for the longer one holds for both.
            asked, total, messages = (common + max(half) for common, half in zip((asked, total, messages), zip(*halves)))
        self.asked.append(asked)
        self.total.append(total)
        self.messages.append(min(messages, 65535))
        # A few hundred rows, from all over the file, are counted in tokens.
        if len(self.sample) < 400 and (number <= 100 or number % 97 == 0):
            self.sample.append(" ".join(texts) if texts else str([row.get(column) for column in need.get("conversations") or []]))

    def report(self):
        """All but what depends on the need's split and length."""
        report = dict(self.found)
        lists = report.pop("lists", [])
        if not self.reported:
            self.reported = True
            self.faults.kinds(self.kinds, self.need, self.done, not self.found.get("partial"))
        faults = self.faults.list()
        # One row that holds the rows: {"train": [...]} on one line.
        if self.rows == 1 and lists and any(fault["kind"] in ("missing", "not_text") for fault in faults):
            report["fields"] = lists
        report.update(looked=self.done, columns=self.columns, faults=faults)
        return report
