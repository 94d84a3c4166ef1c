import { component, isSet, isTrue, type Rule, stringOf } from './rule.ts';

const FORMAT = 'checkpointer.checkpoint_files.filename_format';
const LAST = 'checkpointer.checkpoint_files.max_filename';

const isInside = (path: string, folder: string): boolean => {
  const whole = (name: string): string => `${name.replace(/\/+$/, '')}/`;
  return folder !== '' && path !== '' && whole(path).startsWith(whole(folder));
};

export const CHECKPOINT_RULES: readonly Rule[] = [
  {
    name: 'output-outside-the-model',
    why: 'Every epoch copies the small files of the model’s folder into its own.',
    torchtune: '`ValueError: The output directory cannot be the same as or a subdirectory of the checkpoint directory.`',
    what: "the run writes into the model's folder {=checkpointer.checkpoint_dir}",
    fix: 'keep the model in a folder that does not hold the experiment',
    at: ['checkpointer.checkpoint_dir'],
    broken: (config) => isInside(stringOf(config, 'checkpointer.output_dir'), stringOf(config, 'checkpointer.checkpoint_dir')),
  },
  {
    name: 'model-type',
    why: 'It says how the checkpoint’s weights are turned into those of torchtune: queries and keys are reordered for some.',
    torchtune:
      'Often says nothing: with QWEN2 a Llama loads and trains as another model. With PHI3_MINI `Exception: Error converting the state dict. Found unexpected key`.',
    what: 'checkpointer.model_type {=checkpointer.model_type} does not belong to {name}, whose type is {type}',
    fix: 'set it to {type}, or remove it',
    at: ['checkpointer.model_type'],
    broken: (config) => {
      const { model } = config;
      const type = stringOf(config, 'checkpointer.model_type');
      // A llama3 of any size may be one of several types: that of its plan counts.
      if (model === undefined || model.sizes !== undefined || type === '') return false;
      return type !== model.model_type && { name: model.names[0] ?? '', type: model.model_type };
    },
  },
  {
    name: 'pattern-of-file-names',
    why: 'The names are made of both.',
    torchtune: "`ValueError: Must pass 'filename_format' and 'max_filename' keys to generate checkpoint filenames`",
    what: 'checkpointer.checkpoint_files needs both filename_format and max_filename',
    fix: 'set both, or name the files in a list',
    at: [FORMAT, LAST],
    broken: (config) => isSet(config, FORMAT) !== isSet(config, LAST),
  },
  {
    name: 'one-file-for-other-checkpointers',
    why: 'Only the Hugging Face checkpointer reads several files.',
    torchtune: '`ValueError: Currently we only support reading from a single checkpoint file. Got 2 files instead.`',
    what: '{component} reads a single file, and checkpoint_files names {count}',
    fix: 'use torchtune.training.FullModelHFCheckpointer, or one file',
    at: ['checkpointer.checkpoint_files'],
    broken: (config) => {
      const name = component(config, 'checkpointer');
      const files = config.value('checkpointer.checkpoint_files');
      return (
        /FullModel(?:Meta|TorchTune)Checkpointer$/.test(name) &&
        Array.isArray(files) &&
        files.length !== 1 && { component: name, count: files.length }
      );
    },
  },
  {
    name: 'output-on-the-node',
    why: "/tmp/torchtune, where torchtune's own configs write, lies on the disk of the node.",
    torchtune: 'Says nothing: the checkpoints are gone with the job.',
    what: "output_dir {=output_dir} is a folder of the node's own, and what is saved there is lost with the job",
    fix: "set it to the run's artifacts/ folder",
    at: ['output_dir'],
    weight: 'warning',
    broken: (config) => config.given('output_dir') && /^\/tmp\/torchtune(?:\/|$)/.test(stringOf(config, 'output_dir')),
  },
  {
    name: 'log-that-is-read',
    why: 'monitor_jobs reads the log of the DiskLogger.',
    torchtune: 'Logs elsewhere; without its package `ImportError: wandb package not found.`',
    what: 'metric_logger is {=metric_logger._component_}, so monitor_jobs will see no loss',
    fix: "use torchtune.training.metric_logging.DiskLogger with the run's logs/ folder and filename: metrics.log",
    at: ['metric_logger._component_'],
    weight: 'warning',
    broken: (config) => isSet(config, 'metric_logger._component_') && !component(config, 'metric_logger').endsWith('.DiskLogger'),
  },
  {
    name: 'saved-by-epochs',
    why: 'Saving in the background is for the distributed checkpointer, whose files only torchtune reads.',
    torchtune: 'Writes folders of its own beside the last epoch, from which it alone goes on.',
    what: 'enable_async_checkpointing writes checkpoints that launch_runs cannot go on from',
    fix: 'remove it',
    at: ['enable_async_checkpointing'],
    weight: 'warning',
    broken: (config) => isTrue(config, 'enable_async_checkpointing'),
  },
];
