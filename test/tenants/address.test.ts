import assert from 'node:assert/strict';
import { findPlatform, platformOf } from '../../src/platforms/index.js';
import { addressFields } from '../../src/tenants/address.js';
import { problemText, readTenants } from '../../src/tenants/tenants.js';

const HOST = 'https://h.example';

/** What people paste: the address of the service, of a page of its portal, or of its API. */
const PASTED: Readonly<Record<string, readonly (readonly [text: string, fields: Readonly<Record<string, string>>])[]>> = {
  // The portal's address and the endpoint: https://docs.higiocloud.vn/compute/4.-hi-gio-api/api-token-login
  'cloud-director': [
    [HOST, { url: HOST }],
    ['h.example', { url: HOST }],
    ['h.example:8443/tenant/acme', { url: `${HOST}:8443`, organization: 'acme' }],
    [`${HOST}/tenant/acme`, { url: HOST, organization: 'acme' }],
    [`${HOST}/Tenant/acme/vdcs/`, { url: HOST, organization: 'acme' }],
    [`${HOST}/tenant/acme%20two/vdcs?page=1#top`, { url: HOST, organization: 'acme two' }],
    [`${HOST}/tenant/a%2Fb`, { url: HOST, organization: 'a/b' }],
    [`${HOST}/tenant/%`, { url: HOST, organization: '%' }],
    [`${HOST}/tenant/`, { url: HOST }],
    [`${HOST}/prefix/tenant/acme`, { url: `${HOST}/prefix`, organization: 'acme' }],
    [`${HOST}/provider/administration`, { url: HOST, organization: 'System' }],
    [`${HOST}/cloud/org/acme/`, { url: HOST, organization: 'acme' }],
    [`${HOST}/login/?service=tenant:acme&redirectTo=%2Ftenant%2Facme`, { url: HOST, organization: 'acme' }],
    [`${HOST}/login/?service=provider`, { url: HOST, organization: 'System' }],
    [`${HOST}/oauth/tenant/acme/token`, { url: HOST, organization: 'acme' }],
    [`${HOST}/oauth/provider/token`, { url: HOST, organization: 'System' }],
    [`${HOST}/tm/oauth/tenant/acme/token`, { url: HOST, organization: 'acme', pathPrefix: '/tm' }],
    [`${HOST}/api/versions`, { url: HOST }],
    [`${HOST}/cloudapi/1.0.0/sessions/current`, { url: HOST }],
    [`${HOST}/elsewhere`, { url: `${HOST}/elsewhere` }],
  ],
  'cloud-services': [
    [HOST, { url: HOST }],
    [`${HOST}/csp/gateway/portal/#/user/tokens`, { url: HOST }],
  ],
  'aria-automation': [
    ['aria.example.com', { url: 'https://aria.example.com' }],
    [`${HOST}/automation/#/service/catalog`, { url: HOST }],
    [`${HOST}/csp/gateway/portal/`, { url: HOST }],
    [`${HOST}/iaas/api/login`, { url: HOST }],
  ],
  commvault: [
    [HOST, { url: `${HOST}/commandcenter/api` }],
    ['h.example', { url: `${HOST}/commandcenter/api` }],
    [`${HOST}/commandcenter`, { url: `${HOST}/commandcenter/api` }],
    [`${HOST}/commandcenter/#/dashboard`, { url: `${HOST}/commandcenter/api` }],
    [`${HOST}/commandcenter/api/V4/AccessToken/Renew`, { url: `${HOST}/commandcenter/api` }],
    [`${HOST}/webconsole/applications/`, { url: `${HOST}/commandcenter/api` }],
    [`${HOST}/webconsole/api`, { url: `${HOST}/webconsole/api` }],
    [`${HOST}/gateway/commandcenter`, { url: `${HOST}/gateway/commandcenter/api` }],
    [`${HOST}/gateway`, { url: `${HOST}/gateway` }],
  ],
  'identity-services': [
    [HOST, { url: HOST }],
    [`${HOST}/acs/t/CUSTOMER/token`, { url: HOST, tenant: 'CUSTOMER' }],
    [`${HOST}/federation/t/acme/auth/response`, { url: HOST, tenant: 'acme' }],
  ],
  'bright-pattern': [
    ['acme.brightpattern.com', { url: 'https://acme.brightpattern.com' }],
    [`${HOST}/admin/`, { url: HOST }],
    [`${HOST}/configapi/v2/user`, { url: HOST }],
    [`${HOST}/configapi/v3/campaign/getAll`, { url: HOST, version: 'v3' }],
  ],
  oauth2: [
    [`${HOST}/oauth2/token`, { tokenUrl: `${HOST}/oauth2/token` }],
    ['id.example.com/oauth2/token', { tokenUrl: 'https://id.example.com/oauth2/token' }],
    // A query may belong to the endpoint, so it is not cut: the schema refuses it.
    [`${HOST}/token?p=1`, { tokenUrl: `${HOST}/token?p=1` }],
  ],
};

