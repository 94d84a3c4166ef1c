/** What `column_map` of a component may name, and what it must name once it is given; as torchtune 0.6.1 reads them. */
const COLUMNS: Readonly<Record<string, { known: readonly string[]; needed: readonly string[] }>> = {
  'torchtune.datasets.instruct_dataset': { known: ['input', 'output', 'image'], needed: ['input', 'output'] },
  'torchtune.datasets.grammar_dataset': { known: ['input', 'output'], needed: ['input', 'output'] },
  'torchtune.datasets.samsum_dataset': { known: ['input', 'output'], needed: ['input', 'output'] },
  'torchtune.datasets.alpaca_dataset': { known: ['instruction', 'input', 'output'], needed: [] },
  'torchtune.datasets.alpaca_cleaned_dataset': { known: ['instruction', 'input', 'output'], needed: [] },
  'torchtune.datasets.slimorca_dataset': { known: ['conversations'], needed: ['conversations'] },
  'torchtune.datasets.preference_dataset': { known: ['chosen', 'rejected'], needed: ['chosen', 'rejected'] },
};

/** Undefined for a component of the user's own. */
export const columnsOf = (component: string | undefined): { known: readonly string[]; needed: readonly string[] } | undefined =>
  component === undefined ? undefined : COLUMNS[component];
