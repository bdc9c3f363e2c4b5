import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConfigureHooks, HttpRequest } from 'httpyac';
import { AppError } from '../../src/base/errors.js';
import { httpYacPlugin, type ReferenceSource } from '../../src/handoff/httpYacPlugin.js';
import type { Reader } from '../../src/handoff/httpYacWire.js';
import { platformOf } from '../../src/platforms/index.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { sendText, type Sent } from './support/httpYacClient.js';
import { modelOf } from './support/sandboxModel.js';
import { serviceOf } from '../support/entries.js';

const TOKEN = 'EXAMPLE-ACCESS-TOKEN-of-acme';
const REFERENCE = '{{$processEnv TENANT_TOKEN_ACME}}';

interface Seen {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const textOf = ({ host, options }: Reader): string => (options ? `${options.join(', ')} at ${host}` : host);

/** A service that answers 200 unless a test says otherwise, and redirects on request. */
class Service {
  readonly seen: Seen[] = [];
  redirectTo: string | undefined;
  status = 200;
  readonly #server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      this.seen.push({ url: request.url ?? '', headers: request.headers, body });
      response.statusCode = this.status;
      if (this.redirectTo && request.url !== '/arrived') response.writeHead(307, { location: this.redirectTo });
      response.end('{}');
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close().closeAllConnections();
  }
}

