/** Serves a VS Code with the packaged extensions that are named, for a browser, until it is told to end. */
import process from 'node:process';
import { createProfile, installExtension, startServer } from '../workbench/server.js';

async function main(): Promise<void> {
  const profile = createProfile();
  for (const vsix of process.argv.slice(2)) installExtension(profile, vsix);
  const server = await startServer(profile);
  process.stdout.write(`\nOpen ${server.address}/?ew=true in a browser on this machine. Ctrl+C ends.\n`);
  // It goes with this process, and the profile after it.
  process.stderr.write(`${await server.ended}\nThe server ended.\n`);
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
