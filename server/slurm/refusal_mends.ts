const THEN = 'then generate_slurm_script, preflight_runs and launch_runs again';
const LATER = 'preflight_runs and launch_runs again in a moment: it may pass';

/** What to do about sbatch's words, the first that fits. */
const MENDS: readonly [RegExp, string][] = [
  [
    /partition name|invalid partition|partition not available/i,
    `take a partition that check_cluster shows as up (partition in the plan or the profile), ${THEN}`,
  ],
  [/account/i, `take an account of yours that may use this partition (check_cluster shows the default), ${THEN}`],
  [/time limit|MaxWall/i, `ask for less time, as the partition and the QOS allow, ${THEN}`],
  [/qos specification|invalid qos/i, `take a QOS that check_cluster shows, ${THEN}`],
  [/node count|Requested nodes/i, `ask for fewer nodes, ${THEN}`],
  [
    /node configuration|More processors|Memory required/i,
    `no node has that much: ask for fewer GPUs or CPUs, less mem, or another gpu_type, ${THEN}`,
  ],
  [/feature/i, `take a constraint that the site's nodes have, ${THEN}`],
  [/reservation/i, `take a reservation that is there and lets you in, ${THEN}`],
  [/gres|generic resource/i, `take a gpu_type that check_cluster shows, or another gpu_request in the profile, ${THEN}`],
  [
    /lock .* cannot be written|Disk quota|No space left/i,
    'free some space, or mend the rights of the folder that is named; then launch_runs after a new preflight',
  ],
  [/Unable to open file|No such file/i, 'the script is not there any more: preflight_runs and launch_runs again send it'],
  [
    /DOS line breaks|does not look like a batch script|Invalid --|unrecognized option/i,
    `the script was edited by hand: mend that line, or generate_slurm_script with overwrite: true; ${LATER}`,
  ],
  [/not tried|Unable to contact|temporarily|Munge/i, LATER],
  [/job size|Exceeds|violates/i, `ask for what the QOS and the account allow, ${THEN}`],
];

export const mendOf = (words: string): string =>
  MENDS.find(([pattern]) => pattern.test(words))?.[1] ?? `mend what it names, ${THEN}; ask the site when it is not clear`;