describe('httpYac plugin', () => {
  let own: Service;
  let other: Service;
  let asked: string[];
  let sent: string[];
  let source: ReferenceSource;

  beforeEach(async () => {
    [own, other] = [new Service(), new Service()];
    await Promise.all([own.start(), other.start()]);
    asked = [];
    sent = [];
    source = {
      access: (name) =>
        name === 'TENANT_TOKEN_ACME' ? Promise.resolve(TOKEN) : Promise.reject(new AppError('reference-unknown', { name })),
      confirmSending: (name, readers) => {
        const foreign = readers.filter(({ host, options }) => options ?? host !== own.host).map(textOf);
        if (foreign.length > 0) asked.push(`${name} to ${foreign.join(', ')}`);
        return Promise.resolve(foreign.length === 0);
      },
      sent: (name, host) => sent.push(`${name} to ${host}`),
      refused: (name, accessToken) => asked.push(`${name} refused: ${accessToken === TOKEN}`),
      failed: (name, error) => asked.push(`${name} failed: ${error instanceof AppError ? error.code : String(error)}`),
    };
  });

  afterEach(() => {
    own.stop();
    other.stop();
  });

  /** Sends with the plugin, and makes sure that the token is nowhere but on the wire. */
  const sendLines = async (lines: readonly string[], more: Sent = {}) => {
    const outcome = await sendText(lines.join('\n'), { plugins: { tenantTokens: httpYacPlugin(source) }, ...more });
    assert.doesNotMatch(outcome.output + outcome.variables + outcome.errors.join(), /EXAMPLE-ACCESS/);
    assert.doesNotMatch(JSON.stringify(process.env), /EXAMPLE-ACCESS/);
    return outcome;
  };
  const get = (headers: readonly string[] = [], at = own) => [`GET http://${at.host}/api`, ...headers];

  it('puts the token into the header that is sent, and a stand-in into the one that is shown', async () => {
    const { statuses, output } = await sendLines(get([`Authorization: Bearer ${REFERENCE}`]));
    assert.deepEqual(statuses, [200]);
    assert.equal(own.seen[0]?.headers.authorization, `Bearer ${TOKEN}`);
    assert.match(output, /authorization.*Bearer \*\*\*TENANT_TOKEN_ACME\.\w+\*\*\*/i);
  });

  it('reports that a service has refused its token', async () => {
    own.status = 401;
    await sendLines(get([`Authorization: Bearer ${REFERENCE}`]));
    assert.deepEqual(asked, ['TENANT_TOKEN_ACME refused: true']);
    asked.length = 0;
    await sendLines(get());
    assert.deepEqual(asked, []);
  });

  it('resolves every spelling that httpYac would look up in the environment', async () => {
    for (const name of ['$processEnv TENANT_TOKEN_ACME', ' $processEnv tenant_token_acme ', '$processEnv  TENANT_TOKEN_Acme'])
      await sendLines(get([`Authtoken: {{${name}}}`, 'X-Also: a {{$processEnv TENANT_TOKEN_ACME}} b']));
    assert.deepEqual(
      own.seen.map(({ headers }) => [headers['authtoken'], headers['x-also']]),
      Array.from({ length: 3 }, () => [TOKEN, `a ${TOKEN} b`]),
    );
  });

  it('leaves other variables of the environment to httpYac', async () => {
    process.env['EXAMPLE_OTHER'] = 'other';
    try {
      await sendLines(get(['X-Other: {{$processEnv EXAMPLE_OTHER}}']));
      assert.equal(own.seen[0]?.headers['x-other'], 'other');
    } finally {
      delete process.env['EXAMPLE_OTHER'];
    }
  });

  it('resolves references in variables, and shows no token in them', async () => {
    await sendLines(
      [
        `@token = ${REFERENCE}`,
        `@lazy := ${REFERENCE}`,
        ...get(['Authorization: Bearer {{token}}', 'X-Lazy: {{lazy}}', 'X-Setting: {{setting}}']),
      ],
      { config: { environments: { $shared: { setting: REFERENCE } } } },
    );
    const { headers } = own.seen[0]!;
    assert.deepEqual([headers.authorization, headers['x-lazy'], headers['x-setting']], [`Bearer ${TOKEN}`, TOKEN, TOKEN]);
  });

  it('resolves bodies, with their length', async () => {
    await sendLines([
      `POST http://${own.host}/revoke`,
      'Content-Type: application/json',
      '',
      `{"token": "${REFERENCE}", "é": 1}`,
    ]);
    await sendLines([
      `POST http://${own.host}/revoke`,
      'Content-Type: application/x-www-form-urlencoded',
      '',
      `token=${REFERENCE}`,
      '&hint=a b',
    ]);
    await sendLines([`GRAPHQL http://${own.host}/graphql`, '', `query { me(token: "${REFERENCE}") }`]);
    const [json, form, graphQl] = own.seen.map(({ body }) => body);
    assert.equal(json, Buffer.from(`{"token": "${TOKEN}", "é": 1}`).toString('latin1'));
    assert.equal(form, `token=${TOKEN}&hint=a%20b`);
    assert.match(graphQl ?? '', /EXAMPLE-ACCESS-TOKEN-of-acme/);
  });

  it('hides the token from scripts', async () => {
    const { output } = await sendLines([
      `@token = ${REFERENCE}`,
      '{{',
      'console.error(`read ${token}`);',
      '}}',
      ...get([`Authorization: Bearer ${REFERENCE}`]),
      '',
      '{{@response',
      'console.error(response.request.headers);',
      '}}',
    ]);
    assert.match(output, /read \*\*\*TENANT_TOKEN_ACME/);
    assert.equal(own.seen[0]?.headers.authorization, `Bearer ${TOKEN}`);
  });

  it('does not send a request that it cannot resolve, and reports it', async () => {
    const { errors } = await sendLines(get(['Authorization: Bearer {{$processEnv TENANT_TOKEN_NOBODY}}']));
    assert.deepEqual(errors, ['Not sent: TENANT_TOKEN_NOBODY could not be resolved (reference-unknown)']);
    source.access = () => Promise.reject(new AppError('unreachable', { host: 'a.example' }));
    const failed = await sendLines(get([`Authorization: Bearer ${REFERENCE}`]));
    assert.deepEqual(failed.errors, ['Not sent: TENANT_TOKEN_ACME could not be resolved (unreachable)']);
    assert.deepEqual(asked, ['TENANT_TOKEN_NOBODY failed: reference-unknown', 'TENANT_TOKEN_ACME failed: unreachable']);
    source.access = () => Promise.resolve(undefined);
    assert.deepEqual((await sendLines(get([`Authorization: Bearer ${REFERENCE}`]))).errors, ['Not sent: cancelled']);
    assert.equal(asked.length, 2);
    assert.deepEqual(own.seen, []);
  });

  it('shows a notification of httpYac for a failure, and none for a cancellation', async () => {
    const notified: unknown[] = [];
    // As httpYac's extension does.
    const vscode: ConfigureHooks = ({ hooks }) =>
      hooks.execute.addInterceptor({
        id: 'errorNotification',
        onError: (error) => Promise.resolve(notified.push(error instanceof Error ? error.message : error) > 0),
      });
    const plugins = { vscode, tenantTokens: httpYacPlugin(source) };
    const lines = get([`Authtoken: ${REFERENCE}`]);
    source.access = () => Promise.reject(new AppError('unreachable', { host: 'a.example' }));
    await sendLines(lines, { plugins });
    assert.deepEqual(notified, ['Not sent: TENANT_TOKEN_ACME could not be resolved (unreachable)']);
    source.access = () => Promise.resolve(undefined);
    const passcode = await sendLines(lines, { plugins });
    const question = await sendLines(get([`Authtoken: ${REFERENCE}`], other), { plugins });
    assert.equal(notified.length, 1);
    assert.deepEqual(passcode.errors, ['Not sent: cancelled']);
    assert.deepEqual(question.errors, [`Not sent: TENANT_TOKEN_ACME may not go to ${other.host}`]);
  });

  it('asks about a host that is not the tenant’s, and does not send if it is not allowed', async () => {
    let exchanges = 0;
    source.access = () => Promise.resolve(`${TOKEN}${exchanges++}`);
    const { errors } = await sendLines(get([`Authorization: Bearer ${REFERENCE}`], other));
    assert.deepEqual(asked, [`TENANT_TOKEN_ACME to ${other.host}`]);
    assert.deepEqual(errors, [`Not sent: TENANT_TOKEN_ACME may not go to ${other.host}`]);
    assert.deepEqual([other.seen, exchanges], [[], 0]);
    source.confirmSending = () => Promise.resolve(true);
    await sendLines(get([`Authorization: Bearer ${REFERENCE}`], other));
    assert.equal(other.seen[0]?.headers.authorization, `Bearer ${TOKEN}0`);
  });

  it('does not send if the host is no longer allowed after the exchange', async () => {
    let may = true;
    source.confirmSending = () => Promise.resolve(may);
    source.access = () => {
      may = false;
      return Promise.resolve(TOKEN);
    };
    const { errors } = await sendLines(get([`Authorization: Bearer ${REFERENCE}`]));
    assert.deepEqual(errors, [`Not sent: TENANT_TOKEN_ACME may not go to ${own.host}`]);
    assert.deepEqual(own.seen, []);
  });

  it('names hosts as the editor does', async () => {
    source.confirmSending = (_, readers) => Promise.resolve(!asked.push(...readers.map(textOf)));
    for (const address of ['https://A.example/x', 'http://a.example', 'https://a.example:8443', 'https://[2001:DB8::1]:81/'])
      await sendLines([`GET ${address}`, `Authtoken: ${REFERENCE}`]);
    assert.deepEqual(asked, ['a.example', 'a.example:80', 'a.example:8443', '[2001:db8::1]:81']);
  });

  it('records once where a token goes, and nothing if it is not sent', async () => {
    await sendLines(get([`Authtoken: ${REFERENCE}`, `X-Also: ${REFERENCE}`]));
    await sendLines(get([`Authtoken: ${REFERENCE}`], other));
    assert.deepEqual(sent, [`TENANT_TOKEN_ACME to ${own.host}`]);
  });

  describe('with options of got that a file of the repository sets', () => {
    const https = ['GET https://a.example/api', `Authtoken: ${REFERENCE}`];
    /** Who would read a request to a.example, which is refused. @param given options of got, or the whole configuration */
    const readersWith = async (lines: readonly string[], given: unknown, what: 'request' | 'all' = 'request') => {
      asked = [];
      source.confirmSending = (_, readers) => Promise.resolve(!asked.push(...readers.map(textOf)));
      const config = (what === 'all' ? given : { request: given }) as NonNullable<Sent['config']>;
      const { errors } = await sendLines(lines, { config });
      assert.match(errors.join(), /^Not sent: TENANT_TOKEN_ACME may not go to a\.example/);
      return asked;
    };

    it('asks about anyone on the way if they affect the connection’s target or which certificate is accepted', async () => {
      const decide: Readonly<Record<string, unknown>> = {
        rejectUnauthorized: false,
        ca: 'EXAMPLE',
        pfx: 'EXAMPLE',
        servername: 'evil.example',
        ciphers: 'aNULL:@SECLEVEL=0',
        minVersion: 'TLSv1',
        secureOptions: 4,
        socketPath: '/run/evil.sock',
        hostname: '2001:db8::66',
        defaultPort: 8443,
        localAddress: '192.0.2.1',
        createConnection: () => undefined,
        lookup: () => undefined,
        request: () => undefined,
        agent: {},
        cache: new Map(),
        dnsCache: true,
        http2: true,
        setHost: false,
        // Fails after the token is inserted, and would keep it in the error.
        hooks: { beforeRequest: Array.from({ length: 9 }, () => 'EXAMPLE') },
        'of a later got': 1,
      };
      for (const [option, value] of Object.entries(decide))
        assert.deepEqual(await readersWith(https, { [option]: value }), ['a.example', `${option} at a.example`], option);
      for (const [option, value] of Object.entries({
        rejectUnauthorized: false,
        certificateAuthority: 'EXAMPLE',
        checkServerIdentity: () => undefined,
        // A PKCS #12 file may contain authorities, which Node trusts from then on.
        pfx: 'EXAMPLE',
        minVersion: 'TLSv1',
      }))
        assert.deepEqual(
          await readersWith(https, { https: { [option]: value } }),
          ['a.example', `https.${option} at a.example`],
          option,
        );
    });

    it('names several options, and with them the proxy', async () => {
      const request = { socketPath: '/run/evil.sock', https: { rejectUnauthorized: false } };
      assert.deepEqual(await readersWith(https, { request, proxy: 'http://proxy.example:3128' }, 'all'), [
        'a.example',
        'socketPath, https.rejectUnauthorized at a.example',
        'proxy.example:3128',
      ]);
    });

    it('asks only about the host with options for the content, retries and the handling of the response', async () => {
      const harmless = {
        timeout: 30_000,
        retry: { limit: 0 },
        followRedirect: true,
        maxRedirects: 3,
        methodRewriting: false,
        username: 'ada',
        headers: { 'X-Id': '1' },
        decompress: true,
        responseType: 'text',
        dnsLookupIpVersion: 'ipv4',
        http2: false,
        rejectUnauthorized: true,
        https: { rejectUnauthorized: true, certificate: 'EXAMPLE', key: 'EXAMPLE', passphrase: 'EXAMPLE' },
      };
      assert.deepEqual(await readersWith(https, harmless), ['a.example']);
      assert.deepEqual(await readersWith(https, undefined), ['a.example']);
    });

    it('asks about the host of a Host header, whose certificate would be accepted', async () => {
      assert.deepEqual(await readersWith([...https, 'Host: evil.example'], {}), ['a.example', 'evil.example']);
      assert.deepEqual(await readersWith(https, { headers: { Host: 'evil.example:8443' } }), ['a.example', 'evil.example:8443']);
      assert.deepEqual(await readersWith([...https, 'Host: evil.example@a.example'], {}), [
        'a.example',
        'headers.host at a.example',
      ]);
      assert.deepEqual(await readersWith([...https, 'Host: A.example:443'], {}), ['a.example']);
    });

    it('asks if the environment turns off the certificate check', async () => {
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      try {
        assert.deepEqual(await readersWith(https, {}), ['a.example', 'NODE_TLS_REJECT_UNAUTHORIZED at a.example']);
        assert.deepEqual(await readersWith(https, { https: { rejectUnauthorized: true } }), ['a.example']);
      } finally {
        delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      }
    });

    it('asks if a line of the file turns it off, but not without a certificate', async () => {
      const off = '# @no-reject-unauthorized';
      assert.deepEqual(await readersWith([off, ...https], {}), ['a.example', 'https.rejectUnauthorized at a.example']);
      const plain = ['GET http://a.example/api', `Authtoken: ${REFERENCE}`];
      assert.deepEqual(await readersWith([off, ...plain], { rejectUnauthorized: false }), ['a.example:80']);
    });

    it('also asks if variables of a file or an environment set the options, or default headers name another host', async () => {
      const off = { $shared: { request_rejectUnauthorized: 'false' } };
      const proxy = { $shared: { request_proxy: 'http://proxy.example:3128' } };
      const unchecked = ['a.example', 'https.rejectUnauthorized at a.example'];
      assert.deepEqual(await readersWith(https, { environments: off }, 'all'), unchecked);
      assert.deepEqual(await readersWith(['@request_rejectUnauthorized = false', ...https], {}), unchecked);
      const plain = ['GET http://a.example/api', `Authtoken: ${REFERENCE}`];
      assert.deepEqual(await readersWith(plain, { environments: proxy }, 'all'), ['a.example:80', 'proxy.example:3128']);
      const elsewhere = { defaultHeaders: { Host: 'evil.example' } };
      assert.deepEqual(await readersWith(https, elsewhere, 'all'), ['a.example', 'evil.example']);
    });

    it('asks about a local socket in a URL', async () => {
      asked = [];
      source.confirmSending = (_, readers) => Promise.resolve(!asked.push(...readers.map(textOf)));
      await sendLines(['GET https://unix/run/evil.sock:/api', `Authtoken: ${REFERENCE}`]);
      assert.deepEqual(asked, ['unix', 'socketPath at unix']);
    });
  });

  it('checks the actual destination: settings of a workspace may change it', async () => {
    const [hostname = '', port = ''] = other.host.split(':');
    for (const request of [
      { prefixUrl: `http://${other.host}/` },
      { hostname, port: Number(port) },
      { host: hostname, port: Number(port) },
    ])
      await sendLines(get([`Authtoken: ${REFERENCE}`]), { config: { request } });
    assert.deepEqual(asked, [
      `TENANT_TOKEN_ACME to ${other.host}`,
      `TENANT_TOKEN_ACME to ${other.host}, hostname at ${other.host}`,
      `TENANT_TOKEN_ACME to ${other.host}, host at ${other.host}`,
    ]);
    assert.deepEqual(other.seen, []);
  });

  it('treats a proxy that can read the request as another host', async () => {
    await sendLines(['# @proxy http://proxy.example:3128', ...get([`Authtoken: ${REFERENCE}`])]);
    assert.deepEqual(asked, ['TENANT_TOKEN_ACME to proxy.example:3128']);
    await sendLines(['# @proxy no address', ...get([`Authtoken: ${REFERENCE}`])]);
    assert.deepEqual(own.seen, []);
    asked = [];
    source.confirmSending = (_, readers) => Promise.resolve(!asked.push(...readers.map(textOf)));
    // A proxy agent compares the certificate with the name of the proxy if the URL contains only an IP address.
    for (const host of ['a.example', '192.0.2.1', '[2001:db8::1]'])
      await sendLines(['# @proxy http://proxy.example:3128', `GET https://${host}/`, `Authtoken: ${REFERENCE}`]);
    assert.deepEqual(asked, ['a.example', '192.0.2.1', 'proxy.example:3128', '[2001:db8::1]', 'proxy.example:3128']);
  });

  it('leaves no token in the error of a failed request', async () => {
    const failed: unknown[] = [];
    const spy: ConfigureHooks = ({ hooks }) => {
      hooks.onRequest.addHook('spy', (request) => {
        const { beforeError = [] } = ((request as HttpRequest).options ??= {}).hooks ?? {};
        beforeError.push((error) => {
          failed.push(error.options.headers['authtoken']);
          return error;
        });
      });
    };
    source.confirmSending = () => Promise.resolve(true);
    const lines = get([`Authtoken: ${REFERENCE}`]);
    own.stop();
    await sendLines(lines, { plugins: { tenantTokens: httpYacPlugin(source), spy } });
    assert.equal(failed.length, 1);
    assert.match(String(failed[0]), /^\*{3}TENANT_TOKEN_ACME\.\w+\*{3}$/);
  });

  it('drops the token on a redirect to another host, whatever header it is in', async () => {
    own.redirectTo = `http://${other.host}/arrived`;
    const headers = [`Authtoken: ${REFERENCE}`, `csp-auth-token: ${REFERENCE}`, `Authorization: Bearer ${REFERENCE}`, 'X-Id: 1'];
    const { statuses } = await sendLines(get(headers));
    assert.equal(own.seen[0]?.headers['authtoken'], TOKEN);
    assert.deepEqual(statuses, [307, 200]);
    const { headers: arrived } = other.seen[0]!;
    assert.equal(arrived['x-id'], '1');
    assert.deepEqual([arrived.authorization, arrived['authtoken'], arrived['csp-auth-token']], [undefined, undefined, undefined]);
    assert.doesNotMatch(JSON.stringify(arrived), /TENANT_TOKEN/);
    assert.deepEqual(asked, []);
  });

  it('stops if a redirect would carry the token to another host in the body', async () => {
    own.redirectTo = `http://${other.host}/arrived`;
    const { errors } = await sendLines([`POST http://${own.host}/api`, '', `token=${REFERENCE}`]);
    assert.deepEqual(errors, [`Not sent: TENANT_TOKEN_ACME may not go to ${other.host}`]);
    assert.deepEqual(other.seen, []);
  });

  it('keeps the token on a redirect to the same host', async () => {
    own.redirectTo = '/arrived';
    const { statuses } = await sendLines([`POST http://${own.host}/api`, `Authtoken: ${REFERENCE}`, '', `token=${REFERENCE}`]);
    assert.deepEqual(statuses, [307, 200]);
    assert.deepEqual(
      own.seen.map(({ headers, body }) => [headers['authtoken'], body]),
      Array.from({ length: 2 }, () => [TOKEN, `token=${TOKEN}`]),
    );
  });

  it('shows no token if the connection fails', async () => {
    source.confirmSending = () => Promise.resolve(true);
    const { host } = other;
    other.stop();
    const { errors } = await sendLines([`GET http://${host}/`, `Authorization: Bearer ${REFERENCE}`, `Authtoken: ${REFERENCE}`]);
    assert.match(errors.join(), /ECONNREFUSED/);
  });

  it('sends no token in a URL or in protocols other than HTTP', async () => {
    const address = await sendLines([`GET http://${own.host}/api?token=${REFERENCE}`]);
    assert.deepEqual(address.errors, ['Not sent: a URL must not contain a token']);
    const socket = await sendLines([`WS ws://${own.host}/`, `Authorization: Bearer ${REFERENCE}`]);
    assert.match(socket.errors.join(), /^Not sent: References to tokens work in HTTP requests only/);
    assert.deepEqual(own.seen, []);
  });

  it('does not send a value that httpYac would compute from the stand-in', async () => {
    const { errors } = await sendLines([
      '@password = {{$processEnv TENANT_TOKEN_ACME}}',
      ...get(['Authorization: Basic ada {{password}}']),
    ]);
    assert.match(errors.join(), /^Not sent: httpYac computes this kind/);
    assert.deepEqual(own.seen, []);
  });

  it('sends the newest token with each retry', async () => {
    let count = 0;
    source.access = () => Promise.resolve(`${TOKEN}-${count++}`);
    await sendLines(get([`Authtoken: ${REFERENCE}`]), { repeat: 3 });
    assert.deepEqual(
      own.seen.map(({ headers }) => headers['authtoken']).sort(),
      [0, 1, 2].map((n) => `${TOKEN}-${n}`),
    );
  });

  it('does not accept a forged stand-in', async () => {
    await sendLines(get(['X-Forged: ***TENANT_TOKEN_ACME.00000000***']));
    assert.equal(own.seen[0]?.headers['x-forged'], '***TENANT_TOKEN_ACME.00000000***');
  });

  it('does nothing after it is removed', async () => {
    const { statuses } = await sendText(get([`Authorization: Bearer ${REFERENCE}`]).join('\n'));
    assert.deepEqual(statuses, [200]);
    assert.equal(own.seen[0]?.headers.authorization, 'Bearer');
  });
});

