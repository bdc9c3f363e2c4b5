import { readFileSync, writeFileSync } from 'node:fs';
import { tenantItemsSchema } from './tenantsSchema.js';

/** Puts the tenants' schema into package.json: to be run when a platform's fields change; a test holds the two together. */
const path = new URL('../../package.json', `file://${__filename}`);
const manifest = JSON.parse(readFileSync(path, 'utf8')) as {
  contributes: { configuration: { properties: Record<string, { items: unknown }> } };
};
const setting = manifest.contributes.configuration.properties['tenantTokens.tenants'];
if (setting) setting.items = tenantItemsSchema();
writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
