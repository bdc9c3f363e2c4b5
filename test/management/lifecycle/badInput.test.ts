import assert from 'node:assert/strict';
import { dayOf } from '../../../src/platforms/tokenForm.js';
import type { TokenForm } from '../../../src/platforms/lifecycle.js';
import { START } from '../../sandbox/client.js';
import { DAY_MS, useWorld, type At } from './support.js';

const LOGIN_S = 30 * 60;
const day = (days: number): string => dayOf(START + days * DAY_MS);

/** A refused operation has left nothing, neither here nor at the service. */
async function leavesNothing(here: At, kept: number, refused: () => Promise<string>): Promise<string> {
  const { index, notes } = here.world;
  const code = await refused();
  assert.equal(here.kept.length, kept);
  assert.deepEqual(
    here.kept.map((id) => notes.of(id)).filter(({ remoteId }) => remoteId !== undefined),
    [],
  );
  assert.equal(index.get('notes'), undefined);
  return code;
}

describe('somebody who may not manage API tokens, over sockets', () => {
  const { at } = useWorld();

  for (const [id, kept] of [
    ['sandbox-cloud-director', 'Ada'],
    ['sandbox-cloud-director-system', 'Operator'],
  ] as const)
    it(`gets rights-missing from all calls of ${id}`, async () => {
      const here = at(id);
      const [one] = await (await here.signIn()).list();
      assert.equal(one?.name, kept);
      const flow = await here.signIn('readOnlyLogin');
      const asked = here.watchRequests();
      const code = await leavesNothing(here, 0, () => here.codeOf(flow.create(here.draft({ name: 'ci' }))));
      assert.equal(code, 'rights-missing');
      assert.equal(await here.codeOf(flow.list()), 'rights-missing');
      assert.equal(await here.codeOf(flow.revoke(one.id)), 'rights-missing');
      assert.equal(asked().length, 3);
      assert.equal(flow.orphan, undefined);
      assert.equal((await (await here.signIn()).list()).length, 1);
    });

  it('gets rights-missing from Commvault, and sees their own tokens', async () => {
    const here = at('sandbox-commvault');
    const [one] = await (await here.signIn()).list();
    const flow = await here.signIn('readOnlyLogin');
    const code = await leavesNothing(here, 0, () => here.codeOf(flow.create(here.draft({ name: 'ci' }))));
    assert.equal(code, 'rights-missing');
    assert.equal(await here.codeOf(flow.update(one?.id ?? '', { name: 'cd' })), 'rights-missing');
    assert.equal(await here.codeOf(flow.revoke(one?.id ?? '')), 'rights-missing');
    assert.deepEqual(await flow.list(), []);
    assert.equal((await (await here.signIn()).list())[0]?.name, 'Laptop');
  });

  it('gets rights-missing from Identity Services, and keeps the value of their token', async () => {
    const here = at('sandbox-identity-services');
    const { manager, broker } = here.world;
    const admin = await here.flow();
    const id = await here.keep('Unknown expiry');
    const before = await here.secretOf(id);
    const flow = await manager.withAccessOf(here.tenant, id);
    const asked = here.watchRequests();
    const code = await leavesNothing(here, 2, () => here.codeOf(flow.create(here.draft({ name: 'build' }))));
    assert.equal(code, 'rights-missing');
    assert.equal(await here.codeOf(flow.list()), 'rights-missing');
    assert.equal(await here.codeOf(flow.update('any', { name: 'build' })), 'rights-missing');
    assert.equal(await here.codeOf(flow.regenerate(id)), 'rights-missing');
    assert.equal(asked().length, 4);
    assert.deepEqual(await here.secretOf(id), before);
    await broker.exchange(here.tenant, id);
    assert.equal((await admin.list()).length, 3);
  });
});

