"""What the real torchtune does with configs, in one process: each is trained from its start to its end.

Reads {"cases": [{"name", "recipe", "config"}, {"name", "python"}]} from standard input; prints a JSON object a case:
how it ended, and what its log holds.
"""

import collections
import contextlib
import io
import json
import math
import os
import pathlib
import runpy
import shutil
import sys
import traceback

import torch
import torch.distributed
import torchtune
import torchtune.training
from omegaconf import OmegaConf

FOLDER = pathlib.Path(torchtune.__file__).parent.parent / "recipes"
CLASSES = {}


def recipe_class(name):
    if name not in CLASSES:
        found = runpy.run_path(str(FOLDER / f"{name}.py"))
        CLASSES[name] = next(
            value for key, value in found.items() if key.endswith(("SingleDevice", "Distributed")) and "Recipe" in key and value.__module__ == "<run_path>"
        )
    return CLASSES[name]


@contextlib.contextmanager
def unmetered(case):
    """What else stops a distributed recipe on a CPU: it asks for the statistics of the device's memory, and frees its cache."""
    metered = torchtune.training.get_memory_stats
    if case.get("unmetered"):
        torchtune.training.get_memory_stats = lambda *_, **__: collections.defaultdict(float)
        for name in ("empty_cache", "reset_peak_memory_stats"):
            setattr(torch.cpu, name, lambda *_: None)
    try:
        yield
    finally:
        torchtune.training.get_memory_stats = metered


def train(case):
    config = OmegaConf.create(case["config"])
    for folder in (config.output_dir, config.metric_logger.get("log_dir")):
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
    os.environ.update(RANK="0", WORLD_SIZE="1", LOCAL_RANK="0", MASTER_ADDR="127.0.0.1", MASTER_PORT="0")
    try:
        recipe = recipe_class(case["recipe"])(cfg=config)
        recipe.setup(cfg=config)
        checkpointed = sum(type(module).__name__ == "CheckpointWrapper" for module in recipe._model.modules())
        recipe.train()
        recipe.cleanup()
        return checkpointed
    finally:
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


def observe(case):
    ended, checkpointed = "well", None
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            if "python" in case:
                exec(case["python"], {})
            else:
                with unmetered(case):
                    checkpointed = train(case)
        except BaseException as error:
            lines = "".join(traceback.format_exception_only(error)).strip()
            cause = error.__cause__
            ended = lines if cause is None else lines + "\n" + "".join(traceback.format_exception_only(cause)).strip()
    seen = {"name": case["name"], "ended": ended}
    if checkpointed is not None:
        seen["checkpointed"] = checkpointed
    if "config" in case:
        logger = case["config"].get("metric_logger", {})
        steps = [
            {key: float(value) for key, _, value in (word.partition(":") for word in line.split(" | ")[1].split())}
            for path in sorted(pathlib.Path(logger.get("log_dir", "/nowhere")).glob("*"))
            for line in path.read_text().splitlines()
            if line.startswith("Step ")
        ]
        seen["steps"] = [{key: value if math.isfinite(value) else str(value) for key, value in step.items()} for step in steps]
    return seen


if __name__ == "__main__":
    for case in json.load(sys.stdin)["cases"]:
        print(json.dumps(observe(case)), flush=True)
