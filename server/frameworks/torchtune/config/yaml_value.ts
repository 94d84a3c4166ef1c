/** What a config's key can hold. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** Plain words that no reader of YAML 1.1 or 1.2 takes for anything but a string. */
const PLAIN = /^(?:[A-Za-z_/]|\.{1,2}\/)[A-Za-z0-9_./@+-]*$/;
/** `e0` too: some readers take it for a number without digits before its exponent. */
const WORDS_WITH_MEANING = /^(?:y|n|yes|no|on|off|true|false|null|none|nan|inf|infinity|e[-+]?\d+)$/i;

/** Characters that PyYAML refuses or that end a line, although JSON lets them stand. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
const escapeUnprintable = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

export const isPlain = (text: string): boolean => PLAIN.test(text) && !WORDS_WITH_MEANING.test(text);

/** The one place where a string becomes YAML: a JSON string is a double-quoted scalar of YAML. */
const yamlString = (text: string): string => (isPlain(text) ? text : JSON.stringify(text).replace(UNPRINTABLE, escapeUnprintable));

/** With a dot, and a signed exponent: YAML 1.1 reads `3e-4` as a string. */
export function yamlFloat(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-3 || size >= 1e15)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e');
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${exponent}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

export function yamlValue(value: YamlValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return yamlString(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : yamlFloat(value);
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${yamlString(key)}: ${yamlValue(inner)}`)
    .join(', ')}}`;
}

/** OmegaConf resolves `${...}` twice and takes `???` for a missing value; neither can be escaped, so neither can be written. */
export function omegaConfFault(value: YamlValue): string | undefined {
  if (typeof value === 'string') {
    if (value.includes('${')) return '"${" starts an interpolation of OmegaConf and cannot be written as plain text';
    return value === '???' ? '"???" means a missing value to OmegaConf' : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  for (const inner of Object.values(value)) {
    const fault = omegaConfFault(inner as YamlValue);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A cell of the plan, read as the value that a person means: `[0.9, 0.95]`, `1e-5`, `true`, `null`, else the text itself. */
export function valueOfCell(text: string): YamlValue {
  const cell = text.trim();
  if (/^(?:true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  if (/^(?:null|~)$/i.test(cell)) return null;
  if (NUMBER.test(cell) && Number.isFinite(Number(cell))) return Number(cell);
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(cell)?.[1]?.replaceAll('\\"', '"') ?? /^'([^']*)'$/.exec(cell)?.[1];
  if (quoted !== undefined) return quoted;
  const list = /^\[([^[\]{}"']*)\]$/.exec(cell)?.[1];
  if (list !== undefined) return list.trim() === '' ? [] : list.split(',').map(valueOfCell);
  return cell;
}
