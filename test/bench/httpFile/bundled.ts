import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import '../../support/vscode.js';

/** A module as an extension bundles it, with a stand-in for the editor. @param entry its file */
export async function bundled(entry: string, plugins: Plugin[] = []): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-bundled-'));
  try {
    const outfile = join(folder, 'bundle.cjs');
    await build({
      entryPoints: [entry],
      outfile,
      external: ['vscode'],
      plugins,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    return createRequire(__filename)(outfile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
