import * as z from 'zod/mini';
import { platforms } from '../../src/platforms/index.js';
import type { Platform } from '../../src/platforms/platform.js';

type JsonSchema = Record<string, unknown>;

const COMMON: Readonly<Record<string, string>> = {
  id: 'A short name that commands and keybindings use. Letters, digits, “.”, “_” and “-”.',
  name: 'What you call this tenant.',
  platform: 'The kind of service.',
  headers: 'Which headers carry the access token.',
  hosts: 'Further hosts, with `:port` if need be, that this tenant’s access tokens may go to without asking.',
  production:
    'Whether this is a production tenant. Its row, lens and status bar say so, and you are asked, once in a session, before its access token is copied, or is inserted into or sent with a request other than GET and HEAD.',
  color: 'The color of the tenant in the sidebar and the status bar. A production tenant is red unless you choose another one.',
  gateway:
    'What the gateway does for this tenant. `"write": true` lets programs write without asking first, but not in production; `"rewriteAddresses": false` leaves addresses in answers as they are.',
  caFile: 'Path of a PEM file with the certificate authority of the service, if it is your company’s own.',
  clientCertificateFile: 'Path of a PEM file with the certificate that the service wants of its clients (mutual TLS).',
  clientKeyFile:
    'Path of a PEM file with the key of `clientCertificateFile`, without a passphrase. Left out if the key stands in the same file.',
  pinnedCertificate:
    'SHA-256 fingerprint of the one certificate that is accepted from the service, whoever issued it. *Trust Certificate* shows the certificate and writes this.',
};

/**
 * The JSON schema of one entry of `tenantTokens.tenants`, from the platforms' own schemas and words. The manifest holds a
 * copy of it, because VS Code completes from the manifest.
 */
export function tenantItemsSchema(): JsonSchema {
  return {
    type: 'object',
    required: ['id', 'name', 'platform'],
    properties: {
      id: { type: 'string', markdownDescription: COMMON['id'] },
      name: { type: 'string', markdownDescription: COMMON['name'] },
      platform: {
        enum: platforms.map(({ id }) => id),
        enumDescriptions: platforms.map(({ label }) => label),
        markdownDescription: COMMON['platform'],
      },
    },
    allOf: platforms.map((platform) => ({
      if: { properties: { platform: { const: platform.id } }, required: ['platform'] },
      then: platformSchema(platform),
    })),
    defaultSnippets: platforms.map((platform) => ({
      label: platform.label,
      description: platform.presets[0]?.detail,
      body: snippet(platform),
    })),
  };
}

function platformSchema(platform: Platform): JsonSchema {
  const { properties, required } = z.toJSONSchema(platform.tenantSchema, { io: 'input', unrepresentable: 'any' }) as {
    properties: Record<string, JsonSchema>;
    required: string[];
  };
  for (const [key, property] of Object.entries(properties)) describe(platform, key, property);
  return { required, properties, additionalProperties: false };
}

function describe(platform: Platform, key: string, property: JsonSchema): void {
  const field = platform.tenantFields.find((one) => one.key === key);
  const description = field ? `${field.label}: ${field.hint}` : (COMMON[key] ?? EXTRA[key]);
  if (description === undefined) throw new Error(`${platform.id}.${key} has no description`);
  property['markdownDescription'] = description;
  const labels = key === 'headers' ? platform.headerStyles.map(({ label }) => label) : field?.choices?.map(({ label }) => label);
  if (Array.isArray(property['enum']) && labels) property['enumDescriptions'] = labels;
}

const EXTRA: Readonly<Record<string, string>> = {
  parameters: 'Further parameters of the token request, such as `audience` or `resource`. Nothing secret.',
};

function snippet(platform: Platform): Record<string, unknown> {
  const body: Record<string, unknown> = { id: '${1:id}', name: '${2:name}', platform: platform.id };
  let stop = 3;
  for (const field of platform.tenantFields.filter(({ asked, choices }) => asked && !choices))
    body[field.key] = `\${${stop++}:${field.placeholder ?? ''}}`;
  const grant = platform.tenantFields.find(({ key }) => key === 'grant');
  if (grant?.choices) body['grant'] = `\${${stop}|${grant.choices.map(({ value }) => value).join(',')}|}`;
  return body;
}
