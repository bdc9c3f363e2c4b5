import assert from 'node:assert/strict';
import { oauth2 } from '../../src/platforms/oauth2/platform.js';
import { cloudDirector } from '../../src/platforms/cloudDirector/platform.js';
import { commvault } from '../../src/platforms/commvault/platform.js';
import { answer, failure, SENT_AT } from './table.js';

const tenant = {
  id: 'one',
  name: 'One',
  platform: 'oauth2',
  tokenUrl: 'https://id.example/token',
  grant: 'refresh_token',
} as const;
const secret = { refreshToken: 'EXAMPLE-refresh-1', clientSecret: 'EXAMPLE-0123456789' };
const token = { access_token: 'EXAMPLE-access', token_type: 'Bearer', expires_in: 3600 };
const S = 1000;

/**
 * Settings for tenants of real services, and what is kept of their answers. `corpus.test.ts` has most of the answers with
 * their sources; a source that stands here was read, unless it says otherwise.
 */
describe('answers of real services', () => {
  it('are about the client if only the client was authenticated', () => {
    const client = { ...tenant, grant: 'client_credentials', clientId: 'EXAMPLE' } as const;
    for (const body of [{ error: 'access_denied', error_description: 'Unauthorized' }, {}])
      assert.equal(failure(() => oauth2.readExchange(answer(401, body), client, secret, SENT_AT)).code, 'client-refused');
  });

  // From memory, not looked up: docs.slack.dev/authentication/using-token-rotation,
  // developer.ebay.com/api-docs/static/oauth-refresh-token-request.html,
  // learn.microsoft.com/azure/devops/integrate/get-started/authentication/oauth
  for (const type of ['bot', 'User Access Token', 'jwt-bearer'])
    it(`are accepted with the token type ${type} if the tenant allows any`, () => {
      const response = answer(200, { ...token, token_type: type });
      assert.equal(oauth2.readExchange(response, { ...tenant, tokenType: 'any' }, secret, SENT_AT).accessToken, 'EXAMPLE-access');
      assert.equal(failure(() => oauth2.readExchange(response, tenant, secret, SENT_AT)).code, 'unexpected-answer');
    });

  for (const [service, field, value, seconds] of [
    // As public logs quote it; the documentation says 15 811 200.
    ['GitHub', 'refresh_token_expires_in', 15_897_600, 15_897_600],
    // From memory, not looked up, as those of Intuit and Square: www.keycloak.org/docs/latest/server_admin/
    ['Keycloak', 'refresh_expires_in', 1800, 1800],
    ['Keycloak, offline', 'refresh_expires_in', 0, undefined],
    // developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0
    ['Intuit', 'x_refresh_token_expires_in', 8_726_400, 8_726_400],
  ] as const)
    it(`contain the expiry of the refresh token: ${service}`, () => {
      const { apiTokenExpiresAt } = oauth2.readExchange(answer(200, { ...token, [field]: value }), tenant, secret, SENT_AT);
      assert.equal(apiTokenExpiresAt, seconds === undefined ? undefined : SENT_AT + seconds * S);
    });

  // developer.squareup.com/reference/square/o-auth-api/obtain-token
  it('contain the expiry of the access token as a time: Square', () => {
    const body = { ...token, expires_in: undefined, expires_at: new Date(SENT_AT + 7200 * S).toISOString() };
    assert.equal(oauth2.readExchange(answer(200, body), tenant, secret, SENT_AT).expiresAt, SENT_AT + 7200 * S);
  });

  for (const placeholder of ['N/A', 'n/a', 'none', 'short', '********', '[REDACTED]'])
    it(`replace no secret with ${placeholder}`, () => {
      const response = answer(200, { ...token, refresh_token: placeholder });
      assert.equal(oauth2.readExchange(response, tenant, secret, SENT_AT).rotated, undefined);
      assert.equal(oauth2.readRotated?.(response, tenant, secret), undefined);
    });

  // https://drpranayjha.com/?p=7923 asks VCF Automation with version=9.0.0.
  it('contain versions of three parts, which come after those of two: VCF Automation', () => {
    const discovered = (...versions: string[]) =>
      cloudDirector.readDiscovery?.(
        answer(
          200,
          versions.map((version) => `<VersionInfo deprecated="false"><Version>${version}</Version></VersionInfo>`).join(''),
        ),
      );
    assert.deepEqual(discovered('9.0.0', '40.0', '39.1'), { apiVersion: '40.0' });
    assert.deepEqual(discovered('9.0.0', '9.1.0'), { apiVersion: '9.1.0' });
  });

  // From memory, not looked up: supabase.com/docs/reference/api/v1-exchange-oauth-token
  it('replace the secret also with status 201: Supabase', () => {
    const response = answer(201, { ...token, refresh_token: 'EXAMPLE-refresh-2' });
    assert.equal(oauth2.readRotated?.(response, tenant, secret)?.refreshToken, 'EXAMPLE-refresh-2');
    assert.equal(oauth2.readExchange(response, tenant, secret, SENT_AT).accessToken, token.access_token);
  });

  // https://github.com/centreon/centreon-plugins/blob/develop/src/storage/commvault/commserve/restapi/custom/api.pm takes the
  // pair out of the text, because some answers are not valid JSON.
  it('replace the pair also in malformed JSON, but not if they report a failure or contain two pairs: Commvault', () => {
    const at = { id: 'one', name: 'One', platform: 'commvault', url: 'https://cc.example' } as const;
    const pair = { accessToken: 'EXAMPLE-access-1', refreshToken: 'EXAMPLE-refresh-1' };
    const rotated = (body: string, status = 200) => commvault.readRotated?.(answer(status, body), at, pair);
    const next = '"accessToken":"EXAMPLE-access-2", "refreshToken": "EXAMPLE-refresh-2"';
    assert.deepEqual(rotated(`{${next},"x":}`), { accessToken: 'EXAMPLE-access-2', refreshToken: 'EXAMPLE-refresh-2' });
    assert.deepEqual(rotated(`{${next}`), { accessToken: 'EXAMPLE-access-2', refreshToken: 'EXAMPLE-refresh-2' });
    assert.equal(rotated(`{${next},"errorCode":587,}`), undefined);
    assert.equal(rotated(`{${next},${next},}`), undefined);
    assert.equal(rotated(`{${next},}`, 403), undefined);
  });
});
