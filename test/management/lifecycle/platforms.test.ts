import assert from 'node:assert/strict';
import { dayOf } from '../../../src/platforms/tokenForm.js';
import { wholeDays } from '../../../src/tokens/apiTokenExpiry.js';
import { START } from '../../sandbox/client.js';
import { DAY_MS, useWorld } from './support.js';

const day = (days: number): string => dayOf(START + days * DAY_MS);
/** A day ends with its last second. */
const endOf = (days: number): number => START + (days + 1) * DAY_MS - 1000;

describe('Cloud Director: the life of an API token, over sockets', () => {
  const { at } = useWorld();

  for (const [who, id, prefix] of [
    ['a tenant', 'sandbox-cloud-director', ''],
    ['the provider', 'sandbox-cloud-director-system', ''],
    ['a tenant below /tm', 'sandbox-cloud-director', '/tm'],
    ['the provider below /tm', 'sandbox-cloud-director-system', '/tm'],
  ] as const)
    it(`is created, exchanged, listed and revoked by ${who}`, async () => {
      const { url } = at(id).tenant as { url?: string };
      const here = at(id, { url: `${url}${prefix}` });
      const { manager, notes, broker, vault } = here.world;
      const flow = await here.signIn();
      const entry = await flow.create(here.draft({ name: 'ci' }), 'Pipeline');
      assert.deepEqual([vault.find(entry.id)?.name, entry.singleUse], ['Pipeline', undefined]);
      const { token } = await broker.exchange(here.tenant, entry.id);
      assert.equal(await here.statusOf(entry.id, token), 200);

      const listed = (await flow.list()).find((one) => manager.keptAs(here.tenant.id, one.id) === entry.id);
      assert.deepEqual([listed?.name, listed?.state, listed?.endsAt], ['ci', 'active', null]);
      assert.deepEqual(notes.of(entry.id), { remoteId: listed?.id, end: { at: null, from: 'service' } });
      await assert.rejects(flow.update(listed?.id ?? '', { name: 'cd' }), TypeError);
      await assert.rejects(flow.regenerate(entry.id), TypeError);

      await flow.revoke(listed?.id ?? '');
      assert.equal(await here.codeOf(broker.exchange(here.tenant, entry.id)), 'api-token-refused');
      // Its access token has been revoked with it.
      assert.equal(await here.statusOf(entry.id, token), 401);
      assert.ok(!(await flow.list()).some((one) => one.id === listed?.id));
      assert.ok(vault.find(entry.id), 'what is kept is for the person to remove');
      await flow.close();
    });

  it('lists only those of the person who signs in', async () => {
    const here = at('sandbox-cloud-director');
    const tokens = await (await here.signIn()).list();
    assert.deepEqual(
      tokens.map(({ name, owner }) => [name, owner]),
      [['Ada', 'ada']],
    );
  });

  it('reads listings of more than one page', async () => {
    const here = at('sandbox-cloud-director');
    const flow = await here.signIn();
    for (let count = 0; count < 40; count += 1) await flow.create(here.draft({ name: `ci-${count}` }));
    const asked = here.watchRequests();
    assert.equal((await flow.list()).length, 41);
    assert.equal(asked().length, 2);
  });
});

describe('Aria Automation: the life of a refresh token, over sockets', () => {
  const { at } = useWorld();

  it('starts with a login and an access token, and is exchanged repeatedly', async () => {
    const here = at('sandbox-aria-automation');
    const { notes, broker } = here.world;
    const flow = await here.signIn();
    const { id } = await flow.create(here.draft({ name: 'ci' }));
    assert.deepEqual(notes.of(id).end, { at: START + 90 * DAY_MS, from: 'created', aheadDays: 90 });
    const { token } = await broker.access(here.tenant, id);
    assert.equal(await here.statusOf(id, token), 200);
    assert.equal(await here.statusOf(id, (await broker.exchange(here.tenant, id)).token), 200);
    await assert.rejects(flow.list(), TypeError);
    await flow.close();
  });

  it('does not start with a wrong password, which is sent once', async () => {
    const here = at('sandbox-aria-automation');
    const asked = here.watchRequests();
    assert.equal(await here.codeOf(here.signInWrongly()), 'login-refused');
    assert.equal(asked().length, 1);
  });
});

