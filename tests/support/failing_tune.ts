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

const ONE_EPOCH = `if [ "$(value resume_from_checkpoint)" = true ]; then done_well; exit 0; fi
printf '1|1|Loss: 2.5:  50%%|###  | 1/2 [00:01<00:01,  1.00s/it]' >&2
mkdir -p "$out/epoch_0" "$out/recipe_state"
for file in adapter_model.pt adapter_model.safetensors adapter_config.json; do head -c 1000 /dev/zero > "$out/epoch_0/$file"; done
head -c 4000 /dev/zero > "$out/recipe_state/recipe_state.pt"
`;

/** Saves its first epoch whole and stops there; going on, it ends well. */
export const stopsAfterOneEpoch = (how: string): string => `${print('')}${ONE_EPOCH}${how}\n`;

const LOGS = (['cuda_oom', 'missing_module', 'missing_file', 'nan'] as const)
  .map((name) => `${name}() { cat <<'LOG'\n${recorded(name)}\nLOG\n}\n`)
  .join('');

/** Its run's name decides how it ends; what waits can be stopped from outside, and has saved its first epoch by then. */
export const FAILING = `${print('')}${LOGS}run=$(sed -n 's/^# run: //p' "$config")
case $run in
  cuda_oom) if [ "$(value batch_size)" -gt 2 ]; then cuda_oom >&2; exit 1; fi ;;
  missing_module | missing_file) "$run" >&2; exit 1 ;;
  nan) nan >&2; exit 0 ;;
  script_error) echo 'something went wrong' >&2; exit 3 ;;
  host_oom) python3 -c 'x = bytearray(150 << 20); x[::4096] = b"1" * len(x[::4096])' || exit ;;
  *)
    ${ONE_EPOCH.trimEnd().replaceAll('\n', '\n    ')}
    sleep 300
    ;;
esac
done_well
`;
