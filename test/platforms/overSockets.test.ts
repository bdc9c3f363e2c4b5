import assert from 'node:assert/strict';
import { AppError, type ErrorCode } from '../../src/base/errors.js';
import { Sender } from '../../src/net/send.js';
import { platformOf } from '../../src/platforms/index.js';
import type { Exchanged, Header } from '../../src/platforms/platform.js';
import type { Secret, Tenant } from '../../src/platforms/tenant.js';
import type { Behaviour, SandboxPlatform } from '../../src/sandbox/index.js';
import { readTenants } from '../../src/tenants/tenants.js';
import { useSandbox } from '../sandbox/client.js';
import { serviceOf } from '../support/entries.js';

const sender = new Sender();
after(() => sender.dispose());

/** A tenant of the sandbox as the extension sees it, with its operations over the wire. */
function useTenants(sandbox: ReturnType<typeof useSandbox>) {
  const tenant = (id: string, changed: Readonly<Record<string, unknown>> = {}): Tenant => {
    const [entry] = readTenants([{ ...sandbox.tenant(id).tenant, ...changed }]);
    assert.ok(entry?.tenant, `${id}: ${JSON.stringify(entry?.problems)}`);
    return entry.tenant;
  };

  const exchange = async (of: Tenant, secret: Secret, passcode?: string): Promise<Exchanged> => {
    const platform = platformOf(of);
    const sentAt = sandbox.now();
    return platform.readExchange(await sender.send(platform.exchange(of, secret, passcode)), of, secret, sentAt);
  };

  const headers = async (of: Tenant, accessToken: string, style?: string): Promise<readonly Header[]> => {
    const platform = platformOf(of);
    const discovery = platform.discovery?.(of);
    const discovered = discovery ? platform.readDiscovery?.(await sender.send(discovery)) : undefined;
    return platform.headers(of, accessToken, style ?? platform.defaultHeaderStyle(of), discovered ?? {});
  };

  const status = async (url: string, lines: readonly Header[]): Promise<number> => {
    const sent = Object.fromEntries(lines.map(({ name, value }) => [name, value]));
    return (await sender.send({ method: 'GET', url, headers: sent })).status;
  };

  /** The resources that the tenant's sample file calls. */
  const resources = (id: string): string[] =>
    [...sandbox.tenant(id).sample.matchAll(/^GET (\S+)$/gm)].map(([, url]) => url ?? '');

  return { tenant, exchange, headers, status, resources };
}

/** The code of the AppError that a promise rejects with. */
async function codeOf(pending: Promise<unknown>): Promise<ErrorCode> {
  return (await errorOf(pending)).code;
}

