import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AccessTokens } from './accessTokens.js';
import { isServed, supportedVersions } from './cloudDirectorVersions.js';
import { fiql } from './fiql.js';
import {
  basic,
  bearer,
  header,
  json,
  NO_CONTENT,
  positive,
  readForm,
  readJson,
  Refusal,
  type Answer,
  type Call,
} from './message.js';
import { sampleFile, type Circumstances, type SandboxLogin, type StartedPlatform } from './platform.js';
import type { Route } from './router.js';
import { startService } from './service.js';
import { alphanumerics, jwt, password, seconds } from './synthetic.js';

/** `provider`: the System organization, which exchanges tokens at its own path. */
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
  /** Undefined for a user who cannot sign in. */
  readonly password?: string;
  /** May manage the organization's API tokens after signing in. */
  readonly managesTokens?: true;
  /** A service account: each exchange replaces its API token. */
  readonly rotates?: true;
}

/** Registered under a client id, which is part of its URN. The user who registered it can fetch the secret once. */
interface ApiToken {
  readonly clientId: string;
  readonly name: string;
  readonly account: Account;
  secret?: string;
}

/** What an access token stands for: a login, or an API token, which may not manage tokens. */
type Session = ApiToken | { readonly account: Account; readonly interactive: true };

/** VMware Cloud Director with a tenant organization, the provider and a service account. */
export async function startCloudDirector({ now, lifetimeSeconds = 3600 }: Circumstances): Promise<StartedPlatform> {
  const acme: Organization = { id: randomUUID(), name: 'acme', displayName: 'Acme Corporation' };
  const system: Organization = { id: randomUUID(), name: 'System', displayName: 'System Organization', provider: true };
  const organizations = [system, acme];
  const ada: Account = {
    user: 'ada',
    organization: acme,
    roles: ['Organization Administrator'],
    password: password(),
    managesTokens: true,
  };
  const grace: Account = { user: 'grace', organization: acme, roles: ['vApp User'], password: password() };
  const operator: Account = {
    user: 'operator',
    organization: system,
    roles: ['System Administrator'],
    password: password(),
    managesTokens: true,
  };
  const auditor: Account = { user: 'auditor', organization: system, roles: ['Auditor'], password: password() };
  const accounts = [ada, grace, operator, auditor];
  /** By client id. */
  const apiTokens = new Map<string, ApiToken>();
  const accessTokens = new AccessTokens<Session>(now);

  const register = (name: string, account: Account): ApiToken => {
    const token = { clientId: randomUUID(), name, account };
    apiTokens.set(token.clientId, token);
    return token;
  };
  const renewed = (token: ApiToken): string => (token.secret = alphanumerics(32));

  const issue = (session: Session, lifetime: number): string => {
    const { user, organization, roles } = session.account;
    const issuedAt = seconds(now());
    const claims = { iss: `${organization.id}@sandbox`, sub: user, org: organization.name, roles, iat: issuedAt };
    return accessTokens.issue(jwt({ ...claims, exp: issuedAt + lifetime }), session, lifetime);
  };

  const exchange = (call: Call, named: (organization: Organization) => boolean): Answer => {
    const form = readForm(call);
    const [token, first] = form['grant_type'] === JWT_BEARER ? [registered(form), true] : [presented(form), false];
    if (!named(token.account.organization)) throw new Refusal(400, 'invalid_grant', 'Invalid refresh token');
    return json({
      access_token: issue(token, lifetimeSeconds),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      refresh_token: first || token.account.rotates ? renewed(token) : null,
    });
  };

  const presented = ({ grant_type: grant, refresh_token: secret }: Form): ApiToken => {
    if (grant !== 'refresh_token') throw new Refusal(400, 'unsupported_grant_type', `Unsupported grant type ${grant ?? ''}`);
    if (!secret) throw new Refusal(400, 'invalid_request', 'Missing refresh_token');
    const token = [...apiTokens.values()].find((one) => one.secret === secret);
    if (!token) throw new Refusal(400, 'invalid_grant', 'Invalid refresh token');
    return token;
  };

  /** A registered token whose secret has not been fetched, for the signed-in user who registered it. */
  const registered = ({ client_id: clientId, assertion }: Form): ApiToken => {
    if (!clientId || !assertion) throw new Refusal(400, 'invalid_request', 'client_id and assertion are required');
    const token = apiTokens.get(clientId);
    const session = accessTokens.holder(assertion);
    const entitled = session && 'interactive' in session && session.account === token?.account;
    if (!entitled || token.secret !== undefined) throw new Refusal(400, 'invalid_grant', 'Invalid assertion or client id');
    return token;
  };

  const logIn = ({ headers }: Call, provider: boolean): Answer => {
    requireVersion(headers, OPEN_API);
    const [name, given] = basic(headers.authorization) ?? [];
    const account = accounts.find(({ user, organization }) => `${user}@${organization.name}` === name);
    if (!account || account.password !== given || isProvider(account.organization) !== provider)
      throw new Refusal(401, 'UNAUTHORIZED', 'Invalid user name or password');
    return json(described(account), 200, {
      'x-vmware-vcloud-access-token': issue({ account, interactive: true }, LOGIN_SECONDS),
      'x-vmware-vcloud-token-type': 'Bearer',
    });
  };

  /** The requesting user, who must be signed in and may manage API tokens. */
  const requireManager = ({ headers }: Call): Account => {
    const session = accessTokens.holder(bearer(headers.authorization));
    if (!session) throw new Refusal(401, 'UNAUTHORIZED', 'The request requires authentication');
    if (!('interactive' in session) || !session.account.managesTokens)
      throw new Refusal(403, 'ACCESS_TO_RESOURCE_IS_FORBIDDEN', 'This session may not manage API tokens');
    return session.account;
  };

  const registration = (call: Call, named: (organization: Organization) => boolean): Answer => {
    const account = requireManager(call);
    if (!named(account.organization)) throw new Refusal(403, 'ACCESS_TO_RESOURCE_IS_FORBIDDEN', 'No access to this organization');
    const { client_name: name } = readJson(call);
    if (typeof name !== 'string' || name === '') throw new Refusal(400, 'BAD_REQUEST', 'client_name is required');
    if ([...apiTokens.values()].some((one) => one.account === account && one.name === name))
      throw new Refusal(400, 'DUPLICATE_NAME', `A token named ${name} exists already`);
    const { clientId } = register(name, account);
    return json({
      client_name: name,
      client_id: clientId,
      grant_types: [JWT_BEARER],
      token_endpoint_auth_method: 'none',
    });
  };

  const urn = ({ clientId }: ApiToken) => `urn:vcloud:token:${clientId}`;
  const shown = (token: ApiToken) => ({
    id: urn(token),
    name: token.name,
    token: null,
    type: 'REFRESH',
    // API tokens of Cloud Director never expire.
    expirationTimeUtc: null,
    requireRotation: token.account.rotates ?? false,
    owner: { name: token.account.user, id: `urn:vcloud:user:${token.account.user}` },
    org: reference(token.account.organization),
  });
  const tokensOf = ({ organization }: Account) =>
    [...apiTokens.values()].filter(({ account }) => account.organization === organization);

  const list = (call: Call): Answer => {
    requireVersion(call.headers, OPEN_API);
    const account = requireManager(call);
    const page = positive(call.query, 'page', 1);
    const pageSize = Math.min(positive(call.query, 'pageSize', 25), MAX_PAGE_SIZE);
    const filter = call.query.get('filter');
    const wanted = filter === null ? () => true : fiql(filter);
    const all = tokensOf(account).filter(({ name, account: { user } }) => wanted({ type: 'REFRESH', name, 'owner.name': user }));
    const values = all.slice((page - 1) * pageSize, page * pageSize).map(shown);
    return json({
      resultTotal: all.length,
      pageCount: Math.ceil(all.length / pageSize),
      page,
      pageSize,
      associations: null,
      values,
    });
  };

  const namedToken = (call: Call): ApiToken => {
    requireVersion(call.headers, OPEN_API);
    const token = tokensOf(requireManager(call)).find((one) => urn(one) === call.parameters['urn']);
    if (!token) throw new Refusal(404, 'RESOURCE_NOT_FOUND', 'No such token');
    return token;
  };

  const revoke = (call: Call): Answer => {
    const token = namedToken(call);
    apiTokens.delete(token.clientId);
    accessTokens.revoke(token);
    return NO_CONTENT;
  };

  const visible = ({ organization }: Account): readonly Organization[] =>
    organization.provider ? organizations : [organization];

  /** The requesting user. Refuses a request without a session with 401, and an unsupported version with 406. */
  const session = ({ headers }: Call, accept: RegExp): Account => {
    const account = accessTokens.holder(bearer(headers.authorization))?.account;
    if (!account) throw new Refusal(401, 'UNAUTHORIZED', 'The request requires authentication');
    requireVersion(headers, accept);
    const context = header(headers, 'x-vmware-vcloud-tenant-context');
    if (context === undefined) return account;
    // A URN is refused like a missing session.
    if (!/^[0-9a-f-]{36}$/i.test(context)) throw new Refusal(401, 'UNAUTHORIZED', 'The tenant context is not an organization id');
    const wanted = visible(account).find(({ id }) => id === context);
    const name = header(headers, 'x-vmware-vcloud-auth-context') ?? wanted?.name;
    if (!wanted || name !== wanted.name)
      throw new Refusal(403, 'ACCESS_TO_RESOURCE_IS_FORBIDDEN', 'No access to this tenant context');
    return account;
  };
  /** The organization that a path of the older API names. */
  const visibleTo = (call: Call): Organization => {
    const found = visible(session(call, LEGACY_API)).find(({ id }) => id === call.parameters['id']);
    if (!found) throw new Refusal(403, 'ACCESS_TO_RESOURCE_IS_FORBIDDEN', 'No access to this entity');
    return found;
  };
  /** The older API links its entities by absolute addresses. */
  const linked = (organization: Organization, kind: 'org' | 'vdc') => ({
    ...reference(organization),
    href: `${service.origin}/api/${kind}/${organization.id}`,
  });
  const underPrefix = (path: string, route: Omit<Route, 'path'>): Route[] =>
    ['', '/tm'].map((prefix) => ({ ...route, path: prefix + path }));
  const routes: Route[] = [
    ...underPrefix('/oauth/tenant/:organization/token', {
      method: 'POST',
      exchange: true,
      answer: (call) => exchange(call, isTenant(call)),
    }),
    ...underPrefix('/oauth/provider/token', {
      method: 'POST',
      exchange: true,
      answer: (call) => exchange(call, isProvider),
    }),
    ...underPrefix('/api/versions', { method: 'GET', answer: () => supportedVersions(service.origin) }),
    ...underPrefix('/cloudapi/1.0.0/sessions/current', {
      method: 'GET',
      answer: (call) => json(described(session(call, OPEN_API))),
    }),
    ...underPrefix('/cloudapi/1.0.0/sessions/current', {
      method: 'DELETE',
      answer: (call) => {
        session(call, OPEN_API);
        accessTokens.end(bearer(call.headers.authorization) ?? '');
        return NO_CONTENT;
      },
    }),
    ...underPrefix('/cloudapi/1.0.0/sessions', { method: 'POST', answer: (call) => logIn(call, false) }),
    ...underPrefix('/cloudapi/1.0.0/sessions/provider', { method: 'POST', answer: (call) => logIn(call, true) }),
    ...underPrefix('/oauth/tenant/:organization/register', {
      method: 'POST',
      manage: true,
      answer: (call) => registration(call, isTenant(call)),
    }),
    ...underPrefix('/oauth/provider/register', {
      method: 'POST',
      manage: true,
      answer: (call) => registration(call, isProvider),
    }),
    ...underPrefix('/cloudapi/1.0.0/tokens', { method: 'GET', manage: true, answer: list }),
    ...underPrefix('/cloudapi/1.0.0/tokens/:urn', {
      method: 'GET',
      manage: true,
      answer: (call) => json(shown(namedToken(call))),
    }),
    ...underPrefix('/cloudapi/1.0.0/tokens/:urn', { method: 'DELETE', manage: true, answer: revoke }),
    ...underPrefix('/cloudapi/1.0.0/orgs', {
      method: 'GET',
      answer: (call) => {
        const values = visible(session(call, OPEN_API)).map((one) => ({ ...reference(one), displayName: one.displayName }));
        return json({ resultTotal: values.length, pageCount: 1, page: 1, pageSize: 25, values });
      },
    }),
    ...underPrefix('/api/org', {
      method: 'GET',
      answer: (call) => json({ org: visible(session(call, LEGACY_API)).map((one) => linked(one, 'org')) }),
    }),
    ...underPrefix('/api/org/:id', {
      method: 'GET',
      answer: (call) => {
        const organization = visibleTo(call);
        return json({ ...linked(organization, 'org'), link: [{ rel: 'down', ...linked(organization, 'vdc') }] });
      },
    }),
    ...underPrefix('/api/vdc/:id', { method: 'GET', answer: (call) => json(linked(visibleTo(call), 'vdc')) }),
  ];

  const service = await startService(now, routes, ({ code, message }) => ({
    minorErrorCode: code,
    message: `[ ${randomUUID()} ] ${message}`,
    stackTrace: null,
  }));

  const revoked = alphanumerics(32);
  const usable = (name: string, account: Account) => ({ name, secret: { apiToken: renewed(register(name, account)) } });
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
          usable('Ada', ada),
          usable('Service account', { user: 'ci', organization: acme, roles: ['vApp Author'], rotates: true }),
          { name: 'Revoked', secret: { apiToken: revoked } },
        ],
        login: signIn(ada),
        readOnlyLogin: signIn(grace),
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
        tokens: [usable('Operator', operator)],
        login: signIn(operator),
        readOnlyLogin: signIn(auditor),
        sample: sample(url, 'The provider of the same Cloud Director, which sees all organizations.'),
      },
    ],
  };
}

