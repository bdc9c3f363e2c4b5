import assert from 'node:assert/strict';
import type * as z from 'zod/mini';
import { AppError } from '../../src/base/errors.js';
import { Sender } from '../../src/net/send.js';
import { address, base, once, tenantSchema } from '../../src/platforms/fields.js';
import type { Platform } from '../../src/platforms/platform.js';
import { isHtml, readAccessToken, refusal } from '../../src/platforms/tokenResponse.js';
import { answers, serve } from '../faults/loopback.js';

const schema = once(() => tenantSchema('session', ['session-id'], { url: address() }));
type SessionTenant = z.infer<ReturnType<typeof schema>>;

/** How long a session lives that nobody uses. Counted from the exchange, because the requests of clients are not seen here. */
const IDLE_MS = 5 * 60_000;

/**
 * A platform that answers as vCenter's `POST /api/session` does: with a login by Basic, status 201, and a body that is the id of
 * the session as a JSON string, which does not say how long it lives.
 */
const sessions: Platform<SessionTenant, 'user' | 'password'> = {
  id: 'session',
  label: 'Sessions',
  icon: 'server',
  notFoundHint: 'Check the tenant’s address.',
  presets: [{ label: 'Sessions', detail: 'With its own address' }],
  get tenantSchema() {
    return schema();
  },
  tenantFields: [],
  headerStyles: [{ id: 'session-id', label: 'vmware-api-session-id' }],
  rotation: 'never',
  secretFields: () => [
    { key: 'user', label: 'User', hint: 'A user of the service.' },
    { key: 'password', label: 'Password', hint: 'Their password.' },
  ],
  exchangeUrl: ({ url }) => `${base(url)}/api/session`,
  exchange: (tenant, { user, password }) => ({
    method: 'POST',
    url: sessions.exchangeUrl(tenant),
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
  }),
  readExchange(response, _, secret, sentAt) {
    const secrets = Object.values(secret);
    if (response.status !== 201) throw refusal(response, secrets, sentAt);
    if (isHtml(response)) throw new AppError('web-page', { status: response.status });
    return { accessToken: readAccessToken(jsonOf(response.body), secrets), expiresAt: sentAt + IDLE_MS };
  },
  defaultHeaderStyle: () => 'session-id',
  headers: (_, accessToken) => [{ name: 'vmware-api-session-id', value: accessToken }],
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('not-json', { status: 201 });
  }
}

describe('the interface of platforms', () => {
  const secret = { user: 'EXAMPLE-user', password: 'EXAMPLE-password' };
  const sender = new Sender();
  after(() => sender.dispose());

  /** @param body the service's answer */
  async function exchanged(status: number, body: string) {
    const service = await serve(answers(status, body));
    try {
      const tenant = { id: 'x', name: 'X', platform: 'session' as const, url: `http://127.0.0.1:${service.port}` };
      const answer = await sender.send(sessions.exchange(tenant, secret));
      return { ...sessions.readExchange(answer, tenant, secret, 1_000), received: service.received.join('') };
    } finally {
      await service.stop();
    }
  }

  it('takes a service that answers 201 with a JSON string, and whose sessions end when they are idle', async () => {
    const { accessToken, expiresAt, received } = await exchanged(201, '"EXAMPLE-session"');
    assert.equal(accessToken, 'EXAMPLE-session');
    assert.equal(expiresAt, 1_000 + IDLE_MS);
    assert.match(received, /^POST \/api\/session HTTP/);
    assert.match(received, /authorization: Basic RVhBTVBMRS11c2VyOkVYQU1QTEUtcGFzc3dvcmQ=/i);
  });

  for (const [body, code] of [
    ['EXAMPLE-session', 'not-json'],
    ['{"value":"EXAMPLE-session"}', 'unexpected-answer'],
    ['"EXAMPLE-password"', 'unexpected-answer'],
    ['"EXAMPLE session {{x}}"', 'access-token-unsafe'],
  ] as const)
    it(`takes no ${body} for the id of a session`, async () => {
      await assert.rejects(exchanged(201, body), (error) => error instanceof AppError && error.code === code);
    });

  it('says that the login was refused', async () => {
    await assert.rejects(
      exchanged(401, '{"error_type":"UNAUTHENTICATED"}'),
      (error) => error instanceof AppError && error.code === 'api-token-refused',
    );
  });
});
