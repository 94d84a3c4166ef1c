"""A model's files: there, whole, and the weights themselves rather than a pointer to them."""

import json
import os
import struct


def weights_fault(path):
    """Why this file cannot be the model's; nothing where it looks whole."""
    try:
        if os.path.isdir(path):
            return None
        length = os.path.getsize(path)
        with open(path, "rb") as file:
            head = file.read(200)
            if head.startswith(b"version https://git-lfs"):
                return "it is a git-lfs pointer, not the file; `git lfs pull` fetches it"
            if length == 0:
                return "it is empty"
            if path.endswith(".json") and length < 1 << 26:
                file.seek(0)
                json.loads(file.read().decode("utf-8"))
            elif path.endswith(".safetensors"):
                (header_length,) = struct.unpack("<Q", head[:8].ljust(8, b"\0"))
                if header_length > length - 8 or header_length > 1 << 28:
                    return "it is cut off in its header (%d bytes)" % length
                file.seek(8)
                tensors = json.loads(file.read(header_length).decode("utf-8"))
                ends = [tensor["data_offsets"][1] for name, tensor in tensors.items() if name != "__metadata__"]
                wanted = 8 + header_length + max(ends or [0])
                if wanted != length:
                    return "it has %d bytes, and its header tells of %d: the download was cut off" % (length, wanted)
    except OSError as error:
        return None if error.errno == 2 else "it cannot be read: %s" % error.strerror
    except (ValueError, KeyError, TypeError, struct.error):
        return "its content is damaged"
    return None
