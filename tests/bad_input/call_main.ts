import { setTimeout as sleep } from 'node:timers/promises';
import { environmentOf } from '../../server/environment.ts';
import { callTool } from '../../server/tools/call.ts';
import { TOOLS } from '../../server/tools/catalogue.ts';

/** A server of its own for one call: `call_main.ts TOOL INPUT WHEN`, beginning at the moment WHEN. */
const [name, input = '{}', when = '0'] = process.argv.slice(2);
const tool = TOOLS.find((one) => one.name === name);
if (tool === undefined) throw new Error(`there is no tool ${name}`);
const environment = environmentOf(process.env, process.cwd());
await sleep(Number(when) - Date.now());
const context = { ...environment, progress: () => undefined, signal: new AbortController().signal };
const answer = await callTool(tool, JSON.parse(input), context).then(
  (value) => ({ value }),
  (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
);
process.stdout.write(JSON.stringify(answer));
await (await environment.connections()).closeAll();
