import { readFileSync } from 'node:fs';
import process from 'node:process';
import { httpYacPlugin } from '../../../src/handoff/httpYacPlugin.js';
import type { SandboxTenant } from '../../../src/sandbox/index.js';
import { modelOf } from './sandboxModel.js';

/**
 * What httpYac's command line loads as `HTTPYAC_PLUGIN`: the plugin with a broker for the tenants in a file, with additional
 * hosts from `EXAMPLE_HOSTS`. Questions are answered with no, or with yes if `EXAMPLE_ALLOWS` is set.
 */
const { EXAMPLE_TENANTS = '', EXAMPLE_HOSTS = '[]', EXAMPLE_ALLOWS } = process.env;
const hosts = JSON.parse(EXAMPLE_HOSTS) as string[];
const tenants = (JSON.parse(readFileSync(EXAMPLE_TENANTS, 'utf8')) as SandboxTenant[]).map((one) => ({
  ...one,
  tenant: { ...one.tenant, hosts },
}));
const { source } = modelOf(tenants);

export const configureHooks = httpYacPlugin(EXAMPLE_ALLOWS ? { ...source, confirmSending: () => Promise.resolve(true) } : source);
