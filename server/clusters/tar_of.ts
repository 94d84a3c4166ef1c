import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

export interface UploadFile {
  /** Relative, with `/`. */
  path: string;
  content: string;
  /** 0644 when not given. */
  mode?: number;
}

/** A tar archive of the files, whole in memory: configs and scripts are small. */
export async function tarOf(files: readonly UploadFile[]): Promise<Buffer> {
  const archive = pack();
  const bytes = buffer(archive);
  for (const { path, content, mode } of files) archive.entry({ name: path, mode: mode ?? 0o644 }, content);
  archive.finalize();
  return bytes;
}
