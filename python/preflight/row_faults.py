"""What torchtune would stumble over in a row, and how long the row is."""


class Faults:
    """Each kind of fault with its count and the first row that has it."""

    def __init__(self):
        self.found = {}

    def add(self, kind, column, row, why="", rows=1):
        fault = self.found.setdefault((kind, column), {"kind": kind, "column": column, "rows": 0, "first": row, "why": why})
        fault["rows"] += rows

    def kinds(self, columns, need, rows, whole):
        """What the columns as a whole are taken for."""
        for column in set(need.get("texts") or []) - set(need.get("anything") or []):
            told = any(key[0] == "types" and key[1] == column for key in self.found)
            if told:
                # The same once more, in other words.
                self.found.pop(("not_text", column), None)
                continue
            kind = columns.only(column, whole)
            if kind == "dates":
                self.add("dates", column, 1, "", rows)
            elif kind == "numbers" and need["reader"] == "csv":
                self.add("not_text", column, 1, "numbers alone", rows)

    def list(self):
        return sorted(self.found.values(), key=lambda fault: fault["first"])[:10]


def size(text):
    return len(text.encode("utf-8", "replace"))


# What torchtune makes of the speakers of sharegpt.
SPEAKERS = {"human": "user", "gpt": "assistant"}
KINDS = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}


def kind_word(value):
    return KINDS.get(type(value), type(value).__name__)


def content_fault(content, name, part):
    """What of a message is neither text nor a list of parts; nothing when it is well."""
    if content is None:
        return "a message whose %s is null" % name
    if isinstance(content, str):
        return None
    if not isinstance(content, list):
        return "a message whose %s is %s instead of text" % (name, kind_word(content))
    for item in content:
        kind = item.get("type") if isinstance(item, dict) else None
        if kind is None or (kind == "text" and not isinstance(item.get(part), str)):
            return 'a message whose %s is a list with a part that is not {"type": "text", "%s": ...}' % (name, part)
    return None


def conversation(turns, need, faults, column, number):
    """Bytes before the first answer, bytes in all, and the number of messages."""
    role_key, text_key = ("from", "value") if need.get("style") == "sharegpt" else ("role", "content")
    answering = "gpt" if need.get("style") == "sharegpt" else "assistant"
    # Only of pairs torchtune checks no order.
    ordered = column not in (need.get("either") or [])
    why, asked, total, last, answers = None, 0, 0, None, 0
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        why = "it is no list of messages"
        turns = []
    elif ordered and len(turns) < 2:
        why = "a conversation needs two messages"
    for index, turn in enumerate(turns):
        role, text = turn.get(role_key), turn.get(text_key)
        if role is None or text_key not in turn:
            why = why or "a message without %s" % (role_key if role is None else text_key)
            continue
        if role_key == "from" and role not in ("system", "human", "gpt"):
            why = why or "%s is no speaker of sharegpt (system, human, gpt)" % role
        odd = content_fault(text, text_key, "text" if text_key == "content" and ordered else "content")
        if odd is not None:
            why = why or odd
        elif need.get("roles") and SPEAKERS.get(role, role) not in need["roles"]:
            takes = "the tokenizer's template has no place (it takes %s)" % ", ".join(need["roles"])
            why = why or "a message of %s, for which %s" % (role, takes)
        elif not ordered:
            pass
        elif role == "system" and index > 0:
            why = why or "a system message that is not the first"
        elif role == last and role in ("user", "human"):
            why = why or "two messages of the user in a row"
        elif role == answering and last not in ("user", "human"):
            after = "after a message of %s, and torchtune takes one only after the user's" % last
            why = why or "an answer %s" % ("before a question" if last in (None, "system") else after)
        last = role
        length = size(text) if isinstance(text, str) else len(str(text))
        total += length
        answers += role == answering
        if answers == 0:
            asked += length
    if turns and why is None and answers == 0:
        why = "no message of the %s, so nothing to learn from" % answering
    if why is not None:
        faults.add("conversation", column, number, why)
    return asked, total, len(turns)


def text_of(row, column, need, faults, number):
    value = row.get(column)
    if isinstance(value, str):
        if value.strip() == "":
            faults.add("empty", column, number)
        return value
    if column not in row:
        faults.add("missing", column, number)
    elif value is None or value != value:
        faults.add("null", column, number)
    elif column in (need.get("anything") or []):
        return str(value)
    elif need["reader"] != "csv":
        faults.add("not_text", column, number, type(value).__name__)
    return ""
