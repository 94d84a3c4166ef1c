import { fenced, visibleText } from '../model/untrusted.ts';

/** What a log or a file said stands in fields named `untrusted_...`: they are fenced here, so that no stage can forget it. */
export function fencedOutput(output: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(output).map(([key, value]) => [key, key.startsWith('untrusted_') ? fencedValue(value) : seen(value)]),
  );
}

function seen(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value);
  if (Array.isArray(value)) return value.map(seen);
  return typeof value === 'object' && value !== null ? fencedOutput(value as Record<string, unknown>) : value;
}

/** Lines are one text: one pair of marks. */
function fencedValue(value: unknown): unknown {
  if (typeof value === 'string') return fenced(value);
  return Array.isArray(value) && value.length > 0 ? [fenced(value.join('\n'))] : value;
}
