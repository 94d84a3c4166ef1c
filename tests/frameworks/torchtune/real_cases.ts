import type { Cells } from '../example_plan.ts';
import type { Edits } from './rule_cases/rule_case.ts';

/** A config with which the real torchtune is asked: a sound one of a tiny model on the CPU, of two steps, with some keys set otherwise. */
interface Trained {
  cells?: Cells;
  edits: Edits;
  recipe?: string;
  /** Without looking at the memory of the device, which a distributed recipe cannot do on the CPU. */
  unmetered?: true;
}
/** What no CPU can train, asked of the function that refuses it. */
interface Asked {
  python: string;
}
export type RealCase = Trained | Asked;

const full = { method: 'full' };
const DISTRIBUTED = { cells: full, recipe: 'full_finetune_distributed' };
const SHARDED = { ...DISTRIBUTED, unmetered: true } as const;
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
  'in-backward-without-accumulation': { cells: full, edits: { optimizer_in_bwd: true, gradient_accumulation_steps: 2 } },
  'in-backward-without-clipping': { cells: full, edits: { optimizer_in_bwd: true, gradient_accumulation_steps: 1, clip_grad_norm: 1 } },
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

export type Steps = readonly Readonly<Record<string, number | string>>[];
/** The steps of the sound run, or of another case. */
export type StepsOf = (name: string) => Steps;

const losses = (steps: Steps): string => steps.map(({ loss }) => loss).join(' ');
const PACKED = { 'dataset.packed': true, 'tokenizer.max_seq_len': 64, batch_size: 1 };
const TEXT = {
  _component_: 'torchtune.datasets.text_completion_dataset',
  source: 'json',
  data_files: '${output_dir}/../../rows.json',
  column: 'output',
  split: 'train',
};
const constant = { lr_scheduler: 'constant', warmup_steps: 0 };

/** By what is wrong: runs that end well, and what shows that they did not do what was meant. The first is sound. */
export const HARMS: Readonly<Record<string, RealCase & { shows: (steps: Steps, of: StepsOf, checkpointed: number) => boolean }>> = {
  sound: { edits: {}, shows: (steps) => steps.length === 2 && steps.every(({ loss }) => Number.isFinite(loss)) },
  'learning-rate: AdamW trains at 1e-3': { cells: constant, edits: { 'optimizer.lr': undefined }, shows: ([first]) => first?.lr === 1e-3 },
  'warm-up-within-the-run: lr stays far below its peak': {
    edits: { 'lr_scheduler.num_warmup_steps': 100 },
    shows: (steps) => steps.length === 2 && steps.every(({ lr }) => Number(lr) < 3e-5),
  },
  'memory-stats-of-a-cpu: no memory is logged': {
    edits: { log_peak_memory_stats: true },
    shows: ([first = {}]) => Object.keys(first).join(' ') === 'loss lr tokens_per_second_per_gpu',
  },
  'sound, two epochs': { edits: { epochs: 2 }, shows: (steps) => steps.length === 4 },
  'merged-on-the-cpu: the second epoch goes another way': {
    edits: { epochs: 2, save_adapter_weights_only: false },
    shows: (steps, of) => steps.length === 4 && losses(steps) !== losses(of('sound, two epochs')),
  },
  'sound, all weights, sharded': { ...SHARDED, edits: {}, shows: (steps) => steps.length === 2 },
  'sound, checkpointed': {
    ...SHARDED,
    edits: { enable_activation_checkpointing: true },
    shows: (_steps, _of, checkpointed) => checkpointed > 0,
  },
  'ac-mode-with-checkpointing: no layer is checkpointed': {
    ...SHARDED,
    edits: { enable_activation_checkpointing: true, ac_mode: 'full' },
    shows: (_steps, _of, checkpointed) => checkpointed === 0,
  },
  'ac-option-needs-selective: no layer is checkpointed': {
    ...SHARDED,
    edits: { ac_option: 2 },
    shows: (_steps, _of, checkpointed) => checkpointed === 0,
  },
  'tensor-parallel-plan-alone: nothing changes': {
    ...SHARDED,
    edits: { tensor_parallel_plan: { _component_: 'torchtune.models.llama3.base_llama_tp_plan' } },
    shows: (steps, of) => losses(steps) === losses(of('sound, all weights, sharded')),
  },
  'profiler-that-is-off: nothing changes': {
    edits: { profiler: { _component_: 'torchtune.training.setup_torch_profiler', enabled: false, wait_steps: 1 } },
    shows: (steps, of) => losses(steps) === losses(of('sound')),
  },
  'sound, packed': { edits: PACKED, shows: (steps) => steps.length > 0 },
  'collator-of-packs: nothing changes': {
    edits: { ...PACKED, collate_fn: 'torchtune.data.padded_collate_sft' },
    shows: (steps, of) => losses(steps) === losses(of('sound, packed')),
  },
  'sound, of plain text': { edits: { dataset: TEXT }, shows: (steps) => steps.length === 2 },
  'split-across-packs: nothing changes': {
    edits: { dataset: { ...TEXT, split_across_pack: false } },
    shows: (steps, of) => losses(steps) === losses(of('sound, of plain text')),
  },
  'template-of-plain-text: nothing changes': {
    edits: { dataset: TEXT, 'tokenizer.prompt_template': 'torchtune.data.QuestionAnswerTemplate' },
    shows: (steps, of) => losses(steps) === losses(of('sound, of plain text')),
  },
  'not shuffled': { edits: { shuffle: false }, shows: (steps, of) => losses(steps) !== losses(of('sound')) },
  'a flag in quotes: "false" is true': { edits: { shuffle: 'false' }, shows: (steps, of) => losses(steps) === losses(of('sound')) },
  'epochs: 0 trains nothing': { edits: { epochs: 0 }, shows: (steps) => steps.length === 0 },
  'a batch larger than the data trains nothing': { edits: { batch_size: 32 }, shows: (steps) => steps.length === 0 },
  'unknown keys, and those of the DiskLogger, are ignored': {
    edits: { epoch: 2, gradient_accumulation_step: 4, 'metric_logger.filenam': 'other.log' },
    shows: (steps, of) => losses(steps) === losses(of('sound')),
  },
  'a prompt that fills max_seq_len learns nothing': { edits: { 'tokenizer.max_seq_len': 5 }, shows: ([first]) => first?.loss === 'nan' },
  'device: cuda without a GPU trains on the CPU': {
    edits: { device: 'cuda' },
    shows: (steps, of) => losses(steps) === losses(of('sound')),
  },
  'other heads with the same shapes train another model': {
    edits: { 'model.num_heads': 4, 'model.num_kv_heads': 2 },
    shows: (steps, of) => steps.length === 2 && losses(steps) !== losses(of('sound')),
  },
};

