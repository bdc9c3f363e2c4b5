import assert from 'node:assert/strict';
import { startSandbox } from '../../src/sandbox/index.js';
import { useSandbox } from './client.js';

const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

describe('sandbox: tenants and tokens', () => {
  const sandbox = useSandbox();

  it('has a few tenants of every platform, each with a unique id and name', () => {
    const tenants = sandbox.current().tenants.map(({ tenant }) => tenant);
    assert.deepEqual(new Set(tenants.map(({ platform }) => platform)), new Set(Object.keys(sandbox.current().services)));
    assert.equal(new Set(tenants.map(({ id }) => id)).size, tenants.length);
    assert.equal(new Set(tenants.map(({ name }) => name)).size, tenants.length);
    assert.ok(tenants.length <= 2 * Object.keys(sandbox.current().services).length);
    for (const { id } of tenants) assert.match(String(id), /^sandbox-[a-z0-9-]+$/);
  });

  it('has unique secrets that look synthetic and fit into a header', async () => {
    const secretsOf = (one: ReturnType<typeof sandbox.current>) =>
      one.tenants.flatMap(({ tokens }) => tokens.flatMap(({ secret }) => Object.values(secret)));
    const secrets = secretsOf(sandbox.current());
    for (const secret of secrets) {
      assert.match(secret, B64TOKEN);
      const inside = secret.startsWith('vidb_') ? Buffer.from(secret.slice(5), 'base64url').toString() : secret;
      assert.match(inside, /EXAMPLE|SANDBOX/);
    }
    const other = await startSandbox();
    await other.stop();
    assert.equal(new Set([...secrets, ...secretsOf(other)]).size, new Set(secrets).size + new Set(secretsOf(other)).size);
  });

  it('has logins with passwords that look synthetic and are in no sample', () => {
    const tenants = sandbox.current().tenants.filter(({ login }) => login);
    assert.deepEqual(
      tenants.map(({ tenant }) => tenant['id']),
      ['sandbox-cloud-director', 'sandbox-cloud-director-system', 'sandbox-aria-automation', 'sandbox-commvault'],
    );
    const logins = tenants.flatMap(({ login, readOnlyLogin }) => [login!, readOnlyLogin!]);
    assert.equal(new Set(logins.map(({ password }) => password)).size, logins.length);
    for (const { password } of logins) {
      assert.match(password, /^EXAMPLE-password-.{8}/);
      for (const { sample } of sandbox.current().tenants) assert.ok(!sample.includes(password));
    }
  });

  it('has secrets in each platform’s format', () => {
    assert.match(sandbox.secret('sandbox-cloud-director')['apiToken']!, /^[A-Za-z0-9]{32}$/);
    assert.match(sandbox.secret('sandbox-cloud-services')['apiToken']!, /^[A-Za-z0-9]{65}$/);
    const broker = sandbox.secret('sandbox-identity-services')['apiToken']!;
    assert.equal(broker.length, 155);
    assert.match(Buffer.from(broker.slice('vidb_'.length), 'base64url').toString(), /^[0-9a-f-]{36}#[A-Za-z0-9]{64}#\d{10}$/);
    assert.match(sandbox.secret('sandbox-bright-pattern')['apiSecret']!, /^[A-Za-z0-9]{41}$/);
  });

  it("has samples of requests to the tenant's own service, without any header", () => {
    for (const { tenant, sample } of sandbox.current().tenants) {
      const { origin } = new URL(String(tenant['url'] ?? tenant['tokenUrl']));
      const requests = sample.split(/^###.*$/m).slice(1);
      assert.ok(requests.length >= 1);
      for (const request of requests) {
        const lines = request.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
        assert.equal(lines.length, 1, `${String(tenant['id'])}: ${request}`);
        assert.ok(lines[0]?.startsWith(`GET ${origin}/`));
      }
    }
  });
});
