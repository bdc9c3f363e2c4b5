import assert from 'node:assert/strict';
import { cloudDirector } from '../../src/platforms/cloudDirector/platform.js';
import { answer, FORM, htmlAnswer, readsAnswers, SENT_AT, validatesTenants } from './table.js';

const secret = { apiToken: 'EXAMPLEexampleEXAMPLEexample0123' };
const tenant = {
  id: 'acme',
  name: 'Acme',
  platform: 'cloud-director',
  url: 'https://cloud.example.net',
  organization: 'acme',
} as const;
const ID = '6f1d0c1e-0000-4000-8000-000000000001';

describe('Cloud Director: request of an exchange', () => {
  it('is the refresh token grant, as a form', () => {
    assert.deepEqual(cloudDirector.exchange(tenant, secret), {
      method: 'POST',
      url: 'https://cloud.example.net/oauth/tenant/acme/token',
      headers: FORM,
      body: 'grant_type=refresh_token&refresh_token=EXAMPLEexampleEXAMPLEexample0123',
    });
  });

  it('encodes the API token', () => {
    const { body } = cloudDirector.exchange(tenant, { apiToken: 'a+b/c=d&e f%é' });
    assert.equal(body, 'grant_type=refresh_token&refresh_token=a%2Bb%2Fc%3Dd%26e+f%25%C3%A9');
  });

  for (const [changed, url] of [
    [{ organization: 'System' }, 'https://cloud.example.net/oauth/provider/token'],
    [{ organization: 'system' }, 'https://cloud.example.net/oauth/provider/token'],
    [{ organization: 'SYSTEM', pathPrefix: '/tm' }, 'https://cloud.example.net/tm/oauth/provider/token'],
    [{ organization: 'Systems' }, 'https://cloud.example.net/oauth/tenant/Systems/token'],
    [{ organization: 'Acme' }, 'https://cloud.example.net/oauth/tenant/Acme/token'],
    [{ pathPrefix: '/tm' }, 'https://cloud.example.net/tm/oauth/tenant/acme/token'],
    [{ pathPrefix: '' }, 'https://cloud.example.net/oauth/tenant/acme/token'],
    [{ organization: 'a/b c?d#e%2e' }, 'https://cloud.example.net/oauth/tenant/a%2Fb%20c%3Fd%23e%252e/token'],
    [{ organization: 'Größe' }, 'https://cloud.example.net/oauth/tenant/Gr%C3%B6%C3%9Fe/token'],
    [{ url: 'https://cloud.example.net/' }, 'https://cloud.example.net/oauth/tenant/acme/token'],
    [{ url: 'https://cloud.example.net:8443' }, 'https://cloud.example.net:8443/oauth/tenant/acme/token'],
  ] as const)
    it(`goes to ${url} for ${JSON.stringify(changed)}`, () => {
      const changedTenant = { ...tenant, ...changed };
      assert.equal(cloudDirector.exchange(changedTenant, secret).url, url);
      assert.equal(cloudDirector.exchangeUrl(changedTenant), url);
      assert.equal(new URL(url).href, url, 'a client would send another path');
    });
});

