import { readFile } from 'node:fs/promises';
import process from 'node:process';
import * as esbuild from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const outdir = process.argv.find((argument) => argument.startsWith('--outdir='))?.slice('--outdir='.length) ?? 'dist';

/** What is loaded on demand: the text of a dynamic import, and the file of the bundle that it becomes. */
const chunks = { undici: 'undici', '../sandbox/index.js': 'sandbox' };

/** A CommonJS bundle cannot be split by esbuild, so each dynamic import of a chunk is left as a `require` of its file. */
const lazyChunks = {
  name: 'lazy-chunks',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) => {
      if (kind !== 'dynamic-import') return undefined;
      const chunk = chunks[path];
      if (!chunk) return { errors: [{ text: `dynamic import of ${path}: name it in esbuild.mjs` }] };
      return { path: `./${chunk}.js`, external: true };
    });
  },
};

/**
 * Importing undici installs its own dispatcher for the `fetch` of every extension in the host (nodejs/undici#5500), and tells
 * whoever listens to its channels of every request, with headers and body. With symbols of its own it does neither.
 */
const isolatedUndici = {
  name: 'isolated-undici',
  setup(build) {
    isolate(build, 'global.js', "Symbol.for('undici.", "Symbol('undici.");
    isolate(
      build,
      'core/diagnostics.js',
      /diagnosticsChannel\.channel\(('undici:[^']+')\)/g,
      'diagnosticsChannel.channel(Symbol($1))',
    );
  },
};

function isolate(build, file, shared, own) {
  build.onLoad({ filter: new RegExp(`undici/lib/${file}$`.replaceAll('/', String.raw`[\\/]`)) }, async ({ path }) => {
    const source = await readFile(path, 'utf8');
    const contents = source.replaceAll(shared, own);
    return contents === source ? { errors: [{ text: `undici/lib/${file} has changed: isolate it again` }] } : { contents };
  });
}

const options = {
  entryPoints: { extension: 'src/extension.ts', undici: 'undici', sandbox: 'src/sandbox/index.ts' },
  outdir,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode'],
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [lazyChunks, isolatedUndici],
};

if (watch) await (await esbuild.context(options)).watch();
else await esbuild.build(options);
