/**
 * A process that takes an access token of a service and removes its API token, and writes down what its memory holds before
 * and after that. Its API token is made here, so that nobody else has told it to this process.
 *
 * Arguments: the URL of the service, what the API token is made of, and a folder for the heap snapshots.
 */
import { join } from 'node:path';
import process from 'node:process';
import { writeHeapSnapshot } from 'node:v8';
import { Sender } from '../../../src/net/send.js';
import { platformOf } from '../../../src/platforms/index.js';
import { idle, SteppedClock } from '../../support/clock.js';
import { memoryWindow } from '../../support/memory.js';
import { apiTokenOf } from './forgotten.js';
import { clientOf, tenantFrom } from '../../support/world.js';

const [tokenUrl = '', seed = '', folder = ''] = process.argv.slice(2);

async function snapshot(name: string): Promise<void> {
  // The engine keeps the last text that a regular expression has matched, until another one does.
  /EXAMPLE/.test('EXAMPLE');
  for (let time = 0; time < 2; time++) {
    await idle();
    await globalThis.gc?.({ execution: 'async' });
  }
  writeHeapSnapshot(join(folder, name));
}

const clock = new SteppedClock();
const sender = new Sender();
const { vault, broker } = memoryWindow({ clock, send: sender.send });
const tenant = tenantFrom(clientOf(tokenUrl));

/** A separate function: the engine may keep a function's values until it returns. */
async function take(): Promise<string> {
  const boundTo = platformOf(tenant).exchangeUrl(tenant);
  const { id } = await vault.add({ tenant: tenant.id, name: 'Laptop', boundTo, secret: { refreshToken: apiTokenOf(seed) } });
  const { token } = await broker.access(tenant, id);
  clock.sleep(120_000, { monoGoesOn: true });
  // An API has refused it: that is remembered.
  broker.refused(id, token);
  return id;
}

async function main(): Promise<void> {
  const id = await take();
  await snapshot('before');
  await vault.remove(id);
  await clock.advance(10_000);
  await snapshot('after');
  // Everything that could hold it has existed all the time.
  broker.status(tenant, id);
  sender.dispose();
}

void main();