describe('Cloud Director: answer to an exchange', () => {
  const good = { access_token: 'eyJ.EXAMPLE.1', token_type: 'Bearer', expires_in: 3600 };
  const expected = { accessToken: 'eyJ.EXAMPLE.1', expiresAt: SENT_AT + 3_600_000 };
  const rotated = { ...expected, rotated: { apiToken: 'EXAMPLEsecond' } };
  const refused = 'api-token-refused';
  const message = '[ 00000000-0000-4000-8000-000000000000 ] Invalid refresh token';
  readsAnswers(cloudDirector, tenant, secret, [
    { when: 'a user token (refresh_token null)', response: answer(200, { ...good, refresh_token: null }), gives: expected },
    { when: 'a user token (no refresh_token)', response: answer(200, good), gives: expected },
    { when: 'a user token (refresh_token empty)', response: answer(200, { ...good, refresh_token: '' }), gives: expected },
    {
      when: 'a user token (echoed)',
      response: answer(200, { ...good, refresh_token: secret.apiToken }),
      gives: expected,
    },
    {
      when: 'a service account, whose token rotates',
      response: answer(200, { ...good, refresh_token: 'EXAMPLEsecond' }),
      gives: rotated,
    },
    {
      when: 'a malformed replacement',
      response: answer(200, { ...good, refresh_token: 'EXAMPLE\n2' }),
      fails: 'unexpected-answer',
    },
    { when: 'another token type', response: answer(200, { ...good, token_type: 'mac' }), fails: 'unexpected-answer' },
    {
      when: "Cloud Director's refusal",
      response: answer(400, { minorErrorCode: 'invalid_grant', message, stackTrace: null }),
      fails: refused,
      facts: { status: 400, reason: 'invalid_grant' },
    },
    {
      when: 'a refusal as in RFC 6749',
      response: answer(400, { error: 'invalid_grant', error_description: 'x' }),
      fails: refused,
    },
    { when: '401', response: answer(401, { minorErrorCode: 'UNAUTHORIZED', message: 'no' }), fails: refused },
    { when: '403', response: answer(403, { minorErrorCode: 'ACCESS_TO_RESOURCE_IS_FORBIDDEN' }), fails: 'forbidden' },
    { when: '404, as for a wrong path prefix', response: answer(404, ''), fails: 'not-found' },
    { when: '429', response: answer(429, {}, { 'retry-after': '2' }), fails: 'rate-limited', facts: { retryAfter: 2 } },
    { when: 'a maintenance page', response: htmlAnswer(200), fails: 'web-page' },
    { when: '503', response: htmlAnswer(503), fails: 'service-failed', facts: { status: 503 } },
  ]);
});

describe('Cloud Director: headers', () => {
  const authorization = { name: 'Authorization', value: 'Bearer EXAMPLE' };
  const accept = (version: string) => ({ name: 'Accept', value: `application/json;version=${version}`, yieldsTo: 'version=' });
  const context = [
    { name: 'X-VMWARE-VCLOUD-TENANT-CONTEXT', value: ID },
    { name: 'X-VMWARE-VCLOUD-AUTH-CONTEXT', value: 'acme' },
  ];
  for (const [style, changed, discovered, headers] of [
    ['bearer', { apiVersion: '39.0' }, {}, [authorization, accept('39.0')]],
    ['bearer', {}, { apiVersion: '39.1' }, [authorization, accept('39.1')]],
    ['bearer', { apiVersion: '37.0' }, { apiVersion: '39.1' }, [authorization, accept('37.0')]],
    ['bearer', {}, {}, [authorization]],
    ['bearer-only', { apiVersion: '39.0' }, {}, [authorization]],
    ['tenant-context', { apiVersion: '39.0', organizationId: ID }, {}, [authorization, accept('39.0'), ...context]],
  ] as const)
    it(`are ${style} for ${JSON.stringify(changed)} when the service reported ${JSON.stringify(discovered)}`, () => {
      assert.deepEqual(cloudDirector.headers({ ...tenant, ...changed }, 'EXAMPLE', style, discovered), headers);
    });

  it('have a default style, and every style has a name', () => {
    assert.equal(cloudDirector.defaultHeaderStyle(tenant), 'bearer');
    assert.deepEqual(
      cloudDirector.headerStyles.map(({ id }) => id),
      ['bearer', 'bearer-only', 'tenant-context'],
    );
  });
});

