import manifest from '../../package.json' with { type: 'json' };

/** The product's version; package.json is its one source. */
export const VERSION: string = manifest.version;