describe('a wrong password or an expired session, over sockets', () => {
  const { at } = useWorld();

  for (const [id, login] of [
    ['sandbox-cloud-director', 'POST /cloudapi/1.0.0/sessions'],
    ['sandbox-cloud-director-system', 'POST /cloudapi/1.0.0/sessions/provider'],
    ['sandbox-commvault', 'POST /commandcenter/api/Login'],
  ] as const) {
    it(`is refused by ${id} after one request, without a retry`, async () => {
      const here = at(id);
      const asked = here.watchRequests();
      assert.equal(await here.codeOf(here.signInWrongly()), 'login-refused');
      assert.deepEqual(
        asked().filter((one) => one.startsWith('POST')),
        [login],
      );
      await here.world.clock.advance(3600_000);
      assert.equal(asked().at(-1), login);
      await (await here.signIn()).list();
    });

    it(`has expired at ${id}, without an automatic sign-in`, async () => {
      const here = at(id);
      const flow = await here.signIn();
      here.world.clock.sleep(LOGIN_S * 1000, { monoGoesOn: true });
      const asked = here.watchRequests();
      const code = await leavesNothing(here, 0, () => here.codeOf(flow.create(here.draft({ name: 'ci' }))));
      assert.equal(code, 'session-refused');
      assert.equal(asked().length, 1);
      assert.equal(await here.codeOf(flow.list()), 'session-refused');
      assert.equal(await here.codeOf(flow.revoke('any')), 'session-refused');
      assert.equal(flow.orphan, undefined);
    });

    it(`is closed at ${id} with its flow`, async () => {
      const here = at(id);
      const seen = here.service.requests.length;
      const flow = await here.signIn();
      await flow.list();
      const { headers } = here.service.requests.at(-1)!;
      await flow.close();
      const { authorization, authtoken, accept } = headers;
      const again = { accept: accept ?? '', ...(authorization && { authorization }), ...(authtoken && { authtoken }) };
      assert.ok(here.service.requests.length > seen);
      assert.equal(await here.statusWith(again as Record<string, string>), 401);
    });
  }

  it('has expired at Identity Services', async () => {
    const here = at('sandbox-identity-services');
    const id = await here.keep();
    const before = await here.secretOf(id);
    const flow = await here.world.manager.withAccessOf(here.tenant, id);
    here.world.clock.sleep(1800_000, { monoGoesOn: true });
    assert.equal(await here.codeOf(flow.create(here.draft({ name: 'build' }))), 'session-refused');
    assert.equal(await here.codeOf(flow.regenerate(id)), 'session-refused');
    assert.deepEqual([await here.secretOf(id), here.kept], [before, [id]]);
  });

  it('cannot be an access token that was exchanged for an API token of Commvault', async () => {
    const here = at('sandbox-commvault');
    const asked = here.watchRequests();
    assert.throws(() => here.world.manager.withAccessToken(here.tenant, 'EXAMPLE'), TypeError);
    await assert.rejects(here.world.manager.withAccessOf(here.tenant, await here.keep()), TypeError);
    assert.deepEqual(
      asked().filter((one) => !one.endsWith('/Renew')),
      [],
    );
  });
});

describe('a name that is taken, over sockets', () => {
  const { at } = useWorld();

  for (const id of ['sandbox-cloud-director', 'sandbox-cloud-director-system', 'sandbox-commvault'])
    it(`is refused by ${id}, and the token that has it stays unchanged`, async () => {
      const here = at(id);
      const { notes, broker } = here.world;
      const flow = await here.signIn();
      const entry = await flow.create(here.draft({ name: 'ci' }));
      const listed = await flow.list();
      assert.equal(await here.codeOf(flow.create(here.draft({ name: 'ci' }))), 'name-taken');
      assert.deepEqual([here.kept, flow.orphan, flow.isUnkept], [[entry.id], undefined, false]);
      assert.deepEqual(await flow.list(), listed);
      assert.ok(notes.of(entry.id).remoteId);
      await broker.exchange(here.tenant, entry.id);
      // It is created under another name.
      await flow.create(here.draft({ name: 'ci-2' }));
    });

  it('cannot be given to another token of Commvault', async () => {
    const here = at('sandbox-commvault');
    const flow = await here.signIn();
    const entry = await flow.create(here.draft({ name: 'ci' }));
    const { remoteId = '' } = here.world.notes.of(entry.id);
    assert.equal(await here.codeOf(flow.update(remoteId, { name: 'Laptop' })), 'name-taken');
    assert.equal((await flow.list()).find(({ id }) => id === remoteId)?.name, 'ci');
  });
});

