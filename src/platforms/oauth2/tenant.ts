import * as z from 'zod/mini';
import { address, once, tenantSchema, text } from '../fields.js';

/** Parameters that the extension sets itself; `parameters` must not override them. */
const OWN_PARAMETERS = ['grant_type', 'refresh_token', 'client_id', 'client_secret', 'scope'];

export const schema = once(() =>
  tenantSchema('oauth2', ['bearer', 'template'], {
    tokenUrl: address(),
    grant: z.enum(['refresh_token', 'client_credentials'], 'must be "refresh_token" or "client_credentials"'),
    clientId: z.optional(text()),
    clientAuthentication: z.optional(z.enum(['basic', 'post', 'none'], 'must be "basic", "post" or "none"')),
    scope: z.optional(text(1024)),
    revocationUrl: z.optional(address()),
    introspectionUrl: z.optional(address()),
    tokenType: z.optional(z.enum(['required', 'optional', 'any'], 'must be "required", "optional" or "any"')),
    parameters: z.optional(
      z.record(
        text(64).check(z.refine((name) => !OWN_PARAMETERS.includes(name), `must not be ${OWN_PARAMETERS.join(', ')}`)),
        text(1024),
      ),
    ),
    header: z.optional(
      text().check(
        z.regex(/^[A-Za-z0-9-]+: [^{}]*\{token\}[^{}]*$/, 'must be a header with {token} in it, such as X-Access-Token: {token}'),
      ),
    ),
  }).check(
    z.refine((tenant) => tenant.grant !== 'client_credentials' || tenant.clientId !== undefined, {
      path: ['clientId'],
      error: 'is needed for client credentials',
    }),
    z.refine((tenant) => tenant.grant !== 'client_credentials' || tenant.clientAuthentication !== 'none', {
      path: ['clientAuthentication'],
      error: 'must be "basic" or "post" for client credentials',
    }),
    z.refine((tenant) => tenant.headers !== 'template' || tenant.header !== undefined, {
      path: ['headers'],
      error: 'must not be "template" without a header',
    }),
    z.refine(({ tokenUrl, revocationUrl }) => isAtHostOf(tokenUrl, revocationUrl), {
      path: ['revocationUrl'],
      error: 'must be at the same host as the token endpoint',
    }),
    z.refine(({ tokenUrl, introspectionUrl }) => isAtHostOf(tokenUrl, introspectionUrl), {
      path: ['introspectionUrl'],
      error: 'must be at the same host as the token endpoint',
    }),
  ),
);
export type OAuth2Tenant = z.infer<ReturnType<typeof schema>>;

/** The secret is bound to the host that exchanges it. Invalid URLs pass here; their own check refuses them. */
function isAtHostOf(tokenUrl: string, url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url) || !URL.canParse(tokenUrl)) return true;
  return new URL(url).origin === new URL(tokenUrl).origin;
}
