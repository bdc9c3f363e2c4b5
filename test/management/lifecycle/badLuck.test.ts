import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/base/errors.js';
import type { Behaviour } from '../../../src/sandbox/index.js';
import type { ManagementFlow } from '../../../src/management/tokenManager.js';
import { useWorld, type At } from './support.js';

type Mishap = Extract<Behaviour, string>;

/** The error code of each mishap. */
const CODES: Readonly<Record<Mishap, ErrorCode>> = {
  'rate-limited': 'rate-limited',
  'service-failed': 'service-failed',
  'web-page': 'web-page',
  redirect: 'redirected',
  dropped: 'connection-lost',
  silent: 'timed-out',
  'cut-off': 'connection-lost',
  lost: 'connection-lost',
};
const MISHAPS = Object.keys(CODES) as Mishap[];
/** Mishaps after which it is unknown whether the service has acted. */
const UNCERTAIN: readonly Mishap[] = ['service-failed', 'dropped', 'silent', 'cut-off', 'lost'];
/** Mishaps after which it has acted. */
const ACTED: readonly Mishap[] = ['cut-off', 'lost'];

/** Starts an operation that fails at the last of this many requests. */
const suffer = <T>(here: At, mishap: Mishap, begin: () => Promise<T>, requests = 1): Promise<T> =>
  mishap === 'silent' ? here.untilDeadline(begin, requests) : begin();

/** All stored tokens and their notes. */
async function stateOf({ world: { vault, notes } }: At): Promise<unknown> {
  return Promise.all(vault.entries.map(async (entry) => [entry, notes.of(entry.id), await vault.read(entry.id)]));
}

interface Creator {
  readonly id: string;
  readonly creation: string;
  readonly listing: readonly string[];
}
const CREATORS: readonly Creator[] = [
  {
    id: 'sandbox-cloud-director',
    creation: 'POST /oauth/tenant/acme/register',
    listing: ['GET /cloudapi/1.0.0/tokens'],
  },
  {
    id: 'sandbox-cloud-director-system',
    creation: 'POST /oauth/provider/register',
    listing: ['GET /cloudapi/1.0.0/tokens'],
  },
  {
    id: 'sandbox-commvault',
    creation: 'POST /commandcenter/api/V4/AccessToken',
    // Its login does not say who has signed in.
    listing: ['GET /commandcenter/api/v2/WhoAmI', 'GET /commandcenter/api/V4/AccessToken/'],
  },
  {
    id: 'sandbox-identity-services',
    creation: 'POST /acs/t/CUSTOMER/api-tokens',
    listing: ['POST /acs/t/CUSTOMER/api-tokens/search'],
  },
];
const canRevoke = (id: string): boolean => id !== 'sandbox-identity-services';

/** Revokes what a flow has left at its service if the service can, and then nothing is left. */
async function clearUp(here: At, flow: ManagementFlow): Promise<void> {
  const { orphan } = flow;
  assert.ok(orphan);
  const isThere = async (): Promise<boolean> => (await flow.list()).some(({ id }) => id === orphan.id);
  assert.equal(await isThere(), true);
  if (!canRevoke(here.tenant.id)) return;
  await flow.revoke(orphan.id);
  assert.deepEqual([flow.orphan, flow.isUnkept, await isThere()], [undefined, false, false]);
}

