"""Which kind of value each column holds. `datasets` infers it block by block; the job ends at a value that fits neither its block nor the first one."""

import datetime
import re

TEXT, DATE, WHOLE, ROUND, FLOAT, BOOL, LIST, OBJECT, EMPTY = [1 << bit for bit in range(9)]
NUMBER = WHOLE | ROUND | FLOAT
GROUPS = {bit: group for group in (TEXT | DATE, NUMBER, BOOL, LIST, OBJECT) for bit in (TEXT, DATE, WHOLE, ROUND, FLOAT, BOOL, LIST, OBJECT) if bit & group}
WORDS = ((TEXT, "text"), (DATE, "a date"), (NUMBER | EMPTY, "a number"), (BOOL, "true or false"), (LIST, "a list"), (OBJECT, "an object"))
# What Arrow takes for a point in time when nothing else stands in the column.
DATE_FORM = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?:[ T]([01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$")


# Of a file that makes up keys as it goes, no more are held.
MOST_KEYS = 20000


class Layout:
    """How the reader of `datasets` takes a file, and in which of its blocks the rows stand."""

    def __init__(self, kind):
        self.kind, self.file, self.block = kind, 0, 0


class Kinds:
    """What was seen at one place of the rows of a block. `plain`: any text fits, and need not be looked at. `told`: its fault is known."""

    __slots__ = ("mask", "row", "items", "keys", "plain", "told")

    def __init__(self, told=False):
        self.mask, self.row, self.items, self.keys, self.plain, self.told = 0, 0, None, {}, False, told


class Columns:
    def __init__(self, faults):
        self.faults = faults
        self.first, self.now, self.layout, self.block, self.extent, self.held = None, Kinds(), None, None, "", 0

    def see(self, row, number, layout):
        if layout.block != self.block:
            if self.block is not None and self.first is None:
                self.first = self.now
                self.extent = "the first file" if layout.file > 1 else "the first 10 MB" if layout.kind == "lines" else "the first 10000 rows"
            self.now, self.block, self.layout = Kinds(), layout.block, layout
        keys = self.now.keys
        for name, value in row.items() if self.held < MOST_KEYS else ():
            kinds = keys.get(name)
            if kinds is None or not kinds.plain or value.__class__ is not str:
                path = self.key(self.now, self.first, name, value, number)
                if path is not None:
                    place, kind, why = path
                    self.faults.add(kind, "".join(place).lstrip("."), number, why)

    def key(self, kinds, first, name, value, number):
        """Where below this key a value does not fit, and why; nothing when all fits."""
        if name not in kinds.keys:
            kinds.keys[name] = Kinds()
            self.held += 1
        known = None
        if first is not None:
            known = first.keys.get(name)
            if known is None:
                first.keys[name] = Kinds(told=True)
                return [".%s" % name], "late", self.extent
        return deeper(".%s" % name, self.value(kinds.keys[name], known, value, number))

    def value(self, kinds, first, value, number):
        kind = self.kind(kinds, value)
        if kind == 0:
            return None
        if first is not None and first.told:
            first = None
        if kind & ~kinds.mask:
            clash = self.in_block(kinds.mask, kind)
            if clash:
                why = "%s in row %d, %s in row %d" % (word(kinds.mask), kinds.row, word(kind), number)
                kinds.mask |= GROUPS[kind]
                return [], "types", why
            kinds.mask |= kind
            kinds.row = kinds.row or number
            kinds.plain = bool(kinds.mask & TEXT and (first is None or first.mask & TEXT))
        if first is not None:
            if first.mask == 0:
                first.told = True
                return [], "late", self.extent
            if self.against_first(first.mask, kinds.mask, kind, value):
                first.told = True
                words = ("whole numbers", "a fraction") if kind == FLOAT and first.mask & NUMBER else (word(first.mask), word(kind))
                return [], "types", "%s in %s, %s in row %d" % (words[0], self.extent, words[1], number)
        if kind == LIST:
            return self.list_items(kinds, first, value, number)
        if kind == OBJECT:
            known = first if first is not None and first.mask & OBJECT else None
            for name, inner in value.items():
                below = kinds.keys.get(name)
                if below is not None and below.plain and inner.__class__ is str:
                    continue
                path = self.key(kinds, known, name, inner, number)
                if path is not None:
                    return path
        return None

    def list_items(self, kinds, first, value, number):
        if value and kinds.items is None:
            kinds.items = Kinds()
        known = None
        if first is not None and first.mask & LIST and value:
            known = first.items = first.items or Kinds()
        for item in value:
            path = self.value(kinds.items, known, item, number)
            if path is not None:
                return deeper("[]", path)
        return None

    def kind(self, kinds, value):
        of = value.__class__
        if self.layout.kind == "csv":
            return kind_of_cell(value)
        if self.layout.kind == "parquet":
            # A table tells the kinds of its columns itself.
            return 0
        if of is str:
            return DATE if self.layout.kind == "lines" and not kinds.mask & TEXT and is_date(value) else TEXT
        if of is int:
            return WHOLE if -(1 << 63) <= value < 1 << 63 else FLOAT
        if of is float:
            return ROUND if value == value and value.is_integer() else FLOAT
        return {bool: BOOL, list: LIST, dict: OBJECT}.get(of, 0)

    def in_block(self, mask, kind):
        if mask == 0 or mask & GROUPS.get(kind, kind) or self.layout.kind == "csv":
            return False
        # A list of rows goes through pandas, for which true is a number when it comes after a fraction.
        return not (self.layout.kind == "list" and mask & (FLOAT | ROUND) and kind == BOOL)

    def against_first(self, mask, now, kind, value):
        if (mask | kind) & (LIST | OBJECT):
            return not mask & kind
        if mask & TEXT or (mask & BOOL and mask & NUMBER):
            return False
        if self.layout.kind == "csv" and now & BOOL and now & NUMBER:
            # Both together are text.
            return True
        whole = not mask & (FLOAT if self.layout.kind == "list" else FLOAT | ROUND | EMPTY)
        if kind == TEXT:
            return bool(mask & DATE) or (value.lower() not in ("true", "false", "1", "0") if mask & BOOL else not is_number(value))
        if kind == DATE or mask & DATE:
            return bool((mask | kind) & (BOOL | FLOAT | ROUND)) or not (whole or mask & DATE)
        return kind == FLOAT and bool(mask & NUMBER) and whole

    def only(self, name, whole):
        """What the first block makes of a column of texts: "dates" or "numbers", if it is not text. `whole`: all rows were seen."""
        kinds = (self.first or self.now).keys.get(name)
        mask = kinds.mask if kinds is not None else 0
        if mask == DATE:
            return "dates" if whole or self.first is not None else None
        numbers = mask & NUMBER, mask & BOOL
        return "numbers" if any(numbers) and not all(numbers) and not mask & (TEXT | DATE | LIST | OBJECT) else None


def deeper(step, path):
    return None if path is None else ([step] + path[0],) + path[1:]


def word(mask):
    return next(text for bits, text in WORDS if mask & bits)


def is_date(text):
    found = DATE_FORM.match(text)
    try:
        return found is not None and datetime.date(*[int(part) for part in found.groups()[:3]]) is not None
    except ValueError:
        return False


def is_number(text):
    try:
        return float(text) is not None
    except ValueError:
        return False


def kind_of_cell(cell):
    if cell is None:
        return EMPTY
    if not NOT_TEXT.match(cell):
        return TEXT
    cell = cell.strip()
    if cell.lower() in ("true", "false"):
        return BOOL
    if cell.lstrip("+-").isdigit():
        return WHOLE
    return ROUND if float(cell).is_integer() else FLOAT
