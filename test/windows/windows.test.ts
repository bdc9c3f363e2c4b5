import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { serve, type Loopback } from '../faults/loopback.js';
import { isLong } from '../support/long.js';
import { RotatingService, rotatingTenant } from '../support/rotatingService.js';
import { startAuthorizationServer, type AuthorizationServer } from '../support/authorizationServer.js';
import { assertG } from '../threats/support/canaries.js';
import { Machine, STEPS, type Mutation, type Settings, type Step, type Window } from './machine.js';

/** For all tokens together. */
const ROUNDS = isLong ? 200 : 20;
/** Windows do not start at exactly the same time. */
const SPREAD_MS = 60;
/** No service here issues a token for longer. */
const LIFETIME_MS = 3600_000;

/** An API token, and the windows that use it. */
interface Token {
  readonly settings: Settings;
  readonly id: string;
  readonly windows: readonly Window[];
}

/** In each round, all windows need a fresh access token at about the same time, and get the same one. */
async function rounds(windows: readonly Window[], tokens: readonly Token[], count: number): Promise<void> {
  const seen = new Set<string>();
  for (let round = 0; round < count; round++) {
    await Promise.all(windows.map((window) => window.pass(LIFETIME_MS)));
    const exchanging = tokens.flatMap(({ settings, id, windows: own }) =>
      own.map(async (window) => {
        await setTimeout(Math.random() * SPREAD_MS);
        return { id, token: await window.access(settings, id) };
      }),
    );
    // Wait for all windows even if one fails, so that none continues into the next round.
    await Promise.allSettled(exchanging);
    for (const { id, token } of await Promise.all(exchanging)) seen.add(`${id} ${round} ${token}`);
    assert.equal(seen.size, tokens.length * (round + 1));
  }
  assert.equal(new Set([...seen].map((one) => one.split(' ')[2])).size, seen.size);
}

