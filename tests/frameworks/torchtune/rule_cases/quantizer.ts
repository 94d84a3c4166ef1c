import { model, type RuleCase } from './rule_case.ts';

const QAT = { 'quantizer.groupsize': 32 };

export const QUANTIZER_CASES: readonly RuleCase[] = [
  {
    rule: 'tensor-parallel-fused',
    cells: {
      method: 'full',
      gpus: 2,
      tensor_parallel_dim: 2,
      'tensor_parallel_plan._component_': 'torchtune.models.llama3.base_llama_tp_plan',
      'optimizer.fused': true,
    },
    tells: '40:5: tensor_parallel_dim excludes the fused optimizer; set optimizer.fused to false',
  },
  {
    rule: 'qat-without-compile',
    cells: { ...QAT, gpus: 2, compile: true },
    tells: '40:3: quantisation-aware training excludes compile; set compile to false',
  },
  {
    rule: 'qat-needs-gpus',
    cells: QAT,
    tells:
      '40:1: quantisation-aware training needs several GPUs: torchtune 0.6.1 has only distributed recipes for it; set gpus to at least 2, or remove the quantizer',
  },
  {
    rule: 'qat-without-dora-or-qlora',
    cells: { ...QAT, gpus: 2, method: 'dora' },
    tells: '40:3: DoRA excludes quantisation-aware training; use plain LoRA or train all weights, or remove the quantizer',
  },
  {
    rule: 'quantizer-of-training',
    cells: { 'quantizer._component_': 'torchtune.training.quantization.Int8DynActInt4WeightQuantizer', gpus: 2 },
    tells:
      '40:1: torchtune.training.quantization.Int8DynActInt4WeightQuantizer is not for training; use torchtune.training.quantization.Int8DynActInt4WeightQATQuantizer or Int4WeightOnlyQATQuantizer',
  },
  {
    rule: 'groups-of-whole-rows',
    cells: { 'quantizer.groupsize': 256, gpus: 2 },
    example: model('Qwen2.5-0.5B-Instruct'),
    tells:
      '40:1: groups of 256 do not fill the rows of Qwen2.5-0.5B-Instruct, which are 896 long, so those layers would not be quantised; set quantizer.groupsize to 128',
  },
];
