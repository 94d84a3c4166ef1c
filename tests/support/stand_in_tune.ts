import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Stands in for torchtune where real weights would be needed: reads the config, logs steps as torchtune does, leaves a checkpoint. */
const TUNE = `#!/bin/bash
set -eu
config=\${!#}
value() { sed -n "s/^ *$1: *\\([^#]*[^# ]\\).*/\\1/p" "$config" | head -n 1 | tr -d "'\\""; }
out=$(value output_dir)
log=$(value log_dir)/$(value filename)
mkdir -p "$out/epoch_0" "$(dirname "$log")"
for step in 1 2 3; do
  echo "Step $step | loss:$((4 - step)).5 lr:0.0003 tokens_per_second_per_gpu:100.0 " >> "$log"
  sleep 0.1
done
echo '{}' > "$out/epoch_0/adapter_config.json"
`;

/** Makes `<dir>/tune`; returns the folder for the PATH. */
export function standInTune(dir: string, body = TUNE): string {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'tune');
  writeFileSync(path, body);
  chmodSync(path, 0o755);
  return dir;
}

/** A safetensors file without a tensor: the length of its header, and the header. */
const NO_TENSORS = Buffer.from('\u0002\0\0\0\0\0\0\0{}');

/** The files that a model's folder must have before a job can start, without the weights. */
export function emptyModel(dir: string, files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(join(dir, file, '..'), { recursive: true });
    writeFileSync(join(dir, file), file.endsWith('.safetensors') ? NO_TENSORS : '{}');
  }
}

/** Data sets of format instruct: words, and the same words in capitals. */
export function wordData(dir: string, files: readonly string[], rows = 512): void {
  mkdirSync(dir, { recursive: true });
  const words = Array.from({ length: rows }, (_, index) => ({ input: `word${index}`, output: `WORD${index}` }));
  for (const file of files) writeFileSync(join(dir, file), JSON.stringify(words));
}
