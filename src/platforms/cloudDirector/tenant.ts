import * as z from 'zod/mini';
import { address, once, segment, tenantSchema, text } from '../fields.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const styles = ['bearer', 'bearer-only', 'tenant-context'] as const;

export const schema = once(() =>
  tenantSchema('cloud-director', styles, {
    url: address(),
    organization: segment(),
    apiVersion: z.optional(text(16).check(z.regex(/^\d{1,3}\.\d{1,3}(\.\d{1,3})?$/, 'must be a version such as 39.0'))),
    pathPrefix: z.optional(z.enum(['', '/tm'], 'must be "" or "/tm"')),
    organizationId: z.optional(text(36).check(z.regex(UUID, 'must be the bare UUID of the organization, not a URN'))),
  }).check(
    z.refine((tenant) => tenant.headers !== 'tenant-context' || tenant.organizationId !== undefined, {
      path: ['headers'],
      error: 'must not be "tenant-context" without an organizationId',
    }),
  ),
);
export type CloudDirectorTenant = z.infer<ReturnType<typeof schema>>;
