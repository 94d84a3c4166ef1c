import type { ServerContext } from '@modelcontextprotocol/server';
import type { Context } from '../launch/context.ts';
import type { Environment } from './environment.ts';

/** The environment, and what one call brings: its cancellation, and where its progress goes. */
export function callContext(environment: Environment, sdk: ServerContext): Context {
  const { signal, notify, _meta } = sdk.mcpReq;
  const token = _meta?.progressToken;
  let sent = 0;
  return {
    ...environment,
    signal,
    progress: (message, done, total) => {
      if (token === undefined) return;
      sent = Math.max(sent + 0.001, done ?? 0);
      const params = { progressToken: token, progress: sent, message, ...(total === undefined ? {} : { total }) };
      void notify({ method: 'notifications/progress', params }).catch(() => undefined);
    },
  };
}
