import assert from 'node:assert/strict';
import type { SandboxPlatform } from '../../src/sandbox/index.js';
import { secretOf, TENANTS } from '../support/entries.js';
import { editor } from '../support/vscode.js';
import { inWorld, type World } from '../support/world.js';

interface Case {
  readonly kind: string;
  /** The name that follows from the address; the host if undefined. */
  readonly name?: string;
  readonly platform: string;
  /** The answers to what is asked between its kind and its token. */
  readonly fields: (origin: string) => readonly string[];
  /** Of the sandbox's, whose first token is entered. */
  readonly tenant: string;
  /** What is asked after the secret. */
  readonly afterSecret?: readonly string[];
  /** What the status bar says after the exchange. */
  readonly left: string;
  readonly details: readonly string[];
  /** What Test Tenant says. */
  readonly works: RegExp;
  /** What the settings have after all questions. */
  readonly entry: Readonly<Record<string, unknown>>;
}

const CASES: Readonly<Record<SandboxPlatform, Case>> = {
  'cloud-director': {
    kind: 'Expedient Enterprise Cloud',
    name: 'acme',
    platform: 'VMware Cloud Director',
    fields: (origin) => [`${origin}/tenant/acme/vdcs`],
    tenant: 'sandbox-cloud-director',
    left: '59m',
    details: ['Access token', 'Last exchange', 'Added'],
    works: /\/cloudapi\/1\.0\.0\/sessions\/current answered 200/,
    entry: { id: 'acme', platform: 'cloud-director', organization: 'acme' },
  },
  'cloud-services': {
    kind: 'VMware Cloud Services',
    platform: 'VMware Cloud Services',
    fields: (origin) => [`${origin}/csp/gateway/portal/#/user/tokens`, 'API tokens are exchanged without a passcode'],
    tenant: 'sandbox-cloud-services',
    left: '29m',
    details: ['Access token', 'Scope', 'Last exchange', 'Added'],
    works: /\/loggedin\/user answered 200/,
    entry: { platform: 'cloud-services', passcode: false },
  },
  'aria-automation': {
    kind: 'Aria Automation or vRA on premises',
    platform: 'VMware Aria Automation',
    fields: (origin) => [origin],
    tenant: 'sandbox-aria-automation',
    left: '7h 59m',
    details: ['Access token', 'Last exchange', 'Added'],
    works: /\/iaas\/api\/projects answered 200/,
    entry: { platform: 'aria-automation' },
  },
  commvault: {
    kind: 'Commvault Command Center',
    platform: 'Commvault',
    fields: (origin) => [`${origin}/commandcenter/#/dashboard`],
    tenant: 'sandbox-commvault',
    left: '29m',
    details: ['Access token', 'API token expires', 'Exchange by', 'Last exchange', 'Added'],
    works: /\/v2\/WhoAmI answered 200/,
    entry: { platform: 'commvault' },
  },
  'identity-services': {
    kind: 'VMware Identity Services',
    platform: 'VMware Identity Services',
    fields: (origin) => [origin],
    tenant: 'sandbox-identity-services',
    afterSecret: ['Any number of times'],
    left: '29m',
    details: ['Access token', 'Scope', 'Last exchange', 'Added'],
    works: / works: the API token was exchanged\.$/,
    entry: { platform: 'identity-services', tenant: 'CUSTOMER' },
  },
  'bright-pattern': {
    kind: 'Bright Pattern Contact Center',
    platform: 'Bright Pattern',
    fields: (origin) => [origin, 'ada.lovelace'],
    tenant: 'sandbox-bright-pattern',
    left: '59m',
    details: ['Access token', 'Scope', 'Last exchange', 'Added'],
    works: /\/configapi\/v2\/user\/ada\.lovelace answered 200/,
    entry: { platform: 'bright-pattern', loginId: 'ada.lovelace' },
  },
  oauth2: {
    kind: 'OAuth 2.0 (refresh token)',
    platform: 'OAuth 2.0',
    fields: (origin) => [`${origin}/oauth2/token`, 'billing', 'Basic: in an Authorization header', ''],
    tenant: 'sandbox-oauth2',
    left: '14m',
    details: ['Access token', 'API token expires', 'Scope', 'Last exchange', 'Added'],
    works: / works: the API token was exchanged\.$/,
    entry: { platform: 'oauth2', grant: 'refresh_token', clientId: 'billing', clientAuthentication: 'basic' },
  },
};

describe('Each platform, from its address to a counted-down access token', () => {
  async function open(world: World) {
    const sandbox = await world.sandbox();
    const extension = await world.start();
    const { prompter, run } = extension;
    return { sandbox, extension, prompter, run };
  }

  for (const [id, one] of Object.entries(CASES) as [SandboxPlatform, Case][])
    it(
      `${one.kind}: added, exchanged, shown, tested`,
      inWorld(async (world) => {
        const { sandbox, extension, prompter, run } = await open(world);
        const { origin } = sandbox.services[id];
        const name = one.name ?? new URL(origin).host;
        const answers = [one.kind, ...one.fields(origin), ...secretOf(sandbox, one.tenant), ...(one.afterSecret ?? [])];
        prompter.when(/^Add Tenant/, ...answers);
        await run('addTenant');
        await world.clock.advance(2_000);
        assert.equal(extension.statusBar, `Active token: Default of ${name}, ${one.left} left`);
        assert.equal((await extension.row(name, 'Default')).icon, 'pass');
        assert.equal((await extension.row(name)).description, one.platform);
        const details = (await extension.rows()).filter(({ path }) => path.length === 3);
        assert.deepEqual(
          details.map(({ label }) => label),
          one.details,
        );
        assert.match(details[0]!.description, /^until .*\d:\d\d/);

        const [added] = extension.tenants as [Record<string, unknown>];
        assert.deepEqual({ ...added, ...one.entry }, added);
        await run('testTenant', { tenant: added['id'] as string });
        assert.match(prompter.texts('info').at(-1)!, one.works);
      }),
    );

  it(
    'OAuth 2.0 (client credentials): what Add Tenant does not ask is added in settings.json',
    inWorld(async (world) => {
      const { sandbox, extension, prompter, run } = await open(world);
      const { origin, requests } = sandbox.services.oauth2;
      const answers = [`${origin}/oauth2/token`, 'metering', 'POST: in the body', ''];
      prompter
        .when(/^Add Tenant/, 'OAuth 2.0 (client credentials)', ...answers, ...secretOf(sandbox, 'sandbox-oauth2-client'))
        .when(/^127\.0\.0\.1:\d+ refused the request \(status 400\) \(“An audience is needed”\)/, 'Edit Tenant')
        .when('Choose what to change', 'Open settings.json');
      await run('addTenant');
      assert.equal(editor.executed.at(-1)?.id, 'workbench.action.openSettingsJson');

      const [added] = extension.tenants as [Record<string, unknown>];
      const more = { name: 'Metering', parameters: { audience: 'https://metering.example' }, header: 'X-Api-Key: {token}' };
      editor.set({ [TENANTS]: [{ ...added, ...more }] });
      const tenant = added['id'] as string;
      await run('exchange', { tenant });
      assert.match(extension.statusBar ?? '', /^Active token: Default of Metering, 1\dm left/);
      assert.equal((await extension.row('Metering', 'Default')).icon, 'pass');
      assert.equal(requests.at(-1)?.status, 200);
      await run('copyHeaders', { tenant });
      assert.match(editor.clipboard, /^X-Api-Key: \S+$/);
    }),
  );
});