describe('Commvault: the life of an API token, over sockets', () => {
  const { at } = useWorld();
  const commvault = () => at('sandbox-commvault');

  for (const [type, answers, ends, changed, endsThen] of [
    ['ALL', { renewableUntil: day(200) }, endOf(200), { renewableUntil: day(300) }, endOf(300)],
    ['ALL', {}, endOf(90), { name: 'cd' }, endOf(90)],
    ['CUSTOM', { apiEndpoints: '/Client, /V4/ServerGroup' }, endOf(90), { apiEndpoints: '/VM' }, endOf(90)],
    ['DEFAULT', {}, START + 90 * DAY_MS, { name: 'cd' }, START + 90 * DAY_MS],
  ] as const)
    it(`is created, exchanged, listed, changed and revoked: ${type}, ${JSON.stringify(answers)}`, async () => {
      const here = commvault();
      const { manager, notes, broker } = here.world;
      const flow = await here.signIn();
      const { id } = await flow.create(here.draft({ name: 'ci', type, ...answers }));
      const made = await here.secretOf(id);
      assert.deepEqual(notes.of(id).end, { at: ends, from: 'created', aheadDays: wholeDays(ends - START) });

      // The access token that came with it works like an exchanged one.
      const { token } = await broker.access(here.tenant, id);
      assert.equal(token, made['accessToken']);
      const access = await broker.exchange(here.tenant, id);
      assert.equal(await here.statusOf(id, access.token), 200);
      assert.notEqual((await here.secretOf(id))['refreshToken'], made['refreshToken']);

      const [listed] = (await flow.list()).filter((one) => manager.keptAs(here.tenant.id, one.id) === id);
      assert.deepEqual([listed?.name, listed?.type, listed?.endsAt], ['ci', type, ends]);
      await flow.update(listed?.id ?? '', changed);
      const details = manager.details(id)?.token;
      assert.equal(details?.endsAt, endsThen);
      assert.deepEqual(notes.of(id).end, { at: endsThen, from: 'service' });
      assert.equal(details.name, 'name' in changed ? changed.name : 'ci');
      if ('apiEndpoints' in answers) {
        assert.deepEqual(listed?.scopes, ['/Client', '/V4/ServerGroup']);
        assert.deepEqual(details.scopes, ['/VM']);
      }
      await assert.rejects(flow.regenerate(id), TypeError);

      await flow.revoke(details.id);
      assert.equal(await here.codeOf(broker.exchange(here.tenant, id)), 'api-token-refused');
      assert.equal(await here.statusOf(id, access.token), 401);
      await flow.close();
    });

  for (const [type, answers, ends] of [
    ['MS_SCIM', {}, START + 30 * DAY_MS],
    ['MS_SCIM', { scimEnd: day(364) }, endOf(364)],
    ['OneTouch', {}, START + 7 * DAY_MS],
    ['OneTouch', { oneTouchEnd: day(13) }, endOf(13)],
  ] as const)
    it(`is its own access token if it cannot be renewed: ${type}, ${JSON.stringify(answers)}`, async () => {
      const here = commvault();
      const { manager, notes, broker, clock } = here.world;
      const flow = await here.signIn();
      const { id, singleUse } = await flow.create(here.draft({ name: 'ci', type, ...answers }));
      assert.equal(singleUse, true);
      assert.deepEqual(notes.of(id), {
        remoteId: manager.details(id)?.token.id,
        end: { at: ends, from: 'created', aheadDays: wholeDays(ends - START) },
      });
      const { token, expiresAt } = await broker.access(here.tenant, id);
      assert.equal(expiresAt, ends);
      assert.equal(await here.statusOf(id, token), 200);
      const [listed] = (await flow.list()).filter((one) => manager.keptAs(here.tenant.id, one.id) === id);
      assert.deepEqual([listed?.type, listed?.endsAt, listed?.state], [type, ends, 'active']);

      const asked = here.watchRequests();
      assert.equal(await here.codeOf(broker.exchange(here.tenant, id)), 'single-use-spent');
      assert.deepEqual(asked(), [], 'nothing is sent');
      clock.sleep(ends - START, { monoGoesOn: true });
      assert.equal(await here.codeOf(broker.access(here.tenant, id)), 'single-use-spent');
    });

  it('stops working at its service when one that cannot be renewed is revoked', async () => {
    const here = commvault();
    const { manager, broker } = here.world;
    const flow = await here.signIn();
    const { id } = await flow.create(here.draft({ name: 'ci', type: 'OneTouch' }));
    const { token } = await broker.access(here.tenant, id);
    await flow.revoke(manager.details(id)?.token.id ?? '');
    assert.equal(await here.statusOf(id, token), 401);
  });

  it('states when it must be exchanged: within 14 days of the expiry of its access token', async () => {
    const here = commvault();
    const { notes, broker, clock } = here.world;
    const { id } = await (await here.signIn()).create(here.draft({ name: 'ci' }));
    const { exchangeBy = 0 } = notes.of(id);
    assert.ok(exchangeBy > START + 14 * DAY_MS);
    clock.sleep(exchangeBy - START, { monoGoesOn: true });
    await broker.exchange(here.tenant, id);
    const next = notes.of(id).exchangeBy ?? 0;
    assert.ok(next > exchangeBy);
    clock.sleep(next - clock.wall() + 1000, { monoGoesOn: true });
    assert.equal(await here.codeOf(broker.exchange(here.tenant, id)), 'api-token-refused');
  });
});

