import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import process from 'node:process';
import * as esbuild from 'esbuild';
import { writeThirdParties } from './test/support/thirdParties.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const outdir = process.argv.find((argument) => argument.startsWith('--outdir='))?.slice('--outdir='.length) ?? 'dist';

/** undici tells whoever listens to its channels of every request, with headers and body. To symbols of its own nobody listens. */
const silentUndici = {
  name: 'silent-undici',
  setup(build) {
    build.onLoad({ filter: /undici[\\/]lib[\\/]core[\\/]diagnostics\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replaceAll(
        /diagnosticsChannel\.channel\(('undici:[^']+')\)/g,
        'diagnosticsChannel.channel(Symbol($1))',
      );
      return contents === source ? { errors: [{ text: `${path} has changed: silence it again` }] } : { contents };
    });
  },
};

/** What an editor that starts loads, what it loads next, and what it loads when it is wanted. */
const staged = {
  extension: 'src/extension.ts',
  core: 'src/core.ts',
  features: 'src/features.ts',
};

/** What has no code in common with anything else: the text of its dynamic import, and its file. */
const apart = {
  './undici.js': 'undici.js',
  '../sandbox/index.js': 'sandbox.js',
  '../../gateway/gateway.js': 'gateway.js',
};

const leaveApart = {
  name: 'leave-apart',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' && path in apart ? { path: `./${apart[path]}`, external: true } : undefined,
    );
  },
};

/**
 * esbuild splits ES modules only, and VS Code loads CommonJS: so what it has split is bundled once more, each stage by itself.
 * What stages have in common goes with the core, which is there before any other that needs it.
 */
const commonJsStages = {
  name: 'common-js-stages',
  setup(build) {
    build.onEnd(async ({ outputFiles = [] }) => {
      const modules = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
      await Promise.all(Object.keys(staged).map((stage) => bundleStage(stage, modules)));
    });
  },
};

async function bundleStage(stage, modules) {
  const common = [...modules.keys()].filter((file) => !(file.slice(0, -'.js'.length) in staged));
  const parts = stage === 'core' ? ['core.js', ...common] : [`${stage}.js`];
  await esbuild.build({
    ...output,
    stdin: { contents: parts.map((file) => `export * from './${file}';`).join('\n'), resolveDir: outdir },
    outfile: `${outdir}/${stage}.js`,
    format: 'cjs',
    // What a dynamic import loads is CommonJS, too.
    supported: { 'dynamic-import': false },
    plugins: [
      {
        name: 'stage',
        setup(build) {
          build.onResolve({ filter: /./ }, ({ kind, path }) => {
            const file = path.slice('./'.length);
            if (kind === 'dynamic-import' || !modules.has(file)) return { path, external: true };
            return parts.includes(file) ? { path: file, namespace: 'stage' } : { path: './core.js', external: true };
          });
          build.onLoad({ filter: /./, namespace: 'stage' }, ({ path }) => ({ contents: modules.get(path) }));
        },
      },
    ],
  });
}

const output = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  // jsonc-parser's other form loads its parts by paths that are not in the bundle.
  mainFields: ['module', 'main'],
  minify: production,
  sourcemap: production ? false : 'linked',
  // The licences of others have a file of their own.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

const builds = [
  {
    ...output,
    entryPoints: staged,
    outdir,
    write: false,
    format: 'esm',
    sourcemap: production ? false : 'inline',
    splitting: true,
    external: ['vscode'],
    plugins: [leaveApart, commonJsStages],
  },
  {
    ...output,
    entryPoints: { undici: 'src/net/undici.ts', sandbox: 'src/sandbox/index.ts', gateway: 'src/gateway/gateway.ts' },
    outdir,
    format: 'cjs',
    // As in the undici that Node brings: without its second parser of HTTP, an experiment.
    define: { esbuildDetection: 'true' },
    plugins: [silentUndici],
  },
];

const inputsOf = ({ metafile }) => Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));

if (watch) {
  for (const options of builds) await (await esbuild.context(options)).watch();
} else {
  const built = [];
  for (const options of builds) built.push(await esbuild.build(options));
  writeThirdParties(outdir, built.flatMap(inputsOf));
}
