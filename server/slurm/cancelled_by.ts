import { PLAIN_ENVIRONMENT } from './plain_environment.ts';

/**
 * Who cancelled these jobs: only sacct tells, as `CANCELLED by 1001`. It asks the database and costs slurmctld nothing. Without
 * accounting nobody can tell, and nothing is said.
 */
export const cancelledBy = (jobIds: readonly string[]): string => {
  const ids = jobIds.filter((id) => /^\d+(_\d+)?$/.test(id)).join(',');
  return `${PLAIN_ENVIRONMENT}
timeout 30 sacct -X -n -P -o JobID,State -j '${ids}' 2>/dev/null | while IFS='|' read -r id state; do
  [[ $state =~ ^CANCELLED\\ by\\ ([0-9]+)$ ]] || continue
  printf '%s %s %s\\n' "$id" "\${BASH_REMATCH[1]}" "$(id -nu "\${BASH_REMATCH[1]}" 2>/dev/null)"
done
true`;
};

/** By job id: the user's name, or `uid 1001` where it has none. */
export function readCancelledBy(stdout: string): ReadonlyMap<string, string> {
  return new Map(
    stdout.split('\n').flatMap((line): [string, string][] => {
      const [, id, uid, name] = /^(\S+) (\d+) (\S*)$/.exec(line) ?? [];
      return id === undefined ? [] : [[id, name === undefined || name === '' ? `uid ${uid}` : name]];
    }),
  );
}
