import { type McpServer, ProtocolError, ProtocolErrorCode, ResourceTemplate, type ServerContext } from '@modelcontextprotocol/server';
import { experimentNames, runNames } from '../experiment/experiment_names.ts';
import { RESOURCES } from '../resources/catalogue.ts';
import type { Resource } from '../resources/resource.ts';
import { callContext } from './call_context.ts';
import type { Environment } from './environment.ts';
import { errorText } from './error_text.ts';

/** Plans and statuses are listed; what belongs to one run is reached through its template, however many runs there are. */
export function registerResources(server: McpServer, environment: Environment): void {
  for (const resource of RESOURCES) {
    const { name, title, description, mimeType, uri } = resource;
    const starting = (value: string) => (known: string) => known.toLowerCase().startsWith(value.toLowerCase());
    const template = new ResourceTemplate(uri('{experiment}', '{run}'), {
      list: resource.of === 'run' ? undefined : () => ({ resources: listed(resource, environment) }),
      complete: {
        experiment: (value) => experimentNames(environment.root.dir).filter(starting(value)),
        run: async (value, given) => (await runNames(given?.arguments?.experiment, environment.root)).filter(starting(value)),
      },
    });
    server.registerResource(name, template, { title, description, mimeType }, async ({ href }, variables, sdk: ServerContext) => {
      const named = (key: string): string => decodeURIComponent(String(variables[key] ?? ''));
      const context = callContext(environment, sdk);
      try {
        const text = await resource.read({ experiment: named('experiment'), run: named('run') }, context);
        return { contents: [{ uri: href, mimeType, text }] };
      } catch (error) {
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, errorText(href, error, context.signal), { uri: href });
      }
    });
  }
}

const listed = ({ name, title, mimeType, uri }: Resource, { root }: Environment) =>
  experimentNames(root.dir).map((experiment) => ({
    uri: uri(encodeURIComponent(experiment), ''),
    name: `${experiment}/${name}`,
    title: `${title} of ${experiment}`,
    mimeType,
  }));
