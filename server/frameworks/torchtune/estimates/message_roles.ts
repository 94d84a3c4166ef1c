import { at, stringAt, type Tree } from '../reading/config_tree.ts';

const MISTRAL = ['user', 'assistant', 'ipython'];
const LLAMA2 = ['system', 'user', 'assistant'];
const OF_TEMPLATE: Readonly<Record<string, readonly string[]>> = {
  'torchtune.models.mistral.MistralChatTemplate': MISTRAL,
  'torchtune.models.llama2.Llama2ChatTemplate': LLAMA2,
  'torchtune.data.ChatMLTemplate': ['system', 'user', 'assistant', 'ipython'],
};
/** What tokenizers do with messages unless told otherwise; the others take whatever stands there. */
const OF_TOKENIZER: Readonly<Record<string, readonly string[]>> = { mistral: MISTRAL, llama2: LLAMA2 };

/** The roles for which the config's tokenizer has a place; on a message of another the job ends. */
export function rolesTaken(tree: Tree): readonly string[] | undefined {
  const family = /^torchtune\.models\.(\w+)\./.exec(stringAt(tree, 'tokenizer._component_') ?? '')?.[1] ?? '';
  // This tokenizer looks at the roles itself, whatever the template.
  if (family === 'phi3') return ['system', 'user', 'assistant'];
  const template = at(tree, 'tokenizer.prompt_template');
  return template === undefined ? OF_TOKENIZER[family] : typeof template === 'string' ? OF_TEMPLATE[template] : undefined;
}
