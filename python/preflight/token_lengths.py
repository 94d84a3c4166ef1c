"""How long the rows are in tokens: by the model's own tokenizer where it is at hand, else by their bytes."""

import os

BYTES_A_TOKEN = 4.0
# Begin and end of a message, and its role.
TOKENS_A_MESSAGE = 5
TOKENS_A_ROW = 2
LLAMA3_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def counter(folder):
    """A function from text to its number of tokens, and its name; nothing where the tokenizer cannot be loaded."""
    try:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
        return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)
    except Exception:
        pass
    try:
        import tiktoken
        from tiktoken.load import load_tiktoken_bpe

        ranks = load_tiktoken_bpe(os.path.join(folder, "original", "tokenizer.model"))
        encoding = tiktoken.Encoding("model", pat_str=LLAMA3_WORDS, mergeable_ranks=ranks, special_tokens={})
        return lambda text: len(encoding.encode_ordinary(text))
    except Exception:
        return None


# So many rows tell the lengths of all; a large file is looked at in steps.
MOST_MEASURED = 50000

counters = {}


def bytes_a_token(sample, folder):
    """Measured on a sample of these very rows; the assumed share, and False, where there is no tokenizer."""
    if folder not in counters:
        counters[folder] = counter(folder) if folder else None
    count = counters[folder]
    text_bytes = sum(len(text.encode("utf-8", "replace")) for text in sample)
    try:
        tokens = sum(count(text) for text in sample) if count is not None else 0
    except Exception:
        tokens = 0
    return (text_bytes / float(tokens), True) if tokens > 0 and text_bytes > 0 else (BYTES_A_TOKEN, False)


def lengths(data, need):
    """Rows over the limit, tokens, padding and packs at one length, for the rows that were looked at."""
    step = 1 + len(data.total) // MOST_MEASURED
    share, measured = bytes_a_token(data.sample, need.get("tokenizer_dir"))
    limit, batch = need.get("max_tokens"), max(1, need.get("batch") or 1)
    extra = need.get("extra_bytes") or 0
    room = limit
    # Plain text is cut one token earlier.
    if limit and need.get("plain"):
        limit -= 1
    over = asked_over = tokens = padded = packs = filled = longest = 0
    widest = in_batch = 0
    for asked_bytes, total_bytes, messages in zip(data.asked[::step], data.total[::step], data.messages[::step]):
        if need.get("plain"):
            frame = TOKENS_A_ROW if total_bytes or not need.get("null_is_empty") else 0
        else:
            frame = TOKENS_A_ROW + messages * TOKENS_A_MESSAGE
        length = int((total_bytes + extra) / share + 0.999) + frame
        longest = max(longest, length)
        if limit and length > limit:
            over += 1
            asked_over += int((asked_bytes + extra) / share) + frame > limit
            length = limit
        tokens += length
        widest, in_batch = max(widest, length), in_batch + 1
        if in_batch == batch:
            padded, widest, in_batch = padded + widest * batch, 0, 0
        if limit and packs * room - filled < length:
            if need.get("split_across"):
                packs += 1
            else:
                filled, packs = packs * room, packs + 1
        filled += length
    rows = len(data.total[::step])
    padded += widest * in_batch
    return {
        "bytes_a_token": round(share, 2),
        "measured": measured,
        "mean_tokens": round(tokens / float(rows), 1) if rows else 0,
        "longest": longest,
        "over": over * step,
        "asked_over": asked_over * step,
        "padding": round(1 - tokens / float(padded), 4) if padded else 0,
        "packs": packs * step,
        "packed_padding": round(1 - tokens / float(packs * room), 4) if packs and room else 0,
    }
