import { readFileSync } from 'node:fs';

/** What a real torchtune printed when it failed; only the error of the GPU's memory was raised by hand, where there was no GPU. */
export const recorded = (name: 'cuda_oom' | 'missing_module' | 'missing_file' | 'nan'): string =>
  readFileSync(new URL(`../launch/recorded/${name}.out`, import.meta.url), 'utf8');

const TRAIN = `#!/bin/bash
config=\${!#}
value() { sed -n "s/^ *$1: *\\([^#]*[^# ]\\).*/\\1/p" "$config" | head -n 1 | tr -d "'\\""; }
out=$(value output_dir)
log=$(value log_dir)/$(value filename)
mkdir -p "$out" "$(dirname "$log")"
told() { cat <<'LOG'
`;

const print = (text: string): string => `${TRAIN}${text}
LOG
}
done_well() {
  for step in 1 2 3; do echo "Step $step | loss:$((4 - step)).5 lr:0.0003 tokens_per_second_per_gpu:100.0 " >> "$log"; done
  mkdir -p "$out/epoch_0" && echo '{}' > "$out/epoch_0/adapter_config.json"
}
`;

/** Ends as the recorded training did. */
export const failsWith = (text: string, code = 1): string => `${print(text)}told >&2\nexit ${code}\n`;

/** Fails with `text` as long as the config has batches of more than `most`, and trains with smaller ones. */
export const failsAbove = (most: number, text: string): string =>
  `${print(text)}if [ "$(value batch_size)" -gt ${most} ]; then told >&2; exit 1; fi\ndone_well\n`;

/** Saves its first epoch whole and stops there; going on, it ends well. */
export const stopsAfterOneEpoch = (how: string): string => `${print('')}
if [ "$(value resume_from_checkpoint)" = true ]; then done_well; exit 0; fi
printf '1|1|Loss: 2.5:  50%%|###  | 1/2 [00:01<00:01,  1.00s/it]' >&2
mkdir -p "$out/epoch_0" "$out/recipe_state"
for file in adapter_model.pt adapter_model.safetensors adapter_config.json; do head -c 1000 /dev/zero > "$out/epoch_0/$file"; done
head -c 4000 /dev/zero > "$out/recipe_state/recipe_state.pt"
${how}
`;
