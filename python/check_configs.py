"""Does the installed torchtune itself accept these configs?  python check_configs.py [--build] FILE...

Loads every config with OmegaConf in one process, runs torchtune's own validate, checks the keys that the recipe reads,
binds the arguments of every component, nested ones too; with --build it also builds the model without its weights. Prints
one JSON object a file; exit 1 on any refusal. Without arguments it reads {"configs": [{"name", "text"}]} from standard
input, builds every model, and answers in one JSON object.
"""

import inspect
import json
import re
import sys
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec

import torch
from omegaconf import OmegaConf
from torchtune import config as tune_config
from torchtune._recipe_registry import get_all_recipes
from torchtune.config._utils import _get_component_from_path
from torchtune.config._validate import validate
from torchtune.modules.peft import get_adapter_params

ALWAYS = (
    "output_dir device dtype seed epochs max_steps_per_epoch batch_size gradient_accumulation_steps shuffle "
    "resume_from_checkpoint model tokenizer checkpointer dataset optimizer loss metric_logger"
).split()
TEACHER = "teacher_model teacher_checkpointer kd_loss enable_activation_checkpointing".split()
LORA = "lr_scheduler model.lora_rank model.lora_alpha model.lora_attn_modules model.apply_lora_to_mlp".split()
# Arguments that the recipe hands over itself.
FROM_RECIPE = {
    "dataset": ["tokenizer"],
    "dataset_val": ["tokenizer"],
    "optimizer": ["params"],
    "lr_scheduler": ["optimizer", "num_training_steps", "last_epoch"],
    "checkpointer": ["should_load_recipe_state"],
    "ref_checkpointer": ["should_load_recipe_state"],
}
# Keys that mean something to the file readers of datasets.load_dataset.
LOAD_DATASET = {"name", "data_dir", "data_files", "cache_dir", "revision", "field", "delimiter", "column_names", "num_proc", "encoding"}


def required_keys(recipe):
    keys = list(ALWAYS)
    if not version("torchtune").startswith("0.6."):
        # Read by every recipe of nightly, and by none of 0.6.
        keys.append("log_level")
    if recipe.startswith(("lora_", "knowledge_")):
        keys += LORA
    if recipe.startswith("knowledge_"):
        keys += TEACHER
    if recipe == "full_dpo_distributed":
        keys += ["ref_checkpointer", "lr_scheduler"]
    if recipe.endswith("_single_device") and recipe != "qat_single_device":
        keys.append("compile")
    if recipe == "full_finetune_single_device":
        keys.append("optimizer_in_bwd")
    return keys


def has(node, key):
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
                if path in ("dataset", "dataset_val"):
                    stray = set(arguments) - set(signature.parameters) - LOAD_DATASET
                    if stray:
                        faults.append(f"{path}: unknown {sorted(stray)}")
            except Exception as error:
                faults.append(f"{path}: {type(error).__name__}: {error}")
    for key, inner in node.items():
        bind(f"{path}.{key}" if path else key, inner, faults)


built = {}


def build(model, faults):
    """The model on the meta device, which takes no memory: its parameters, and those of its adapters."""
    key = json.dumps(model, sort_keys=True)
    if key not in built:
        # 4-bit weights need real ones; the shapes are the same without.
        plain = {**model, "quantize_base": False} if "qlora_" in model["_component_"] or "quantize_base" in model else model
        try:
            with torch.device("meta"):
                module = tune_config.instantiate(OmegaConf.create(plain))
            adapter = sum(weight.numel() for weight in get_adapter_params(module).values())
            # Empty where there is no adapter: all is trained.
            built[key] = {"parameters": sum(weight.numel() for weight in module.parameters()) - adapter, "adapter": adapter}
        except Exception as error:
            built[key] = {"fault": f"model: {type(error).__name__}: {error}"}
    if "fault" in built[key]:
        faults.append(built[key]["fault"])
        return {}
    return built[key]


