import type { Submission } from '../../server/clusters/scheduler.ts';
import { createProcessScheduler } from '../../server/process/process_scheduler.ts';

/** A server of its own: submits what it is told, prints the outcomes and ends. */
const { stateDir, supervisorCommand, submissions } = JSON.parse(process.argv[2] ?? '') as {
  stateDir: string;
  supervisorCommand: string[];
  submissions: Submission[];
};
const outcomes = await createProcessScheduler({ stateDir, supervisorCommand }).submit(submissions);
process.stdout.write(JSON.stringify(outcomes));