describe('a creation that goes wrong, over sockets', () => {
  const { at } = useWorld();

  for (const { id, creation, listing } of CREATORS) {
    for (const mishap of MISHAPS)
      it(`is sent once to ${id}, and stores nothing: ${mishap}`, async () => {
        const here = at(id);
        const flow = await here.flow();
        const before = await stateOf(here);
        here.fail(mishap);
        const asked = here.watchRequests();
        const error = await here.errorOf(suffer(here, mishap, () => flow.create(here.draft({ name: 'nightly' }))));
        if (UNCERTAIN.includes(mishap)) {
          assert.deepEqual([error.code, error.facts['name']], ['creation-uncertain', 'nightly']);
          assert.deepEqual(asked(), [creation, ...listing]);
        } else {
          assert.equal(error.code, CODES[mishap]);
          assert.deepEqual(asked(), [creation]);
        }
        assert.deepEqual(await stateOf(here), before);
        const made = (await flow.list()).find(({ name }) => name === 'nightly');
        assert.equal(made !== undefined, ACTED.includes(mishap));
        assert.deepEqual(flow.orphan, made && { id: made.id, name: 'nightly', certainty: 'found' });
        if (made) await clearUp(here, flow);
      });

    it(`is uncertain at ${id} if listing fails too, and is found later`, async () => {
      const here = at(id);
      const flow = await here.flow();
      here.fail('lost');
      here.fail('service-failed');
      const asked = here.watchRequests();
      assert.equal(await here.codeOf(flow.create(here.draft({ name: 'nightly' }))), 'creation-uncertain');
      assert.deepEqual([asked(), flow.orphan], [[creation, ...listing], undefined]);
      assert.ok((await flow.list()).some(({ name }) => name === 'nightly'));
    });

    it(`can be stored again after the store has refused the token that ${id} created`, async () => {
      const here = at(id);
      const { secrets, broker, notes, vault } = here.world;
      const flow = await here.flow();
      const before = vault.entries;
      here.failStoreMeanwhile();
      assert.equal(await here.codeOf(flow.create(here.draft({ name: 'nightly' }), 'Nightly')), 'token-not-stored');
      assert.deepEqual([flow.isUnkept, flow.orphan?.certainty, vault.entries], [true, 'made', before]);
      const orphan = flow.orphan?.id;
      const asked = here.watchRequests();
      assert.equal(await here.codeOf(flow.keepAgain()), 'token-not-stored');
      secrets.failing = undefined;
      const kept = await flow.keepAgain();
      assert.deepEqual(asked(), [], 'the service is not asked');
      assert.deepEqual([kept.name, notes.of(kept.id).remoteId], ['Nightly', orphan]);
      assert.deepEqual([flow.isUnkept, flow.orphan], [false, undefined]);
      assert.equal(await here.statusOf(kept.id, (await broker.exchange(here.tenant, kept.id)).token), 200);
    });

    it(`reports the orphan while the store keeps refusing the token that ${id} created`, async () => {
      const here = at(id);
      const flow = await here.flow();
      const { index, vault } = here.world;
      const before = [vault.entries, index.get('notes')];
      here.failStoreMeanwhile();
      assert.equal(await here.codeOf(flow.create(here.draft({ name: 'nightly' }))), 'token-not-stored');
      assert.equal(flow.orphan?.name, 'nightly');
      await clearUp(here, flow);
      assert.deepEqual([vault.entries, index.get('notes')], before);
    });

    // A store that already holds something has shown that it works.
    if (canRevoke(id))
      it(`does not start at ${id} if nothing can be stored`, async () => {
        const here = at(id);
        const flow = await here.flow();
        here.world.secrets.failing = 'store';
        const asked = here.watchRequests();
        assert.equal(await here.codeOf(flow.create(here.draft({ name: 'nightly' }))), 'token-not-stored');
        assert.deepEqual([asked(), flow.orphan, flow.isUnkept], [[], undefined, false]);
      });
  }

  for (const [id, creation, token] of [
    ['sandbox-cloud-director', 'POST /oauth/tenant/acme/register', 'POST /oauth/tenant/acme/token'],
    ['sandbox-cloud-director-system', 'POST /oauth/provider/register', 'POST /oauth/provider/token'],
  ] as const)
    for (const mishap of MISHAPS)
      it(`is half done if ${id} does not return the value; the token is reported and revoked: ${mishap}`, async () => {
        const here = at(id);
        const flow = await here.signIn();
        const before = await stateOf(here);
        here.service.answerNext(mishap);
        const asked = here.watchRequests();
        const error = await here.errorOf(suffer(here, mishap, () => flow.create(here.draft({ name: 'nightly' })), 2));
        assert.deepEqual(asked(), [creation, token]);
        assert.deepEqual(
          [error.code, error.facts['name'], error.facts['cause']],
          ['creation-half-done', 'nightly', CODES[mishap]],
        );
        assert.deepEqual(flow.orphan, { id: error.facts['id'], name: 'nightly', certainty: 'made' });
        assert.equal(flow.isUnkept, false);
        assert.deepEqual(await stateOf(here), before);
        await clearUp(here, flow);
      });
});

