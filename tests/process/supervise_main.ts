import { supervise } from '../../server/process/supervisor.ts';

await supervise(process.argv[2] ?? '');
