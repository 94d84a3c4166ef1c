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
/** Bytes for a token, layer and unit of width: all activations, or only what checkpointing keeps. */
const ACTIVATION = 30;
const CHECKPOINTED = 2;
const LOGIT = 10;
/** Of the reference or the teacher, which needs no gradient. */
const FROZEN_LOGIT = 2;
/** CEWithChunkedOutputLoss and LinearCrossEntropyLoss make the logits in so many parts. */
const LOSS_CHUNKS = 8;
/** Where nothing cuts a sample. */
const ASSUMED_TOKENS = 1024;
/** Fragments and buffers; with sharding also the layer that is whole at the moment. */
const RESERVE = 1.15;
const RESERVE_SHARDED = 1.3;

/**
 * Peak memory of one GPU in GiB: a rule fitted to torchtune's published numbers, from a tenth below to a quarter above them. Of DPO and
 * distillation none are published; there the same rule counts what is held besides: pairs, the reference model, the teacher.
 */
export function deviceMemory(tree: Tree, model: ModelFacts, devices: number, teacher?: ModelFacts): number {
  const component = stringAt(tree, 'model._component_') ?? '';
  const precision = stringAt(tree, 'dtype') === 'fp32' ? 2 : 1;
  const quantised = component.includes('.qlora_') || at(tree, 'model.quantize_base') === true;
  const embeddings = model.vocab_size * model.embed_dim * (model.tied ? 1 : 2);
  const trained = isLora(tree)
    ? (quantised ? NF4_WEIGHT * (model.parameters - embeddings) + WEIGHT * precision * embeddings : WEIGHT * precision * model.parameters) +
      trainableParameters(tree, model) * TRAINED_LORA * precision
    : model.parameters * precision * (WEIGHT + (at(tree, 'optimizer_in_bwd') === true ? 0 : GRADIENT) + optimizerBytes(tree));
  const frozen = teacher ?? (at(tree, 'ref_checkpointer') === undefined ? undefined : model);
  const states = trained + (frozen?.parameters ?? 0) * precision * WEIGHT;
  const pairs = /\.rlhf\./.test(stringAt(tree, 'loss._component_') ?? '');
  const tokens =
    (numberAt(tree, 'batch_size') ?? 1) *
    (pairs ? 2 : 1) *
    (numberAt(tree, 'tokenizer.max_seq_len') ?? Math.min(ASSUMED_TOKENS, model.max_seq_len));
  const kept = at(tree, 'enable_activation_checkpointing') === true ? CHECKPOINTED : ACTIVATION;
  const chunks = (stringAt(tree, 'loss._component_') ?? '').match(/Chunked|LinearCrossEntropy/) ? LOSS_CHUNKS : 1;
  const activations =
    tokens *
    precision *
    (model.layers * model.embed_dim * kept +
      (model.vocab_size * LOGIT) / chunks +
      model.vocab_size * (pairs || teacher !== undefined ? FROZEN_LOGIT : 0));
  const peak = (states / devices + activations) * (devices > 1 ? RESERVE_SHARDED : RESERVE);
  return Math.round((peak / GIB) * 10) / 10;
}

export const isLora = (tree: Tree): boolean => /\.q?lora_/.test(stringAt(tree, 'model._component_') ?? '');

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
