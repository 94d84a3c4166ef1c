"""Lets the real torchtune read every row of every config's data set: TOKENIZER CONFIG... Prints name to error, or to the number of rows."""

import json
import os
import sys
import tempfile

os.environ["HF_HOME"] = tempfile.mkdtemp()
os.environ["HF_HUB_OFFLINE"] = "1"

from omegaconf import OmegaConf
from torchtune import config
from torchtune.models.llama3 import llama3_tokenizer

results = {}
for file in sys.argv[2:]:
    name = os.path.basename(file)[: -len(".yaml")]
    node = OmegaConf.load(file)
    tokenizer = llama3_tokenizer(path=sys.argv[1], max_seq_len=node.tokenizer.max_seq_len, prompt_template=node.tokenizer.get("prompt_template"))
    try:
        rows = config.instantiate(node.dataset, tokenizer)
        samples = [rows[index] for index in range(len(rows))]
        tokens = [len(row["tokens"]) if "tokens" in row else max(len(row["chosen_input_ids"]), len(row["rejected_input_ids"])) for row in samples]
        results[name] = {"rows": len(rows), "tokens": sum(tokens), "longest": max(tokens)}
    except Exception as error:
        results[name] = {"error": f"{type(error).__name__}: {error}"}
print(json.dumps(results))