async function errorOf(pending: Promise<unknown>): Promise<AppError> {
  const error: unknown = await pending.then(
    (value) => assert.fail(`did not fail: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError, String(error));
  return error;
}

const LIFETIMES_S: Readonly<Record<SandboxPlatform, number>> = {
  'cloud-director': 3600,
  'cloud-services': 1799,
  'aria-automation': 8 * 3600,
  commvault: 1800,
  'identity-services': 1800,
  'bright-pattern': 3600,
  oauth2: 900,
};

const TENANTS = [
  'sandbox-cloud-director',
  'sandbox-cloud-director-system',
  'sandbox-cloud-services',
  'sandbox-cloud-services-mfa',
  'sandbox-aria-automation',
  'sandbox-commvault',
  'sandbox-identity-services',
  'sandbox-bright-pattern',
  'sandbox-oauth2',
  'sandbox-oauth2-client',
];

describe('every platform, over a socket', () => {
  const sandbox = useSandbox();
  const { tenant, exchange, headers, status, resources } = useTenants(sandbox);

  it('knows all tenants of the sandbox', () => {
    assert.deepEqual(
      sandbox.current().tenants.map(({ tenant: { id } }) => id),
      TENANTS,
    );
  });

  for (const id of TENANTS)
    describe(id, () => {
      const passcode = () => sandbox.tenant(id).tokens[0]?.passcode;
      const obtain = (changed = {}) => exchange(tenant(id, changed), sandbox.secret(id), passcode());

      it('has tokens with the fields that its platform asks for', () => {
        const fields = platformOf(tenant(id)).secretFields(tenant(id));
        for (const { secret } of sandbox.tenant(id).tokens) {
          assert.deepEqual(Object.keys(secret).sort(), fields.map(({ key }) => key).sort());
          for (const { key, shape } of fields) if (shape) assert.match(secret[key] ?? '', shape.pattern);
        }
        assert.equal(platformOf(tenant(id)).needsPasscode?.(tenant(id)) ?? false, passcode() !== undefined);
      });

      it('issues an access token that alone opens every resource of the sample, until it expires', async () => {
        const { accessToken, expiresAt } = await obtain();
        const lifetimeS = LIFETIMES_S[tenant(id).platform as SandboxPlatform];
        assert.equal(expiresAt, sandbox.now() + lifetimeS * 1000);
        const right = await headers(tenant(id), accessToken);
        const wrong = await headers(tenant(id), 'EXAMPLE');
        const accept = right.filter(({ name }) => name === 'Accept');
        const { url = '' } = platformOf(tenant(id)).probe?.(tenant(id)) ?? {};
        for (const resource of [...resources(id), ...(url ? [url] : [])]) {
          assert.equal(await status(resource, right), 200, resource);
          assert.equal(await status(resource, accept), 401, resource);
          assert.equal(await status(resource, wrong), 401, resource);
        }
        sandbox.advance(lifetimeS - 1);
        assert.equal(await status(resources(id)[0]!, right), 200);
        sandbox.advance(1);
        assert.equal(await status(resources(id)[0]!, right), 401);
      });

      it('sends its secrets in the body or in headers, never in the URL, and accepts no encoded answer', async () => {
        await obtain();
        const seen = serviceOf(sandbox.current(), tenant(id)).requests;
        const sent = seen.find(({ method }) => method === 'POST');
        assert.equal(sent?.headers['accept-encoding'], 'identity');
        assert.equal(sent.headers['cookie'], undefined);
        for (const secret of Object.values(sandbox.secret(id)))
          for (const { path } of seen) assert.ok(!path.includes(secret) && !decodeURIComponent(path).includes(secret));
      });

      const distorted = (headers: Record<string, string>, body?: string): Behaviour => {
        return (due) => ({ ...due, headers: { ...due.headers, ...headers }, ...(body !== undefined && { body }) });
      };
      for (const [name, behaviour, code] of [
        ['limits the rate', 'rate-limited', 'rate-limited'],
        ['fails', 'service-failed', 'service-failed'],
        ['shows a web page', 'web-page', 'web-page'],
        ['redirects', 'redirect', 'redirected'],
        ['hangs up at once', 'dropped', 'connection-lost'],
        ['hangs up instead of answering', 'lost', 'connection-lost'],
        ['hangs up in the middle of its answer', 'cut-off', 'connection-lost'],
        ['answers with a trailing comma', (due) => ({ ...due, body: due.body.replace(/\}$/, ',}') }), 'not-json'],
        ['answers nothing', distorted({}, ''), 'not-json'],
        ['answers too much', distorted({}, `{"x":"${'x'.repeat(70_000)}"}`), 'response-too-large'],
        ['answers in another encoding', distorted({ 'content-encoding': 'gzip' }), 'encoded-response'],
        ['says no with status 200', distorted({}, '{"error":"invalid_grant"}'), 'api-token-refused'],
      ] as const satisfies readonly (readonly [string, Behaviour, ErrorCode])[])
        it(`reports that the service ${name}`, async () => {
          const service = serviceOf(sandbox.current(), tenant(id));
          service.answerNext(behaviour);
          const error = await errorOf(obtain());
          assert.equal(error.code, code);
          if (code === 'rate-limited') assert.equal(error.facts['retryAfter'], 2);
          assert.ok(service.requests.every(({ path }) => path !== '/moved'));
          const shown = JSON.stringify([error.message, error.facts, error.cause]);
          for (const secret of Object.values(sandbox.secret(id))) assert.ok(!shown.includes(secret));
        });

      it('can be cancelled while the service does not answer', async () => {
        const service = serviceOf(sandbox.current(), tenant(id));
        service.answerNext('silent');
        const cancel = new AbortController();
        const platform = platformOf(tenant(id));
        const pending = sender.send(platform.exchange(tenant(id), sandbox.secret(id), passcode()), cancel.signal);
        while (service.requests.length === 0) await new Promise(setImmediate);
        cancel.abort();
        await assert.rejects(pending);
      });

      it('reports that the service is not running', async () => {
        const gone = tenant(id);
        await sandbox.current().stop();
        assert.equal(await codeOf(exchange(gone, sandbox.secret(id), passcode())), 'unreachable');
      });
    });
});

describe('Cloud Director, over a socket', () => {
  const sandbox = useSandbox();
  const { tenant, exchange, headers, status } = useTenants(sandbox);
  const acme = (changed = {}) => tenant('sandbox-cloud-director', changed);
  const secret = (name?: string) => sandbox.secret('sandbox-cloud-director', name);
  const whoAmI = () => `${sandbox.current().services['cloud-director'].origin}/cloudapi/1.0.0/sessions/current`;

  it('inserts the newest version of the service, or the one that the tenant sets', async () => {
    const accept = async (changed = {}) => (await headers(acme(changed), 'EXAMPLE')).find(({ name }) => name === 'Accept')?.value;
    assert.equal(await accept(), 'application/json;version=39.1');
    assert.equal(await accept({ apiVersion: '38.1' }), 'application/json;version=38.1');
  });

  it('is understood in each style', async () => {
    const { accessToken } = await exchange(acme(), secret());
    assert.equal(await status(whoAmI(), await headers(acme(), accessToken, 'bearer')), 200);
    assert.equal(await status(whoAmI(), await headers(acme(), accessToken, 'tenant-context')), 200);
    const alone = await headers(acme(), accessToken, 'bearer-only');
    assert.equal(await status(whoAmI(), alone), 406);
    assert.equal(await status(whoAmI(), [...alone, { name: 'accept', value: 'application/json;version=39.0' }]), 200);
  });

  it('distinguishes a wrong API version from a wrong token', async () => {
    const { accessToken } = await exchange(acme(), secret());
    assert.equal(await status(whoAmI(), await headers(acme({ apiVersion: '99.0' }), accessToken)), 406);
    assert.equal(await status(whoAmI(), await headers(acme({ apiVersion: '99.0' }), 'EXAMPLE')), 401);
  });

  it('keeps a user token, and replaces a service account’s', async () => {
    assert.equal((await exchange(acme(), secret())).rotated, undefined);
    assert.equal((await exchange(acme(), secret())).rotated, undefined);
    const first = await exchange(acme(), secret('Service account'));
    assert.ok(first.rotated);
    assert.equal(await codeOf(exchange(acme(), secret('Service account'))), 'api-token-refused');
    assert.ok((await exchange(acme(), first.rotated)).rotated);
  });

  it('works under /tm', async () => {
    const { accessToken } = await exchange(acme({ pathPrefix: '/tm' }), secret());
    assert.equal(await status(whoAmI(), await headers(acme(), accessToken)), 200);
    assert.equal(sandbox.current().services['cloud-director'].requests[0]?.path, '/tm/oauth/tenant/acme/token');
  });

  it('accepts an address that ends in /api', async () => {
    const url = `${sandbox.current().services['cloud-director'].origin}/api/`;
    assert.ok((await exchange(acme({ url }), secret())).accessToken);
  });

  it('is refused for another organization, for the provider, and once revoked', async () => {
    for (const organization of ['other', 'Acme', 'System', 'a/b'])
      assert.equal(await codeOf(exchange(acme({ organization }), secret())), 'api-token-refused', organization);
    assert.equal(await codeOf(exchange(acme(), sandbox.secret('sandbox-cloud-director-system'))), 'api-token-refused');
    assert.equal(await codeOf(exchange(acme(), secret('Revoked'))), 'api-token-refused');
    assert.equal(
      await codeOf(exchange(acme({ organizationId: '00000000-0000-4000-8000-000000000000' }), { apiToken: 'EXAMPLE' })),
      'api-token-refused',
    );
  });

  it('is known as the provider in any spelling', async () => {
    const organization = 'SYSTEM';
    const provider = tenant('sandbox-cloud-director-system', { organization });
    assert.ok((await exchange(provider, sandbox.secret('sandbox-cloud-director-system'))).accessToken);
  });
});

describe('Cloud Services, over a socket', () => {
  const sandbox = useSandbox();
  const { tenant, exchange, headers, status, resources } = useTenants(sandbox);
  const guarded = () => tenant('sandbox-cloud-services-mfa');

  it('is understood in each style', async () => {
    const own = tenant('sandbox-cloud-services');
    const { accessToken } = await exchange(own, sandbox.secret('sandbox-cloud-services'));
    for (const style of ['csp-auth-token', 'bearer', 'both'])
      for (const url of resources('sandbox-cloud-services'))
        assert.equal(await status(url, await headers(own, accessToken, style)), 200, style);
  });

  it('reports a missing or wrong passcode', async () => {
    const secret = sandbox.secret('sandbox-cloud-services-mfa');
    assert.equal(await codeOf(exchange(guarded(), secret)), 'passcode-needed');
    assert.equal(await codeOf(exchange(guarded(), secret, '000000')), 'passcode-needed');
    assert.ok((await exchange(guarded(), secret, '123456')).accessToken);
  });

  it('never shows the API token that the service echoes', async () => {
    const apiToken = 'EXAMPLE-wrong';
    const error = await errorOf(exchange(tenant('sandbox-cloud-services'), { apiToken }));
    assert.equal(error.code, 'api-token-refused');
    assert.equal(error.facts['detail'], 'invalid_grant: Invalid refresh token: …');
  });
});

describe('Cloud Services of an older site, over a socket', () => {
  const sandbox = useSandbox({ variants: { cloudServicesTakesRefreshToken: true } });
  const { tenant, exchange } = useTenants(sandbox);

  it('is served with the parameter refresh_token, and with no other', async () => {
    const id = 'sandbox-cloud-services';
    assert.ok((await exchange(tenant(id), sandbox.secret(id))).accessToken);
    assert.equal(await codeOf(exchange(tenant(id, { parameter: 'api_token' }), sandbox.secret(id))), 'request-refused');
  });
});

describe('Commvault, over a socket', () => {
  const sandbox = useSandbox();
  const { tenant, exchange, headers, status, resources } = useTenants(sandbox);
  const backup = (changed = {}) => tenant('sandbox-commvault', changed);
  const secret = (name?: string) => sandbox.secret('sandbox-commvault', name);
  const rotatedFrom = async (pair: Secret, of = backup()): Promise<Secret> => {
    const { rotated } = await exchange(of, pair);
    assert.ok(rotated);
    return rotated;
  };

  it('is understood in each style', async () => {
    const { accessToken } = await exchange(backup(), secret());
    for (const style of ['authtoken', 'bearer'])
      for (const url of resources('sandbox-commvault'))
        assert.equal(await status(url, await headers(backup(), accessToken, style)), 200, style);
  });

  it('gets a pair that replaces the old one, with the time until which it can be renewed', async () => {
    const { accessToken, rotated, apiTokenExpiresAt } = await exchange(backup(), secret());
    assert.equal(rotated?.['accessToken'], accessToken);
    assert.notEqual(rotated['refreshToken'], secret()['refreshToken']);
    assert.equal(apiTokenExpiresAt, sandbox.now() + 90 * 24 * 3600 * 1000);
    assert.ok(await rotatedFrom(await rotatedFrom(rotated)));
  });

  it('loses the whole chain when an older pair is sent again', async () => {
    const second = await rotatedFrom(secret());
    const replay = await errorOf(exchange(backup(), secret()));
    assert.deepEqual([replay.code, replay.facts['status']], ['api-token-refused', 200]);
    assert.equal(await codeOf(exchange(backup(), second)), 'api-token-refused');
    assert.ok(await rotatedFrom(secret('Build server')));
  });

  it('loses nothing if the request did not arrive, and everything if only the answer was lost', async () => {
    const service = sandbox.current().services.commvault;
    service.answerNext('dropped');
    await errorOf(exchange(backup(), secret()));
    const second = await rotatedFrom(secret());
    service.answerNext('lost');
    await errorOf(exchange(backup(), second));
    assert.equal(await codeOf(exchange(backup(), second)), 'api-token-refused');
  });

  it('may renew with Bearer', async () => {
    assert.ok(await rotatedFrom(secret(), backup({ renewWith: 'bearer' })));
  });

  it('cannot be renewed later than 14 days after expiry', async () => {
    sandbox.advance(1800 + 14 * 24 * 3600 + 1);
    assert.equal(await codeOf(exchange(backup(), secret())), 'api-token-refused');
  });
});

describe('Commvault of a site that requires authorization for a renewal, over a socket', () => {
  const sandbox = useSandbox({ variants: { commvaultRenewsWithBearer: true } });
  const { tenant, exchange } = useTenants(sandbox);

  it('is refused without it, but loses nothing', async () => {
    const id = 'sandbox-commvault';
    assert.equal(await codeOf(exchange(tenant(id, { renewWith: 'none' }), sandbox.secret(id))), 'api-token-refused');
    assert.ok((await exchange(tenant(id), sandbox.secret(id))).rotated);
  });
});

describe('Identity Services, over a socket', () => {
  const sandbox = useSandbox();
  const { tenant, exchange, headers, status, resources } = useTenants(sandbox);
  const id = 'sandbox-identity-services';

  it('accepts a single-use token once, and its access token stays valid', async () => {
    const { accessToken } = await exchange(tenant(id), sandbox.secret(id, 'Single use'));
    assert.equal(await codeOf(exchange(tenant(id), sandbox.secret(id, 'Single use'))), 'api-token-refused');
    assert.equal(await status(resources(id)[0]!, await headers(tenant(id), accessToken)), 200);
  });

  it('takes the expiry from the token if the service does not report it', async () => {
    const { expiresAt } = await exchange(tenant(id), sandbox.secret(id, 'Unknown expiry'));
    assert.equal(expiresAt, sandbox.now() + 1_800_000);
  });

  it('is refused for another tenant', async () => {
    for (const other of ['OTHER', 'customer', 'a/b'])
      assert.equal(await codeOf(exchange(tenant(id, { tenant: other }), sandbox.secret(id))), 'api-token-refused', other);
  });
});

describe('Identity Services with a lifetime of 0, over a socket', () => {
  const sandbox = useSandbox({ lifetimesSeconds: { 'identity-services': 0 } });
  const { tenant, exchange } = useTenants(sandbox);

  it('reports that the access token has already expired', async () => {
    const id = 'sandbox-identity-services';
    assert.equal(await codeOf(exchange(tenant(id), sandbox.secret(id))), 'already-expired');
  });
});

describe('Bright Pattern, over a socket', () => {
  const sandbox = useSandbox();
  const { tenant, exchange, headers, status } = useTenants(sandbox);
  const id = 'sandbox-bright-pattern';

  it('works at both versions and with both names of the host parameter', async () => {
    for (const changed of [{ version: 'v2' }, { version: 'v3' }, { hostParameter: 'tenant' }]) {
      const own = tenant(id, changed);
      const { accessToken } = await exchange(own, sandbox.secret(id));
      assert.equal(await status(platformOf(own).probe?.(own).url ?? '', await headers(own, accessToken)), 200);
    }
  });

  it('uses the remaining lifetime of a token that was issued before', async () => {
    const first = await exchange(tenant(id), sandbox.secret(id));
    sandbox.advance(120);
    const second = await exchange(tenant(id), sandbox.secret(id));
    assert.equal(second.accessToken, first.accessToken);
    assert.equal(second.expiresAt, first.expiresAt);
  });

  it('is refused for a wrong secret and for another user', async () => {
    assert.equal(await codeOf(exchange(tenant(id), { apiSecret: 'EXAMPLE' })), 'client-refused');
    assert.equal(await codeOf(exchange(tenant(id, { loginId: 'grace.hopper' }), sandbox.secret(id))), 'client-refused');
  });
});

describe('OAuth 2.0, over a socket', () => {
  const sandbox = useSandbox();
  const { tenant, exchange, headers, status, resources } = useTenants(sandbox);
  const billing = (changed = {}) => tenant('sandbox-oauth2', changed);
  const metering = (changed = {}) => tenant('sandbox-oauth2-client', changed);
  const secret = () => sandbox.secret('sandbox-oauth2');
  const clientSecret = () => sandbox.secret('sandbox-oauth2-client');

  it('gets a refresh token that replaces the old one, with its expiry', async () => {
    const { rotated, apiTokenExpiresAt } = await exchange(billing(), secret());
    assert.ok(rotated);
    assert.equal(rotated['clientSecret'], secret()['clientSecret']);
    assert.equal(apiTokenExpiresAt, sandbox.now() + 30 * 24 * 3600 * 1000);
    assert.ok((await exchange(billing(), rotated)).rotated);
  });

  it('loses the whole family when a used refresh token is sent again', async () => {
    const { rotated, accessToken } = await exchange(billing(), secret());
    assert.equal(await codeOf(exchange(billing(), secret())), 'api-token-refused');
    assert.ok(rotated);
    assert.equal(await codeOf(exchange(billing(), rotated)), 'api-token-refused');
    assert.equal(await status(resources('sandbox-oauth2')[0]!, await headers(billing(), accessToken)), 401);
  });

  for (const clientAuthentication of ['basic', 'post'])
    it(`authenticates the client by ${clientAuthentication}`, async () => {
      assert.ok((await exchange(metering({ clientAuthentication }), clientSecret())).accessToken);
      assert.ok((await exchange(billing({ clientAuthentication }), secret())).rotated);
    });

  it('distinguishes a wrong client from a wrong request', async () => {
    assert.equal(await codeOf(exchange(metering(), { clientSecret: 'EXAMPLE' })), 'client-refused');
    assert.equal(await codeOf(exchange(metering({ clientId: 'nobody' }), clientSecret())), 'client-refused');
    assert.equal(await codeOf(exchange(metering({ scope: 'invoices' }), clientSecret())), 'request-refused');
    assert.equal(await codeOf(exchange(metering({ parameters: {} }), clientSecret())), 'request-refused');
    assert.equal(await codeOf(exchange(billing(), { ...secret(), refreshToken: 'EXAMPLE' })), 'api-token-refused');
  });

  it('inserts the header of the template, which alone opens the resource', async () => {
    const { accessToken } = await exchange(metering(), clientSecret());
    const [url] = resources('sandbox-oauth2-client');
    assert.deepEqual(await headers(metering(), accessToken), [{ name: 'X-Api-Key', value: accessToken }]);
    assert.equal(await status(url!, await headers(metering(), accessToken)), 200);
    assert.equal(await status(url!, await headers(metering(), accessToken, 'bearer')), 401);
  });
});