describe('a token that is gone, over sockets', () => {
  const { at } = useWorld();

  for (const id of ['sandbox-cloud-director', 'sandbox-cloud-director-system', 'sandbox-commvault'])
    it(`is reported by ${id} as token-gone`, async () => {
      const here = at(id);
      const flow = await here.signIn();
      const entry = await flow.create(here.draft({ name: 'ci' }));
      const { remoteId = '' } = here.world.notes.of(entry.id);
      const elsewhere = await here.signIn();
      await elsewhere.revoke(remoteId);
      assert.equal(await here.codeOf(flow.revoke(remoteId)), 'token-gone');
      if (id === 'sandbox-commvault') assert.equal(await here.codeOf(flow.update(remoteId, { name: 'cd' })), 'token-gone');
    });

  it('is reported by Identity Services as token-gone', async () => {
    const here = at('sandbox-identity-services');
    const flow = await here.flow();
    assert.equal(await here.codeOf(flow.update('00000000-0000-4000-8000-000000000000', { name: 'build' })), 'token-gone');
  });

  it('cannot be regenerated: the stored value has expired', async () => {
    const here = at('sandbox-identity-services');
    const { manager } = here.world;
    const flow = await here.flow();
    const short = await flow.create(here.draft({ name: 'short', apiTtl: '1min' }));
    here.world.clock.sleep(60_000, { monoGoesOn: true });
    const before = await here.secretOf(short.id);
    const [kept = ''] = here.kept;
    const again = await manager.withAccessOf(here.tenant, kept);
    assert.equal(await here.codeOf(again.regenerate(short.id)), 'api-token-refused');
    assert.deepEqual(await here.secretOf(short.id), before);
  });
});

describe('an old release of Commvault, over sockets', () => {
  const { at } = useWorld({ variants: { commvaultWithoutV4: true } });

  it('signs in and renews, and reports that it has no API for access tokens', async () => {
    const here = at('sandbox-commvault');
    const flow = await here.signIn();
    const code = await leavesNothing(here, 0, () => here.codeOf(flow.create(here.draft({ name: 'ci' }))));
    assert.equal(code, 'token-api-missing');
    assert.equal(await here.codeOf(flow.list()), 'token-api-missing');
    assert.deepEqual([flow.orphan, flow.isUnkept], [undefined, false]);
    await here.world.broker.exchange(here.tenant, await here.keep());
    await flow.close();
  });
});

