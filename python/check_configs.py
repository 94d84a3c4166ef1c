"""Does torchtune 0.6.1 itself accept these configs?  python check_configs.py FILE...

Loads every file with OmegaConf in one process, runs torchtune's own validate, checks the keys that the recipe reads,
and binds the arguments of every component, nested ones too. Prints one JSON object a file; exit 1 on any refusal.
"""

import inspect
import json
import re
import sys

from omegaconf import OmegaConf
from torchtune._recipe_registry import get_all_recipes
from torchtune.config._utils import _get_component_from_path
from torchtune.config._validate import validate

ALWAYS = (
    "output_dir device dtype seed epochs max_steps_per_epoch batch_size gradient_accumulation_steps shuffle "
    "resume_from_checkpoint model tokenizer checkpointer dataset optimizer loss metric_logger"
).split()
LORA = "lr_scheduler model.lora_rank model.lora_alpha model.lora_attn_modules model.apply_lora_to_mlp".split()
# Arguments that the recipe hands over itself.
FROM_RECIPE = {
    "dataset": ["tokenizer"],
    "optimizer": ["params"],
    "lr_scheduler": ["optimizer", "num_training_steps", "last_epoch"],
    "checkpointer": ["should_load_recipe_state"],
}
# Keys that mean something to the file readers of datasets.load_dataset.
LOAD_DATASET = {"name", "data_dir", "data_files", "cache_dir", "revision", "field", "delimiter", "column_names", "num_proc", "encoding"}


def required_keys(recipe):
    keys = list(ALWAYS)
    if recipe.startswith("lora_"):
        keys += LORA
    if recipe.endswith("_single_device"):
        keys.append("compile")
    if recipe == "full_finetune_single_device":
        keys.append("optimizer_in_bwd")
    return keys


def has(config, key):
    node = OmegaConf.to_container(config)
    for part in key.split("."):
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


def bind(path, node, faults):
    if isinstance(node, (list, tuple)):
        for index, inner in enumerate(node):
            bind(f"{path}[{index}]", inner, faults)
        return
    if not isinstance(node, dict):
        return
    if "_component_" in node:
        arguments = {key: value for key, value in node.items() if key != "_component_"}
        for name in FROM_RECIPE.get(path, []):
            arguments.setdefault(name, None)
        if not node["_component_"].startswith("bitsandbytes."):
            try:
                signature = inspect.signature(_get_component_from_path(node["_component_"]))
                signature.bind(**arguments)
                if path == "dataset":
                    stray = set(arguments) - set(signature.parameters) - LOAD_DATASET
                    if stray:
                        faults.append(f"dataset: unknown {sorted(stray)}")
            except Exception as error:
                faults.append(f"{path}: {type(error).__name__}: {error}")
    for key, inner in node.items():
        bind(f"{path}.{key}" if path else key, inner, faults)


def check(file):
    faults = []
    with open(file, encoding="utf-8") as handle:
        text = handle.read()
    found = re.search(r"^# recipe: (\S+)$", text, re.M)
    recipe = found.group(1) if found else None
    try:
        config = OmegaConf.load(file)
        if not str(config.get("optimizer", {}).get("_component_", "")).startswith("bitsandbytes."):
            validate(config)
        known = {entry.name: entry for entry in get_all_recipes()}
        if recipe not in known:
            faults.append(f"torchtune has no recipe {recipe}")
        else:
            faults += [f"missing key {key}" for key in required_keys(recipe) if not has(config, key)]
            command = re.search(r"^# tune run (.*) --config", text, re.M)
            if command and "--nproc_per_node" in command.group(1) and not known[recipe].supports_distributed:
                faults.append(f"{recipe} does not support several devices")
        resolved = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
        bind("", resolved, faults)
        for key in ("lr", "weight_decay"):
            value = resolved["optimizer"].get(key, 0.0)
            if not isinstance(value, float):
                faults.append(f"optimizer.{key} is {type(value).__name__}, not float")
        return {"file": file, "ok": not faults, "recipe": recipe, "faults": faults, "config": resolved}
    except Exception as error:
        faults.append(f"{type(error).__name__}: {error}")
        return {"file": file, "ok": False, "recipe": recipe, "faults": faults}


def main():
    results = [check(file) for file in sys.argv[1:]]
    for result in results:
        print(json.dumps(result))
    return 0 if results and all(result["ok"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
