import assert from 'node:assert/strict';
import type { ManagementFlow } from '../../../src/management/tokenManager.js';
import type { Behaviour } from '../../../src/sandbox/index.js';
import { leaksIn, type Canary } from '../../threats/support/canaries.js';
import { innerTextOf, useWorld, type At } from './support.js';

const PLATFORMS = [
  'sandbox-cloud-director',
  'sandbox-cloud-director-system',
  'sandbox-commvault',
  'sandbox-identity-services',
] as const;
const WITH_LOGIN = PLATFORMS.filter((id) => id !== 'sandbox-identity-services');

/** The names of the secrets that a flow holds in memory. */
const heldBy = (flow: ManagementFlow, canaries: readonly Canary[]): string[] =>
  leaksIn([{ place: 'the flow', text: innerTextOf(flow) }], canaries).filter((leak) => leak.includes('(clear)'));

/** A service that echoes what it was sent, in full and shortened to its last characters. */
const echo =
  ({ world }: At, status: number): Behaviour =>
  () => {
    const words = world.sent().flatMap((value) => [value, value.slice(-10), encodeURIComponent(value)]);
    const message = `No: ${words.join(' and ')}`;
    const body = JSON.stringify({ minorErrorCode: words[1], errorCode: 5, error: words[1], message, errorMessage: message });
    return { status, headers: { 'content-type': 'application/json' }, body };
  };

/** At the end of each test, every secret that was sent or received is searched for in everything that the test has left. */
describe('Secrets of token management, over sockets', () => {
  const { at } = useWorld();

  for (const id of PLATFORMS)
    it(`are stored where they belong and nowhere else: ${id}`, async () => {
      const here = at(id);
      const { broker, stored, canaries } = here.world;
      const flow = await here.flow();
      const entry = await flow.create(here.draft({ name: 'nightly' }));
      const made = Object.values(await here.secretOf(entry.id));
      await broker.exchange(here.tenant, entry.id);
      await flow.list();
      const { remoteId = '' } = here.world.notes.of(entry.id);
      if (id === 'sandbox-identity-services') {
        await flow.regenerate(entry.id);
        await flow.update(remoteId, { name: 'weekly' });
      } else await flow.revoke(remoteId);
      await flow.close();

      const known = canaries().map(({ value }) => value);
      for (const value of [...made, ...Object.values(await here.secretOf(entry.id))])
        assert.ok(known.includes(value), 'the new value is searched for');
      const [secret = ''] = Object.values(await here.secretOf(entry.id));
      assert.ok(stored().includes(secret), 'the stored secret is in SecretStorage');
    });

  for (const id of WITH_LOGIN)
    it(`of a sign-in are neither in SecretStorage nor in the vault's files: ${id}`, async () => {
      const here = at(id);
      const flow = await here.signIn();
      const session = here.world.canaries();
      assert.ok(session.length >= 3, 'a password, its Base64 and a session');
      await flow.create(here.draft({ name: 'nightly' }));
      await flow.list();
      await flow.close();
      const text = here.world.stored();
      assert.ok(text.length > 0);
      assert.deepEqual(leaksIn([{ place: 'what is stored', text }], session), []);
    });

  for (const id of PLATFORMS) {
    it(`are forgotten by a flow that is closed: ${id}`, async () => {
      const here = at(id);
      const flow = await here.flow();
      await flow.create(here.draft({ name: 'nightly' }));
      assert.notDeepEqual(heldBy(flow, here.world.canaries()), [], 'the session is visible');
      await flow.close();
      assert.deepEqual(heldBy(flow, here.world.canaries()), []);
      await assert.rejects(flow.list(), TypeError);
    });

    it(`are forgotten by a flow that is closed, even if the store has refused the token: ${id}`, async () => {
      const here = at(id);
      const flow = await here.flow();
      const before = here.world.canaries().map(({ value }) => value);
      here.failStoreMeanwhile();
      assert.equal(await here.codeOf(flow.create(here.draft({ name: 'nightly' }))), 'token-not-stored');
      const made = here.world.canaries().filter(({ value }) => !before.includes(value));
      assert.notDeepEqual(heldBy(flow, made), [], 'the new value is visible');
      await flow.close();
      assert.deepEqual(heldBy(flow, here.world.canaries()), []);
      assert.deepEqual([flow.isUnkept, flow.orphan?.name], [false, 'nightly']);
    });

    for (const status of [200, 400, 401, 403, 404, 409, 500])
      it(`are in no error of a service that echoes what it was sent, with ${status}: ${id}`, async () => {
        const here = at(id);
        const flow = await here.flow();
        const entry = await flow.create(here.draft({ name: 'nightly' }));
        const { remoteId = '' } = here.world.notes.of(entry.id);
        const answer = echo(here, status);
        here.fail(answer, 2);
        await here.errorOf(flow.create(here.draft({ name: 'weekly' })));
        await flow.list().catch((error: unknown) => here.world.reported.push(error));
        here.fail(answer);
        if (id === 'sandbox-identity-services') await here.errorOf(flow.regenerate(entry.id));
        else await flow.revoke(remoteId).catch((error: unknown) => here.world.reported.push(error));
        assert.ok(here.world.reported.length > 0);
      });
  }

  for (const id of ['sandbox-cloud-director', 'sandbox-cloud-director-system'])
    for (const status of [200, 400, 401, 500])
      it(`are in no error of a creation that is half done, with ${status}: ${id}`, async () => {
        const here = at(id);
        const flow = await here.signIn();
        here.service.answerNext(echo(here, status));
        assert.equal(await here.codeOf(flow.create(here.draft({ name: 'nightly' }))), 'creation-half-done');
      });

  for (const id of WITH_LOGIN)
    for (const status of [200, 400, 401, 403, 500])
      it(`are in no error of a login that echoes what it was sent, with ${status}: ${id}`, async () => {
        const here = at(id);
        const answers: Behaviour[] = [echo(here, status)];
        // The versions are requested first, without any secret.
        if (id !== 'sandbox-commvault') answers.unshift((due) => due);
        for (const answer of answers) here.service.answerNext(answer, 1, 'resource');
        await here.errorOf(here.signIn());
      });
});
