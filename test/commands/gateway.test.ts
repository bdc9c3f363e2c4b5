import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { editor } from '../support/vscode.js';
import { sendFile } from '../support/httpyacCli.js';
import { CANCEL, ENTER } from '../support/scriptedPrompter.js';
import { inWorld, type World } from '../support/world.js';
import { openWith } from './support.js';

const ACME = 'sandbox-cloud-director';
const GUARDED = 'sandbox-cloud-services-mfa';
const SECOND_MS = 1_000;
const HOUR_MS = 60 * 60_000;
const execute = promisify(execFile);

/** The extension with tenants of a sandbox beside it, an API token of each, and how to get an address of one. */
async function openGateway(world: World, ...tenants: readonly string[]) {
  const { extension, run, prompter, sandbox, secret } = await openWith(world, ...tenants);
  if (tenants.includes('sandbox-identity-services')) prompter.when('How often can this API token be exchanged?', ENTER);
  for (const tenant of tenants) await extension.addToken(tenant, 'Ada', ...secret(tenant));
  const addressOf = async (tenant: string): Promise<string> => {
    await run('copyGatewayUrl', { tenant });
    return editor.clipboard;
  };
  return { extension, sandbox, run, prompter, addressOf };
}

describe('The gateway of a window', () => {
  it(
    'is off until somebody wants an address, shows that it runs, and ends with what it is stopped by',
    inWorld(async (world) => {
      const { run, prompter, addressOf } = await openGateway(world, ACME);
      assert.equal(editor.itemOf('gateway').isShown, false);
      const address = await addressOf(ACME);
      assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/sandbox-cloud-director$/);
      assert.match(prompter.texts('info').at(-1) ?? '', /^The address of Acme at the gateway is copied\. .* as “Ada”/);
      assert.equal(editor.itemOf('gateway').isShown, true);
      await run('startGateway');
      assert.equal(prompter.texts('done').at(-1), `Gateway started at ${new URL(address).host}`);
      await run('stopGateway');
      assert.equal(editor.itemOf('gateway').isShown, false);
      await assert.rejects(fetch(address));
      assert.notEqual(await addressOf(ACME), address);
      await world.clock.advance(HOUR_MS);
      assert.equal(editor.itemOf('gateway').isShown, false);
    }),
  );

  it(
    'answers 200 for each request of each sample of the sandbox, without a header of the client',
    inWorld(async (world) => {
      // Each exchange of the other one costs a passcode.
      const tenants = (await world.sandbox()).tenants.map(({ tenant }) => String(tenant['id'])).filter((id) => id !== GUARDED);
      const { addressOf, sandbox } = await openGateway(world, ...tenants);
      for (const { tenant, sample } of sandbox.tenants) {
        const id = String(tenant['id']);
        if (id === GUARDED) continue;
        const address = await addressOf(id);
        const urls = [...sample.matchAll(/^GET (http:\/\/[^/]+)(\S*)$/gm)].map(([, , path = '']) => address + path);
        assert.ok(urls.length > 0, id);
        for (const url of urls) {
          const { status } = await world.until(fetch(url));
          assert.equal(status, 200, `${id} ${url}`);
        }
      }
    }),
  );

  it(
    'serves real clients: cURL, httpYac and Python, where they are installed',
    inWorld(async (world) => {
      const { addressOf } = await openGateway(world, ACME);
      const url = `${await addressOf(ACME)}/cloudapi/1.0.0/orgs`;
      const file = join(world.folder, 'gateway.http');
      writeFileSync(file, `GET ${url}\n`);
      assert.deepEqual(
        (await world.until(sendFile(file))).map(({ status }) => status),
        [200],
      );
      const python = 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).status)';
      for (const [program, ...args] of [
        ['curl', '--silent', '--output', join(world.folder, 'out'), '--write-out', '%{http_code}', url],
        ['python3', '-c', python, url],
      ] as const) {
        if (spawnSync(program, ['--version']).status !== 0) continue;
        const { stdout } = await world.until(execute(program, args));
        assert.equal(stdout.trim(), '200', program);
      }
    }),
  );

  it(
    'lets the links of Cloud Director be followed',
    inWorld(async (world) => {
      const { addressOf } = await openGateway(world, ACME);
      const address = await addressOf(ACME);
      const paths: string[] = [];
      let url = `${address}/api/org`;
      for (let level = 1; level <= 3; level++) {
        const response = await world.until(fetch(url));
        assert.equal(response.status, 200, url);
        const hrefs = [...(await world.until(response.text())).matchAll(/"href":"([^"]+)"/g)].map(([, href = '']) => href);
        url = hrefs.at(-1) ?? '';
        assert.ok(url.startsWith(`${address}/`), url);
        paths.push(url.slice(address.length).replace(/[0-9a-f-]{36}$/, '…'));
      }
      assert.deepEqual(paths, ['/api/org/…', '/api/vdc/…', '/api/vdc/…']);
    }),
  );

  it(
    'asks once before a program writes, and lets it write until it stops',
    inWorld(async (world) => {
      const { addressOf, prompter, run } = await openGateway(world, ACME);
      const address = await addressOf(ACME);
      const post = async (to: string): Promise<number> =>
        (await world.until(fetch(`${to}/x`, { method: 'POST', body: '{}' }))).status;
      prompter.when(/^A program on this machine wants to send POST to Acme/, CANCEL, 'Allow Writing', CANCEL);
      assert.equal(await post(address), 403);
      assert.equal(await post(address), 403);
      assert.equal(await post(address), 404);
      await run('stopGateway');
      assert.equal(await post(await addressOf(ACME)), 403);
    }),
  );

  it(
    'exchanges nothing unasked that costs a passcode or the only use of a token',
    inWorld(async (world) => {
      const { addressOf, sandbox } = await openGateway(world, GUARDED);
      const response = await world.until(fetch(`${await addressOf(GUARDED)}/x`));
      assert.deepEqual([response.status, response.headers.get('x-tenant-tokens-error')], [502, 'exchange-needed']);
      assert.match(await world.until(response.text()), /only exchanged when you ask for it/);
      assert.deepEqual(sandbox.services['cloud-services'].requests, []);
    }),
  );

  it(
    'gives a terminal the address of a tenant, and no token',
    inWorld(async (world) => {
      const { run } = await openGateway(world, ACME);
      await run('openTerminal', { tenant: ACME });
      const [{ name, env } = assert.fail('no terminal')] = editor.terminals;
      assert.equal(name, 'Acme');
      assert.deepEqual(
        Object.keys(env).filter((key) => !/^no_proxy$/i.test(key)),
        ['TENANT_URL', 'TENANT_TOKENS_GATEWAY'],
      );
      const { status } = await world.until(fetch(`${env['TENANT_URL']}/cloudapi/1.0.0/sessions/current`));
      assert.equal(status, 200);
    }),
  );

  it(
    'lists its requests, and adds one use a minute to the history of a token',
    inWorld(async (world) => {
      const { addressOf, run } = await openGateway(world, ACME);
      const address = await addressOf(ACME);
      for (const path of ['/cloudapi/1.0.0/orgs?page=1', '/nowhere']) await world.until(fetch(address + path));
      await run('showGatewayRequests');
      const [head, ...lines] = (editor.active?.document.getText() ?? '').trimEnd().split('\n');
      assert.match(head ?? '', /^time +tenant +method +status +ms +path$/);
      assert.equal(lines.length, 2);
      assert.match(lines[0] ?? '', / sandbox-cloud-director +GET +404 +\d+ +\/nowhere$/);
      assert.match(lines[1] ?? '', / GET +200 +\d+ +\/cloudapi\/1\.0\.0\/orgs$/);
      await world.clock.advance(SECOND_MS);
      const history = world.globalState.get<readonly { readonly what: string }[]>('history', []);
      assert.equal(history.filter(({ what }) => what === 'sent').length, 1);
    }),
  );
});
