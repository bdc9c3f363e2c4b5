import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Result } from './comparison.js';
import type { Listed } from './rows/index.js';
import type { Told } from './runRow.js';

/** Nothing that is measured takes as long; what hangs is ended. */
const ROW_LIMIT_MS = 15 * 60_000;

/**
 * Measures a row in a process of its own.
 * @param rounds how often each subject has its turn, if not as often as the row says
 * @param told called after each turn with the completed share, 0 to 1
 * @throws Error with what the process printed, if it fails
 */
export async function measureApart(
  { topic, row }: Listed,
  rounds?: string,
  reported: (share: number) => void = () => undefined,
): Promise<Result> {
  const child = fork(join(__dirname, 'runRow.ts'), [topic, row.id, ...(rounds === undefined ? [] : [rounds])], {
    execArgv: ['--expose-gc', '--import', 'tsx'],
    serialization: 'advanced',
    silent: true,
    timeout: ROW_LIMIT_MS,
  });
  let result: Result | undefined;
  child.on('message', (message: Told) => {
    if ('result' in message) result = message.result;
    else reported(message.share);
  });
  // The last message may come after the exit, and never after this.
  const disconnected = once(child, 'disconnect');
  const [errors] = await Promise.all([text(child.stderr!), text(child.stdout!), once(child, 'exit'), disconnected]);
  if (!result) throw new Error(errors.trim() || `it ended with ${child.exitCode ?? child.signalCode}`);
  return result;
}
