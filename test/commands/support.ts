import type { SandboxPlatform, SeenRequest } from '../../src/sandbox/index.js';
import { entryOf, secretOf } from '../support/entries.js';
import type { World } from '../support/world.js';

/** The extension with a sandbox beside it, and tenants of that in the settings. @param tenants by their ids in the sandbox */
export async function openWith(world: World, ...tenants: readonly string[]) {
  const sandbox = await world.sandbox();
  const extension = await world.start();
  extension.tenants = tenants.map((id) => entryOf(sandbox, id));
  const { prompter, run } = extension;
  return {
    sandbox,
    extension,
    prompter,
    run,
    secret: (tenant: string, token = 0) => secretOf(sandbox, tenant, token),
    requests: (platform: SandboxPlatform, pattern = /^POST /): SeenRequest[] =>
      sandbox.services[platform].requests.filter(({ method, path }) => pattern.test(`${method} ${path}`)),
  };
}