/** What a field accepts and rejects; its service agrees if it is sent anyway. */
describe('a bound, over sockets', () => {
  const { at } = useWorld();
  const TEXT = (length: number): string => 'x'.repeat(length);

  interface Bound {
    readonly id: string;
    readonly key: string;
    readonly good: readonly string[];
    readonly bad: readonly string[];
    /** The other fields of the form. */
    readonly others?: TokenForm;
    /** Bad values that a sandbox service accepts. */
    readonly isOurs?: true;
  }
  const BOUNDS: readonly Bound[] = [
    { id: 'sandbox-cloud-director', key: 'name', good: ['x', TEXT(128)], bad: [TEXT(129)], isOurs: true },
    { id: 'sandbox-commvault', key: 'name', good: ['x', TEXT(128)], bad: [TEXT(129)], isOurs: true },
    {
      id: 'sandbox-commvault',
      key: 'renewableUntil',
      good: [day(0), '2038-01-18'],
      // A 32-bit time ends in the middle of 2038-01-19.
      bad: [day(-1), '1969-12-31', '2038-01-19', '9999-12-31'],
    },
    { id: 'sandbox-commvault', key: 'renewableUntil', good: [], bad: ['2030-02-30', 'tomorrow'], isOurs: true },
    {
      id: 'sandbox-commvault',
      key: 'scimEnd',
      others: { type: 'MS_SCIM' },
      good: [day(0), day(364)],
      bad: [day(-1), day(365), '2038-01-19', '2039-01-01'],
    },
    {
      id: 'sandbox-commvault',
      key: 'oneTouchEnd',
      others: { type: 'OneTouch' },
      good: [day(0), day(13)],
      bad: [day(-1), day(14)],
    },
    {
      id: 'sandbox-commvault',
      key: 'apiEndpoints',
      others: { type: 'CUSTOM' },
      good: ['/Client', '/V4/ServerGroup, /VM'],
      bad: ['/Client,', ''],
    },
    { id: 'sandbox-commvault', key: 'apiEndpoints', others: { type: 'CUSTOM' }, good: [], bad: ['Client', '/a b'], isOurs: true },
    { id: 'sandbox-identity-services', key: 'name', good: [TEXT(3), TEXT(255)], bad: [TEXT(2), TEXT(256)] },
    { id: 'sandbox-identity-services', key: 'description', good: ['x', TEXT(4000)], bad: [TEXT(4001)] },
    { id: 'sandbox-identity-services', key: 'apiTtl', good: ['1min', '180d'], bad: ['0min', '90', '6m', '-1d'] },
    { id: 'sandbox-identity-services', key: 'accessTtl', good: ['1min', '480min'], bad: ['0min', '90', '6m', '-1d'] },
    { id: 'sandbox-identity-services', key: 'clientId', good: ['x', TEXT(256)], bad: [TEXT(257)], isOurs: true },
  ];

  const shown = (value: string): string => (value.length > 40 ? `${value.length} characters` : `“${value}”`);

  for (const { id, key, good, bad, others = {}, isOurs } of BOUNDS) {
    for (const value of good)
      it(`of ${key} at ${id} is accepted by both: ${shown(value)}`, async () => {
        const here = at(id);
        const draft = here.draft({ name: 'build', ...others, [key]: value });
        const entry = await (await here.flow()).create(draft);
        assert.ok(here.kept.includes(entry.id));
      });

    for (const value of bad)
      it(`of ${key} at ${id} is refused${isOurs ? '' : ' by both'}: ${shown(value)}`, async () => {
        const here = at(id);
        assert.ok(here.problem(key, value));
        if (isOurs) return;
        const flow = await here.flow();
        const before = [here.kept, (await flow.list()).length];
        const draft = { ...here.draft({ name: 'build', ...sample(others) }), [key]: value };
        assert.equal(await here.codeOf(flow.create(draft)), 'request-refused');
        assert.deepEqual([here.kept, (await flow.list()).length, flow.orphan], [...before, undefined]);
      });
  }

  /** The other required fields. */
  const sample = (others: TokenForm): TokenForm =>
    others['type'] === 'CUSTOM' ? { ...others, apiEndpoints: '/Client' } : others;

  it('of the endpoints of CUSTOM also holds if they are left out', async () => {
    const here = at('sandbox-commvault');
    assert.throws(() => here.draft({ name: 'ci', type: 'CUSTOM' }), /apiEndpoints is needed/);
    const flow = await here.signIn();
    assert.equal(await here.codeOf(flow.create({ name: 'ci', type: 'CUSTOM' })), 'request-refused');
    assert.deepEqual([here.kept, flow.orphan], [[], undefined]);
  });

  it('of an expiry also holds for a change', async () => {
    const here = at('sandbox-commvault');
    const flow = await here.signIn();
    const entry = await flow.create(here.draft({ name: 'ci', renewableUntil: day(30) }));
    const { remoteId = '', end } = here.world.notes.of(entry.id);
    for (const renewableUntil of [day(-1), '2039-01-01'])
      assert.equal(await here.codeOf(flow.update(remoteId, { renewableUntil })), 'request-refused');
    assert.equal((await flow.list()).find(({ id }) => id === remoteId)?.endsAt, end?.at);
  });
});
