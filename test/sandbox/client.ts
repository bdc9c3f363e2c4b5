import {
  startSandbox,
  type Sandbox,
  type SandboxLogin,
  type SandboxOptions,
  type SandboxTenant,
} from '../../src/sandbox/index.js';

/** When the tests' clock starts; any time will do. */
export const START = Date.UTC(2030, 0, 1);

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A new sandbox for each test of the suite, with a clock that only the test moves. */
export function useSandbox(options: SandboxOptions = {}) {
  let sandbox: Sandbox | undefined;
  let now = START;
  beforeEach(async () => {
    now = START;
    sandbox = await startSandbox({ now: () => now, ...options });
  });
  afterEach(() => sandbox?.stop());
  const current = (): Sandbox => {
    if (!sandbox) throw new Error('only within a test');
    return sandbox;
  };
  return {
    current,
    now: () => now,
    advance: (seconds: number) => void (now += seconds * 1000),
    tenant(id: string): SandboxTenant {
      const found = current().tenants.find(({ tenant }) => tenant['id'] === id);
      if (!found) throw new Error(`no tenant ${id}`);
      return found;
    },
    /** The login of a user at a tenant, who may or may not manage API tokens. */
    login(id: string, which: 'login' | 'readOnlyLogin' = 'login'): SandboxLogin {
      const login = this.tenant(id)[which];
      if (!login) throw new Error(`nobody signs in at ${id}`);
      return login;
    },
    /** The secret of a tenant's token, by the token's name; of the first one by default. */
    secret(id: string, name?: string): Readonly<Record<string, string>> {
      const { tokens } = this.tenant(id);
      const token = name === undefined ? tokens[0] : tokens.find((one) => one.name === name);
      if (!token) throw new Error(`no token ${name ?? ''} in ${id}`);
      return token.secret;
    },
  };
}

export const get = (url: string, headers: Record<string, string> = {}): Promise<Reply> => reply(fetch(url, { headers }));

export const postForm = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> =>
  reply(fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' }));

export const postJson = (url: string, value: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  sendJson('POST', url, value, headers);

export const remove = (url: string, headers: Record<string, string> = {}): Promise<Reply> =>
  reply(fetch(url, { method: 'DELETE', headers }));

export const sendJson = (
  method: 'POST' | 'PUT' | 'PATCH',
  url: string,
  value: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> =>
  reply(
    fetch(url, {
      method,
      body: typeof value === 'string' ? value : JSON.stringify(value),
      headers: { 'content-type': 'application/json', ...headers },
      redirect: 'manual',
    }),
  );

/** `Authorization: Basic …` (RFC 7617). */
export const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

export const jsonOf = ({ text }: Reply): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

export const textOf = (answer: Reply, field: string): string => {
  const value = jsonOf(answer)[field];
  if (typeof value !== 'string') throw new Error(`${field} is not a text: ${JSON.stringify(value)}`);
  return value;
};

export const claimsOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

async function reply(pending: Promise<Response>): Promise<Reply> {
  const response = await pending;
  return { status: response.status, headers: response.headers, text: await response.text() };
}
