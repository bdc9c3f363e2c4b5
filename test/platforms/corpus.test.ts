import assert from 'node:assert/strict';
import { platformOf } from '../../src/platforms/index.js';
import type { Tenant } from '../../src/platforms/tenant.js';
import {
  ACCESS,
  ARIA_AUTOMATION,
  BRIGHT_PATTERN,
  CLIENT_SECRET,
  CLOUD_DIRECTOR,
  CLOUD_SERVICES,
  COMMVAULT,
  IDENTITY_SERVICES,
  NEXT,
  SENT,
  type Answer,
} from './corpus.js';
import { OAUTH2 } from './oauthCorpus.js';
import { answer, failure, SENT_AT } from './table.js';

const url = 'https://service.example';
const OLD_ACCESS = 'EXAMPLE0Um4wB8fS6kA3xN9rJe1v';

const READERS: readonly (readonly [settings: object, secret: Readonly<Record<string, string>>, answers: readonly Answer[]])[] = [
  [{ platform: 'cloud-director', url, organization: 'acme' }, { apiToken: SENT }, CLOUD_DIRECTOR],
  [{ platform: 'cloud-services', url }, { apiToken: SENT }, CLOUD_SERVICES],
  [{ platform: 'aria-automation', url }, { apiToken: SENT }, ARIA_AUTOMATION],
  [{ platform: 'commvault', url }, { accessToken: OLD_ACCESS, refreshToken: SENT }, COMMVAULT],
  [{ platform: 'identity-services', url, tenant: 'CUSTOMER' }, { apiToken: SENT }, IDENTITY_SERVICES],
  [{ platform: 'bright-pattern', url, loginId: 'ada' }, { apiSecret: SENT }, BRIGHT_PATTERN],
  [
    { platform: 'oauth2', tokenUrl: url, grant: 'refresh_token', clientId: 'ada' },
    { refreshToken: SENT, clientSecret: CLIENT_SECRET },
    OAUTH2,
  ],
];

describe('answers of real services, each with its source', () => {
  for (const [settings, secret, answers] of READERS)
    for (const { service, source, status, body, headers = {}, read: expected, settings: own } of answers) {
      const tenant = { id: 'one', name: 'One', ...settings, ...own } as unknown as Tenant;
      const response = answer(status, body, headers);
      const read = () => platformOf(tenant).readExchange(response, tenant, secret, SENT_AT);
      const name = `${tenant.platform}: ${service}`;

      if ('code' in expected)
        it(`are refused as ${expected.code}: ${name}`, () => {
          const { code, facts } = failure(read);
          const words = `${String(facts['detail'] ?? '')} ${String(facts['reason'] ?? '')}`;
          assert.deepEqual([code, words.includes(expected.says ?? '')], [expected.code, true], `“${words}”; see ${source}`);
          // An answer that is not JSON may still contain the next pair.
          if (code !== 'not-json') assert.equal(platformOf(tenant).readRotated?.(response, tenant, secret), undefined);
          const shown = JSON.stringify(facts);
          for (const one of [...Object.values(secret), NEXT, ACCESS]) assert.ok(!shown.includes(one), `${shown} quotes a secret`);
        });
      else
        it(`give an access token: ${name}`, () => {
          const { accessToken, expiresAt, rotated, apiTokenExpiresAt } = read();
          const token = (JSON.parse(response.body) as Record<string, unknown>)['access_token'] ?? ACCESS;
          const secondsUntil = (time: number | null | undefined) => (typeof time === 'number' ? (time - SENT_AT) / 1000 : time);
          assert.deepEqual(
            {
              token: accessToken,
              lives: secondsUntil(expiresAt),
              isReplaced: rotated !== undefined && Object.values(rotated).includes(NEXT),
              ends: secondsUntil(apiTokenExpiresAt),
            },
            { token, lives: expected.lives, isReplaced: expected.isReplaced ?? false, ends: expected.ends },
            source,
          );
        });
    }

  it('are many, and cite their sources', () => {
    const all = READERS.flatMap(([, , answers]) => answers);
    assert.ok(all.length >= 200, String(all.length));
    for (const { source } of all) assert.match(source, /^https:\/\//);
  });
});