describe('A pasted address', () => {
  for (const [id, rows] of Object.entries(PASTED))
    for (const [text, fields] of rows)
      it(`of ${id} is understood: ${text}`, () => {
        assert.deepEqual(addressFields(findPlatform(id) ?? assert.fail(), text), fields);
      });

  for (const text of [
    '',
    'acme',
    'two words.example',
    'ada@cloud.example.net',
    'https:cloud.example.net',
    'javascript:alert(1)',
    '//h.example',
  ])
    it(`gets no scheme if it has no host name: “${text}”`, () => {
      assert.deepEqual(addressFields(findPlatform('oauth2') ?? assert.fail(), text), { tokenUrl: text });
    });
});

describe('An address in settings.json', () => {
  const acme = { id: 'acme', name: 'Acme', platform: 'cloud-director' };
  const read = (change: object) => readTenants([{ ...acme, ...change }])[0] ?? assert.fail();

  it('means the same as a pasted one', () => {
    for (const change of [
      { url: HOST, organization: 'acme' },
      { url: 'h.example', organization: 'acme' },
      { url: `${HOST}/api`, organization: 'acme' },
      { url: `${HOST}/tenant/acme/vdcs` },
      { url: `${HOST}/tenant/ACME/vdcs`, organization: 'acme' },
    ]) {
      const { tenant, problems } = read(change);
      assert.deepEqual(problems, [], JSON.stringify(change));
      assert.equal(platformOf(tenant!).exchangeUrl(tenant!), `${HOST}/oauth/tenant/acme/token`);
    }
  });

  it('stays as it is written where there is nothing to cut, so that API tokens stay bound to it', () => {
    const entry = { ...acme, url: 'https://H.example:8443/prefix', organization: 'acme' };
    assert.equal(readTenants([entry])[0]?.tenant, entry);
  });

  for (const [change, problem] of [
    [{ url: `${HOST}/tenant/acme`, organization: 'other' }, `url names another organization: write ${HOST}`],
    [{ url: `${HOST}/?a=1`, organization: 'acme' }, `url must not contain a query (?) or fragment (#): write ${HOST}`],
    [
      { platform: 'commvault', url: `${HOST}/commandcenter/#/dashboard` },
      `url must not contain a query (?) or fragment (#): write ${HOST}/commandcenter/api`,
    ],
    [{ url: 'h', organization: 'acme' }, 'url must be a full URL, such as https://cloud.example.net'],
    [{ url: 'https://ada:x@h.example', organization: 'acme' }, 'url must not contain a user name or password'],
  ] as const)
    it(`that is not understood for certain gets a problem that says what to write: ${problem}`, () => {
      assert.equal(problemText(read(change).problems), problem);
    });

  it('is one of all problems that are shown', () => {
    const { problems } = read({ url: 'ftp://h.example', organization: '..', apiToken: 'EXAMPLE', colour: 'red' });
    assert.equal(
      problemText(problems),
      'url must begin with https://; organization must not be “.” or “..”; apiToken does not belong here: never put tokens into settings; colour is not a setting of this platform',
    );
  });
});
