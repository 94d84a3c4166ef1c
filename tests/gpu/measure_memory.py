# Trains a few steps of each config of a folder on this machine's GPU, in one process, and prints a line of JSON for each:
# the most memory in GiB that torch held of the GPU, and the pace. Weights are noise of the model's true shapes, and every
# sample fills max_seq_len; all else is torchtune's own recipe with the config as it is.
import gc
import importlib.util
import json
import re
import statistics
import sys
import time
from pathlib import Path

import torch
from omegaconf import OmegaConf
from torchtune import config, training

STEPS = 6
WARM_UP = 2
folder = Path(sys.argv[1])
recipes = Path(importlib.util.find_spec("torchtune").origin).parent.parent / "recipes"
classes = {
    "full_finetune_single_device": "FullFinetuneRecipeSingleDevice",
    "lora_finetune_single_device": "LoRAFinetuneRecipeSingleDevice",
    "lora_dpo_single_device": "LoRADPORecipeSingleDevice",
    "knowledge_distillation_single_device": "KDRecipeSingleDevice",
}
noise = None


class Weights:
    """Stands for a checkpointer: the weights of a whole model, and nowhere to save them."""

    def __init__(self, model, **_):
        self.model = OmegaConf.create(model)

    def load_checkpoint(self, **_):
        global noise
        with torch.device("meta"):
            shapes = {name: weight.shape for name, weight in config.instantiate(self.model).state_dict().items()}
        most = max(shape.numel() for shape in shapes.values())
        if noise is None or noise.numel() < most:
            noise = torch.empty(most, dtype=torch.bfloat16).normal_(std=0.02)
        return {training.MODEL_KEY: {name: noise[: shape.numel()].view(shape) for name, shape in shapes.items()}}

    def save_checkpoint(self, *_, **__):
        pass


class Log:
    """Stands for a metric logger: keeps the pace of each step."""

    paces: list = []

    def __init__(self, **_):
        Log.paces = []

    def log_config(self, _):
        pass

    def log_dict(self, values, step):
        Log.paces.append(float(values["tokens_per_second_per_gpu"]))

    def close(self):
        pass


def stand_ins(cfg, tokens, special_tokens):
    for model, checkpointer in (("model", "checkpointer"), ("teacher_model", "teacher_checkpointer")):
        if checkpointer in cfg:
            # A LoRA builder is named after the one of all weights.
            whole = {"_component_": re.sub(r"\.q?lora_", ".", cfg[model]["_component_"])}
            cfg[checkpointer] = {"_component_": "measure_memory.Weights", "model": whole, "model_type": cfg[checkpointer].model_type}
    cfg.metric_logger = {"_component_": "measure_memory.Log"}
    cfg.tokenizer = {
        "_component_": "torchtune.models.llama3.llama3_tokenizer",
        "path": str(tokens),
        "special_tokens_path": str(special_tokens),
        "max_seq_len": cfg.tokenizer.max_seq_len,
    }
    cfg.max_steps_per_epoch = STEPS
    cfg.epochs = 1


def measured(path, tokens, special_tokens):
    recipe_name = next(line for line in path.read_text().splitlines() if line.startswith("# recipe: "))[len("# recipe: ") :]
    cfg = OmegaConf.load(path)
    stand_ins(cfg, tokens, special_tokens)
    spec = importlib.util.spec_from_file_location(recipe_name, recipes / f"{recipe_name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    recipe = getattr(module, classes[recipe_name])(cfg=cfg)
    recipe.setup(cfg=cfg)
    recipe.train()
    recipe.cleanup()
    answer = {"tokens_per_second": round(statistics.median(Log.paces[WARM_UP:]))}
    if torch.cuda.is_available():
        # The recipe sets the peak of what is allocated back at each step; what is reserved is not given back meanwhile.
        answer["reserved_gib"] = round(torch.cuda.max_memory_reserved() / 2**30, 2)
    return answer


def forget():
    """Frees what the last config left: hooks of an optimizer in the backward pass hold its weights, and no collection finds them."""
    torch._dynamo.reset()
    for thing in gc.get_objects():
        if isinstance(thing, torch.optim.Optimizer):
            thing.state.clear()
        elif isinstance(thing, torch.nn.Parameter) and type(thing.data) is torch.Tensor and thing.is_cuda:
            thing.data = torch.empty(0, dtype=thing.dtype, device=thing.device)
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        left = torch.cuda.memory_reserved() / 2**30
        if left > 0.2:
            raise RuntimeError(f"{left:.1f} GiB are left of the config before")


def main():
    # The stand-ins are found by their dotted names.
    sys.modules["measure_memory"] = sys.modules["__main__"]
    names = ["begin_of_text", "end_of_text", "start_header_id", "end_header_id", "eot_id", "eom_id", "python_tag", "finetune_right_pad_id"]
    added = [{"content": f"<|{name}|>", "id": 256 + index} for index, name in enumerate([*names, "step_id", "image"])]
    special_tokens = folder / "special_tokens.json"
    special_tokens.write_text(json.dumps({"added_tokens": added}))
    for path in sorted(folder.glob("*.yaml")):
        forget()
        started = time.perf_counter()
        try:
            answer = measured(path, folder / "tokenizer.model", special_tokens)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
        answer["seconds"] = round(time.perf_counter() - started, 1)
        print(json.dumps({"case": path.stem, **answer}), flush=True)


main()
