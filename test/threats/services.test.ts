import assert from 'node:assert/strict';
import dns from 'node:dns';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import { authority, certificate } from '../faults/certificates.js';
import { answers, type Script } from '../faults/loopback.js';
import { Asked, LIFETIME_S, oauth2 } from './support/asked.js';
import { clientOf, inWorld } from '../support/world.js';

const S = 1000;
/** When a token of this life is exchanged ahead, where chance says 0. */
const DUE_S = 0.7 * LIFETIME_S;

const fails = (status: number, headers: Readonly<Record<string, string>> = {}): Script => answers(status, '{}', headers);

/** Fails this many times, and then succeeds. */
function failing(times: number, failure: Script, good: Script): Script {
  let left = times;
  return (...args) => (left-- > 0 ? failure : good)(...args);
}

describe('threats: services', () => {
  it(
    'row 18: a failing or busy service is retried at a bearable rate, never before its Retry-After, and nobody is signed out',
    inWorld(async (world) => {
      world.chance = 1;
      for (const status of [500, 502, 503, 504])
        for (let failures = 1; failures <= 4; failures++) {
          // Somebody waits. As long as nothing is known of a service, it may have replaced the secret.
          const fresh = await Asked.start(world);
          fresh.script = failing(failures, fails(status), fresh.good);
          fresh.forget();
          assert.equal(await fresh.ask(), failures < 2 ? 'ok' : 'service-failed');
          assert.deepEqual(fresh.times, [0, 0]);
          const known = await (await Asked.start(world)).begin();
          known.script = failing(failures, fails(status), known.good);
          assert.equal(await known.ask(), failures < 3 ? 'ok' : 'service-failed');
          assert.deepEqual(known.times, [0, 0.5, 1.5].slice(0, failures + 1));
          await known.assertSignedIn();
        }

      world.chance = 0;
      // Without a waiting caller: less and less often, until it recovers.
      const ahead = await (await Asked.start(world)).begin();
      const refresher = world.refresher(world, ahead.tenant);
      const hold = refresher.hold(ahead.tenant, ahead.id);
      ahead.script = fails(503);
      await world.pass(3000 * S);
      await ahead.assertSignedIn();
      ahead.script = ahead.good;
      await world.pass(LIFETIME_S * S - 3000 * S);
      const tried = [0, 30, 90, 210, 450].map((s) => DUE_S + s);
      assert.deepEqual(ahead.times, [...tried, DUE_S + 930]);
      await ahead.assertSignedIn();
      hold.dispose();

      const now = (): number => world.clock.wall();
      const waits: readonly (readonly [retryAfter: (() => string) | undefined, seconds: number])[] = [
        [() => '2', 2],
        [() => '0', 1],
        [() => '600', 600],
        [() => '99999999', 3600],
        [() => '99999999999999999999', 60],
        [() => '-5', 60],
        [() => 'abc', 60],
        [() => '', 60],
        [undefined, 60],
        [() => new Date(now() + 90 * S).toUTCString(), 90],
        [() => new Date(now() - 90 * S).toUTCString(), 1],
        [() => new Date(now() + 10 * 24 * LIFETIME_S * S).toUTCString(), 3600],
      ];
      for (const [retryAfter, seconds] of waits)
        for (const status of retryAfter ? [429, 503] : [429]) {
          const busy = await (await Asked.start(world)).begin();
          const headers = (): Record<string, string> => (retryAfter ? { 'retry-after': retryAfter() } : {});
          busy.script = failing(1, (...args) => fails(status, headers())(...args), busy.good);
          assert.equal(await busy.ask(), status === 429 ? 'rate-limited' : 'service-failed');
          await busy.assertSignedIn();
          await world.pass(seconds * S - 1);
          // Nor another window, nor one that is opened later, by whatever a person does.
          for (const { broker } of [world, world.open()]) assert.equal(await busy.ask(broker), 'rate-limited');
          assert.deepEqual(busy.times, [0]);
          await world.pass(1);
          assert.equal(await busy.ask(), 'ok');
          assert.deepEqual(busy.times, [0, seconds]);

          const unasked = await (await Asked.start(world)).begin();
          const own = world.refresher(world, unasked.tenant);
          own.hold(unasked.tenant, unasked.id);
          await world.pass((DUE_S - 1) * S);
          unasked.script = failing(1, (...args) => fails(status, headers())(...args), unasked.good);
          await world.pass((1 + 3600 + 30) * S);
          // It looks each half a minute.
          const again = DUE_S + Math.ceil(seconds / 30) * 30;
          assert.deepEqual(unasked.times.slice(0, 2), [DUE_S, again]);
          own.dispose();
        }
    }),
  );

  it(
    'row 22: exchanges that a network outage prevented happen automatically within 30 s of its return',
    inWorld(async (world) => {
      const host = 'id.acme.example';
      const company = authority();
      const caFile = join(world.folder, 'company.pem');
      writeFileSync(caFile, company.cert);
      const state = { network: 'online' };
      const isAway = (): boolean => (state.network === 'flapping' ? Math.floor(world.clock.mono() / 7_000) % 2 === 0 : true);
      type Told = (error: Error | null, addresses?: readonly dns.LookupAddress[]) => void;
      mock.method(dns, 'lookup', (_: string, _options: unknown, tell: Told) => {
        const code = state.network === 'flapping' ? 'ENOTFOUND' : state.network;
        if (state.network === 'online' || !isAway()) tell(null, [{ address: '127.0.0.1', family: 4 }]);
        // The service listens at another address of this machine.
        else if (code === 'ECONNREFUSED') tell(null, [{ address: '::1', family: 6 }]);
        else tell(Object.assign(new Error(code), { code, syscall: 'getaddrinfo' }));
      });
      const settings = (port: number) => ({ ...clientOf(`https://${host}:${port}/token`), caFile });
      const start = () => Asked.start(world, settings, { tls: certificate(host, { issuer: company }) });

      for (const network of ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'flapping'])
        // It returns while the access token is valid, and after that has expired.
        for (const awayUntil of [DUE_S + 317, LIFETIME_S + 321]) {
          const client = await (await start()).begin();
          const refresher = world.refresher(world, client.tenant);
          refresher.hold(client.tenant, client.id);
          await world.pass((DUE_S - 1) * S);
          state.network = network;
          await world.pass((awayUntil - DUE_S + 1) * S);
          const { error, access } = world.broker.status(client.tenant, client.id);
          const isBack = network === 'flapping';
          if (!isBack) {
            assert.equal(error?.code, 'unreachable');
            assert.deepEqual(client.times, []);
            if (awayUntil < LIFETIME_S) await client.assertSignedIn();
            assert.equal(await client.ask(), 'unreachable');
          }
          assert.ok(access);
          state.network = 'online';
          await world.pass(30 * S);
          await client.assertSignedIn();
          assert.equal(client.times.length, 1, network);
          assert.equal(world.broker.status(client.tenant, client.id).error, undefined);
          refresher.dispose();
        }

      // Network failures delay nothing: requested exchanges are sent at once.
      const client = await (await start()).begin();
      state.network = 'ENOTFOUND';
      assert.equal(await client.ask(), 'unreachable');
      state.network = 'online';
      assert.equal(await client.ask(), 'ok');
      assert.equal(client.times.length, 1);
    }),
  );

  // Automatic exchanges for published references: test/handoff/published.test.ts.
  it(
    'row 34: a token that expires at once does not cause repeated automatic exchanges, and is reported once',
    inWorld(async (world) => {
      const commvault = (port: number): object => ({
        name: 'CV',
        platform: 'commvault',
        url: `http://127.0.0.1:${port}/commandcenter/api`,
      });
      const inSeconds = (seconds: number): object => ({
        accessToken: world.secretOf('accessToken'),
        refreshToken: world.secretOf('apiToken'),
        tokenExpiryTimestamp: Math.floor(world.clock.wall() / S) + seconds,
      });
      const odd: readonly (readonly [settings: (port: number) => object, answer: () => object, remarks: number])[] = [
        [oauth2, () => JSON.parse(world.answer({ expires_in: 1 })) as object, 0],
        [oauth2, () => JSON.parse(world.answer({ expires_in: 19 })) as object, 0],
        [oauth2, () => JSON.parse(world.answer({ expires_in: 20 })) as object, 0],
        [oauth2, () => JSON.parse(world.answer({ expires_in: 0 })) as object, 1],
        [oauth2, () => JSON.parse(world.answer({ expires_in: -1 })) as object, 1],
        // By the clock of the service, which is another one than ours.
        [commvault, () => inSeconds(1), 0],
        [commvault, () => inSeconds(0), 0],
        [commvault, () => inSeconds(-3600), 0],
      ];
      for (const [settings, answer, remarks] of odd) {
        const asked = await Asked.start(world, settings, {}, { ...world.secret, accessToken: world.secretOf('accessToken') });
        asked.script = (...args) => answers(200, JSON.stringify(answer()))(...args);
        const refresher = world.refresher(world, asked.tenant);
        await world.until(world.broker.access(asked.tenant, asked.id));
        refresher.hold(asked.tenant, asked.id);
        for (let minute = 0; minute < 5; minute++) {
          asked.forget();
          for (let second = 0; second < 60; second++) {
            await world.pass(S);
            refresher.check();
          }
          assert.ok(asked.times.length <= 2, asked.times.join());
        }
        // Each request of a caller gets one.
        asked.forget();
        for (let time = 0; time < 5; time++) {
          await world.pass(60 * S);
          await world.until(world.broker.access(asked.tenant, asked.id));
        }
        assert.ok(asked.times.length >= 5);
        const reported = world.log.lines.filter((line) => line.startsWith(`${asked.tenant.id}: expiry-`));
        assert.equal(reported.length, remarks);
        refresher.dispose();
      }
    }),
  );
});
