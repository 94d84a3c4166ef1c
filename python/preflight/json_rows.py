"""Rows of a JSON or JSON-lines file, one after the other: however large the file, one row at a time is held."""

import codecs
import json

CHUNK = 1 << 20
LONGEST_ROW = 64 << 20


class Broken(Exception):
    """The file cannot be read as its ending says; the text says where and why."""


class Nested(Exception):
    """The rows stand under a key of one object: its keys."""

    def __init__(self, keys):
        Exception.__init__(self)
        self.keys = keys


class JsonText:
    """Values out of a stream, whole ones only."""

    def __init__(self, stream):
        self.stream = stream
        self.decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self.parse = json.JSONDecoder().raw_decode
        self.text, self.at, self.ended = "", 0, False

    def more(self):
        # As much as is there already: a long value is then looked at a few times, not once for each chunk.
        data = self.stream.read(max(CHUNK, len(self.text) - self.at))
        self.ended = not data
        try:
            self.text = self.text[self.at :] + self.decode(data, self.ended)
        except UnicodeDecodeError:
            raise Broken("it is not UTF-8")
        self.at = 0

    def peek(self):
        """The next character that is no space, or nothing at the end."""
        while True:
            while self.at < len(self.text):
                if self.text[self.at] not in " \t\r\n":
                    return self.text[self.at]
                self.at += 1
            if self.ended:
                return ""
            self.more()

    def take(self, wanted, where):
        if self.peek() != wanted:
            raise Broken("%s: expected '%s'%s" % (where, wanted, " before the end" if self.ended else ""))
        self.at += 1

    def value(self, where):
        self.peek()
        while True:
            try:
                value, end = self.parse(self.text, self.at)
                # A number may go on in the next chunk.
                if end < len(self.text) or self.ended:
                    self.at = end
                    return value
            except ValueError as error:
                unfinished = error.msg.startswith("Unterminated string") or error.pos >= len(self.text) - 16
                if self.ended or not unfinished:
                    raise Broken("%s: %s" % (where, error.msg))
            except RecursionError:
                raise Broken("%s: it is nested too deeply" % where)
            if len(self.text) - self.at > LONGEST_ROW:
                raise Broken("%s: one value of more than %d MiB" % (where, LONGEST_ROW >> 20))
            self.more()

    def list_items(self):
        self.take("[", "the list")
        number = 0
        while self.peek() != "]":
            if number > 0:
                self.take(",", "after row %d" % number)
            number += 1
            yield self.value("row %d" % number)
        self.at += 1

    def keys(self):
        """Each key of an object; whoever asks for the next one has taken this one's value, or it is passed over."""
        self.take("{", "the object")
        first = True
        while self.peek() != "}":
            if not first:
                self.take(",", "between keys")
            first = False
            key = self.value("a key")
            self.take(":", "after key %s" % key)
            self.peek()
            here = (self.at, self.text)
            yield key
            if here == (self.at, self.text):
                self.pass_over(key)

    def pass_over(self, key):
        if self.peek() == "[":
            for _ in self.list_items():
                pass
        else:
            self.value("key %s" % key)


def json_rows(stream, field):
    text = JsonText(stream)
    first = text.peek()
    if first == "":
        raise Broken("it is empty")
    if field is not None:
        for row in field_rows(text, first, field):
            yield row
    elif first == "[":
        for row in text.list_items():
            yield row
    else:
        number = 0
        while text.peek() != "":
            number += 1
            yield text.value("row %d" % number)


def field_rows(text, first, field):
    if first == "[":
        raise Broken("it is a list, so it has no field")
    seen = []
    for key in text.keys():
        seen.append(key)
        if key == field:
            if text.peek() != "[":
                raise Broken("field %s is no list" % field)
            for row in text.list_items():
                yield row
            return
    raise Nested(seen)