describe('a regeneration that goes wrong, over sockets', () => {
  const { at } = useWorld();
  const identity = () => at('sandbox-identity-services');
  const REGENERATION = 'POST /acs/t/CUSTOMER/api-tokens/regenerate';

  for (const mishap of MISHAPS)
    it(`is sent once, and keeps the old value: ${mishap}`, async () => {
      const here = identity();
      const { broker, manager } = here.world;
      const id = await here.keep();
      const flow = await manager.withAccessOf(here.tenant, id);
      const before = await stateOf(here);
      here.fail(mishap);
      const asked = here.watchRequests();
      const code = await here.codeOf(suffer(here, mishap, () => flow.regenerate(id)));
      assert.equal(code, UNCERTAIN.includes(mishap) ? 'regeneration-uncertain' : CODES[mishap]);
      assert.deepEqual(asked(), [REGENERATION]);
      assert.deepEqual(await stateOf(here), before);
      const exchange = broker.exchange(here.tenant, id);
      if (ACTED.includes(mishap)) assert.equal(await here.codeOf(exchange), 'api-token-refused');
      else await exchange;
    });

  it('keeps a new value in memory if the store refuses it, and stores it later', async () => {
    const here = identity();
    const { broker, manager, secrets, clock } = here.world;
    const id = await here.keep();
    const flow = await manager.withAccessOf(here.tenant, id);
    const old = await here.secretOf(id);
    here.failStoreMeanwhile();
    assert.equal(await here.codeOf(flow.regenerate(id)), 'secret-not-kept');
    assert.equal(broker.status(here.tenant, id).error?.code, 'secret-not-kept');
    secrets.failing = undefined;
    await clock.advance(5000);
    assert.equal(broker.status(here.tenant, id).error, undefined);
    assert.notDeepEqual(await here.secretOf(id), old);
    await broker.exchange(here.tenant, id);
  });
});

interface Call {
  readonly what: string;
  readonly id: string;
  /** The last request is the one that fails; `:id` stands for the service's id of the token. */
  readonly requests: readonly string[];
  /** @param remoteId that of the created token */
  readonly begin: (flow: ManagementFlow, remoteId: string) => Promise<unknown>;
  /** Mishaps that cannot happen: a response without content cannot be cut off. */
  readonly except?: readonly Mishap[];
}

const CALLS: readonly Call[] = [
  ...CREATORS.map(({ id, listing }): Call => ({ what: 'list', id, requests: listing, begin: (flow) => flow.list() })),
  {
    what: 'revocation',
    id: 'sandbox-cloud-director',
    requests: ['DELETE /cloudapi/1.0.0/tokens/:id'],
    begin: (flow, remoteId) => flow.revoke(remoteId),
    except: ['cut-off'],
  },
  {
    what: 'revocation',
    id: 'sandbox-commvault',
    requests: ['DELETE /commandcenter/api/V4/AccessToken/:id'],
    begin: (flow, remoteId) => flow.revoke(remoteId),
  },
  {
    what: 'change',
    id: 'sandbox-commvault',
    requests: ['PUT /commandcenter/api/V4/AccessToken/:id'],
    begin: (flow, remoteId) => flow.update(remoteId, { name: 'weekly' }),
  },
  {
    what: 'change',
    id: 'sandbox-identity-services',
    requests: ['PATCH /acs/t/CUSTOMER/api-tokens/:id'],
    begin: (flow, remoteId) => flow.update(remoteId, { name: 'weekly' }),
  },
];

