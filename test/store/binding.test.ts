import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpResponse } from '../../src/net/http.js';
import { platformOf, platforms } from '../../src/platforms/index.js';
import { differences, followed, trustOf } from '../../src/store/binding.js';
import type { TokenRecord } from '../../src/store/record.js';
import { SentNotes } from '../../src/store/sentNotes.js';
import { clientOf, tenantFrom } from '../support/world.js';
import { MemoryFolder, MemoryLog, memoryWindow } from '../support/memory.js';

const PIN = 'AB'.repeat(32);
const CLIENT = { ...clientOf('https://id.example/token'), hosts: ['api.example'], pinnedCertificate: PIN };
const [agreed, client] = [{ hosts: ['api.example'], pinnedCertificate: [PIN.toLowerCase()] }, tenantFrom(CLIENT)];

/** The settings that differ after a change. */
const changed = (change: object): string[] =>
  differences(agreed, trustOf(tenantFrom({ ...CLIENT, ...change }))).map(({ setting }) => setting);

describe('what an API token is bound to', () => {
  it('is every address that its platform sends it to', () => {
    const url = 'https://a.example/base/';
    const [revocationUrl, introspectionUrl] = ['https://id.example/revoke', 'https://id.example/introspect'];
    const all = [
      { platform: 'cloud-director', url, organization: 'acme' },
      { platform: 'cloud-services', url },
      { platform: 'aria-automation', url },
      { platform: 'commvault', url },
      { platform: 'identity-services', url, tenant: 'CUSTOMER' },
      { platform: 'bright-pattern', url, loginId: 'ada' },
      { ...CLIENT, revocationUrl, introspectionUrl },
    ];
    assert.deepEqual(new Set(all.map(({ platform }) => platform)), new Set(platforms.map(({ id }) => id)));
    for (const settings of all) {
      const tenant = tenantFrom({ id: 'acme', name: 'Acme', ...settings });
      const platform = platformOf(tenant);
      const { lifecycle } = platform;
      const fields = platform.secretFields(tenant).map(({ key }, index) => [key, `EXAMPLE-SECRET-${index}`]);
      const secret = Object.fromEntries(fields) as Record<string, string>;
      const session = lifecycle?.sessionOf?.(tenant, 'EXAMPLE-ACCESS') ?? { headers: {}, secrets: [] };
      const conversations = [
        lifecycle?.inspect?.(tenant, secret),
        lifecycle?.revokeByValue?.(tenant, secret),
        lifecycle?.regenerate?.(tenant, session, secret),
      ];
      const first = conversations.flatMap((one) => one?.next().value ?? []) as { readonly url: string }[];
      const sent = [platform.exchange(tenant, secret), ...first].map((request) => request.url);
      const bound = [platform.exchangeUrl(tenant), ...(platform.furtherUrls?.(tenant) ?? [])];
      assert.deepEqual(
        sent.filter((one) => !bound.includes(one)),
        [],
        settings.platform,
      );
    }
  });

  it('does not change with another notation, or when entries are removed', () => {
    const colons = PIN.replaceAll(/..(?=.)/g, '$&:');
    for (const change of [
      { pinnedCertificate: colons.toLowerCase() },
      { hosts: ['API.example'] },
      { hosts: [] },
      { hosts: undefined },
    ])
      assert.deepEqual(changed(change), []);
    assert.deepEqual(changed({ pinnedCertificate: undefined }), ['pinnedCertificate']);
    assert.deepEqual(changed({ hosts: ['api.example', 'api.example:8443'] }), ['hosts']);
    const moved = { caFile: ['aa /new/ca.pem'] };
    assert.deepEqual(differences({ caFile: ['aa /old/ca.pem'] }, moved), []);
    assert.deepEqual(differences({ caFile: ['bb /old/ca.pem'] }, moved).length, 1);
  });

  it('follows the changes that a person makes, but no others', () => {
    // The settings contain a host without consent, and another pin.
    const before = tenantFrom({ ...CLIENT, hosts: ['api.example', 'evil.example'], pinnedCertificate: 'CD'.repeat(32) });
    const after = tenantFrom({ ...before, hosts: ['evil.example', 'new.example'], caFile: '/ca.pem' });
    const next = followed(agreed, before, after, { caFile: 'aa' });
    assert.deepEqual(
      [next.hosts, next.pinnedCertificate, next.caFile],
      [['new.example'], agreed.pinnedCertificate, ['aa /ca.pem']],
    );
    const open = differences(next, trustOf(after, { caFile: 'aa' })).map(({ setting }) => setting);
    assert.deepEqual(open, ['hosts', 'pinnedCertificate']);
  });

  it('is recorded at the first exchange if a file could not be read when the token was entered', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-'));
    try {
      const caFile = join(folder, 'ca.pem');
      const tenant = tenantFrom({ ...CLIENT, caFile });
      const { vault, broker } = memoryWindow({ send: () => Promise.resolve(GRANT) });
      assert.deepEqual(await broker.secrets.binding(tenant), { boundTo: CLIENT.tokenUrl });
      const secret = { refreshToken: 'EXAMPLE-REFRESH' };
      const { id } = await vault.add({ tenant: tenant.id, name: 'Laptop', ...(await broker.secrets.binding(tenant)), secret });
      await assert.rejects(broker.access(tenant, id), { code: 'tenant-invalid' });
      writeFileSync(caFile, 'EXAMPLE');
      await broker.access(tenant, id);
      assert.match((await vault.read(id)).trust?.['caFile']?.[0] ?? '', /^[0-9a-f]{64} .*ca\.pem$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is added to a record of version 0.1.0 at its next exchange, and stays when the secret is replaced', async () => {
    const { vault, broker } = memoryWindow({ send: () => Promise.resolve(GRANT) });
    const secret = { refreshToken: 'EXAMPLE-REFRESH' };
    const { id } = await vault.add({ tenant: client.id, name: 'Laptop', boundTo: CLIENT.tokenUrl, secret });
    const trust = async (): Promise<TokenRecord['trust']> => (await vault.read(id)).trust;
    await broker.secrets.follow(client, tenantFrom({ ...CLIENT, hosts: ['b.example'] }));
    assert.equal(await trust(), undefined, 'nobody has agreed to anything yet');
    await broker.access(client, id);
    assert.deepEqual(await trust(), trustOf(client));
    await broker.exchange(client, id);
    assert.deepEqual(await trust(), trustOf(client));
  });

  it('changes without losing the note that a secret was sent and may have been replaced', async () => {
    const [folder, log] = [new MemoryFolder(), new MemoryLog()];
    const url = 'https://cc.example/api';
    const tenant = tenantFrom({ id: 'cv', name: 'CV', platform: 'commvault', url });
    const { vault, broker } = memoryWindow({ folder, send: () => assert.fail('sent') });
    const secret = { accessToken: 'EXAMPLE-ACCESS', refreshToken: 'EXAMPLE-REFRESH' };
    const { id } = await vault.add({ tenant: 'cv', name: 'Laptop', ...(await broker.secrets.binding(tenant)), secret });
    // A window died while it waited for the answer.
    await new SentNotes(folder.folder('tokens'), log).write(id, { generation: 0, at: 0, times: 1 });
    const wider = tenantFrom({ ...tenant, hosts: ['b.example'] });
    await broker.secrets.follow(tenant, wider);
    await assert.rejects(broker.access(wider, id), { code: 'renewal-uncertain' });
    const elsewhere = tenantFrom({ ...wider, url: 'https://new.example/api' });
    await broker.secrets.rebind(elsewhere, id, await broker.secrets.review(elsewhere, id));
    await assert.rejects(broker.access(elsewhere, id), { code: 'renewal-uncertain' });
  });
});

const GRANT: HttpResponse = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"access_token":"EXAMPLE","token_type":"Bearer","expires_in":3600,"refresh_token":"EXAMPLE-NEXT"}',
};
