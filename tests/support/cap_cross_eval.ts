/** The 14-run experiment of the examples: 2 base runs, and 2 models x 3 word lengths x ranks 8 and 64. */
export const CAP_CROSS_EVAL = 'cap_cross_eval_5_9_13L_2025-10-20';

const MODELS = ['Llama-3.2-1B-Instruct', 'Llama-3.2-3B-Instruct'];

export function capCrossEvalPlan(options: { cluster: string; models: string; data: string }) {
  return {
    plan: {
      cluster: options.cluster,
      title: 'Does capitalisation learnt on short words carry over to long ones?',
      prose:
        'Each run learns to capitalise words of one length. Afterwards every run, and both base models, are evaluated on all three lengths.',
      models: MODELS.map((model) => ({ model, path: `${options.models}/${model}` })),
      datasets: ['5L', '9L', '13L'].map((length) => ({
        dataset: `words_${length}`,
        path: `${options.data}/words_${length}.json`,
        format: 'instruct',
      })),
      defaults: { method: 'lora', epochs: 1, lr: '3e-4', batch_size: 4, time: '1:00:00' },
    },
    grid: { model: MODELS, dataset: ['words_5L', 'words_9L', 'words_13L'], lora_rank: [8, 64] },
    base: true,
  };
}