type Form = ReturnType<typeof readForm>;

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LOGIN_SECONDS = 30 * 60;
const MAX_PAGE_SIZE = 128;

const isProvider = ({ provider }: Organization): boolean => provider === true;
const isTenant =
  ({ parameters }: Call) =>
  ({ name, provider }: Organization): boolean =>
    !provider && name === parameters['organization'];

const reference = ({ id, name }: Organization) => ({ name, id: `urn:vcloud:org:${id}` });

const requireVersion = ({ accept }: IncomingHttpHeaders, wanted: RegExp): void => {
  const version = wanted.exec(accept ?? '')?.[1];
  if (!version || !isServed(version)) throw new Refusal(406, 'NOT_ACCEPTABLE', 'Invalid API version requested');
};

const signIn = ({ user, password: secret = '' }: Account): SandboxLogin => ({ user, password: secret });

/** A session as its owner sees it. */
const described = ({ user, organization, roles }: Account) => ({
  id: 'urn:vcloud:session:00000000-0000-4000-8000-000000000000',
  user: { name: user, id: `urn:vcloud:user:${user}` },
  org: reference(organization),
  roles,
  sessionIdleTimeoutMinutes: LOGIN_SECONDS / 60,
});

const OPEN_API = /^application\/json;\s*version=([0-9.]+)$/;
const LEGACY_API = /^application\/(?:\*|json|\*\+json);\s*version=([0-9.]+)$/;

const sample = (url: string, about: string): string =>
  sampleFile(about, [
    {
      title: 'Who am I?',
      notes: ['The Accept header contains the API version that the service reported.'],
      url: `${url}/cloudapi/1.0.0/sessions/current`,
    },
    { title: 'The organizations that I see', notes: [], url: `${url}/cloudapi/1.0.0/orgs` },
    { title: 'The same through the older API', notes: ['It answers 406 to a request without a version.'], url: `${url}/api/org` },
  ]);
