"""Rows of a JSON or JSON-lines file, one after the other, as `datasets` reads them."""

import json

# `datasets` reads lines in blocks of so many bytes, each up to the end of its last line.
BLOCK = 10 << 20
# Behind the field's rows, so much of the file is read to see that it is whole.
REST = 64 << 20


def json_rows(stream, field, layout):
    text = JsonText(stream)
    first = text.peek()
    if first == "":
        raise Broken("it is empty")
    layout.kind = "lines" if field is None and first != "[" else "list"
    if layout.kind == "list":
        # There, unlike in lines, a line may break within a text.
        text.parse = json.JSONDecoder(strict=False).raw_decode
    if layout.kind == "list" and text.marked:
        raise Broken("it begins with a byte order mark (BOM), with which `datasets` reads JSON lines alone; save it as UTF-8 without one")
    if field is not None:
        for row in field_rows(text, first, field):
            yield row
        nothing_more(text, "after the object")
    elif first == "[":
        for row in text.list_items():
            yield row
        nothing_more(text, "after the list")
    else:
        for row in lines(text, layout):
            yield row


def nothing_more(text, where):
    if text.most is None and text.peek() != "":
        raise Broken("%s: there is more, and `datasets` reads one value alone" % where)


def lines(text, layout):
    number = size = 0
    while text.peek() != "":
        number += 1
        row = text.value("row %d" % number)
        if not isinstance(row, dict):
            raise Broken("row %d: it is no object with columns" % number)
        size += 1 + len(text.text[text.start : text.at].encode("utf-8", "replace"))
        yield row
        if size >= BLOCK:
            layout.block, size = layout.block + 1, 0


def field_rows(text, first, field):
    if first == "[":
        raise Broken("it is a list, so it has no field")
    seen = []
    found = False
    try:
        for key in text.keys():
            seen.append(key)
            if key != field or found:
                continue
            found = True
            for row in text.list_items() if text.peek() == "[" else rows_of_columns(text, field):
                yield row
            text.most = text.taken + REST
        text.most = None
    except Enough:
        pass
    if not found:
        raise Nested(seen)


def rows_of_columns(text, field):
    """The rows of an object that has a list of values for each column, or an object of them by their number."""
    try:
        columns = text.value("field %s" % field)
    except TooLong:
        raise NotChecked("its field %s is one object of more than %d MiB" % (field, LONGEST_ROW >> 20))
    lists = {}
    for name, values in columns.items() if isinstance(columns, dict) else ():
        if isinstance(values, (list, dict)):
            lists[name] = list(values.values()) if isinstance(values, dict) else values
    lengths = set(len(values) for values in lists.values())
    if not lists:
        raise Broken("field %s is no list" % field)
    if len(lengths) > 1:
        raise Broken("field %s has columns of different lengths" % field)
    for number in range(lengths.pop()):
        yield {name: lists[name][number] if name in lists else value for name, value in columns.items()}
