import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { runHttpYac } from '../support/httpyacCli.js';
import { cliEnvironment } from './support/cliEnvironment.js';

describe('httpYac plugin, in its command line', () => {
  let sandbox: Sandbox;
  let folder: string;
  let env: Readonly<Record<string, string>>;

  before(async () => {
    sandbox = await startSandbox();
    folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-cli-'));
    env = await cliEnvironment(folder, sandbox);
  });

  after(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, lines: readonly string[]): string => {
    const file = path.join(folder, name);
    writeFileSync(file, lines.join('\n'));
    return file;
  };

  it('sends the token, and prints none', async () => {
    const { origin, requests } = sandbox.services.commvault;
    const text = ['Authtoken: {{$processEnv TENANT_TOKEN_SANDBOX_COMMVAULT}}', 'X-Id: 1'];
    const file = write('backup.http', [`GET ${origin}/commandcenter/api/v2/WhoAmI`, ...text]);
    const printed = await runHttpYac(file, ['--output', 'exchange', '--verbose'], env);
    const { headers, status } = requests.at(-1)!;
    const token = headers['authtoken'];
    assert.ok(typeof token === 'string' && token.length > 20);
    assert.equal(status, 200);
    assert.ok(!printed.includes(token));
    assert.match(printed, /authtoken: \*\*\*TENANT_TOKEN_SANDBOX_COMMVAULT\.\w+\*\*\*/i);
    assert.ok(!readFileSync(file, 'utf8').includes(token));
  });

  it('does not send a request without a token', async () => {
    const { origin, requests } = sandbox.services.oauth2;
    const before = requests.length;
    const reference = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_NOBODY}}';
    const printed = await runHttpYac(write('nobody.http', [`GET ${origin}/api/invoices`, reference]), [], env);
    assert.match(printed, /Not sent: TENANT_TOKEN_NOBODY could not be resolved \(reference-unknown\)/);
    assert.equal(requests.length, before);
  });
});
