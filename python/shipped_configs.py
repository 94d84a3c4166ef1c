"""The fine-tuning configs that come with the installed torchtune, as JSON: {name: {recipe, config}}.

`python shipped_configs.py > tests/frameworks/torchtune/recorded/shipped_configs.json`: what the defaults of ours are
taken from and compared with. Left out are the profiler, which all of them switch off, and the configs for images.
"""

import json
import pathlib

import torchtune
from omegaconf import OmegaConf
from torchtune._recipe_registry import get_all_recipes

RECIPES = {
    "full_finetune_single_device",
    "full_finetune_distributed",
    "lora_finetune_single_device",
    "lora_finetune_distributed",
    "qat_distributed",
    "qat_lora_finetune_distributed",
    "lora_dpo_single_device",
    "lora_dpo_distributed",
    "full_dpo_distributed",
    "knowledge_distillation_single_device",
    "knowledge_distillation_distributed",
}
FOLDER = pathlib.Path(torchtune.__file__).parent.parent / "recipes" / "configs"


def shipped_configs():
    found = {}
    for recipe in get_all_recipes():
        for config in recipe.configs if recipe.name in RECIPES else []:
            loaded = OmegaConf.to_container(OmegaConf.load(FOLDER / config.file_path), resolve=False)
            loaded.pop("profiler", None)
            if "vision" not in config.name:
                found[config.name] = {"recipe": recipe.name, "config": loaded}
    return found


if __name__ == "__main__":
    lines = [f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in sorted(shipped_configs().items())]
    print("{\n" + ",\n".join(lines) + "\n}")
