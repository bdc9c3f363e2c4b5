import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { format, inspect } from 'node:util';
import { copyForms } from '../../src/handoff/copyAs/forms.js';
import { PublishedReferences } from '../../src/handoff/publishedReferences.js';
import { platforms } from '../../src/platforms/index.js';
import type { Tenant } from '../../src/platforms/tenant.js';
import { Tenants } from '../../src/tenants/tenants.js';
import { ReferenceNames } from '../../src/tokens/referenceNames.js';
import { answers } from '../faults/loopback.js';
import { ACME } from '../support/acme.js';
import { assertG, leaksIn, textOf } from './support/canaries.js';
import { clientOf, inWorld, tenantFrom, type World } from '../support/world.js';

const root = join(__dirname, '../..');

/** A tenant of each platform, and of each way to set headers. */
const TENANTS: readonly Readonly<Record<string, unknown>>[] = [
  ACME,
  { ...ACME, headers: 'tenant-context', organizationId: '00000000-0000-4000-8000-000000000000' },
  { id: 'csp', name: 'CSP', platform: 'cloud-services', url: 'https://csp.example', passcode: true },
  { id: 'aria', name: 'Aria', platform: 'aria-automation', url: 'https://aria.example' },
  { id: 'cv', name: 'CV', platform: 'commvault', url: 'https://cc.example/commandcenter/api' },
  { id: 'idb', name: 'IDB', platform: 'identity-services', url: 'https://idb.example', tenant: 'CUSTOMER' },
  { id: 'bp', name: 'BP', platform: 'bright-pattern', url: 'https://bp.example', loginId: 'ada' },
  clientOf('https://id.example/token'),
  { ...clientOf('https://id.example/token'), header: 'X-Api-Key: {token}', clientAuthentication: 'post' },
];