describe('Identity Services: the life of an API token, over sockets', () => {
  const { at } = useWorld();
  const identity = () => at('sandbox-identity-services');

  it('is created, exchanged, listed, changed, regenerated, and expires', async () => {
    const here = identity();
    const { manager, notes, broker, clock } = here.world;
    const flow = await here.flow();
    const draft = here.draft({ name: 'build', apiTtl: '2d', accessTtl: '10min', description: 'Builds' });
    const { id, singleUse } = await flow.create(draft);
    assert.equal(singleUse, undefined);
    const end = START + 2 * DAY_MS;
    assert.deepEqual(notes.of(id).end, { at: end, from: 'created', aheadDays: wholeDays(end - START) });
    const { token, expiresAt } = await broker.exchange(here.tenant, id);
    assert.equal(await here.statusOf(id, token), 200);
    assert.equal(expiresAt, START + 10 * 60_000);

    const [listed] = (await flow.list()).filter((one) => manager.keptAs(here.tenant.id, one.id) === id);
    assert.deepEqual(
      [listed?.name, listed?.description, listed?.endsAt, listed?.accessLifetimeSeconds],
      ['build', 'Builds', end, 600],
    );
    await flow.update(listed?.id ?? '', { name: 'continuous', description: 'Nightly builds', accessTtl: '20min' });
    const details = manager.details(id)?.token;
    assert.deepEqual(
      [details?.name, details?.description, details?.accessLifetimeSeconds],
      ['continuous', 'Nightly builds', 1200],
    );

    const before = await here.secretOf(id);
    clock.sleep(DAY_MS / 48, { monoGoesOn: true });
    const again = await manager.withAccessOf(here.tenant, id);
    await again.regenerate(id);
    assert.notDeepEqual(await here.secretOf(id), before);
    assert.deepEqual(notes.of(id).end, { at: clock.wall() + 2 * DAY_MS, from: 'created', aheadDays: 2 });
    assert.equal(notes.of(id).remoteId, listed?.id);
    assert.equal((await broker.exchange(here.tenant, id)).expiresAt, clock.wall() + 20 * 60_000);
    await assert.rejects(again.revoke(listed?.id ?? ''), TypeError);

    clock.sleep(2 * DAY_MS, { monoGoesOn: true });
    assert.equal(await here.codeOf(broker.exchange(here.tenant, id)), 'api-token-refused');
    assert.equal(await here.codeOf(again.list()), 'session-refused');
  });

  it('no longer accepts the value that was replaced', async () => {
    const here = identity();
    const { vault, broker } = here.world;
    const id = await here.keep();
    const { secret, boundTo } = await vault.read(id);
    const old = await vault.add({ tenant: here.tenant.id, name: 'Old value', boundTo, secret });
    await (await here.world.manager.withAccessOf(here.tenant, id)).regenerate(id);
    assert.equal(await here.codeOf(broker.exchange(here.tenant, old.id)), 'api-token-refused');
    await broker.exchange(here.tenant, id);
  });

  it('is exchanged once if it is single-use', async () => {
    const here = identity();
    const { broker, manager } = here.world;
    const flow = await here.flow();
    const { id, singleUse } = await flow.create(here.draft({ name: 'once', maxUses: '1' }));
    assert.equal(singleUse, true);
    await broker.access(here.tenant, id);
    const asked = here.watchRequests();
    assert.equal(await here.codeOf(broker.exchange(here.tenant, id)), 'single-use-spent');
    assert.deepEqual(asked(), []);
    const [listed] = (await flow.list()).filter((one) => manager.keptAs(here.tenant.id, one.id) === id);
    assert.equal(listed?.state, 'ended');
  });

  it('is recognized by the suffix of its value if it was entered by hand and no other has that suffix', async () => {
    const here = identity();
    const { manager, notes, clock } = here.world;
    const flow = await here.flow();
    // Sandbox values end with the second of their creation, and the first ones were all created in the same second.
    clock.sleep(5000, { monoGoesOn: true });
    const { id } = await flow.create(here.draft({ name: 'by hand', apiTtl: '1d' }));
    const { remoteId } = notes.of(id);
    await manager.replaced(id);
    await flow.list();
    assert.deepEqual(notes.of(id), { remoteId, end: { at: clock.wall() + DAY_MS, from: 'service' } });
    const others = here.kept.filter((one) => one !== id);
    assert.deepEqual(
      others.map((one) => notes.of(one).remoteId),
      [undefined],
    );
  });
});

