import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

/** A request of an `.http` file, as httpYac has sent it; status 0 stands for no answer. */
export interface Sent {
  readonly name: string;
  readonly status: number;
}

interface Report {
  readonly requests: readonly { readonly name: string; readonly response?: { readonly statusCode: number } }[];
}

const cli = path.join(path.dirname(createRequire(__filename).resolve('httpyac/package.json')), 'bin/httpyac.js');

/** Sends every request of a file with httpYac's command line, in their order. */
export async function sendFile(file: string): Promise<readonly Sent[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // Its exit code counts failed requests too; what it prints tells more.
  execFile(
    process.execPath,
    [cli, 'send', path.basename(file), '--all', '--json'],
    { cwd: path.dirname(file) },
    (error, stdout, stderr) => {
      if (stdout.startsWith('{')) resolve(stdout);
      else reject(new Error(`httpyac: ${stderr || (error?.message ?? 'no report')}`));
    },
  );
  const { requests } = JSON.parse(await promise) as Report;
  return requests.map(({ name, response }) => ({ name, status: response?.statusCode ?? 0 }));
}

/** What httpYac's command line prints, in all, when it sends every request of a file. */
export function runHttpYac(file: string, options: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const args = [cli, 'send', path.basename(file), '--all', ...options];
  const where = { cwd: path.dirname(file), env: { ...process.env, ...env } };
  // Its exit code counts failed requests too.
  execFile(process.execPath, args, where, (_, stdout, stderr) => resolve(stdout + stderr));
  return promise;
}