describe('threats: secrets', () => {
  it(
    'row 40: no part of an API token goes where access tokens go',
    inWorld(async (world) => {
      const { accessToken, apiToken } = world.canaries;
      const handedOut: unknown[] = [];
      for (const settings of TENANTS) {
        const tenant: Tenant = tenantFrom(settings);
        const platform = platforms.find(({ id }) => id === tenant.platform)!;
        const secret = Object.fromEntries(platform.secretFields(tenant).map(({ key }) => [key, apiToken]));
        const id = await world.keep(tenant, secret);
        const headers = platform.headerStyles.flatMap((style) => platform.headers(tenant, accessToken, style.id, {}));
        assert.ok(headers.some(({ value }) => value.includes(accessToken)));
        const url = platform.probe?.(tenant).url ?? 'https://api.example/';
        handedOut.push(
          headers,
          world.broker.headers(tenant, id, accessToken),
          Object.values(copyForms).map((form) => form({ method: 'GET', url, headers })),
          [platform.exchangeUrl(tenant), url, platform.portal?.(tenant), platform.discovery?.(tenant)],
          world.vault.find(id),
          world.broker.status(tenant, id),
        );
      }
      handedOut.push(await publishedOf(world));
      const { accessToken: _, ...others } = world.canaries;
      assertG(
        Object.entries(others).map(([name, value]) => ({ name, value })),
        { 'what is handed out': handedOut },
      );
      assert.ok(textOf(handedOut).includes(accessToken));
      // The rooms that hand something out do not know how to read one.
      for (const room of ['handoff', 'editor', 'views', 'httpFile'])
        for (const [file, text] of sourcesIn(`src/${room}`))
          assert.doesNotMatch(text, /vault\.read\(|\.secret\b|\bSecret\b/, file);
    }),
  );

  /** An environment with the published references of a world. */
  async function publishedOf(world: World): Promise<NodeJS.ProcessEnv> {
    const client = await world.client(() => ({ id: 'published' }));
    const { broker, vault, clock } = world;
    const tenants = new Tenants(() => []);
    tenants.setOutside([client.tenant]);
    const refresher = world.refresher(world, client.tenant);
    const names = new ReferenceNames(tenants, vault);
    const env: NodeJS.ProcessEnv = {};
    let isAllowed = false;
    const published = new PublishedReferences(
      env,
      { names, broker, refresher, vault, tenants, now: clock.wall },
      { enabled: () => isAllowed, focused: () => true },
    );
    published.want(new Set(['TENANT_TOKEN_PUBLISHED']));
    assert.deepEqual(env, {}, 'without the person’s leave');
    isAllowed = true;
    published.check();
    const copy = { ...env };
    assert.deepEqual(Object.values(copy), [world.canaries.accessToken]);
    published.dispose();
    assert.deepEqual(env, {});
    return copy;
  }

  // The log of a whole session at its most talkative: test/host/leaks.test.ts.
  it(
    'row 42: no secret appears in network debugging, diagnostics channels or crash reports',
    inWorld((world) => {
      execFileSync(process.execPath, ['esbuild.mjs', '--production', `--outdir=${world.folder}`], { cwd: root });
      const { apiToken, clientSecret, accessToken } = world.canaries;
      const script = `
        const channels = require('node:diagnostics_channel');
        const names = ${JSON.stringify(channelNames())};
        const heard = [];
        for (const name of names) channels.subscribe(name, (message) => heard.push(name, message));
        const { Client } = require('./undici.js');
        const { inspect } = require('node:util');
        const http = require('node:http');
        let input = '';
        process.stdin.on('data', (text) => (input += text)).on('end', async () => {
          const { apiToken, clientSecret, accessToken } = JSON.parse(input);
          const server = http.createServer((asked, response) => {
            asked.resume().on('end', () => {
              if (asked.url === '/broken') asked.socket.resetAndDestroy();
              else response.setHeader('x-token', accessToken).end(JSON.stringify({ access_token: accessToken }));
            });
          });
          await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
          const headers = { authorization: 'Basic ' + Buffer.from('EXAMPLE:' + clientSecret).toString('base64') };
          const options = { method: 'POST', headers, body: 'refresh_token=' + apiToken, reset: true };
          const origin = 'http://127.0.0.1:' + server.address().port;
          const request = (path) => new Promise((onResponseEnd, reject) => new Client(origin).dispatch({ path, ...options }, {
            onRequestStart() {}, onResponseStart() {}, onResponseData() {}, onResponseEnd, onResponseError: (_, error) => reject(error),
          }));
          await request('/token');
          await request('/broken').catch((error) => heard.push(error));
          server.close();
          // Events of Node's own server are not ours.
          console.log(inspect(heard, { depth: 10, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity }));
          for (const message of heard) for (const part of [message?.chunk, message?.request?.body]) if (part) console.log(String(part));
          console.log(JSON.stringify(process.report.getReport(new Error('EXAMPLE'))));
          console.log('HEARD', heard.length);
        });`;
      const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], {
        cwd: world.folder,
        encoding: 'utf8',
        input: JSON.stringify({ apiToken, clientSecret, accessToken }),
        env: { ...process.env, NODE_DEBUG: 'undici,fetch,websocket,http,https,net,tls,http2' },
        maxBuffer: 1e9,
      });
      assert.equal(status, 0, stderr);
      assert.match(stdout, /HEARD \d/);
      assert.match(stderr, /NET \d+: /, 'there was debugging');
      world.reported.push(stdout, stderr);
    }),
  );

  it(
    'row 43: objects with secrets show none, however they are printed or copied, and neither do their errors',
    inWorld(async (world) => {
      const client = await world.client();
      const errors = [
        await client.refuses(
          answers(400, JSON.stringify({ error: 'invalid_grant', error_description: world.canaries.apiToken })),
          'api-token-refused',
        ),
        await client.refuses(answers(400, JSON.stringify({ error: world.canaries.clientSecret })), 'request-refused'),
        await client.refuses(
          answers(200, world.answer({ access_token: `${world.canaries.accessToken} {{x}}` })),
          'access-token-unsafe',
        ),
        await client.refuses(answers(200, world.good.slice(0, -1)), 'not-json', 'connection-lost'),
        await client.refuses((socket) => void socket.end(`HTTP/1.1 ${world.canaries.accessToken}\r\n\r\n`), 'connection-lost'),
      ];
      const holders = [world.vault, world.broker, world.sender, client.tenant, ...errors];
      for (const holder of holders) {
        world.reported.push(
          holder,
          format('%s %o %O %j', holder, holder, holder, holder),
          inspect(holder, { getters: true, depth: 20 }),
        );
        try {
          world.reported.push(structuredClone(holder));
        } catch (error) {
          world.reported.push(error);
        }
      }
      // That there is something to be shown.
      const record = await world.vault.read(client.id);
      const secrets = Object.entries(world.canaries).map(([name, value]) => ({ name, value }));
      assert.ok(leaksIn([{ place: 'the record', text: textOf(record) }], secrets).length > 0);
    }),
  );

  it(
    'row 48: exchanges are logged with time, tenant and host, on this machine only and without secrets',
    inWorld(async (world) => {
      const client = await world.client();
      const lines = world.log.lines.length;
      await client.takes(answers(200, world.good));
      await client.refuses(answers(401, '{}'), 'api-token-refused');
      const reported = world.log.lines.slice(lines);
      assert.equal(reported.length, 2);
      assert.match(reported[0]!, new RegExp(`^acme: exchanged at 127\\.0\\.0\\.1:${client.service.port} in \\d+ ms$`));
      assert.match(reported[1]!, /^acme: exchange failed: api-token-refused \{"status":401\}$/);
      for (const [file, text] of sourcesIn('src')) assert.doesNotMatch(text, /[tT]elemetry/, file);
    }),
  );
});

function sourcesIn(folder: string): (readonly [file: string, text: string])[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [`${folder}/${name}`, readFileSync(join(root, folder, name), 'utf8')] as const);
}

/** The channels of undici, as its source names them. Those of Node are of the server here, too, and hold sockets that anybody may read. */
function channelNames(): string[] {
  const source = readFileSync(join(root, 'node_modules/undici/lib/core/diagnostics.js'), 'utf8');
  const names = [...source.matchAll(/channel\('([^']+)'\)/g)].map(([, name]) => name!);
  assert.ok(names.includes('undici:request:create'));
  return names;
}
