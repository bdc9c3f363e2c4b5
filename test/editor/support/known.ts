import assert from 'node:assert/strict';
import { findCredentials, type KnownCredentials, type Credential } from '../../../src/editor/credentials.js';
import type { Dialect, Lines } from '../../../src/httpFile/index.js';
import { Tenants } from '../../../src/tenants/tenants.js';
import { ReferenceNames } from '../../../src/tokens/referenceNames.js';
import { SteppedClock } from '../../support/clock.js';
import { memoryWindow } from '../../support/memory.js';

export const NOW = Date.UTC(2026, 0, 1);

/** Before and after {@link NOW}, in seconds as JWTs count. */
export const SOONER = NOW / 1000 - 60;
export const LATER = NOW / 1000 + 60;

export function jwt(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'none' }), part(claims), 'EXAMPLE-signature'].join('.');
}

export const OURS = 'EXAMPLE-access-token-of-acme';

const SETTING = [
  { id: 'acme', name: 'Acme', platform: 'cloud-director', url: 'https://acme.example', organization: 'acme' },
  { id: 'backup', name: 'Backup', platform: 'commvault', url: 'https://backup.example/commandcenter/api' },
  { id: 'billing', name: 'Billing', platform: 'bright-pattern', url: 'https://billing.example', loginId: 'ada' },
  // Its name is also that of the token `x` of `billing`.
  { id: 'billing-x', name: 'Billing X', platform: 'bright-pattern', url: 'https://x.example', loginId: 'ada' },
];

/** Two tenants with one token, and one with two, one named like another tenant; Acme's access token {@link OURS}. */
export async function known(issuedUntil: number | null = NOW) {
  const tenants = new Tenants(() => SETTING);
  assert.equal(tenants.all.length, SETTING.length);
  const vault = memoryWindow({ clock: new SteppedClock(NOW) }).vault;
  const add = (tenant: string, name: string) => vault.add({ tenant, name, boundTo: '', secret: { apiToken: 'EXAMPLE' } });
  const laptop = await add('acme', 'Laptop');
  await add('backup', 'Night');
  await add('billing', 'CI');
  await add('billing', 'x');
  await add('billing-x', 'CI');
  const names = new ReferenceNames(tenants, vault);
  const issued: KnownCredentials['issued'] = {
    find: (text) => (text === OURS ? { token: laptop.id, tenant: 'acme', expiresAt: issuedUntil } : undefined),
  };
  return { tenants, vault, names, issued, laptop };
}

export const linesOf = (text: string): Lines => {
  const lines = text.split('\n');
  return { lineCount: lines.length, lineAt: (line) => lines[line] ?? assert.fail(`there is no line ${line}`) };
};

interface Reading {
  readonly dialect?: Dialect;
  readonly markdown?: boolean;
  /** The expiry of {@link OURS}. */
  readonly issuedUntil?: number | null;
}

export async function recognizedIn(text: string, reading: Reading = {}): Promise<Credential[]> {
  const { dialect = 'httpyac', markdown = false, issuedUntil = NOW } = reading;
  return findCredentials(linesOf(text), dialect, markdown, await known(issuedUntil));
}