describe('httpYac plugin, with the sandbox', () => {
  let sandbox: Sandbox;
  let model: ReturnType<typeof modelOf>;

  before(async () => {
    sandbox = await startSandbox();
    model = modelOf(sandbox.tenants);
  });

  after(async () => {
    model.dispose();
    await sandbox.stop();
  });

  it('gets a response to every platform’s sample in every header style', async () => {
    for (const { tenant: raw, sample } of sandbox.tenants) {
      const tenant = model.tenants.get(String(raw['id']));
      const [token] = model.vault.of(tenant.id);
      const name = model.names.nameOf(token!.id)!;
      const platform = platformOf(tenant);
      const { passcode } = sandbox.tenants.find((one) => one.tenant === raw)!.tokens[0]!;
      const access = await model.broker.access(tenant, token!.id, passcode === undefined ? {} : { passcode });
      for (const { id: style } of platform.headerStyles) {
        const lines = platform
          .headers(tenant, `{{$processEnv ${name}}}`, style, { apiVersion: '39.0' })
          .map(({ name: header, value }) => `${header}: ${value}`);
        const [, url = ''] = /^GET (\S+)$/m.exec(sample)!;
        const text = [`GET ${url}`, ...lines].join('\n');
        assert.ok(!text.includes(access.token));
        const { statuses, output, variables } = await sendText(text, { plugins: { tenantTokens: httpYacPlugin(model.source) } });
        assert.ok(!(output + variables).includes(access.token), `${tenant.id}, ${style}`);
        const seen = serviceOf(sandbox, tenant).requests.at(-1)!;
        assert.ok(JSON.stringify(seen.headers).includes(access.token), `${tenant.id}, ${style}`);
        if (style === platform.defaultHeaderStyle(tenant)) assert.deepEqual(statuses, [200], tenant.id);
      }
    }
    assert.deepEqual(model.asked, []);
  });

  it('exchanges once for requests at the same time', async () => {
    const { requests, origin } = sandbox.services.oauth2;
    const fresh = modelOf(sandbox.tenants.filter(({ tenant }) => tenant['id'] === 'sandbox-oauth2-client'));
    const before = requests.length;
    const text = `GET ${origin}/api/meters\nX-Api-Key: {{$processEnv TENANT_TOKEN_SANDBOX_OAUTH2_CLIENT}}`;
    const { statuses } = await sendText(text, { plugins: { tenantTokens: httpYacPlugin(fresh.source) }, repeat: 5 });
    assert.deepEqual(statuses, [200]);
    const paths = requests.slice(before).map(({ path }) => path);
    assert.equal(paths.filter((path) => path === '/oauth/token' || path === '/oauth2/token').length, 1);
    assert.equal(paths.filter((path) => path === '/api/meters').length, 5);
    fresh.dispose();
  });
});
