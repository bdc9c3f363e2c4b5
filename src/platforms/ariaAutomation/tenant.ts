import type * as z from 'zod/mini';
import { address, once, tenantSchema } from '../fields.js';

export const schema = once(() => tenantSchema('aria-automation', ['bearer'], { url: address() }));
export type AriaAutomationTenant = z.infer<ReturnType<typeof schema>>;
