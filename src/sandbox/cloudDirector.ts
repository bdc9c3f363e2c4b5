import { randomUUID } from 'node:crypto';
import { AccessTokens } from './accessTokens.js';
import { isServed, supportedVersions } from './cloudDirectorVersions.js';
import { bearer, header, json, readForm, Refusal, type Answer, type Call } from './message.js';
import { sampleFile, type Circumstances, type StartedPlatform } from './platform.js';
import type { Route } from './router.js';
import { startService } from './service.js';
import { alphanumerics, jwt, seconds } from './synthetic.js';

/** `provider`: the System organization, whose tokens are exchanged at another path than a tenant's. */
interface Organization {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly provider?: true;
}

interface Account {
  readonly user: string;
  readonly organization: Organization;
  readonly roles: readonly string[];
  /** A service account: each exchange replaces its API token. */
  readonly rotates?: true;
}

/** VMware Cloud Director: a tenant organization, the provider, and a service account. */
export async function startCloudDirector({ now, lifetimeSeconds }: Circumstances): Promise<StartedPlatform> {
  const acme: Organization = { id: randomUUID(), name: 'acme', displayName: 'Acme Corporation' };
  const system: Organization = { id: randomUUID(), name: 'System', displayName: 'System Organization', provider: true };
  const organizations = [system, acme];
  const apiTokens = new Map<string, Account>();
  const accessTokens = new AccessTokens<Account>(now);

  const apiToken = (account: Account): string => {
    const secret = alphanumerics(32);
    apiTokens.set(secret, account);
    return secret;
  };

  const exchange = (call: Call, named: (organization: Organization) => boolean): Answer => {
    const { grant_type: grant, refresh_token: secret } = readForm(call);
    if (grant !== 'refresh_token') throw new Refusal(400, 'unsupported_grant_type', `Unsupported grant type ${grant ?? ''}`);
    if (!secret) throw new Refusal(400, 'invalid_request', 'Missing refresh_token');
    const account = apiTokens.get(secret);
    if (!account || !named(account.organization)) throw new Refusal(400, 'invalid_grant', 'Invalid refresh token');
    if (account.rotates) apiTokens.delete(secret);
    const { user, organization, roles } = account;
    const issuedAt = seconds(now());
    const claims = { iss: `${organization.id}@sandbox`, sub: user, org: organization.name, roles, iat: issuedAt };
    const accessToken = jwt({ ...claims, exp: issuedAt + lifetimeSeconds });
    return json({
      access_token: accessTokens.issue(accessToken, account, lifetimeSeconds),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      refresh_token: account.rotates ? apiToken(account) : null,
    });
  };

  const visible = ({ organization }: Account): readonly Organization[] =>
    organization.provider ? organizations : [organization];

  /** Who asks; whoever has no session gets 401, and a request for a version that is not offered 406. */
  const session = ({ headers }: Call, accept: RegExp): Account => {
    const account = accessTokens.holder(bearer(headers.authorization));
    if (!account) throw new Refusal(401, 'UNAUTHORIZED', 'The request requires authentication');
    const version = accept.exec(headers.accept ?? '')?.[1];
    if (!version || !isServed(version)) throw new Refusal(406, 'NOT_ACCEPTABLE', 'Invalid API version requested');
    const context = header(headers, 'x-vmware-vcloud-tenant-context');
    if (context === undefined) return account;
    // A URN is refused as if there were no session.
    if (!/^[0-9a-f-]{36}$/i.test(context)) throw new Refusal(401, 'UNAUTHORIZED', 'The tenant context is not an organization id');
    const wanted = visible(account).find(({ id }) => id === context);
    const name = header(headers, 'x-vmware-vcloud-auth-context') ?? wanted?.name;
    if (!wanted || name !== wanted.name)
      throw new Refusal(403, 'ACCESS_TO_RESOURCE_IS_FORBIDDEN', 'No access to this tenant context');
    return account;
  };
  const reference = ({ id, name }: Organization) => ({ name, id: `urn:vcloud:org:${id}` });

  const underPrefix = (path: string, route: Omit<Route, 'path'>): Route[] =>
    ['', '/tm'].map((prefix) => ({ ...route, path: prefix + path }));
  const routes: Route[] = [
    ...underPrefix('/oauth/tenant/:organization/token', {
      method: 'POST',
      exchange: true,
      answer: (call) => exchange(call, ({ name, provider }) => !provider && name === call.parameters['organization']),
    }),
    ...underPrefix('/oauth/provider/token', {
      method: 'POST',
      exchange: true,
      answer: (call) => exchange(call, ({ provider }) => provider === true),
    }),
    ...underPrefix('/api/versions', { method: 'GET', answer: () => supportedVersions(service.origin) }),
    ...underPrefix('/cloudapi/1.0.0/sessions/current', {
      method: 'GET',
      answer: (call) => {
        const { user, organization, roles } = session(call, OPEN_API);
        return json({
          id: 'urn:vcloud:session:00000000-0000-4000-8000-000000000000',
          user: { name: user, id: `urn:vcloud:user:${user}` },
          org: reference(organization),
          roles,
          sessionIdleTimeoutMinutes: 30,
        });
      },
    }),
    ...underPrefix('/cloudapi/1.0.0/orgs', {
      method: 'GET',
      answer: (call) => {
        const values = visible(session(call, OPEN_API)).map((one) => ({ ...reference(one), displayName: one.displayName }));
        return json({ resultTotal: values.length, pageCount: 1, page: 1, pageSize: 25, values });
      },
    }),
    ...underPrefix('/api/org', {
      method: 'GET',
      answer: (call) => json({ org: visible(session(call, LEGACY_API)).map(reference) }),
    }),
  ];

  const service = await startService(now, routes, ({ code, message }) => ({
    minorErrorCode: code,
    message: `[ ${randomUUID()} ] ${message}`,
    stackTrace: null,
  }));

  const revoked = alphanumerics(32);
  const url = service.origin;
  return {
    service,
    tenants: [
      {
        tenant: {
          id: 'sandbox-cloud-director',
          name: 'Acme',
          platform: 'cloud-director',
          url,
          organization: acme.name,
          organizationId: acme.id,
        },
        tokens: [
          {
            name: 'Ada',
            secret: { apiToken: apiToken({ user: 'ada', organization: acme, roles: ['Organization Administrator'] }) },
          },
          {
            name: 'Service account',
            secret: { apiToken: apiToken({ user: 'ci', organization: acme, roles: ['vApp Author'], rotates: true }) },
          },
          { name: 'Revoked', secret: { apiToken: revoked } },
        ],
        sample: sample(
          url,
          'Acme, an organization of a Cloud Director. "Service account" gets a new API token at each exchange.',
        ),
      },
      {
        tenant: {
          id: 'sandbox-cloud-director-system',
          name: 'Provider',
          platform: 'cloud-director',
          url,
          organization: 'System',
        },
        tokens: [
          {
            name: 'Operator',
            secret: { apiToken: apiToken({ user: 'operator', organization: system, roles: ['System Administrator'] }) },
          },
        ],
        sample: sample(url, 'The provider of the same Cloud Director, which sees all organizations.'),
      },
    ],
  };
}

const OPEN_API = /^application\/json;\s*version=([0-9.]+)$/;
const LEGACY_API = /^application\/(?:\*|json|\*\+json);\s*version=([0-9.]+)$/;

const sample = (url: string, about: string): string =>
  sampleFile(about, [
    {
      title: 'Who am I?',
      notes: ['The Accept header names the API version, which the service told.'],
      url: `${url}/cloudapi/1.0.0/sessions/current`,
    },
    { title: 'The organizations that I see', notes: [], url: `${url}/cloudapi/1.0.0/orgs` },
    { title: 'The same through the older API', notes: ['It answers 406 to a request without a version.'], url: `${url}/api/org` },
  ]);
