"""Saves an adapter as torchtune 0.6.1 does, has it finished, and measures how far it is from the weights that torchtune merges it into.

Usage: adapters_of_torchtune.py FOLDER FINISH_RUN.PY. One JSON line for each model type and method.
"""
import json
import subprocess
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torchtune.models import convert_weights
from torchtune.models.qwen2._convert_weights import qwen2_tune_to_hf
from torchtune.modules.peft import get_merged_lora_ckpt

folder, finish = Path(sys.argv[1]), sys.argv[2]
HEADS, KEY_HEADS, WIDTH, RANK, ALPHA = 4, 2, 32, 4, 8
SIZES = {"num_heads": HEADS, "num_kv_heads": KEY_HEADS, "dim": WIDTH}
ROWS = {"q_proj": WIDTH, "k_proj": WIDTH // HEADS * KEY_HEADS, "v_proj": WIDTH // HEADS * KEY_HEADS}
torch.manual_seed(0)


def of_base_model(weights, model_type):
    if model_type == "QWEN2":
        return qwen2_tune_to_hf(weights, tie_word_embeddings=False, **SIZES)
    return convert_weights.tune_to_hf(weights, **SIZES)


def saved_by_torchtune(epoch, model_type, dora):
    frozen, adapter = {}, {}
    for name, rows in ROWS.items():
        at = f"layers.0.attn.{name}"
        frozen[f"{at}.weight"] = torch.randn(rows, WIDTH)
        adapter[f"{at}.lora_a.weight"], adapter[f"{at}.lora_b.weight"] = torch.randn(RANK, WIDTH), torch.randn(rows, RANK)
        if dora:
            adapter[f"{at}.magnitude"] = torch.rand(rows) + 0.5
    whole = get_merged_lora_ckpt({**{name: tensor.clone() for name, tensor in frozen.items()}, **adapter}, rank=RANK, alpha=ALPHA)
    exported = convert_weights.tune_to_peft_adapter_weights(adapter, **SIZES)
    epoch.mkdir(parents=True)
    save_file({name: tensor.contiguous() for name, tensor in exported.items()}, epoch / "adapter_model.safetensors", metadata={"format": "pt"})
    told = {"r": RANK, "lora_alpha": ALPHA, "target_modules": list(ROWS), "peft_type": "LORA"}
    (epoch / "adapter_config.json").write_text(json.dumps(told))
    (epoch / "config.json").write_text("{}")
    return of_base_model(frozen, model_type), of_base_model(whole, model_type)


def distance(epoch, frozen, whole):
    """As PEFT puts an adapter on its base model."""
    adapter = load_file(epoch / "adapter_model.safetensors")
    farthest = {}
    for name in ROWS:
        at = f"model.layers.0.self_attn.{name}"
        made = frozen[f"{at}.weight"] + ALPHA / RANK * adapter[f"base_model.model.{at}.lora_B.weight"] @ adapter[f"base_model.model.{at}.lora_A.weight"]
        magnitude = adapter.get(f"base_model.model.{at}.lora_magnitude_vector")
        if magnitude is not None:
            made = made * (magnitude / made.norm(dim=1)).view(-1, 1)
        farthest[name] = (made - whole[f"{at}.weight"]).abs().max().item()
    return [name for name, far in farthest.items() if far > 1e-5]


base = folder / "base"
base.mkdir()
(base / "config.json").write_text(json.dumps({"num_attention_heads": HEADS, "num_key_value_heads": KEY_HEADS, "hidden_size": WIDTH}))
for model_type in ("LLAMA3", "QWEN2"):
    for dora in (False, True):
        run = folder / f"{model_type}_{dora}"
        frozen, whole = saved_by_torchtune(run / "epoch_0", model_type, dora)
        answer = {"model_type": model_type, "dora": dora, "wrong_as_saved": distance(run / "epoch_0", frozen, whole)}
        states = []
        for _ in range(2):
            subprocess.run([sys.executable, finish, str(run), str(base), model_type], check=True, stdout=subprocess.DEVNULL)
            states.append({str(file): file.read_bytes() for file in sorted(run.rglob("*")) if file.is_file()})
        answer["wrong_when_finished"] = distance(run / "epoch_0", frozen, whole)
        answer["again_the_same"] = states[0] == states[1]
        answer["files"] = sorted(file.name for file in (run / "epoch_0").iterdir())
        answer["config"] = json.loads((run / "epoch_0" / "adapter_config.json").read_text())
        answer["config"]["base_model_name_or_path"] = Path(answer["config"]["base_model_name_or_path"]).name
        print(json.dumps(answer))
