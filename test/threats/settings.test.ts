import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformOf } from '../../src/platforms/index.js';
import { oauth2 } from '../../src/platforms/oauth2/platform.js';
import { problemText, readTenants, Tenants } from '../../src/tenants/tenants.js';
import { TokenManager } from '../../src/management/tokenManager.js';
import { TokenNotes } from '../../src/tokens/tokenNotes.js';
import { authority } from '../faults/certificates.js';
import { answers } from '../faults/loopback.js';
import { ACME } from '../support/acme.js';
import { clientOf, inWorld, tenantFrom, type World } from '../support/world.js';

const CERTIFICATE = authority().cert;
const CYRILLIC_A = '\u0430';

/** `field message` of what is wrong with a tenant of the settings. */
function problemOf(settings: Readonly<Record<string, unknown>>): string | undefined {
  const [entry] = readTenants([settings]);
  return entry?.problems[0] && problemText(entry.problems);
}

function managerOf({ vault, broker, globalState, send, clock, log }: World): TokenManager {
  const notes = new TokenNotes(globalState, vault, broker);
  return new TokenManager({ vault, broker, notes, send, clock, log, isForSession: () => false });
}

describe('threats: settings', () => {
  it('row 05: a deceptive URL is refused, with the reason', () => {
    for (const [url, reason] of [
      ['http://cloud.example.net', /must begin with https:\/\/ \(http only reaches this machine\)/],
      ['http://localhost.evil.example', /must begin with https:\/\//],
      ['http://127.0.0.1.evil.example', /must begin with https:\/\//],
      ['ftp://cloud.example.net', /must begin with https:\/\//],
      ['javascript:alert(1)', /must begin with https:\/\//],
      ['data:application/json,{}', /must begin with https:\/\//],
      ['file:///etc/passwd', /must begin with https:\/\//],
      ['https://ada:EXAMPLE@cloud.example.net', /must not contain a user name or password/],
      ['https://cloud.example.net@evil.example', /must not contain a user name or password/],
      ['https://cloud.example.net\\@evil.example', /without spaces and backslashes/],
      ['https://cloud.example.net\u2044@evil.example', /must not contain a user name or password/],
      ['https://cloud.example.net.', /must not have a host name that ends with a dot/],
      ['https://cloud.example.net#@evil.example', /must not contain a query \(\?\) or fragment/],
      ['https://cloud.example.net?.evil.example', /must not contain a query \(\?\) or fragment/],
      [`https://cloud.ex${CYRILLIC_A}mple.net`, /host name as it is looked up: cloud\.xn--exmple-4nf\.net$/],
      ['https://cloud.exampl%65.net', /host name as it is looked up: cloud\.example\.net$/],
      ['https://cloud\uFF0Eexample.net', /host name as it is looked up: cloud\.example\.net$/],
      ['https://cloud.example.net\u3002evil.example', /host name as it is looked up: cloud\.example\.net\.evil\.example$/],
      ['https:cloud.example.net', /host name as it is looked up: cloud\.example\.net$/],
      ['http://2130706433', /host name as it is looked up: 127\.0\.0\.1$/],
      ['https://cloud.example.net\u200B', /without spaces and backslashes/],
      ['https://cloud.example.net/\u202Efdp', /without spaces and backslashes/],
      ['https://', /must be a full URL/],
    ] as const)
      for (const [field, settings] of [
        ['url', ACME],
        ['tokenUrl', clientOf('')],
      ] as const) {
        const problem = problemOf({ ...settings, [field]: url });
        assert.match(problem ?? 'taken', reason, url);
        assert.ok(problem?.startsWith(`${field} `), problem);
      }
    for (const url of ['https://Cloud.example.net:8443/x', 'https://xn--exmple-4nf.net', 'http://[::1]:8080', 'http://localhost'])
      assert.equal(problemOf({ ...ACME, url }), undefined, url);
  });

  it(
    'row 06: a tenant’s name changes only its own segment of the path',
    inWorld(async (world) => {
      const service = await world.service(answers(200, world.good));
      const url = `http://127.0.0.1:${service.port}`;
      const director = { ...ACME, url };
      const broker = { id: 'idb', name: 'Broker', platform: 'identity-services', url };
      const platforms = [
        [director, 'organization', (segment: string) => `/oauth/tenant/${segment}/token`],
        [broker, 'tenant', (segment: string) => `/acs/t/${segment}/token`],
      ] as const;
      for (const [settings, field, path] of platforms) {
        for (const name of [
          '.',
          '..',
          '',
          ' ',
          'a\r\nX-Evil: 1',
          'a\nb',
          'a\0b',
          'a\tb',
          'a\u202Eb',
          'a\u2028b',
          'a\uD800b',
          'x'.repeat(10_000),
        ])
          assert.ok(problemOf({ ...settings, [field]: name })?.startsWith(`${field} must`), JSON.stringify(name));
        for (const [name, segment] of [
          ['%2e%2e', '%252e%252e'],
          ['a/../b', 'a%2F..%2Fb'],
          ['../../evil', '..%2F..%2Fevil'],
          ['a\\b', 'a%5Cb'],
          ['a?x=1', 'a%3Fx%3D1'],
          ['a#x', 'a%23x'],
          ['a;b&c', 'a%3Bb%26c'],
          ['a@evil.example', 'a%40evil.example'],
          ['...', '...'],
          ['ä', '%C3%A4'],
        ] as const) {
          const tenant = tenantFrom({ ...settings, [field]: name });
          const id = await world.keep(tenant, { apiToken: world.canaries.apiToken });
          await world.broker.access(tenant, id);
          assert.equal(/^POST (\S+) HTTP/.exec(service.received.at(-1)!)?.[1], path(segment), name);
          assert.equal(new URL(platformOf(tenant).exchangeUrl(tenant)).origin, url);
        }
      }
    }),
  );

  it(
    'row 47: settings of any size and kind break nothing, and a secret in them is neither used nor shown',
    inWorld((world) => {
      const { apiToken, clientSecret, accessToken } = world.canaries;
      const hostile: unknown[] = [
        JSON.parse(`{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`),
        JSON.parse(`{"id":"p","name":"P","platform":"__proto__"}`),
        JSON.parse(JSON.stringify({ ...ACME, id: 'own' }).replace('{', '{"__proto__":{"polluted":true},')),
        { ...ACME, id: 'secret', apiToken },
        { ...clientOf('https://id.example/token'), id: 'client', clientSecret },
        { ...clientOf('https://id.example/token'), id: 'parameter', parameters: { client_secret: clientSecret } },
        { ...ACME, id: 'login', url: `https://ada:${apiToken}@cloud.example.net` },
        { ...ACME, id: 'query', url: `https://cloud.example.net/?access_token=${accessToken}` },
        { ...ACME, id: 'version', apiVersion: apiToken },
        { ...ACME, id: 'large', name: 'x'.repeat(10 * 1024 * 1024) },
        { ...ACME, id: 'deep', organization: Array.from({ length: 5_000 }).reduce<unknown>((inner) => [inner], 'x') },
        { ...ACME, id: 'hosts', hosts: Array.from({ length: 100_000 }, () => 'https://evil.example/') },
        ...[null, 7, 'text', [], true, apiToken],
      ];
      // About ten megabytes of them.
      const many = Array.from({ length: 10_000 }, (_, n) => ({ ...ACME, id: `t${n}`, caFile: 'x'.repeat(1024) }));
      const tenants = new Tenants(() => [...hostile, ...many, ACME]);
      assert.ok(JSON.stringify(many).length > 8 * 1024 * 1024);
      assert.deepEqual(
        tenants.all.filter(({ id }) => !/^t\d/.test(id)).map(({ id }) => id),
        ['acme'],
      );
      assert.equal(tenants.entries.length, hostile.length + many.length + 1);
      assert.equal(({} as { polluted?: boolean }).polluted, undefined);
      assert.equal(tenants.get('acme').name, 'Acme');
      const shown = tenants.entries.slice(0, hostile.length).map(({ id, name, problems }) => ({ id, name, problems }));
      for (const { id, name, problems } of shown) {
        assert.ok(problems.length > 0, id);
        assert.ok(name.length <= 128);
        world.reported.push({ name, problems });
        try {
          tenants.get(id);
        } catch (error) {
          world.reported.push(error);
        }
      }
      const named = { ...clientOf('https://id.example/'), parameters: JSON.parse('{"__proto__":"EXAMPLE"}') as unknown };
      assert.match(oauth2.exchange(tenantFrom(named) as never, world.secret).body ?? '', /&__proto__=EXAMPLE$/);
      for (const setting of [apiToken, 7, null, { ...ACME, apiToken }]) world.reported.push(readTenants(setting));
    }),
  );

  it(
    'row 71: after a settings change of where a secret goes, or who may read it there, nothing is sent until the person agrees',
    inWorld(async (world) => {
      const caFile = join(world.folder, 'authority.pem');
      writeFileSync(caFile, CERTIFICATE);
      const agreed = (origin: string) => ({
        revocationUrl: `${origin}/revoke`,
        introspectionUrl: `${origin}/introspect`,
        hosts: ['api.example'],
        caFile,
      });
      const { service, tenant, id } = await world.client(agreed);
      const { broker } = world;
      const manager = managerOf(world);
      const received = service.received.length;
      const origin = `http://127.0.0.1:${service.port}`;
      const changes: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
        ['urls', { revocationUrl: `${origin}/log` }],
        ['urls', { introspectionUrl: `${origin}/log` }],
        ['hosts', { hosts: ['api.example', 'evil.example'] }],
        ['pinnedCertificate', { pinnedCertificate: 'CD'.repeat(32) }],
        ['caFile', { caFile: undefined }],
        ['caFile', { caFile: join(world.folder, 'evil.pem') }],
        ['clientCertificateFile', { clientCertificateFile: join(world.folder, 'evil.pem') }],
      ];
      writeFileSync(join(world.folder, 'evil.pem'), `${CERTIFICATE}\n${CERTIFICATE}`);
      for (const [setting, change] of changes) {
        const changed = tenantFrom({ ...tenant, ...change });
        for (const sent of [
          broker.exchange(changed, id),
          ...(setting === 'urls' || setting === 'hosts' ? [broker.access(changed, id)] : []),
          manager.revokeByValue(changed, id),
          manager.inspect(changed, id),
        ]) {
          const { code, facts } = await world.failure(sent);
          assert.deepEqual([code, facts['settings']], ['trust-changed', setting]);
        }
        assert.equal(broker.status(changed, id).error?.code, 'trust-changed', setting);
        assert.equal(broker.peek(changed, id), undefined, setting);
      }
      assert.equal(service.received.length, received);
      // A change to less than the person agreed to needs no question.
      const less = tenantFrom({ ...tenant, hosts: [], revocationUrl: undefined });
      assert.equal((await broker.exchange(less, id)).token, world.canaries.accessToken);
      assert.equal((await broker.exchange(tenant, id)).token, world.canaries.accessToken);
    }),
  );

  it(
    'row 72: after a change of an authority or client certificate file, nothing is sent until the person agrees, and a missing file is named',
    inWorld(async (world) => {
      for (const setting of ['caFile', 'clientCertificateFile']) {
        const file = join(world.folder, `${setting}.pem`);
        writeFileSync(file, CERTIFICATE);
        const { service, tenant, id } = await world.client(() => ({ [setting]: file }));
        const received = service.received.length;
        writeFileSync(file, `${CERTIFICATE}\n${CERTIFICATE}`);
        const { code, facts } = await world.failure(world.broker.exchange(tenant, id));
        assert.deepEqual([code, facts['settings']], ['trust-changed', setting]);
        assert.equal(world.broker.status(tenant, id).error?.code, 'trust-changed');
        // As another window, or this one after a reload, finds it.
        const later = world.open();
        assert.equal((await world.failure(later.broker.exchange(tenant, id))).code, 'trust-changed');
        rmSync(file);
        const lost = await world.failure(world.broker.exchange(tenant, id));
        assert.deepEqual([lost.code, lost.facts['problem']], ['tenant-invalid', `${setting} ${file} cannot be read`]);
        writeFileSync(file, CERTIFICATE);
        assert.equal(service.received.length, received);
        assert.equal((await world.broker.exchange(tenant, id)).token, world.canaries.accessToken);
        assert.equal(world.broker.status(tenant, id).error, undefined);
      }
    }),
  );
});
