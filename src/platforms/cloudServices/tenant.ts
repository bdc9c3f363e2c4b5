import * as z from 'zod/mini';
import { address, once, tenantSchema } from '../fields.js';

const styles = ['csp-auth-token', 'bearer', 'both'] as const;

export const schema = once(() =>
  tenantSchema('cloud-services', styles, {
    url: address(),
    parameter: z.optional(z.enum(['api_token', 'refresh_token'], 'must be "api_token" or "refresh_token"')),
    passcode: z.optional(z.boolean('must be true or false')),
  }),
);
export type CloudServicesTenant = z.infer<ReturnType<typeof schema>>;
