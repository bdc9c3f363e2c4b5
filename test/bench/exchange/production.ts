import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import * as esbuild from 'esbuild';

const undiciApart: esbuild.Plugin = {
  name: 'undici-apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/undici\.js$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** Modules of this folder as they would ship: in one file of CommonJS, for this Node, with the undici that ships. */
export class Production implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-bench-'));

  /** @param entry its name, without the ending @returns its file; what it imports later stands in one beside it, as it does when it ships */
  async build(entry: string): Promise<string> {
    await esbuild.build({
      entryPoints: { [entry]: join(__dirname, `${entry}.ts`), undici: join(__dirname, '../../../src/net/undici.ts') },
      outdir: this.folder,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      minify: true,
      define: { esbuildDetection: 'true' },
      supported: { 'dynamic-import': false },
      plugins: [undiciApart],
      logLevel: 'error',
    });
    return join(this.folder, `${entry}.js`);
  }

  /**
   * Loads what it has built, so that neither ours nor what it is compared with pays for being translated as it runs: names
   * that are kept, and errors whose traces are mapped; undici makes one for each connection.
   */
  async load<T>(entry: string): Promise<T> {
    const file = await this.build(entry);
    process.setSourceMapsEnabled(false);
    return createRequire(file)(file) as T;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
