import type { RuleCase } from './rule_case.ts';

export const CHECKPOINTS_CASES: readonly RuleCase[] = [
  {
    rule: 'output-outside-the-model',
    edits: { 'checkpointer.checkpoint_dir': '/scratch/e' },
    tells: "26:3: the run writes into the model's folder /scratch/e; keep the model in a folder that does not hold the experiment",
  },
  {
    rule: 'model-type',
    cells: { 'checkpointer.model_type': 'QWEN2' },
    tells:
      '40:1: checkpointer.model_type QWEN2 does not belong to Llama-3.2-1B-Instruct, whose type is LLAMA3_2; set it to LLAMA3_2, or remove it',
  },
  {
    rule: 'pattern-of-file-names',
    cells: { 'checkpointer.checkpoint_files.max_filename': '"00004"' },
    tells: '40:1: checkpointer.checkpoint_files needs both filename_format and max_filename; set both, or name the files in a list',
  },
  {
    rule: 'one-file-for-other-checkpointers',
    edits: {
      'checkpointer._component_': 'torchtune.training.FullModelMetaCheckpointer',
      'checkpointer.checkpoint_files': ['a.pth', 'b.pth'],
    },
    tells:
      '27:3: torchtune.training.FullModelMetaCheckpointer reads a single file, and checkpoint_files names 2; use torchtune.training.FullModelHFCheckpointer, or one file',
  },
  {
    rule: 'output-on-the-node',
    edits: { output_dir: '/tmp/torchtune/run' },
    tells:
      "6:1: output_dir /tmp/torchtune/run is a folder of the node's own, and what is saved there is lost with the job; set it to the run's artifacts/ folder",
  },
  {
    rule: 'log-that-is-read',
    edits: { metric_logger: { _component_: 'torchtune.training.metric_logging.WandBLogger', project: 'p' } },
    tells:
      "66:17: metric_logger is torchtune.training.metric_logging.WandBLogger, so monitor_jobs will see no loss; use torchtune.training.metric_logging.DiskLogger with the run's logs/ folder and filename: metrics.log",
  },
  {
    rule: 'saved-by-epochs',
    cells: { method: 'full', gpus: 2, enable_async_checkpointing: true },
    tells: '40:3: enable_async_checkpointing writes checkpoints that launch_runs cannot go on from; remove it',
  },
];
