import { type Asked, DISTRIBUTED, FULL, type RealCase } from './real_case.ts';

const PLAN = { 'tensor_parallel_plan._component_': 'torchtune.models.llama3.base_llama_tp_plan' };
const LORA_ARGUMENTS = ['lora_attn_modules', 'apply_lora_to_mlp', 'apply_lora_to_output', 'lora_rank', 'lora_alpha', 'lora_dropout'];
const QUANTIZER = { _component_: 'torchtune.training.quantization.Int8DynActInt4WeightQATQuantizer', groupsize: 32 };

const TAUGHT = { cells: { teacher_model: 'tiny' }, recipe: 'knowledge_distillation_single_device' };
/** Without torchrun. */
const alone = (recipe: string): Asked => ({
  python: `
import os, pathlib, runpy, torchtune
for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
    os.environ.pop(name, None)
folder = pathlib.Path(torchtune.__file__).parent.parent / "recipes"
runpy.run_path(str(folder / "${recipe}.py"))["recipe_main"].__wrapped__({})
`,
});

/** By the rule that refuses it beforehand. */
export const REFUSALS: Readonly<Record<string, RealCase>> = {
  'heads-in-groups': { edits: { 'model.num_kv_heads': 3 } },
  'width-of-heads': { edits: { 'model.embed_dim': 60 } },
  dtype: { edits: { dtype: 'fp16' } },
  'offloading-needs-a-gpu': { edits: { enable_activation_offloading: true, enable_activation_checkpointing: true } },
  'distributed-on-the-cpu': { recipe: 'lora_finetune_distributed', edits: {} },
  'no-device-index': {
    python: `
import os
os.environ.update(RANK="0", WORLD_SIZE="2", LOCAL_RANK="0", MASTER_ADDR="127.0.0.1", MASTER_PORT="0")
import torch
from torchtune.utils._device import _validate_device_from_env
_validate_device_from_env(torch.device("cuda", 1))
`,
  },
  'in-backward-without-accumulation': { cells: FULL, edits: { optimizer_in_bwd: true, gradient_accumulation_steps: 2 } },
  'in-backward-without-clipping': { cells: FULL, edits: { optimizer_in_bwd: true, gradient_accumulation_steps: 1, clip_grad_norm: 1 } },
  'seed-of-the-last-rank': { edits: { seed: 4294967296 } },
  'tensor-parallel-plan': { ...DISTRIBUTED, edits: { tensor_parallel_dim: 2 } },
  'tensor-parallel-devices': { ...DISTRIBUTED, edits: { tensor_parallel_dim: 3, ...PLAN } },
  'tensor-parallel-heads': {
    python: `
import torch
from torchtune.models.llama3_1 import llama3_1_8b
from torchtune.training._distributed import prepare_mha_for_tp
class Mesh:
    def size(self):
        return 16
with torch.device("meta"):
    prepare_mha_for_tp(llama3_1_8b(), Mesh())
`,
  },
  'selective-needs-ac-option': { ...DISTRIBUTED, edits: { ac_mode: 'selective' } },
  'qat-needs-gpus': alone('qat_distributed'),
  'qat-without-compile': { ...DISTRIBUTED, recipe: 'qat_distributed', edits: { compile: true, quantizer: QUANTIZER } },
  'nesterov-needs-momentum': { edits: { optimizer: { _component_: 'torch.optim.SGD', lr: 0.1, nesterov: true } } },
  'fused-or-foreach': { edits: { 'optimizer.fused': true, 'optimizer.foreach': true } },
  'fused-or-differentiable': { edits: { 'optimizer.fused': true, 'optimizer.differentiable': true } },
  'masked-label': { edits: { 'loss.ignore_index': 0 } },
  'profiler-of-torch': { edits: { profiler: { _component_: 'torch.profiler.profile', enabled: true } } },
  'tied-output': {
    python: `
import torch
from torchtune.models.llama3_2 import lora_llama3_2_1b
with torch.device("meta"):
    lora_llama3_2_1b(lora_attn_modules=["q_proj"], apply_lora_to_output=True)
`,
  },
  'lora-needs-attention': { edits: { 'model.lora_attn_modules': [] } },
  'whole-quantised-blocks': { edits: { 'model.quantize_base': true } },
  'packing-needs-a-length': { edits: { 'dataset.packed': true, 'tokenizer.max_seq_len': null } },
  'length-within-the-model': { edits: { 'model.max_seq_len': 16, 'tokenizer.max_seq_len': 64 } },
  'packing-gemma-2': {
    python: `
from torchtune.models.gemma2._attention import Gemma2Attention
Gemma2Attention.forward(None, None, mask=object())
`,
  },
  'packing-without-attention-dropout': {
    python: `
import torch
from torch.nn.attention.flex_attention import BlockMask, create_block_mask
from torchtune.modules import attention_utils
mask = create_block_mask(lambda b, h, q, k: q >= k, 1, 1, 128, 128, device="cpu")
q = torch.zeros(1, 1, 128, 16)
attention_utils.BlockMask = BlockMask
attention_utils._SUPPORTS_FLEX_ATTENTION = True
try:
    attention_utils._sdpa_or_flex_attention()(q, q, q, mask, 0.1, False)
finally:
    attention_utils._SUPPORTS_FLEX_ATTENTION = False
`,
  },
  'packing-all-or-none': {
    python: `
from torchtune.datasets import ConcatDataset, PackedDataset
packed = PackedDataset.__new__(PackedDataset)
packed.packs = []
ConcatDataset([packed, []])
`,
  },
  'packing-preferences': {
    python: `
from torchtune.datasets import preference_dataset
preference_dataset(None, source="json", packed=True)
`,
  },
  'collator-for-training': { edits: { collate_fn: 'torchtune.data.left_pad_sequence' } },
  'names-of-torchtune': { edits: { 'tokenizer.prompt_template': 'torchtune.data.QuestionAnswerTemplat' } },
  'mistral-without-system-prompt': {
    python: `
from torchtune.data import Message
from torchtune.models.mistral import MistralChatTemplate
MistralChatTemplate()([Message(role="system", content="Be brief."), Message(role="user", content="Hello")])
`,
  },
  'qwen-without-chatml': {
    python: `
from types import SimpleNamespace
from torchtune.data import ChatMLTemplate
from torchtune.models.qwen2 import Qwen2Tokenizer
Qwen2Tokenizer.tokenize_messages(SimpleNamespace(prompt_template=ChatMLTemplate()), [])
`,
  },
  'whole-column-map': { edits: { 'dataset.column_map': { input: 'input' } } },
  'quantizer-of-training': {
    python: `
import pathlib, torch, torchtune
from types import SimpleNamespace
from omegaconf import OmegaConf
import runpy
folder = pathlib.Path(torchtune.__file__).parent.parent / "recipes"
recipe = runpy.run_path(str(folder / "qat_lora_finetune_distributed.py"))["QATLoRAFinetuneRecipeDistributed"]
quantizer = OmegaConf.create({"_component_": "torchtune.training.quantization.Int8DynActInt4WeightQuantizer"})
recipe._convert_model_to_qat(SimpleNamespace(_dtype=torch.float32), torch.nn.Linear(32, 32), quantizer)
`,
  },
  'loss-of-answers': { edits: { loss: { _component_: 'torch.nn.MSELoss' } } },
  'loss-of-the-student': { ...TAUGHT, edits: { loss: { _component_: 'torch.nn.CrossEntropyLoss' } } },
  'split-of-a-file': { edits: { 'dataset.split': 'test' } },
  'slice-of-a-file': { edits: { 'dataset.split': 'train[3]' } },
  'arguments-of-the-reader': { edits: { 'dataset.delimiter': ';' } },
  'output-outside-the-model': { edits: { 'checkpointer.output_dir': '${checkpointer.checkpoint_dir}/out' } },
  'model-type': { edits: { 'checkpointer.model_type': 'PHI3_MINI' } },
  'pattern-of-file-names': { edits: { 'checkpointer.checkpoint_files': { max_filename: '00004' } } },
  'one-file-for-other-checkpointers': {
    edits: {
      'checkpointer._component_': 'torchtune.training.FullModelMetaCheckpointer',
      'checkpointer.checkpoint_files': ['model.safetensors', 'config.json'],
    },
  },
  'all-weights-of-pairs': alone('full_dpo_distributed'),
  'loss-of-pairs': {
    python: `
from torchtune.modules.loss import CEWithChunkedOutputLoss
CEWithChunkedOutputLoss().forward(0, 0, 0, 0)
`,
  },
  'folder-of-stack-exchange': {
    python: `
from torchtune.datasets import stack_exchange_paired_dataset
stack_exchange_paired_dataset(None, data_dir="data/rl")
`,
  },
  'student-with-lora': {
    ...TAUGHT,
    edits: {
      'model._component_': 'torchtune.models.llama3.llama3',
      ...Object.fromEntries(LORA_ARGUMENTS.map((name) => [`model.${name}`, undefined])),
    },
  },
  'teacher-with-the-same-words': {
    python: `
import torch
from torchtune.modules.loss import ForwardKLLoss
ForwardKLLoss()(torch.zeros(2, 151936), torch.zeros(2, 152064), torch.zeros(2, dtype=torch.long))
`,
  },
  'length-within-the-teacher': { ...TAUGHT, edits: { 'teacher_model.max_seq_len': 16, 'tokenizer.max_seq_len': 64 } },
  'teaching-in-chunks': { ...TAUGHT, edits: { 'kd_loss._component_': 'torchtune.modules.loss.ForwardKLLoss' } },
  'chunks-of-one-size': { ...TAUGHT, edits: { 'kd_loss.num_output_chunks': 4 } },
  'log-that-is-read': { edits: { metric_logger: { _component_: 'torchtune.training.metric_logging.WandBLogger', project: 'p' } } },
};
