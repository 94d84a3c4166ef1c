import { dirname } from 'node:path';
import { placeOf } from '../experiment/place.ts';
import type { Context } from '../launch/context.ts';
import { RESOURCES } from './catalogue.ts';

export interface ResourceLink {
  uri: string;
  name: string;
  mimeType: string;
}

/** A link to one resource of an experiment; none to an experiment elsewhere than in the root, which no URI names. */
export function linkTo(resource: 'plan' | 'log', experiment_dir: string, run: string, { root }: Context): ResourceLink[] {
  const { dir, name } = placeOf(experiment_dir, root);
  const found = RESOURCES.find((one) => one.name === resource);
  if (found === undefined || dirname(dir) !== root.dir) return [];
  const uri = found.uri(encodeURIComponent(name), encodeURIComponent(run));
  return [{ uri, name: resource, mimeType: found.mimeType }];
}
