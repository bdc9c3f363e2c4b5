import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { Sender } from '../../src/net/send.js';
import { answers } from '../faults/loopback.js';
import { apiTokenOf } from './support/forgotten.js';
import { end } from '../support/rotatingService.js';
import { RotatingTenant } from './support/rotatingTenant.js';
import { inWorld, type World } from '../support/world.js';

const S = 1000;
/** VS Code gives five. */
const GIVEN_MS = 4 * S;

/** A window with its own connections, which closes as in extension.ts. */
function openWindow(world: World) {
  const sender = new Sender(() => world.network, {});
  const window = world.open({ send: world.sendBy(sender) });
  return {
    ...window,
    /** Returns how long it took, ms. */
    async deactivate(): Promise<number> {
      const begun = world.clock.mono();
      await world.until(window.broker.settled());
      const ms = world.clock.mono() - begun;
      sender.dispose();
      await world.pass(1);
      window.broker.dispose();
      window.vault.dispose();
      return ms;
    },
  };
}

/** The locks that somebody holds. */
const locksIn = ({ shared }: World): string[] => Object.keys(shared.contents).filter((path) => /\/\d+$/.test(path));

describe('threats: endings', () => {
  it(
    'row 50: a closing window stores pending responses, for four seconds, and leaves nothing behind that stops the next one',
    inWorld(async (world) => {
      world.stepDeadlines();
      const service = await RotatingTenant.start(world, 0);
      const { tenant, id } = service;
      const first = openWindow(world);
      await world.until(first.broker.access(tenant, id));

      // A pending response with the only valid API token.
      service.deliver = (socket, answer) => {
        world.silence(socket);
        world.clock.after(3 * S, () => end(socket, answer));
      };
      void first.broker.exchange(tenant, id);
      await world.pass(S);
      assert.equal(locksIn(world).length, 1);
      const waitedMs = await first.deactivate();
      assert.ok(waitedMs > S && waitedMs < GIVEN_MS, String(waitedMs));
      assert.equal((await world.vault.read(id)).secret['refreshToken'], service.login.token);
      assert.deepEqual(locksIn(world), []);

      // A store that refuses, and accepts the retry.
      const second = openWindow(world);
      service.deliver = (socket, answer) => {
        world.secrets.failing = 'store';
        end(socket, answer);
      };
      assert.equal(await world.outcome(second.broker.exchange(tenant, id)), 'secret-not-kept');
      world.secrets.failing = undefined;
      assert.ok((await second.deactivate()) < GIVEN_MS);
      assert.match(world.secrets.values.get(`token.${id}`) ?? '', new RegExp(service.login.token));

      // A store that does not answer: what is on the disk is enough.
      const pending = openWindow(world);
      service.deliver = (socket, answer) => {
        world.secrets.hanging = 'store';
        end(socket, answer);
      };
      const storing = world.outcome(pending.broker.exchange(tenant, id));
      await world.pass(S);
      assert.ok((await pending.deactivate()) < GIVEN_MS + 100);
      assert.equal(await storing, 'secret-not-kept');
      // Pending work continues as long as the process; nothing new starts.
      await world.pass(10 * S);
      const calls = world.secrets.calls.length;
      await world.pass(60 * S);
      assert.equal(world.secrets.calls.length, calls);
      world.secrets.hanging = undefined;
      assert.equal((await world.vault.read(id)).secret['refreshToken'], service.login.token);
      assert.deepEqual(locksIn(world), []);

      // A service that does not answer is not waited for longer than there is time.
      const third = openWindow(world);
      service.deliver = end;
      service.unheard = world.silence;
      const given = world.outcome(third.broker.exchange(tenant, id));
      await world.pass(S);
      assert.ok((await third.deactivate()) < GIVEN_MS + 100);
      assert.equal(await given, 'renewal-uncertain');
      assert.deepEqual(locksIn(world), []);

      // The next one does not wait, and reports that the token was sent twice before it sends the token again.
      service.unheard = undefined;
      const fourth = openWindow(world);
      const begun = world.clock.mono();
      assert.equal(await world.outcome(fourth.broker.exchange(tenant, id)), 'renewal-uncertain');
      assert.equal(await world.outcome(fourth.broker.exchange(tenant, id)), 'ok');
      assert.ok(world.clock.mono() - begun < S);
      assert.equal(service.login.family.isRevoked, false);
      await fourth.deactivate();
    }),
  );

  // As far as a heap snapshot shows: the bytes that sockets have read are outside of it, until they are used for something else.
  it(
    'row 52: no text of a removed token is left in memory',
    inWorld(async (world) => {
      const seed = randomUUID();
      const secrets = { apiToken: apiTokenOf(seed), accessToken: world.canaries.accessToken };
      const { port } = await world.service(answers(200, world.good));
      const script = join(__dirname, 'support/forgetting.ts');
      const args = ['--expose-gc', '--import', 'tsx', script, `http://127.0.0.1:${port}/token`, seed, world.folder];
      await promisify(execFile)(process.execPath, args);
      /** By their last characters, which are unique. */
      const inMemory = (name: string): string[] => {
        const text = readFileSync(join(world.folder, name), 'utf8');
        rmSync(join(world.folder, name));
        return Object.entries(secrets).flatMap(([secret, value]) => (text.includes(value.slice(-16)) ? secret : []));
      };
      assert.deepEqual(inMemory('before'), ['apiToken', 'accessToken']);
      assert.deepEqual(inMemory('after'), []);
    }),
  );
});
