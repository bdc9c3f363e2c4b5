/**
 * Serves a VS Code with the packaged extensions that are named, for a browser, until its stdin ends: with `show`, that is when
 * the process that shows this one does.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { createProfile, installExtension, type Server, startServer } from '../workbench/server.js';

/**
 * A link that lets one browser in: it brings the cookie without which the editor, in which there is a terminal, would be open to
 * everybody on this machine.
 */
async function linkTo({ address, cookie }: Server): Promise<string> {
  const path = `/${randomBytes(16).toString('hex')}`;
  const door = createServer((request, response) => {
    if (request.url !== path) response.writeHead(404);
    else
      response.writeHead(302, {
        location: `${address}/?ew=true`,
        'set-cookie': `${cookie.name}=${cookie.value}; Path=/; HttpOnly; SameSite=Lax`,
        'cache-control': 'no-store',
      });
    response.end();
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(door.address() as AddressInfo).port}${path}`;
}

async function main(): Promise<void> {
  process.stdin.once('end', () => process.exit()).resume();
  const profile = createProfile();
  for (const vsix of process.argv.slice(2)) installExtension(profile, vsix);
  const server = await startServer(profile);
  process.stdout.write(`\nOpen ${await linkTo(server)} in a browser on this machine. Ctrl+C ends.\n`);
  // It goes with this process, and the profile after it.
  process.stderr.write(`${await server.ended}\nThe server ended.\n`);
  process.exit(1);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