describe('Windows in separate processes', () => {
  const servers: Loopback[] = [];
  /** Secrets that only the windows and the services may see. */
  const secrets = new Set<string>();
  let machine: Machine;

  beforeEach(async () => {
    machine = await Machine.start();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    const seen = await machine.seen().finally(() => machine.stop());
    assertG(
      [...secrets].map((value, n) => ({ name: `secret ${n}`, value })),
      seen,
    );
    secrets.clear();
  });

  /** A service that replaces its only API token with each exchange. */
  async function startService({ takesReplaced = false } = {}) {
    const service = new RotatingService({ graceMs: takesReplaced ? Infinity : 0 });
    const login = service.logIn('EXAMPLE-refresh-token');
    const server = await serve(service.script);
    servers.push(server);
    secrets.add(login.token);
    const settings = rotatingTenant(server.port, `service-${server.port}`) as Settings;
    return { service, family: login.family, settings, secret: { refreshToken: login.token } };
  }

  describe('with a third-party authorization server', () => {
    const counts = { exchanges: 0, revoked: 0 };
    let server: AuthorizationServer;

    beforeEach(async () => {
      Object.assign(counts, { exchanges: 0, revoked: 0 });
      server = await startAuthorizationServer();
      server.provider.on('grant.success', () => counts.exchanges++);
      server.provider.on('grant.revoked', () => counts.revoked++);
    });
    afterEach(() => server.stop());

    /** Gives every two to five windows a common token. */
    async function share(windows: readonly Window[]): Promise<readonly Token[]> {
      const settings = {
        id: 'other',
        name: 'Other',
        platform: 'oauth2',
        grant: 'refresh_token',
        tokenUrl: `${server.issuer}/token`,
        clientId: 'none',
        clientAuthentication: 'none',
      };
      const tokens: Token[] = [];
      for (let count = 2; count <= windows.length; count++) {
        const refreshToken = await server.issueRefreshToken('none');
        secrets.add(refreshToken);
        const id = await windows[0]!.add(settings, { refreshToken });
        tokens.push({ settings, id, windows: windows.slice(0, count) });
      }
      await Promise.all(tokens.flatMap(({ id }) => windows.map((window) => window.knows(id))));
      return tokens;
    }

    it(`row 24: two to five windows lose no one-time token in ${ROUNDS} rounds, and exchange it once in each`, async () => {
      const windows = await machine.open(5);
      const tokens = await share(windows);
      await rounds(windows, tokens, ROUNDS / tokens.length);
      assert.deepEqual(counts, { exchanges: ROUNDS, revoked: 0 });
    });
  });

  for (const mutation of ['no lock', 'no copies'] satisfies Mutation[])
    it(`would need a person with ${mutation}`, async () => {
      const { settings, secret } = await startService();
      const windows = await machine.open(3, mutation);
      const id = await windows[0]!.add(settings, secret);
      await Promise.all(windows.map((window) => window.knows(id)));
      // A window that finds another one’s note of a sent secret asks the person, unless the service has refused the secret before.
      await assert.rejects(rounds(windows, [{ settings, id, windows }], 10), /api-token-refused|renewal-uncertain/);
    });

  describe('when one is killed at every step of its exchange', () => {
    /** A service with an API token that all windows know, and the window that is killed at a step of its exchange. */
    async function victim(step: Step, window: Window, survivors: readonly Window[], takesReplaced: boolean) {
      const started = await startService({ takesReplaced });
      const id = await survivors[0]!.add(started.settings, started.secret);
      await Promise.all([window, ...survivors].map((one) => one.knows(id)));
      return { ...started, step, window, id };
    }

    for (const [what, takesReplaced, areLost] of [
      ['only what nobody could have kept, if the service takes no token twice', false, ['sent', 'answered']],
      ['nothing, if the service takes a replaced token once more', true, []],
    ] as const)
      it(`row 25: lose ${what}`, async () => {
        const survivors = await machine.open(2);
        const windows = await machine.open(STEPS.length);
        const victims = await Promise.all(STEPS.map((step, n) => victim(step, windows[n]!, survivors, takesReplaced)));
        const before = await Promise.all(victims.map(({ settings, id }) => survivors[0]!.access(settings, id)));
        await Promise.all([...survivors, ...windows].map((window) => window.pass(LIFETIME_MS)));
        await Promise.all(
          victims.map(async ({ step, service, settings, window, id }) => {
            await window.endAt(step);
            window.access(settings, id).catch(() => undefined);
            assert.equal(await window.reached, step);
            if (step === 'sent') while (service.given < 2) await new Promise((resolve) => setImmediate(resolve));
          }),
        );
        await Promise.all(windows.map((window) => window.kill()));
        const lost: Step[] = [];
        await Promise.all(
          victims.map(async ({ step, family, settings, id }, n) => {
            const settled = await Promise.allSettled(survivors.map((window) => window.access(settings, id)));
            const got = settled.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)));
            if (settled[0]?.status === 'fulfilled') secrets.add(settled[0].value);
            assert.equal(new Set(got).size, 1, `${step}: ${got.join()}`);
            assert.notEqual(got[0], before[n], step);
            assert.equal(settled[0]?.status, family.isRevoked ? 'rejected' : 'fulfilled', `${step}: ${got.join()}`);
            if (family.isRevoked) lost.push(step);
          }),
        );
        assert.deepEqual(lost.sort(), [...areLost].sort());
      });
  });

  it('lose nothing that was stored when all of them are killed at once', async () => {
    const { service, family, settings, secret } = await startService();
    const windows = await machine.open(2);
    const id = await windows[0]!.add(settings, secret);
    await Promise.all(windows.map((window) => window.knows(id)));
    const first = await windows[0]!.access(settings, id);
    await Promise.all(windows.map((window) => window.pass(LIFETIME_MS)));
    await windows[1]!.endAt('stored');
    windows[1]!.access(settings, id).catch(() => undefined);
    await windows[1]!.reached;
    await machine.crash();
    const [later] = await machine.open(1);
    await later!.pass(LIFETIME_MS);
    const second = await later!.access(settings, id);
    assert.notEqual(second, first);
    await later!.pass(LIFETIME_MS);
    await later!.access(settings, id);
    assert.deepEqual([service.given, family.isRevoked], [3, false]);
  });
});
