import * as z from 'zod/mini';
import { address, once, tenantSchema, text } from '../fields.js';

const styles = ['authtoken', 'authtoken-bearer', 'bearer'] as const;

export const schema = once(() =>
  tenantSchema('commvault', styles, {
    url: address(),
    renewWith: z.optional(z.enum(['none', ...styles], 'must be "none", "authtoken", "authtoken-bearer" or "bearer"')),
    lhAccountId: z.optional(text(64).check(z.regex(/^[\x21-\x7E]+$/, 'must be an ID without spaces'))),
  }),
);
export type CommvaultTenant = z.infer<ReturnType<typeof schema>>;

/** The header that some sites at metallic.io require beside the token. */
export const accountHeader = ({ lhAccountId }: CommvaultTenant): Readonly<Record<string, string>> =>
  lhAccountId === undefined ? {} : { lhAccountId };
