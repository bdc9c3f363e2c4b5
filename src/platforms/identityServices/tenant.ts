import type * as z from 'zod/mini';
import { address, once, segment, tenantSchema } from '../fields.js';

export const schema = once(() => tenantSchema('identity-services', ['bearer'], { url: address(), tenant: segment() }));
export type IdentityServicesTenant = z.infer<ReturnType<typeof schema>>;
