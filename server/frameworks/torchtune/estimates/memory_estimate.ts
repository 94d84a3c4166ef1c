import { at, numberAt, stringAt, type Tree } from '../reading/config_tree.ts';
import type { ModelFacts } from '../versions/registry.ts';

const GIB = 2 ** 30;
/** Bytes for a parameter in bf16 by what is kept of it. */
const WEIGHT = 2;
const GRADIENT = 2;
const ADAM = 4;
const ADAM_8BIT = 2;
/** Weight, gradient and Adam's state of one trained LoRA parameter. */
const TRAINED_LORA = 8;
const NF4_WEIGHT = 0.56;
/** Bytes for a token, layer and unit of width in bf16: all that a layer keeps for its gradient, or only what goes into it. */
const ACTIVATION = 48;
const COMPILED_ACTIVATION = 30;
const CHECKPOINTED = 2;
/**
 * Bytes for one logit from the model's output to its gradient: in bf16, in fp32, its softmax and their gradients. Losses that cut the
 * logits into chunks have the gradients of one chunk at a time; compiled, they keep less still.
 */
const LOGIT = 14;
const CHUNKED_LOGIT = 8;
const COMPILED_CHUNKED_LOGIT = 2.5;
/** With those of the reference, or of the teacher. */
const LOGIT_OF_PAIRS = 23;
const LOGIT_TAUGHT = 20;
/** Where nothing cuts a sample. */
const ASSUMED_TOKENS = 1024;
/** Fragments and buffers; with sharding also the layer that is whole at the moment. */
const RESERVE = 1.08;
const RESERVE_SHARDED = 1.3;

/**
 * Peak memory of one GPU in GiB for samples that fill `max_seq_len`, from a tenth below to a quarter above what was measured: on one
 * H200 for every method uncompiled, and by torchtune's published numbers for what is compiled or sharded.
 */
export function deviceMemory(tree: Tree, model: ModelFacts, devices: number, teacher?: ModelFacts): number {
  const precision = stringAt(tree, 'dtype') === 'fp32' ? 2 : 1;
  const frozen = teacher ?? (at(tree, 'ref_checkpointer') === undefined ? undefined : model);
  const kept = keptBytes(tree, model, precision) + (frozen?.parameters ?? 0) * precision * WEIGHT;
  // All gradients are there only when no activation is any more.
  const allGradients = isLora(tree) || at(tree, 'optimizer_in_bwd') === true ? 0 : model.parameters * precision * GRADIENT;
  const peak = Math.max((kept + allGradients) / devices, kept / devices + working(tree, model, precision, teacher !== undefined));
  return Math.round((peak * (devices > 1 ? RESERVE_SHARDED : RESERVE) * 10) / GIB) / 10;
}

/** Weights and optimizer state: what lies there between two steps. */
function keptBytes(tree: Tree, model: ModelFacts, precision: number): number {
  if (!isLora(tree)) return model.parameters * precision * (WEIGHT + optimizerBytes(tree));
  const embeddings = embeddingParameters(model);
  const base = isQuantised(tree)
    ? NF4_WEIGHT * (model.parameters - embeddings) + WEIGHT * precision * embeddings
    : WEIGHT * precision * model.parameters;
  return base + trainableParameters(tree, model) * TRAINED_LORA * precision;
}

/** What a step holds besides when the loss is computed: activations, logits, and of a full training the output layer's gradient. */
function working(tree: Tree, model: ModelFacts, precision: number, taught: boolean): number {
  const pairs = /\.rlhf\./.test(stringAt(tree, 'loss._component_') ?? '');
  const samples = (numberAt(tree, 'batch_size') ?? 1) * (pairs ? 2 : 1);
  const tokens = samples * (numberAt(tree, 'tokenizer.max_seq_len') ?? Math.min(ASSUMED_TOKENS, model.max_seq_len));
  const layer = tokens * model.embed_dim * precision;
  const whole = layer * (at(tree, 'compile') === true ? COMPILED_ACTIVATION : ACTIVATION);
  const offloaded = at(tree, 'enable_activation_offloading') === true;
  const activations =
    at(tree, 'enable_activation_checkpointing') === true
      ? // One layer at a time is computed again.
        whole + (offloaded ? 0 : layer * model.layers * CHECKPOINTED)
      : whole * model.layers;
  // The gradient of each chunk is added to the sum of those before it.
  const outputGradient = isLora(tree) ? 0 : 2 * model.vocab_size * model.embed_dim * precision * GRADIENT;
  return activations + tokens * model.vocab_size * logitBytes(tree, pairs, taught) + outputGradient;
}

function logitBytes(tree: Tree, pairs: boolean, taught: boolean): number {
  if (pairs) return LOGIT_OF_PAIRS;
  if (taught) return LOGIT_TAUGHT;
  if (!/Chunked|LinearCrossEntropy/.test(stringAt(tree, 'loss._component_') ?? '')) return LOGIT;
  return at(tree, 'compile') === true ? COMPILED_CHUNKED_LOGIT : CHUNKED_LOGIT;
}

const embeddingParameters = ({ vocab_size, embed_dim, tied }: ModelFacts): number => vocab_size * embed_dim * (tied ? 1 : 2);

export const isLora = (tree: Tree): boolean => /\.q?lora_/.test(stringAt(tree, 'model._component_') ?? '');

export const isQuantised = (tree: Tree): boolean =>
  /\.qlora_/.test(stringAt(tree, 'model._component_') ?? '') || at(tree, 'model.quantize_base') === true;

const optimizerBytes = (tree: Tree): number => {
  const name = stringAt(tree, 'optimizer._component_') ?? '';
  if (/SGD$/.test(name)) return 0;
  return /8bit$/i.test(name) ? ADAM_8BIT : ADAM;
};

type LoraKind = keyof ModelFacts['lora_per_rank'];
const KINDS: Readonly<Record<string, LoraKind>> = { q_proj: 'q', k_proj: 'k', v_proj: 'v', output_proj: 'output' };

/** What the optimizer changes: the LoRA matrices and DoRA's magnitudes, or every weight. */
export function trainableParameters(tree: Tree, model: ModelFacts): number {
  if (!isLora(tree)) return model.parameters;
  const names = at(tree, 'model.lora_attn_modules');
  const kinds = new Set<LoraKind>();
  for (const name of Array.isArray(names) ? names : []) {
    const kind = KINDS[String(name)];
    if (kind !== undefined) kinds.add(kind);
  }
  if (at(tree, 'model.apply_lora_to_mlp') === true) kinds.add('mlp');
  const output = at(tree, 'model.apply_lora_to_output') === true && !model.tied;
  const perRank = [...kinds].reduce((sum, kind) => sum + model.lora_per_rank[kind], output ? model.embed_dim + model.vocab_size : 0);
  const dora = at(tree, 'model.use_dora') === true;
  const magnitudes = dora ? [...kinds].reduce((sum, kind) => sum + outputs(model, kind), output ? model.vocab_size : 0) : 0;
  return perRank * (numberAt(tree, 'model.lora_rank') ?? 0) + magnitudes;
}

/** Output sizes of all layers of a kind; per rank, a LoRA pair has the inputs and the outputs of its layer. */
function outputs({ lora_per_rank, layers, embed_dim }: ModelFacts, kind: LoraKind): number {
  const each = lora_per_rank[kind] / layers;
  if (kind === 'output') return layers * embed_dim;
  // Two of the three matrices go up to the intermediate size, one comes back.
  if (kind === 'mlp') return layers * (2 * (each / 3 - embed_dim) + embed_dim);
  return layers * (each - embed_dim);
}
