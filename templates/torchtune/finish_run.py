# What torchtune 0.6.1 saves is made fit for transformers and PEFT. Doing it again changes nothing; torchtune can still go on from it.
#   epoch_N/          the whole model, where one was saved; else the adapter alone
#   epoch_N/adapter/  the adapter of an epoch that has the whole model too: beside it, it would be applied a second time
import json
import os
import sys
from pathlib import Path

output, base, model_type = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
MARK = {"heads": "in the order of the base model"}


def replace(path, content):
    partial = path.with_name(path.name + ".tmp")
    partial.write_bytes(content)
    os.replace(partial, path)


def head_order(rows, heads):
    """Where each row of q_proj or k_proj stands in torchtune, row by row as the base model has them."""
    half = rows // heads // 2
    return [head * 2 * half + 2 * i + j for head in range(heads) for j in (0, 1) for i in range(half)]


def mend_heads(path, sizes):
    """torchtune reorders lora_B of q and k but not DoRA's magnitudes; and for Qwen it reorders what must not be."""
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    header, data = json.loads(raw[8:start]), bytearray(raw[start:])
    names = [name for name in header if name != "__metadata__"]
    if header.get("__metadata__", {}).get("heads") != MARK["heads"]:
        wrong = "lora_B.weight" if model_type == "QWEN2" else "lora_magnitude_vector"
        for name in names:
            kind = name.split(".")[-3 if wrong.endswith(".weight") else -2]
            if not name.endswith(wrong) or kind not in ("q_proj", "k_proj"):
                continue
            heads = sizes["num_attention_heads" if kind == "q_proj" else "num_key_value_heads"]
            (begin, end), rows = header[name]["data_offsets"], header[name]["shape"][0]
            order, size = head_order(rows, heads), (end - begin) // rows
            if model_type == "QWEN2":
                order = sorted(range(rows), key=order.__getitem__)
            data[begin:end] = b"".join(data[begin + row * size : begin + (row + 1) * size] for row in order)
        header["__metadata__"] = {**header.get("__metadata__", {}), **MARK}
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        replace(path, len(text).to_bytes(8, "little") + text + data)
    return names


def finish(epoch, sizes):
    config = epoch / "adapter_config.json"
    if config.exists():
        whole = any(epoch.glob("model-*-of-*"))
        adapter = epoch / "adapter" if whole else epoch
        adapter.mkdir(exist_ok=True)
        names = [name for file in epoch.glob("adapter_model.safetensors") for name in mend_heads(file, sizes)]
        names += [name for file in epoch.glob("adapter/adapter_model.safetensors") for name in mend_heads(file, sizes)]
        told = {"base_model_name_or_path": str(base), "task_type": "CAUSAL_LM", **json.loads(config.read_text())}
        dora = any("lora_magnitude_vector" in name for name in names)
        if dora:
            told["use_dora"] = True  # without it PEFT loads DoRA as plain LoRA, and says nothing
        replace(adapter / config.name, (json.dumps(told, indent=2) + "\n").encode())
        for file in [*epoch.glob("adapter_model.safetensors"), *epoch.glob("adapter_model.bin")]:
            os.replace(file, adapter / file.name)
        if whole:
            config.unlink()
        elif not dora and (epoch / "config.json").exists():
            # With it the folder would pass for a whole model. For DoRA it must: transformers alone forgets the magnitudes, PEFT does not.
            os.replace(epoch / "config.json", epoch / "base_model_config.json")
        what = "the whole model; its adapter is in adapter/" if whole else "an adapter for " + told["base_model_name_or_path"]
        print(f"runwright: {epoch.name}: {what}" + ("; load the adapter with PeftModel" if dora else ""))
    for file in epoch.rglob("*.safetensors"):  # they are hidden from the group, whatever the umask
        file.chmod(0o666 & ~UMASK)


UMASK = os.umask(0)
os.umask(UMASK)
for epoch in sorted(output.glob("epoch_*")):
    finish(epoch, json.loads((base / "config.json").read_text()))
