"""Puts the adapter of a finished epoch on the base model, as PEFT does, and compares with the whole model saved beside it."""
import json
import sys
from pathlib import Path

from safetensors.torch import load_file

base, epoch = (Path(argument) for argument in sys.argv[1:])
adapter = epoch / "adapter"
told = json.loads((adapter / "adapter_config.json").read_text())
if (epoch / "adapter_config.json").exists() or Path(told["base_model_name_or_path"]) != base:
    sys.exit(f"transformers would put the adapter on the whole model, or look for its base elsewhere: {told}")


def weights(folder, pattern):
    return {name: tensor for file in folder.glob(pattern) for name, tensor in load_file(file).items()}


frozen, whole, trained = weights(base, "*.safetensors"), weights(epoch, "*.safetensors"), weights(adapter, "*.safetensors")
ending = ".lora_A.weight"
modules = [name[: -len(ending)] for name in trained if name.endswith(ending)]
equal = True
for module in modules:
    weight = module.removeprefix("base_model.model.") + ".weight"
    delta = trained[module + ".lora_B.weight"].double() @ trained[module + ending].double()
    made = frozen[weight].double() + told["lora_alpha"] / told["r"] * delta
    if told.get("use_dora"):
        made *= (trained[module + ".lora_magnitude_vector"].double() / made.norm(dim=1)).view(-1, 1)
    equal = equal and (made - whole[weight].double()).abs().max() < 1e-6 < (frozen[weight].double() - whole[weight].double()).abs().max()
readable = all(file.stat().st_mode & 0o044 == 0o044 for file in epoch.rglob("*.safetensors"))
print(json.dumps({"modules": len(modules), "dora": bool(told.get("use_dora")), "equal": bool(equal), "readable": readable}))
