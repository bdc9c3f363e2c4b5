import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Service {
  /** Of its token endpoint. */
  readonly url: string;
  /** How many requests it has answered so far. */
  answered(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the service that is exchanged with, in a process of its own: its work is not in the event loop that is measured. */
export async function startService(): Promise<Service> {
  const child = fork(join(__dirname, 'server.ts'));
  const ended = once(child, 'exit');
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `http://127.0.0.1:${port}/token`,
    async answered() {
      child.send('answered');
      const [{ answered }] = (await once(child, 'message')) as [{ answered: number }];
      return answered;
    },
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
