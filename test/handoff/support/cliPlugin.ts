import { readFileSync } from 'node:fs';
import process from 'node:process';
import { httpYacPlugin } from '../../../src/handoff/httpYacPlugin.js';
import type { SandboxTenant } from '../../../src/sandbox/index.js';
import { modelOf } from './sandboxModel.js';

/** What httpYac's command line loads as `HTTPYAC_PLUGIN`: the plugin over a broker for the tenants of a file. */
const tenants = JSON.parse(readFileSync(process.env['EXAMPLE_TENANTS'] ?? '', 'utf8')) as SandboxTenant[];

export const configureHooks = httpYacPlugin(modelOf(tenants).source);