@cache
def quantiser_fault(recipe, model, quantizer):
    """What the recipes of quantisation-aware training do to the model: not every torchao lets torchtune do it. Both are JSON."""
    try:
        with torch.device("meta"):
            module, quantiser = (tune_config.instantiate(OmegaConf.create(json.loads(part))) for part in (model, quantizer))
            if recipe.startswith("qat_lora"):
                from torchtune.training.quantization import swap_lora_linear_with_qat

                asked = quantiser.get_activation_fake_quantize_config(), quantiser.get_weight_fake_quantize_config()
                swap_lora_linear_with_qat(module, *asked)
            else:
                quantiser.prepare(module)
    except Exception as error:
        told = f"{type(error).__name__}: {error}".removesuffix(": ")
        return f"quantizer: {told}, with torchao {version('torchao')}; torchtune 0.6.1 can do this with torchao 0.11.0"
    return None


def misnamed_modules(model):
    """Names that torchtune passes over while it builds, and stumbles over when it saves."""
    known = ("q_proj", "k_proj", "v_proj", "output_proj")
    names = model.get("lora_attn_modules", [])
    if not isinstance(names, list):
        return [f"model.lora_attn_modules is {type(names).__name__}, not a list"]
    return [f"model.lora_attn_modules: unknown {name}" for name in names if name not in known]


def check(name, text, building):
    faults = []
    found = re.search(r"^# recipe: (\S+)$", text, re.M)
    recipe = found.group(1) if found else None
    try:
        config = OmegaConf.create(text)
        if not str(config.get("optimizer", {}).get("_component_", "")).startswith("bitsandbytes."):
            validate(config)
        known = {entry.name: entry for entry in get_all_recipes()}
        if recipe not in known:
            faults.append(f"torchtune has no recipe {recipe}")
        else:
            plain = OmegaConf.to_container(config)
            faults += [f"missing key {key}" for key in required_keys(recipe) if not has(plain, key)]
            command = re.search(r"^# tune run (.*) --config", text, re.M)
            if command and "--nproc_per_node" in command.group(1) and not known[recipe].supports_distributed:
                faults.append(f"{recipe} does not support several devices")
        resolved = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
        bind("", resolved, faults)
        for key in ("lr", "weight_decay"):
            value = resolved["optimizer"].get(key, 0.0)
            if not isinstance(value, float):
                faults.append(f"optimizer.{key} is {type(value).__name__}, not float")
        faults += misnamed_modules(resolved["model"])
        size = build(resolved["model"], faults) if building and not faults else {}
        if building and "teacher_model" in resolved:
            build(resolved["teacher_model"], faults)
        if building and not faults and recipe.startswith("qat_"):
            fault = quantiser_fault(recipe, json.dumps(resolved["model"]), json.dumps(resolved["quantizer"]))
            faults += [fault] if fault else []
        return {"file": name, "ok": not faults, "recipe": recipe, "faults": faults, "config": resolved, **size}
    except Exception as error:
        faults.append(f"{type(error).__name__}: {error}")
        return {"file": name, "ok": False, "recipe": recipe, "faults": faults}


def text_of(file):
    with open(file, encoding="utf-8") as handle:
        return handle.read()


def answer(configs):
    """For whoever launches: only what is refused, and what is not installed here."""
    verdicts = [check(config["name"], config["text"], True) for config in configs]
    refused = [{"name": verdict["file"], "faults": verdict["faults"]} for verdict in verdicts if not verdict["ok"]]
    if any("bitsandbytes." in config["text"] for config in configs) and find_spec("bitsandbytes") is None:
        wanting = [config["name"] for config in configs if re.search(r"_component_: bitsandbytes\.", config["text"])]
        refused += [{"name": name, "faults": ["optimizer: bitsandbytes is not installed"]} for name in wanting]
    return {"torchtune": version("torchtune"), "checked": len(verdicts), "refused": refused}


def main():
    if len(sys.argv) == 1:
        print(json.dumps(answer(json.loads(sys.stdin.buffer.read().decode("utf-8"))["configs"])))
        return 0
    files = [word for word in sys.argv[1:] if word != "--build"]
    results = [check(file, text_of(file), "--build" in sys.argv) for file in files]
    for result in results:
        print(json.dumps(result))
    return 0 if results and all(result["ok"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
