"""The rows that a split takes."""

import re


def selected(split, rows):
    """How many of `rows` rows a split such as train[:10%] takes; nothing when it is none that we know."""
    match = re.match(r"^train(?:\[(-?\d+)?(%)?:(-?\d+)?(%)?\])?$", split or "train")
    if match is None:
        return None
    start, start_share, stop, stop_share = match.groups()

    def place(text, share, otherwise):
        if text is None:
            return otherwise
        at = int(round(int(text) * rows / 100.0)) if share else int(text)
        return max(0, min(rows, at + rows if at < 0 else at))

    return max(0, place(stop, stop_share, rows) - place(start, start_share, 0))