describe('Cloud Services: the details of an API token, over sockets', () => {
  const seconds = useWorld();
  const milliseconds = useWorld({ variants: { cloudServicesDetailsInMilliseconds: true } });

  for (const [unit, { at }] of Object.entries({ seconds, milliseconds }))
    it(`include its name, owner and expiry, even if the service counts ${unit}`, async () => {
      const here = at('sandbox-cloud-services');
      const { manager, notes, broker, clock } = here.world;
      const id = await here.keep();
      clock.sleep(60_000, { monoGoesOn: true });
      await broker.exchange(here.tenant, id);
      const reported = await manager.inspect(here.tenant, id);
      assert.deepEqual(
        [reported.name, reported.state, reported.owner, reported.createdAt, reported.lastUsedAt, reported.endsAt],
        ['Laptop', 'active', 'ada@example.net', START, START + 60_000, START + 180 * DAY_MS],
      );
      assert.deepEqual([reported.scopes, reported.roles], [['ALL_PERMISSIONS', 'openid'], ['org_member']]);
      assert.deepEqual(notes.of(id).end, { at: START + 180 * DAY_MS, from: 'service' });
      clock.sleep(180 * DAY_MS, { monoGoesOn: true });
      assert.equal(await here.codeOf(manager.inspect(here.tenant, id)), 'token-gone');
      assert.equal(await here.codeOf(broker.exchange(here.tenant, id)), 'api-token-refused');
    });

  it('need no passcode', async () => {
    const here = seconds.at('sandbox-cloud-services-mfa');
    assert.equal((await here.world.manager.inspect(here.tenant, await here.keep())).owner, 'grace@example.net');
  });

  it('are unavailable at a site without that call', async () => {
    const here = seconds.at('sandbox-cloud-services', { parameter: 'refresh_token' });
    const asked = here.watchRequests();
    await assert.rejects(here.world.manager.inspect(here.tenant, await here.keep()), TypeError);
    assert.deepEqual(asked(), []);
  });
});

describe('OAuth 2.0: the details and revocation of a refresh token, over sockets', () => {
  const { at } = useWorld();

  it('revoke a token by its own value', async () => {
    const here = at('sandbox-oauth2');
    const { manager, notes, broker, vault } = here.world;
    const id = await here.keep();
    const { token } = await broker.exchange(here.tenant, id);
    const reported = await manager.inspect(here.tenant, id);
    assert.deepEqual(
      [reported.name, reported.state, reported.scopes, reported.endsAt],
      ['billing', 'active', ['invoices'], START + 30 * DAY_MS],
    );
    assert.deepEqual(notes.of(id).end, { at: START + 30 * DAY_MS, from: 'service' });

    await manager.revokeByValue(here.tenant, id);
    assert.ok(vault.find(id), 'what is kept is for the person to remove');
    assert.equal((await manager.inspect(here.tenant, id)).state, 'ended');
    assert.equal(await here.statusOf(id, token), 401);
    assert.equal(await here.codeOf(broker.exchange(here.tenant, id)), 'api-token-refused');
    // Revoking a revoked token succeeds (RFC 7009 §2.2).
    await manager.revokeByValue(here.tenant, id);
  });

  for (const [what, id, changed] of [
    ['client credentials', 'sandbox-oauth2-client', {}],
    ['a server without the endpoints', 'sandbox-oauth2', { introspectionUrl: undefined, revocationUrl: undefined }],
  ] as const)
    it(`support neither for ${what}`, async () => {
      const here = at(id, changed);
      const kept = await here.keep();
      const asked = here.watchRequests();
      await assert.rejects(here.world.manager.inspect(here.tenant, kept), TypeError);
      await assert.rejects(here.world.manager.revokeByValue(here.tenant, kept), TypeError);
      assert.deepEqual(asked(), []);
    });
});
