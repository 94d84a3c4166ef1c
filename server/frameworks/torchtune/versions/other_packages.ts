import { nearest } from '../../../model/nearest.ts';

const LOW_BIT = ['Adam4bit', 'Adam8bit', 'AdamFp8', 'AdamW4bit', 'AdamW8bit', 'AdamWFp8', '_AdamW', 'CPUOffloadOptimizer'];
/** bitsandbytes has each of these in 8 and in 32 bits, and the latter four in pages too. */
const BITSANDBYTES = ['Adagrad', 'LAMB', 'LARS', 'RMSprop', 'SGD', 'Adam', 'AdamW', 'AdEMAMix', 'Lion'];
const PAGED = BITSANDBYTES.slice(-4).map((name) => `Paged${name}`);

/** What other packages have that a config names; as of torch 2.13, torchao 0.11 and bitsandbytes 0.48. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'torch.nn': [
    ...['AdaptiveLogSoftmaxWithLoss', 'BCELoss', 'BCEWithLogitsLoss', 'CTCLoss', 'CosineEmbeddingLoss', 'CrossEntropyLoss'],
    ...['GaussianNLLLoss', 'HingeEmbeddingLoss', 'HuberLoss', 'KLDivLoss', 'L1Loss', 'LinearCrossEntropyLoss', 'MSELoss'],
    ...['MarginRankingLoss', 'MultiLabelMarginLoss', 'MultiLabelSoftMarginLoss', 'MultiMarginLoss', 'NLLLoss', 'NLLLoss2d'],
    ...['PoissonNLLLoss', 'SmoothL1Loss', 'SoftMarginLoss', 'TripletMarginLoss', 'TripletMarginWithDistanceLoss'],
  ],
  'torchao.optim': LOW_BIT,
  // Where torchao had them before; 0.11 no longer does.
  'torchao.prototype.low_bit_optim': LOW_BIT,
  'bitsandbytes.optim': [
    ...[...BITSANDBYTES, ...PAGED].flatMap((name) => [name, `${name}8bit`, `${name}32bit`]),
    ...['PytorchLARS', 'GlobalOptimManager'],
  ],
};

/** What `component` is a misspelling of in another package. One that is like none there may be newer than what is known here. */
export function misspeltElsewhere(component: string): string | undefined {
  const dot = component.lastIndexOf('.');
  const [place, name] = [component.slice(0, dot), component.slice(dot + 1)];
  const names = Object.hasOwn(NAMES, place) ? NAMES[place] : undefined;
  if (names === undefined || names.includes(name)) return undefined;
  const meant = nearest(name, names);
  return meant === undefined ? undefined : `${place}.${meant}`;
}

/** One of torch's own losses, which compare an answer with its text. */
export const isTorchLoss = (component: string): boolean => NAMES['torch.nn']?.some((name) => component === `torch.nn.${name}`) ?? false;
