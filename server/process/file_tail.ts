import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';

export const TAIL_BYTES = 4096;

/** The last bytes of a file as text; empty when it cannot be read: a job may not have written it yet. */
export async function fileTail(path: string, bytes = TAIL_BYTES): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const length = Math.min(size, bytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}

/** Since any of these files grew; nothing when none can be seen. */
export function quietSeconds(paths: readonly string[], now: Date): { quiet_seconds?: number } {
  const times = paths.flatMap((path) => {
    try {
      return [statSync(path).mtimeMs];
    } catch {
      return [];
    }
  });
  return times.length === 0 ? {} : { quiet_seconds: Math.max(0, Math.floor((now.getTime() - Math.max(...times)) / 1000)) };
}
