import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { Secret } from '../../src/platforms/tenant.js';
import { pause } from '../../src/base/clock.js';
import type { TokenRecord } from '../../src/store/record.js';
import type { WindowParts } from '../../src/exchange/tokenServices.js';
import { SimulatedSecrets, Storage, type Call, type StorageCopy } from '../simulation/storage.js';
import { response } from '../faults/loopback.js';
import { hookedFolder } from '../support/hookedFolder.js';
import { end } from '../support/rotatingService.js';
import { RotatingTenant } from './support/rotatingTenant.js';
import { inWorld, tenantFrom, type World } from '../support/world.js';

const S = 1000;
const LIFETIME_S = 3600;
/** Whatever was replaced before was replaced long ago. */
const LONG_AGO_MS = 60 * S;
const DEADLINE_MS = 10 * S;

const never = new Promise<never>(() => undefined);
const reset = (socket: Socket): void => void socket.resetAndDestroy();

/** A window that ends at once, as in a crash: nothing continues, and nobody is notified. The next one knows that it is gone. */
function mortalWindow(world: World, parts: Partial<WindowParts> = {}) {
  const state = { isAlive: true };
  const { clock } = world;
  const folder = 'folder' in parts ? parts.folder : world.shared;
  const window = world.open({
    isAlive: () => false,
    ...parts,
    folder: folder && hookedFolder(folder, () => (state.isAlive ? undefined : never)),
    clock: { wall: clock.wall, mono: clock.mono, after: (ms, call) => clock.after(ms, () => state.isAlive && call()) },
    async send(request) {
      const response = await world.send(request);
      return state.isAlive ? response : never;
    },
  });
  return {
    ...window,
    isAlive: () => state.isAlive,
    die: (): void => void (state.isAlive = false),
  };
}

/** SecretStorage of one window, over storage that others see late. */
const secretsOver = (copy: StorageCopy, isAlive = (): boolean => true): SimulatedSecrets =>
  new SimulatedSecrets(copy, passes, () => 'none', isAlive);

const passes: Call = async (work) => work();

/** Notes what becomes of the records in it. */
class RecordedSecrets extends SimulatedSecrets {
  readonly stored: Secret[] = [];
  readonly deleted: string[] = [];

  constructor(copy: StorageCopy) {
    super(
      copy,
      passes,
      () => 'none',
      () => true,
    );
  }

  override store(key: string, value: string): Promise<void> {
    if (isRecord(key)) this.stored.push((JSON.parse(value) as TokenRecord).secret);
    return super.store(key, value);
  }

  override delete(key: string): Promise<void> {
    if (isRecord(key)) this.deleted.push(key);
    return super.delete(key);
  }
}

const isRecord = (key: string): boolean => key.startsWith('token.');

