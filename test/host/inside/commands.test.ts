import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { assertG, type Canary } from '../../threats/support/canaries.js';

const ID = 'tenant-tokens.tenant-tokens';
/** It has one token, so that nothing is asked. */
const TENANT = 'sandbox-bright-pattern';
const POLL_MS = 100;
const FUZZ_LIMIT_MS = 120_000;

/** The dispatcher behind the `fetch` of every extension, by the names of undici up to 7 and from 8. */
const dispatchers = (): unknown[] =>
  [1, 2].map((version) => (globalThis as Record<symbol, unknown>)[Symbol.for(`undici.globalDispatcher.${version}`)]);

/** Modal questions are refused while tests run inside the host. */
const isRefusedModal = (error: unknown): boolean =>
  error instanceof Error && /refused to show dialog in tests/.test(error.message);

describe('what another extension can do', function () {
  const extension = vscode.extensions.getExtension<unknown>(ID);
  const commands = (extension?.packageJSON as { contributes: { commands: { command: string }[] } }).contributes.commands;
  const ids = commands.map(({ command }) => command).filter((id) => !/Sandbox$/.test(id));

  before(async () => {
    await extension?.activate();
    await vscode.commands.executeCommand('tenantTokens.startSandbox');
  });
  after(async () => {
    await vscode.commands.executeCommand('tenantTokens.stopSandbox');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** What it may have for the asking of a person: the access token of the tenant, as a copy brings it. */
  async function accessToken(): Promise<Canary> {
    await vscode.commands.executeCommand('tenantTokens.copyAccessToken', { tenant: TENANT });
    const value = await vscode.env.clipboard.readText();
    await vscode.env.clipboard.writeText('');
    assert.match(value, /^[0-9A-F]{64}$/);
    return { name: 'the access token', value };
  }

  it('row 36: gets nothing from its exports', async () => {
    assert.equal(extension?.isActive, true);
    assert.equal(extension.exports, undefined);
    const { exports, packageJSON } = extension as { exports: unknown; packageJSON: unknown };
    assertG([await accessToken()], { exports, packageJSON, 'global names': Object.entries(globalThis) });
  });

  it('keeps its own fetch after an exchange', async () => {
    // The first use of fetch makes its dispatcher.
    await fetch('http://127.0.0.1:9').catch(() => undefined);
    const before = { dispatchers: dispatchers(), fetch: globalThis.fetch };
    assert.ok(before.dispatchers.some((dispatcher) => dispatcher !== undefined));
    assert.equal(await vscode.commands.executeCommand('tenantTokens.copyAccessToken', { tenant: TENANT }), undefined);
    assert.match(await vscode.env.clipboard.readText(), /^[0-9A-F]{64}$/, 'there was an exchange');
    await vscode.env.clipboard.writeText('');
    assert.equal(globalThis.fetch, before.fetch);
    for (const [index, dispatcher] of dispatchers().entries()) assert.equal(dispatcher, before.dispatchers[index]);
  });

  describe('by commands with any argument', function () {
    this.timeout(FUZZ_LIMIT_MS);
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end('{}');
    });
    before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
    after(() => server.close());
    const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    /** What comes of calls that run all at once; whatever they ask is left until they have ended. */
    async function outcomes(calls: readonly { what: string; id: string; argument: unknown }[]): Promise<string[]> {
      let ended = 0;
      const all = calls.map(async ({ what, id, argument }) => {
        try {
          const result: unknown = await vscode.commands.executeCommand(id, argument);
          return result === undefined ? [] : [`${id} of ${what} returned ${typeof result}`];
        } catch (error) {
          return isRefusedModal(error) ? [] : [`${id} of ${what} threw ${String(error)}`];
        } finally {
          ended += 1;
        }
      });
      while (ended < calls.length) {
        await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
        await vscode.commands.executeCommand('notifications.clearAll');
        await delay(POLL_MS);
      }
      return (await Promise.all(all)).flat();
    }

    const fuzz: [string, () => unknown][] = [
      ['nothing', () => undefined],
      ['null', () => null],
      ['a number', () => -1],
      ['a text', () => TENANT],
      ['a list', () => [TENANT, {}]],
      ['a function', () => () => TENANT],
      ['a URI', () => vscode.Uri.parse(`${origin()}/evil`)],
      ['ids of the wrong type', () => ({ tenant: 1, token: { id: TENANT } })],
      ['unknown ids', () => ({ tenant: '__proto__', token: '../../settings.json' })],
      ['huge ids', () => ({ tenant: 'x'.repeat(1_000_000), token: '\u202e\r\n'.repeat(100_000) })],
      [
        'other keys',
        () => ({ path: '/etc/passwd', url: origin(), tokenUrl: origin(), secret: 'x', hosts: ['*'], shell: 'bash' }),
      ],
      [
        'a tenant with other keys',
        () => ({ tenant: TENANT, url: `${origin()}/evil`, tokenUrl: origin(), headers: 'x', boundTo: origin() }),
      ],
    ];
    it('row 35: they answer nothing, throw nothing and send nothing there', async () => {
      const canary = await accessToken();
      for (const id of ids) {
        const calls = fuzz.map(([what, argument]) => ({ what, id, argument: argument() }));
        const answered = await outcomes(calls);
        assertG([canary], { [`what ${id} answers`]: answered });
        assert.deepEqual(answered, []);
      }
      assert.deepEqual(requests, [], 'an argument said where to send something');
    });
  });
});
