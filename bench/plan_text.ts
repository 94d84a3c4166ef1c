import { writePlan } from '../server/plan/write.ts';

/** A plan of `count` fine-tune runs with eight columns. */
export function planOf(count: number, experiment: string): string {
  const runs = Array.from({ length: count }, (_, index) => ({
    run: `Llama-3.2-1B-Instruct_5L_rank${2 ** (index % 7)}_seed${index}`,
    type: 'fine-tune' as const,
    model: 'Llama-3.2-1B-Instruct',
    dataset: 'words_5L',
    lora_rank: 2 ** (index % 7),
    lr: index % 2 === 0 ? '3e-4' : '1e-4',
    batch_size: 4,
    seed: index,
  }));
  return writePlan({
    experiment,
    cluster: 'bench',
    title: 'How much does the seed matter?',
    models: [{ model: 'Llama-3.2-1B-Instruct', path: '/scratch/models/Llama-3.2-1B-Instruct' }],
    datasets: [{ dataset: 'words_5L', path: '/scratch/data/words_5L.json', format: 'instruct' }],
    defaults: { method: 'lora', epochs: 1, time: '1:00:00' },
    runs,
  });
}
