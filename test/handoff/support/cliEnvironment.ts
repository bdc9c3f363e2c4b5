import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import type { Sandbox } from '../../../src/sandbox/index.js';

/**
 * Bundles the plugin for httpYac's command line.
 * @param folder where the bundle is written, with the sandbox tenants
 * @returns the environment in which the command line loads it
 */
export async function cliEnvironment(folder: string, sandbox: Sandbox): Promise<Readonly<Record<string, string>>> {
  const [plugin, tenants] = [path.join(folder, 'plugin.cjs'), path.join(folder, 'tenants.json')];
  writeFileSync(tenants, JSON.stringify(sandbox.tenants));
  await esbuild.build({
    entryPoints: [path.join(__dirname, 'cliPlugin.ts')],
    outfile: plugin,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  return { HTTPYAC_PLUGIN: plugin, EXAMPLE_TENANTS: tenants };
}
