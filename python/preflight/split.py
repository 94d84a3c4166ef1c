"""The rows that a split takes."""

import re

PART = re.compile(r"^train(?:\[(-?[\d_]+)?(%)?:(-?[\d_]+)?(%)?\])?$")


def selected(split, rows):
    """How many of `rows` rows a split such as train[:10%]+train[-5:] takes; nothing when it is none that we know."""
    taken = [selected_by(part, rows) for part in (split or "train").split("+")]
    return None if None in taken else sum(taken)


def selected_by(part, rows):
    match = PART.match(part)
    if match is None:
        return None
    start, start_share, stop, stop_share = match.groups()
    # One of the two in percent makes the other one so.
    share = start_share or stop_share

    def place(text, otherwise):
        if text is None:
            return otherwise
        at = int(round(int(text) * rows / 100.0)) if share else int(text)
        return max(0, min(rows, at + rows if at < 0 else at))

    return max(0, place(stop, rows) - place(start, 0))
