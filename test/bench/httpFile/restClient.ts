import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Plugin } from 'esbuild';
import { bundled } from './bundled.js';
import type { FakeDocument } from '../../support/document.js';

interface LensProvider {
  provideCodeLenses(document: FakeDocument): Promise<readonly unknown[]>;
}

export interface RestClient {
  readonly name: string;
  readonly lenses: LensProvider;
}

const source = process.env['REST_CLIENT_SOURCE'];

/** It is no package that can be installed, so it is compared only where `REST_CLIENT_SOURCE` names a copy of its repository. */
export const isRestClientHere = source !== undefined;

/** What REST Client does for each version of a document: its lenses, made by its own sources. */
export async function restClient(): Promise<RestClient | undefined> {
  if (source === undefined) return undefined;
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { readonly version: string };
  const entry = join(source, 'src/providers/httpCodeLensProvider.ts');
  const { HttpCodeLensProvider } = (await bundled(entry, [lensesOnly])) as {
    readonly HttpCodeLensProvider: new () => LensProvider;
  };
  return { name: `REST Client ${version}`, lenses: new HttpCodeLensProvider() };
}

/** Lenses are made by the provider and the selector of requests; what those import to send requests is left out. */
const lensesOnly: Plugin = {
  name: 'lenses only',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\.?\// }, ({ path }) =>
      /\/(constants|selector)$/.test(path) ? undefined : { path, namespace: 'left-out' },
    );
    bundle.onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};