describe('a call about API tokens that goes wrong, over sockets', () => {
  const { at } = useWorld();

  for (const { what, id, requests, begin, except = [] } of CALLS)
    for (const mishap of MISHAPS.filter((one) => !except.includes(one)))
      it(`is sent once and changes nothing here: a ${what} at ${id}, ${mishap}`, async () => {
        const here = at(id);
        const flow = await here.flow();
        const entry = await flow.create(here.draft({ name: 'nightly' }));
        const { remoteId = '' } = here.world.notes.of(entry.id);
        const before = await stateOf(here);
        here.fail(mishap);
        const asked = here.watchRequests();
        assert.equal(await here.codeOf(suffer(here, mishap, () => begin(flow, remoteId), requests.length)), CODES[mishap]);
        assert.deepEqual(
          asked(),
          requests.map((path) => path.replace(':id', remoteId)),
        );
        assert.deepEqual(await stateOf(here), before);

        // A listing shows the result at the service.
        const there = (await flow.list()).find((one) => one.id === remoteId);
        const hasActed = ACTED.includes(mishap);
        if (what === 'revocation') assert.equal(there === undefined, hasActed);
        else assert.equal(there?.name, what === 'change' && hasActed ? 'weekly' : 'nightly');
        if (what === 'revocation' && hasActed) assert.equal(await here.codeOf(begin(flow, remoteId)), 'token-gone');
      });

  for (const [what, id, request, except] of [
    ['inspect', 'sandbox-cloud-services', 'POST /csp/gateway/am/api/auth/api-tokens/details', []],
    ['inspect', 'sandbox-oauth2', 'POST /oauth2/introspect', []],
    ['revokeByValue', 'sandbox-oauth2', 'POST /oauth2/revoke', ['cut-off']],
  ] as const)
    for (const mishap of MISHAPS.filter((one) => !except.some((other) => other === one)))
      it(`is sent once and changes nothing here: to ${what} at ${id}, ${mishap}`, async () => {
        const here = at(id);
        const { manager, broker } = here.world;
        const kept = await here.keep();
        const before = await stateOf(here);
        here.fail(mishap);
        const asked = here.watchRequests();
        assert.equal(await here.codeOf(suffer<unknown>(here, mishap, () => manager[what](here.tenant, kept))), CODES[mishap]);
        assert.deepEqual(asked(), [request]);
        assert.deepEqual(await stateOf(here), before);
        const exchange = broker.exchange(here.tenant, kept);
        if (what === 'revokeByValue' && mishap === 'lost') assert.equal(await here.codeOf(exchange), 'api-token-refused');
        else await exchange;
      });
});

describe('a login that goes wrong, over sockets', () => {
  const { at } = useWorld();
  const asDue: Behaviour = (due) => due;

  for (const [id, before, login, logout] of [
    ['sandbox-cloud-director', ['GET /api/versions'], 'POST /cloudapi/1.0.0/sessions', 'DELETE /cloudapi/1.0.0/sessions/current'],
    ['sandbox-commvault', [], 'POST /commandcenter/api/Login', 'POST /commandcenter/api/Logout'],
  ] as const) {
    for (const mishap of MISHAPS)
      it(`sends the password once to ${id}: ${mishap}`, async () => {
        const here = at(id);
        here.service.answerNext(asDue, before.length, 'resource');
        here.service.answerNext(mishap, 1, 'resource');
        const asked = here.watchRequests();
        const signingIn = suffer(here, mishap, () => here.signIn(), before.length + 1);
        assert.equal(await here.codeOf(signingIn), CODES[mishap]);
        assert.deepEqual(asked(), [...before, login]);
      });

    for (const mishap of MISHAPS)
      it(`is over even if ${id} does not receive the sign-out: ${mishap}`, async () => {
        const here = at(id);
        const flow = await here.signIn();
        here.service.answerNext(mishap, 1, 'resource');
        const asked = here.watchRequests();
        await suffer(here, mishap, () => flow.close());
        assert.deepEqual(asked(), [logout]);
        await assert.rejects(flow.list(), TypeError);
      });
  }
});
