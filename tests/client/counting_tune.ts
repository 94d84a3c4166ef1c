import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Stands in for torchtune wherever the config lies: one logged step, a checkpoint, and a line in `<home>/trained` for each start. */
export const countingTune = (home: string): string => `#!/bin/bash
set -eu
dir=$(dirname "$(realpath "\${!#}")")
basename "$dir" >> '${home}/trained'
mkdir -p "$dir/logs" "$dir/artifacts/epoch_0"
echo "Step 1 | loss:1.5 lr:0.0003 tokens_per_second_per_gpu:100.0 " >> "$dir/logs/metrics.log"
`;

/** The run of each training that was started, sorted. */
export const trained = (home: string): string[] => readFileSync(join(home, 'trained'), 'utf8').trim().split('\n').sort();
