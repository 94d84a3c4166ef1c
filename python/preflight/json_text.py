"""Values out of a JSON text: however long it is, one value at a time is held."""

import codecs
import json

CHUNK = 1 << 20
LONGEST_ROW = 64 << 20


class Broken(Exception):
    """The file cannot be read as its ending says; the text says where and why."""


class TooLong(Broken):
    """One value is longer than we hold."""


class Nested(Exception):
    """The rows stand under a key of one object: its keys."""

    def __init__(self, keys):
        Exception.__init__(self)
        self.keys = keys


class Enough(Exception):
    """So much was read that the rest is believed."""


class JsonText:
    """Values out of a stream, whole ones only."""

    def __init__(self, stream):
        self.stream = stream
        self.decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self.parse = json.JSONDecoder().raw_decode
        self.text, self.start, self.at, self.ended = "", 0, 0, False
        self.taken, self.most, self.marked = 0, None, False

    def more(self):
        # As much as is there already: a long value is then looked at a few times, not once for each chunk.
        data = self.stream.read(max(CHUNK, len(self.text) - self.at))
        self.ended = not data
        self.marked = self.marked or (self.taken == 0 and data.startswith(codecs.BOM_UTF8))
        self.taken += len(data)
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
                    self.start, self.at = self.at, end
                    return value
            except ValueError as error:
                unfinished = error.msg.startswith("Unterminated string") or error.pos >= len(self.text) - 16
                if self.ended or not unfinished:
                    raise Broken("%s: %s" % (where, error.msg))
            except RecursionError:
                raise Broken("%s: it is nested too deeply" % where)
            if len(self.text) - self.at > LONGEST_ROW:
                if self.most is not None:
                    raise Enough()
                raise TooLong("%s: one value of more than %d MiB" % (where, LONGEST_ROW >> 20))
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
        self.at += 1

    def pass_over(self, key):
        if self.peek() == "[":
            for _ in self.list_items():
                if self.most is not None and self.taken > self.most:
                    raise Enough()
        else:
            self.value("key %s" % key)
