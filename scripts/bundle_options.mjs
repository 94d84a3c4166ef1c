import { isBuiltin } from 'node:module';

// ssh2 is CommonJS and expects these three; an ES module has none of them.
const BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  "import { dirname as __dirnameOf } from 'node:path';",
  'const require = __createRequire(import.meta.url);',
  'const __requireBuiltin = require;',
  'const __filename = __fileURLToPath(import.meta.url);',
  'const __dirname = __dirnameOf(__filename);',
].join('\n');

/** zod brings its messages in fifty languages along (264 KB); English alone is loaded, and spoken, here. */
const ENGLISH_ONLY = {
  name: 'english-only',
  setup: ({ onResolve, resolve }) => {
    onResolve({ filter: /locales\/index\.js$/ }, ({ resolveDir, kind }) => resolve('../locales/en.js', { resolveDir, kind }));
  },
};

/** An ES module's imports of Node's own modules are lifted to the top of the bundle; required, they load with who needs them. */
const BUILTINS_WHEN_NEEDED = {
  name: 'builtins-when-needed',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(node:)?[a-z_/]+$/ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path) ? { path, namespace: 'builtin' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = __requireBuiltin(${JSON.stringify(path)})`,
    }));
  },
};

/** How the product is bundled. */
export const OPTIONS = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  banner: { js: BANNER },
  plugins: [ENGLISH_ONLY, BUILTINS_WHEN_NEEDED],
  external: ['cpu-features', '*.node'],
};