/** Values that we refuse, and how torchtune ends with them. */
export const WRONG_VALUES: Readonly<Record<string, { edits: Edits; ended: string }>> = {
  'log_every_n_steps: 0': { edits: { log_every_n_steps: 0 }, ended: 'ZeroDivisionError' },
  'optimizer.lr: abc': { edits: { 'optimizer.lr': 'abc' }, ended: "TypeError: '<=' not supported between instances of 'float' and 'str'" },
  'optimizer.lr: -0.1': { edits: { 'optimizer.lr': -0.1 }, ended: 'ValueError: Invalid learning rate: -0.1' },
  'optimizer.betas as texts': { edits: { 'optimizer.betas': ['0.9', '0.95'] }, ended: 'TypeError' },
  'optimizer.betas: 0.9': { edits: { 'optimizer.betas': 0.9 }, ended: 'TypeError' },
  'optimizer.betas: [0.9, 1]': { edits: { 'optimizer.betas': [0.9, 1] }, ended: 'ValueError: Invalid beta parameter at index 1: 1' },
  'epochs: "2"': { edits: { epochs: '2' }, ended: 'TypeError' },
  'batch_size: 0': { edits: { batch_size: 0 }, ended: 'ValueError: batch_size should be a positive integer value, but got batch_size=0' },
  'seed: -1': { edits: { seed: -1 }, ended: 'ValueError: Invalid seed value provided: -1.' },
  'lora_rank: 0': { edits: { 'model.lora_rank': 0 }, ended: 'ZeroDivisionError' },
  'o_proj in lora_attn_modules': {
    edits: { 'model.lora_attn_modules': ['q_proj', 'o_proj'] },
    ended: 'ValueError: Unknown target module o_proj',
  },
  'max_filename without quotes': {
    edits: { 'checkpointer.checkpoint_files': { filename_format: 'model-{}-of-{}.safetensors', max_filename: 4 } },
    ended: 'ValueError: `max_filename` must be a string',
  },
  'one {} in filename_format': {
    edits: { 'checkpointer.checkpoint_files': { filename_format: 'model-{}.safetensors', max_filename: '00004' } },
    ended: 'ValueError: Filename format string must have exactly two placeholders',
  },
  'cudnn_deterministic_mode: sometimes': {
    edits: { cudnn_deterministic_mode: 'sometimes' },
    ended: 'RuntimeError: invalid value of debug_mode, expected one of `default`, `warn`, `error`',
  },
  'an unknown model_type': { edits: { 'checkpointer.model_type': 'LLAMA33' }, ended: "KeyError: 'LLAMA33'" },
  'an unknown column in column_map': {
    edits: { 'dataset.column_map': { inputs: 'input', output: 'output' } },
    ended: "ValueError: Expected a key of 'input' in column_map but found",
  },
  'an unknown argument of the optimizer': { edits: { 'optimizer.lrr': 1 }, ended: 'TypeError' },
};

/** Rules that nobody has seen broken here, and why. */
export const NOT_SEEN: Readonly<Record<string, string>> = {
  'offloading-needs-checkpointing': 'needs a GPU',
  'nodes-need-gpus': 'needs several machines; of one, distributed-on-the-cpu shows it',
  'too-large-for-a-cpu': 'needs a model of 70 billion parameters',
  'tensor-parallel-fused': 'needs several GPUs',
  'qat-without-dora-or-qlora': 'needs a GPU',
  'dora-of-pairs': 'what lies in memory is not the same twice',
  'teacher-of-the-same-family': 'needs two tokenizers of one size; of other sizes, teacher-with-the-same-words shows it',
  'distilled-on-the-cpu': 'merges at each save, so there is no sound run to compare with',
  'adapters-that-only-torchtune-reads': 'needs the weights of a Phi',
  'output-on-the-node': "is the cluster's doing, not torchtune's",
  'saved-by-epochs': "is launch_runs' limit, not torchtune's",
};