describe('threats: rotation', () => {
  it(
    'row 26: a token that a crashed window did not store is recovered if the service allows it, and a stored one is there',
    inWorld(async (world) => {
      await diesBeforeItStores(world, 0);
      await diesBeforeItStores(world, 30 * S);
      for (let ms = 0; ms <= 400; ms += 25) assert.equal(await diesAfterItStored(world, ms), 'ok', `${ms} ms`);
      // Without a folder there is one copy, which counts when VS Code has it.
      for (let ms = 0; ms <= 400; ms += 25)
        assert.equal(
          await diesAfterItStored(world, ms, false),
          ms < 100 ? 'api-token-refused' : 'ok',
          `${ms} ms, without a folder`,
        );
      await isRolledBack(world, 20 * S);
      await isRolledBack(world, 40 * S);
    }),
  );

  /** The service has replaced the API token unnoticed. */
  async function diesBeforeItStores(world: World, graceMs: number): Promise<void> {
    const service = await RotatingTenant.start(world, graceMs);
    const first = mortalWindow(world);
    await world.until(first.broker.access(service.tenant, service.id));
    const { secret } = await first.vault.read(service.id);
    await world.pass(LONG_AGO_MS);
    service.deliver = (socket, answer) => {
      first.die();
      end(socket, answer);
    };
    void first.broker.exchange(service.tenant, service.id);
    await world.pass(1);
    assert.equal(service.given, 2);
    service.deliver = end;
    const later = mortalWindow(world);
    const result = await world.outcome(later.broker.exchange(service.tenant, service.id));
    const isAllowed = graceMs > 0;
    assert.equal(result, isAllowed ? 'ok' : 'api-token-refused');
    assert.deepEqual([service.presented.length, service.login.family.isRevoked], [3, !isAllowed]);
    // A person must replace a refused token.
    assert.equal(later.vault.find(service.id)?.name, 'Laptop');
    const kept = await later.vault.read(service.id);
    assert.equal(kept.secret['refreshToken'], isAllowed ? service.login.token : secret['refreshToken']);
    assert.equal(later.broker.status(service.tenant, service.id).state, isAllowed ? 'valid' : 'attention');
    if (!isAllowed) assert.ok(later.broker.peek(service.tenant, service.id), 'the access token is valid until its expiry');
  }

  /** VS Code crashes so long after a window has stored. Returns what comes of the next exchange, with a service that takes nothing twice. */
  async function diesAfterItStored(world: World, ms: number, withFolder = true): Promise<string> {
    const storage = new Storage('desktop', world.clock);
    const copy = storage.open();
    const parts = withFolder ? {} : { folder: undefined };
    const first = mortalWindow(world, { secrets: secretsOver(copy, () => first.isAlive()), ...parts });
    const service = await RotatingTenant.start(world, 0, first.vault);
    await world.until(first.broker.access(service.tenant, service.id));
    await world.pass(LONG_AGO_MS);
    const stored = Promise.withResolvers<undefined>();
    copy.onDidChange((key) => {
      if (isRecord(key)) stored.resolve(undefined);
    });
    void first.broker.exchange(service.tenant, service.id).catch(() => undefined);
    await world.until(stored.promise);
    await world.pass(ms);
    first.die();
    copy.isLost = true;
    storage.close(copy);
    await world.pass(S);
    const later = mortalWindow(world, { secrets: secretsOver(storage.open()), ...parts });
    const result = await world.outcome(later.broker.exchange(service.tenant, service.id));
    assert.equal(later.vault.find(service.id)?.name, 'Laptop');
    return result;
  }

  /** The service has lost what it did last. Within the time for which services take it, the API token before is tried. */
  async function isRolledBack(world: World, afterMs: number): Promise<void> {
    const service = await RotatingTenant.start(world, 0);
    const { broker, vault } = world.open();
    await world.until(broker.access(service.tenant, service.id));
    await world.pass(afterMs);
    service.login.rollBack();
    const { secret, previous } = await vault.read(service.id);
    const isTried = afterMs < 30 * S;
    assert.equal(await world.outcome(broker.exchange(service.tenant, service.id)), isTried ? 'ok' : 'api-token-refused');
    const tried = service.presented.slice(1).map(({ token }) => token);
    const both = [secret['refreshToken'], previous?.secret['refreshToken']];
    assert.deepEqual(tried, isTried ? both : both.slice(0, 1));
    const kept = (await vault.read(service.id)).secret['refreshToken'];
    assert.equal(kept, isTried ? service.login.token : secret['refreshToken']);
  }

  /** A Commvault whose pairs are single-use. `presented` contains what it receives. */
  async function startCommvault(world: World) {
    const state = { presented: [] as string[], answered: (): void => undefined };
    const { port } = await world.service((socket, request) => {
      const { refreshToken } = JSON.parse(request.slice(request.indexOf('\r\n\r\n') + 4)) as { readonly refreshToken: string };
      state.presented.push(refreshToken);
      state.answered();
      const pair = { accessToken: world.secretOf('accessToken'), refreshToken: world.secretOf('apiToken') };
      end(socket, response(200, JSON.stringify(pair)));
    });
    const tenant = tenantFrom({ id: 'cv', name: 'CV', platform: 'commvault', url: `http://127.0.0.1:${port}/commandcenter/api` });
    const pair = { accessToken: world.secretOf('accessToken'), refreshToken: world.canaries.apiToken };
    return { tenant, id: await world.keep(tenant, pair), state };
  }

  it(
    'row 69: a token that a window had sent when it died is not sent again automatically if that would destroy the result',
    inWorld(async (world) => {
      const { tenant, id, state } = await startCommvault(world);
      const first = mortalWindow(world);
      state.answered = first.die;
      void first.broker.exchange(tenant, id);
      await world.pass(1);
      assert.equal(state.presented.length, 1);
      state.answered = () => undefined;
      const later = mortalWindow(world);
      for (const outcome of [later.broker.exchange(tenant, id), later.broker.access(tenant, id)])
        assert.equal(await world.outcome(outcome), 'renewal-uncertain');
      await world.pass(LIFETIME_S * S);
      const last = mortalWindow(world);
      for (const { broker } of [later, last]) assert.equal(await world.outcome(broker.access(tenant, id)), 'renewal-uncertain');
      assert.equal(state.presented.length, 1);
      assert.equal(last.broker.status(tenant, id).state, 'attention');
      // A person who has read that asks for it all the same.
      assert.equal(await world.outcome(last.broker.exchange(tenant, id)), 'ok');
      assert.equal(
        await world.outcome(last.broker.exchange(tenant, id)),
        'ok',
        'a response has arrived, and nothing is uncertain',
      );
    }),
  );

  it(
    'row 70: a token that a window had sent when it died is soon sent once more if a service may accept it, and then never automatically',
    inWorld(async (world) => {
      for (const [afterMs, isLostAgain, expected] of [
        [0, false, 'ok'],
        [0, true, 'renewal-uncertain'],
        [30 * S, false, 'renewal-uncertain'],
      ] as const) {
        const service = await RotatingTenant.start(world, 300 * S);
        const { tenant, id } = service;
        const first = mortalWindow(world);
        await world.until(first.broker.access(tenant, id));
        await world.pass(LONG_AGO_MS);
        service.deliver = (socket, answer) => {
          first.die();
          end(socket, answer);
        };
        void first.broker.exchange(tenant, id);
        await world.pass(1);
        await world.pass(afterMs);
        service.deliver = isLostAgain ? reset : end;
        const later = mortalWindow(world);
        assert.equal(await world.outcome(later.broker.exchange(tenant, id)), expected);
        const sent = 2 + Number(afterMs === 0);
        assert.equal(service.presented.length, sent);
        service.deliver = end;
        if (expected === 'ok') continue;
        assert.equal(await world.outcome(mortalWindow(world).broker.exchange(tenant, id)), 'renewal-uncertain');
        assert.equal(service.presented.length, sent);
        assert.equal(await world.outcome(later.broker.exchange(tenant, id)), 'ok');
      }
    }),
  );

  it(
    'row 27: after a lost response the API token is sent once more at once, and not again later',
    inWorld(async (world) => {
      world.stepDeadlines();
      for (const [lose, detectedMs] of [
        [reset, 0],
        [world.silence, DEADLINE_MS],
      ] as const)
        for (const graceMs of [0, 5 * S, 30 * S])
          // Once, or each time.
          for (const times of [1, Infinity]) {
            const service = await RotatingTenant.start(world, graceMs);
            const { tenant, id } = service;
            const { broker, vault } = world.open();
            const access = await world.until(broker.access(tenant, id));
            const { secret } = await vault.read(id);
            await world.pass(LONG_AGO_MS);
            const refresher = world.refresher({ broker, vault }, tenant);
            refresher.hold(tenant, id);
            let left = times;
            service.deliver = (socket, answer) => (left-- > 0 ? lose : end)(socket, answer);
            const result = await world.outcome(broker.exchange(tenant, id));
            const isTaken = detectedMs < graceMs;
            // A refusal is an answer too, and can be lost like the others.
            const expected = times === Infinity ? 'renewal-uncertain' : isTaken ? 'ok' : 'api-token-refused';
            assert.equal(result, expected, `${detectedMs} ${graceMs} ${times}`);
            const [first, second] = service.presented.slice(1);
            assert.ok(first && second);
            assert.deepEqual([first.token, second.token], [secret['refreshToken'], secret['refreshToken']]);
            assert.equal(second.isTaken, isTaken);
            assert.ok(second.at - first.at - detectedMs <= 3 * S && second.at - first.at <= 25 * S);
            if (expected === 'ok') {
              assert.equal((await vault.read(id)).secret['refreshToken'], service.login.token);
              refresher.dispose();
              continue;
            }
            // Nothing is sent unasked any more, and what is there is used to its end.
            assert.deepEqual((await vault.read(id)).secret, secret);
            assert.equal(broker.status(tenant, id).state, 'attention');
            await world.pass((LIFETIME_S - 60) * S - (world.clock.wall() - access.exchangedAt) - 1);
            assert.equal((await broker.access(tenant, id)).token, access.token);
            await world.pass(LIFETIME_S * S);
            assert.equal(service.presented.length, 3);
            assert.equal(broker.peek(tenant, id), undefined);
            refresher.dispose();
          }
    }),
  );

  it(
    'row 28: a window whose API token is refused uses the newer one of another window, once, and deletes nothing',
    inWorld(async (world) => {
      for (const folder of [world.shared, undefined])
        for (const isGood of [true, false]) {
          const storage = new Storage('desktop', world.clock);
          const other = world.open({ secrets: secretsOver(storage.open()), folder });
          const service = await RotatingTenant.start(world, 0, other.vault);
          const { tenant, id } = service;
          service.login.family.revokes = !isGood;
          await world.pass(S);
          const mine = new RecordedSecrets(storage.open());
          let meanwhile: (() => Promise<void>) | undefined;
          const { broker, vault } = world.open({
            secrets: mine,
            folder,
            async send(request) {
              await meanwhile?.();
              meanwhile = undefined;
              return world.send(request);
            },
          });
          const access = await world.until(broker.access(tenant, id));
          await world.pass(LONG_AGO_MS);
          const before = await vault.read(id);
          const newer = { ...before.secret, refreshToken: service.login.exchange(service.login.token)! };
          meanwhile = async () => {
            await other.vault.write(id, { ...before, generation: before.generation + 1, secret: newer });
            await pause(world.clock, S);
          };
          const result = await world.outcome(broker.exchange(tenant, id));
          assert.equal(result, isGood ? 'ok' : 'api-token-refused');
          assert.deepEqual(
            service.presented.slice(1).map(({ token, isTaken }) => [token, isTaken]),
            [
              [before.secret['refreshToken'], false],
              [newer.refreshToken, isGood],
            ],
          );
          const kept = await vault.read(id);
          assert.equal(kept.secret['refreshToken'], isGood ? service.login.token : newer.refreshToken);
          assert.equal(broker.status(tenant, id).state, isGood ? 'valid' : 'attention');
          if (!isGood) assert.equal(broker.peek(tenant, id)?.token, access.token);
          assert.deepEqual(mine.deleted, []);
          for (const secret of mine.stored) assert.ok(secret['refreshToken'] && secret['clientSecret']);
        }
    }),
  );
});