describe('Cloud Director: API versions', () => {
  it('are requested without a secret, unless the tenant sets one', () => {
    const ask = { method: 'GET', url: 'https://cloud.example.net/api/versions', headers: { accept: '*/*' } };
    const discovery = (changed: object) => cloudDirector.discovery?.({ ...tenant, ...changed });
    assert.deepEqual(discovery({}), ask);
    assert.equal(discovery({ apiVersion: '39.0' }), undefined);
  });

  const info = (version: string, attributes = ' deprecated="false"') =>
    `<VersionInfo${attributes}>\n <Version>${version}</Version>\n <LoginUrl>https://cloud.example.net/api/sessions</LoginUrl>\n</VersionInfo>`;
  const document = (...infos: string[]) =>
    answer(
      200,
      `<?xml version="1.0"?>\n<SupportedVersions xmlns="http://www.vmware.com/vcloud/versions">${infos.join('')}</SupportedVersions>`,
      { 'content-type': 'text/xml' },
    );
  const alpha = '<AlphaVersion deprecated="false"><Version>41.0.0-alpha-1</Version></AlphaVersion>';
  const alphaOfUsualShape = '<AlphaVersion deprecated="false"><Version>41.0</Version></AlphaVersion>';
  for (const [name, response, discovered] of [
    ['the newest, in whatever order', document(info('38.1'), info('39.1'), info('39.0')), { apiVersion: '39.1' }],
    ['the newest by number', document(info('37.10'), info('37.2'), info('9.9')), { apiVersion: '37.10' }],
    ['none that is deprecated', document(info('39.1', ' deprecated="true"'), info('38.0')), { apiVersion: '38.0' }],
    ['none that is deprecated in capitals', document(info('39.1', ' deprecated="TRUE"'), info('38.0')), { apiVersion: '38.0' }],
    ['one that says nothing of deprecation', document(info('37.0', '')), { apiVersion: '37.0' }],
    ['no alpha version', document(info('39.0'), alpha, alphaOfUsualShape), { apiVersion: '39.0' }],
    ['nothing where all are deprecated', document(info('36.0', ' deprecated="true"'), alpha), {}],
    ['nothing in an empty list', document(), {}],
    ['nothing in a web page', htmlAnswer(200), {}],
    ['nothing in a failure', { ...document(info('39.0')), status: 503 }, {}],
    ['nothing that is not a version', document(info('39.0\r\nX-Injected: 1'), info('{{evil}}')), {}],
  ] as const)
    it(`give ${name}`, () => assert.deepEqual(cloudDirector.readDiscovery?.(response), discovered));
});

describe('Cloud Director: tenant', () => {
  it('has a resource to try and a page to create tokens', () => {
    assert.deepEqual(cloudDirector.probe?.(tenant), {
      method: 'GET',
      url: 'https://cloud.example.net/cloudapi/1.0.0/sessions/current',
    });
    const portal = (changed: object) => cloudDirector.portal?.({ ...tenant, ...changed }).url;
    assert.equal(portal({}), 'https://cloud.example.net/tenant/acme');
    assert.equal(portal({ organization: 'system' }), 'https://cloud.example.net/provider');
    assert.equal(cloudDirector.rotation, 'sometimes');
  });

  it('hints at 32 characters', () => {
    const [field] = cloudDirector.secretFields(tenant);
    assert.equal(field?.key, 'apiToken');
    assert.match(secret.apiToken, field.shape?.pattern ?? /^$/);
  });

  validatesTenants(cloudDirector, tenant, [
    [{}, undefined],
    [{ apiVersion: '39.0', pathPrefix: '/tm', organizationId: ID, headers: 'tenant-context' }, undefined],
    [{ hosts: ['other.example.net', 'other.example.net:8443'], caFile: '/etc/ssl/cloud.pem' }, undefined],
    [{ url: 'http://127.0.0.1:8080' }, undefined],
    [{ organization: '..' }, 'organization'],
    [{ organization: '.' }, 'organization'],
    [{ organization: 'a\r\nb' }, 'organization'],
    [{ organization: 'a\u202Eb' }, 'organization'],
    [{ organization: '' }, 'organization'],
    [{ organization: 'x'.repeat(129) }, 'organization'],
    [{ organization: undefined }, 'organization'],
    [{ url: 'http://cloud.example.net' }, 'url'],
    [{ url: 'http://localhost.evil.example' }, 'url'],
    [{ url: 'https://user:pass@cloud.example.net' }, 'url'],
    [{ url: 'https://cloud.example.net?x=1' }, 'url'],
    [{ url: 'https://cloud.example.net#x' }, 'url'],
    [{ url: 'https://cloud.example.net\\@evil.example' }, 'url'],
    [{ url: 'ftp://cloud.example.net' }, 'url'],
    [{ url: 'cloud.example.net' }, 'url'],
    [{ apiVersion: '39' }, 'apiVersion'],
    [{ apiVersion: '39.0-alpha' }, 'apiVersion'],
    [{ apiVersion: 39 }, 'apiVersion'],
    [{ pathPrefix: '/other' }, 'pathPrefix'],
    [{ organizationId: `urn:vcloud:org:${ID}` }, 'organizationId'],
    [{ headers: 'tenant-context' }, 'headers'],
    [{ headers: 'csp-auth-token' }, 'headers'],
    [{ organisation: 'acme' }, 'organisation'],
  ]);
});
