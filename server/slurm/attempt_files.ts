import { posix } from 'node:path';

/** Where one attempt's files lie beside its run, on the cluster. The job script and the submission script use the same names. */
export const attemptFolder = (runDir: string, attempt: number | string): string => `${runDir}/.runwright/attempt-${attempt}`;

/** Where an array's files lie: beside the runs, in the folder that is the server's own. */
export const arrayFolder = (runDir: string, token: string): string => `${posix.dirname(runDir)}/.runwright/arrays/${token}`;

/** Where the runs of arrays are claimed, each attempt by a file. */
export const claimsFolder = (runDir: string): string => `${posix.dirname(runDir)}/.runwright/claims`;

/** Written by the job whatever ends it, but for SIGKILL. */
export const exitRecordPath = (runDir: string, attempt: number | string): string => `${attemptFolder(runDir, attempt)}/exit.json`;
