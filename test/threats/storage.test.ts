import assert from 'node:assert/strict';
import { pause } from '../../src/base/clock.js';
import { MemoryFolder } from '../support/memory.js';
import { end } from '../support/rotatingService.js';
import { RotatingTenant } from './support/rotatingTenant.js';
import { inWorld, type World } from '../support/world.js';

const S = 1000;

/** The record of a token in SecretStorage, as it stands there. */
const storedIn = (world: World, id: string): string | undefined => world.secrets.values.get(`token.${id}`);

/** A token that was exchanged once, of a service that takes each API token once. */
async function exchanged(world: World): Promise<RotatingTenant> {
  const service = await RotatingTenant.start(world, 0);
  assert.equal(await world.outcome(world.broker.access(service.tenant, service.id)), 'ok');
  return service;
}

describe('threats: storage', () => {
  it(
    'row 29: a token that the key store has lost is reported as lost, and nothing is sent for it',
    inWorld(async (world) => {
      const service = await exchanged(world);
      const { tenant, id } = service;
      // Without second copies, and with another window, which remembers nothing.
      for (const [what, wasEmptied] of [
        ['secret-lost', false],
        ['store-emptied', true],
      ] as const) {
        const key = world.secrets.values.get('key')!;
        if (wasEmptied) world.secrets.values.clear();
        else world.secrets.values.delete(`token.${id}`);
        await world.shared.folder('tokens').folder(id).remove('record');
        const { vault, broker } = world.open();
        await broker.load(id);
        assert.deepEqual([broker.status(tenant, id).state, broker.status(tenant, id).error?.code], ['attention', what]);
        const before = service.presented.length;
        assert.equal(await world.outcome(broker.access(tenant, id)), what);
        assert.equal(service.presented.length, before);
        assert.equal(vault.find(id)?.name, 'Laptop');
        world.secrets.values.set('key', key);
      }
    }),
  );

  it(
    'row 30: a store that refuses, hangs, forgets or is damaged loses nothing that this window has, and is retried',
    inWorld(async (world) => {
      const service = await exchanged(world);
      const { tenant, id } = service;
      const { secrets } = world;
      const failures = [
        (isOn: boolean) => void (secrets.failing = isOn ? 'store' : undefined),
        (isOn: boolean) => void (secrets.forgetful = isOn),
        (isOn: boolean) => void (secrets.hanging = isOn ? 'store' : undefined),
      ];
      for (const fail of failures) {
        world.clock.sleep(3600 * S);
        // An unreadable secret would not be sent, so the store fails while the response is pending.
        service.deliver = (socket, answer) => {
          fail(true);
          end(socket, answer);
        };
        assert.equal(await world.outcome(world.broker.access(tenant, id)), 'secret-not-kept');
        service.deliver = end;
        assert.equal(world.broker.status(tenant, id).error?.code, 'secret-not-kept');
        // The access token is valid all the same, and the new secret is not forgotten.
        assert.ok(world.broker.peek(tenant, id));
        fail(false);
        await world.until(pause(world.clock, 120 * S));
        assert.match(storedIn(world, id) ?? '', new RegExp(service.login.token));
        assert.equal(world.broker.status(tenant, id).error, undefined);
      }
    }),
  );

  it(
    'an unreadable record stops no window from opening, and one of a later version stays unchanged',
    inWorld(async (world) => {
      const { tenant, id } = await exchanged(world);
      const other = await world.keep(tenant);
      for (const value of ['{"v":9,"all":"new"}', '{"v":1,', 'null', '[]', '"x"', '{"v":1,"generation":"x"}']) {
        world.secrets.values.set(`token.${id}`, value);
        await world.shared.folder('tokens').folder(id).remove('record');
        const { vault, broker } = world.open();
        await Promise.all([broker.load(id), broker.load(other)]);
        assert.equal(broker.status(tenant, id).error?.code, 'secret-unreadable');
        assert.equal(broker.status(tenant, other).error, undefined);
        assert.equal(vault.entries.length, 2);
        assert.equal(storedIn(world, id), value);
      }
      world.globalState.values.set('tokens', { not: 'a list' });
      assert.deepEqual(world.open().vault.entries, []);
    }),
  );

  it(
    'row 67: a tombstone that was written without the key removes no token',
    inWorld(async (world) => {
      const { tenant, id } = await exchanged(world);
      const place = world.shared.folder('tokens').folder(id);
      for (const forged of ['{"v":1,"removed":true}', '{"v":1,"removed":true,"key":"EXAMPLE","data":"RVhBTVBMRQ=="}']) {
        await place.replace('record', forged);
        const { vault, broker } = world.open();
        assert.equal(await world.outcome(broker.exchange(tenant, id)), 'ok');
        assert.equal(vault.find(id)?.name, 'Laptop');
        assert.notEqual(await place.read('record'), forged, 'the exchange writes a second copy again');
      }
    }),
  );

  it(
    'row 67: a second copy with an invented generation delays exchanges once, and is gone when the token is entered again',
    inWorld(async (world) => {
      const service = await exchanged(world);
      const { tenant, id, presented } = service;
      const place = world.shared.folder('tokens').folder(id);
      await place.replace('record', '{"v":1,"generation":1000000,"key":"EXAMPLE","data":"RVhBTVBMRQ=="}');
      const before = presented.length;
      const delays = [];
      for (let count = 0; count < 3; count++) {
        const begun = world.clock.mono();
        assert.equal(await world.outcome(world.broker.exchange(tenant, id)), 'renewed-elsewhere');
        delays.push(Math.round((world.clock.mono() - begun) / S));
      }
      assert.deepEqual([delays, presented.length], [[5, 0, 0], before]);
      await world.until(world.broker.secrets.replace(tenant, id, { ...world.secret, refreshToken: service.login.token }));
      assert.equal(await world.outcome(world.broker.exchange(tenant, id)), 'ok');
    }),
  );

  it(
    'row 68: the access token of a revoked API token is handed out in no window, and is stored nowhere',
    inWorld(async (world) => {
      const { tenant, id, presented } = await exchanged(world);
      const other = world.open();
      const { token } = await world.until(other.broker.access(tenant, id));
      await world.until(world.broker.secrets.revoked(tenant, id));
      await world.pass(S);
      for (const { broker } of [world, other, world.open()]) {
        assert.equal(broker.peek(tenant, id), undefined);
        assert.equal(await world.outcome(broker.access(tenant, id)), 'token-revoked');
      }
      assert.equal(presented.length, 1);
      assert.ok(!storedIn(world, id)?.includes(token));
    }),
  );

  it(
    'row 51: without a usable folder, windows coordinate by leases, and log that',
    inWorld(async (world) => {
      const { tenant, id } = await exchanged(world);
      const readOnly = ['create', 'replace', 'rename', 'remove', 'touch'];
      for (const failing of [readOnly, ['replace'], [...readOnly, 'names', 'read', 'touchedAt']]) {
        world.shared.failing = failing;
        const windows = [
          world.open(),
          world.open(),
          world.open({ folder: undefined }),
          world.open({ folder: new MemoryFolder() }),
        ];
        await world.pass(2 * S);
        world.clock.sleep(3600 * S);
        const tokens = await world.until(Promise.all(windows.map(({ broker }) => broker.access(tenant, id))));
        assert.equal(new Set(tokens.map(({ token }) => token)).size, 1);
      }
      assert.ok(world.log.lines.some((line) => line.includes('the folder that windows share cannot be used')));
      assert.ok(world.log.lines.some((line) => line.includes('second copies of the records cannot be kept')));
    }),
  );
});
