import assert from 'node:assert/strict';
import { startSandbox, type Sandbox, type SandboxPlatform } from '../../src/sandbox/index.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addTenant, choose, IS_KEPT, reply, rowSaying, secretOf, TENANTS, tenantsIn, type Reply } from './support/entering.js';

interface Case {
  readonly kind: string;
  readonly name: string;
  readonly platform: string;
  readonly fields: (origin: string) => readonly Reply[];
  /** Of the sandbox's, whose first token is entered. */
  readonly tenant: string;
  /** What is asked after the secret. */
  readonly afterSecret?: readonly Reply[];
  /** What the status bar says after the exchange. */
  readonly left: RegExp;
  readonly details: readonly string[];
  /** What Test Tenant says. */
  readonly works: RegExp;
  /** What the settings have after all questions. */
  readonly entry: Readonly<Record<string, unknown>>;
}

const DETAILS = ['Access token', 'Last exchange', 'Added'];

const CASES: Readonly<Partial<Record<SandboxPlatform, Case>>> = {
  'cloud-director': {
    kind: 'Expedient Enterprise Cloud',
    name: 'Expedient acme',
    platform: 'VMware Cloud Director',
    fields: (origin) => [origin, 'acme'],
    tenant: 'sandbox-cloud-director',
    left: /^(59m|1h 0m)$/,
    details: DETAILS,
    works: /\/cloudapi\/1\.0\.0\/sessions\/current answered 200/,
    entry: { id: 'expedient-acme', platform: 'cloud-director', organization: 'acme' },
  },
  'cloud-services': {
    kind: 'VMware Cloud Services',
    name: 'Cloud org',
    platform: 'VMware Cloud Services',
    fields: (origin) => [origin, choose('API tokens are exchanged without a passcode')],
    tenant: 'sandbox-cloud-services',
    left: /^29m$/,
    details: ['Access token', 'Scope', 'Last exchange', 'Added'],
    works: /\/loggedin\/user answered 200/,
    entry: { id: 'cloud-org', platform: 'cloud-services', passcode: false },
  },
  commvault: {
    kind: 'Commvault Command Center',
    name: 'Backup',
    platform: 'Commvault',
    fields: (origin) => [`${origin}/commandcenter/api`],
    tenant: 'sandbox-commvault',
    left: /^(29m|30m)$/,
    details: ['Access token', 'API token ends', 'Exchange by', 'Last exchange', 'Added'],
    works: /\/v2\/WhoAmI answered 200/,
    entry: { id: 'backup', platform: 'commvault' },
  },
  'identity-services': {
    kind: 'VMware Identity Services',
    name: 'Broker',
    platform: 'VMware Identity Services',
    fields: (origin) => [origin, 'CUSTOMER'],
    tenant: 'sandbox-identity-services',
    afterSecret: [choose('Any number of times')],
    left: /^(29m|30m)$/,
    details: ['Access token', 'Scope', 'Last exchange', 'Added'],
    works: /^Broker works: the API token was exchanged\.$/,
    entry: { id: 'broker', platform: 'identity-services', tenant: 'CUSTOMER' },
  },
  'bright-pattern': {
    kind: 'Bright Pattern Contact Center',
    name: 'Contact',
    platform: 'Bright Pattern',
    fields: (origin) => [origin, 'ada.lovelace'],
    tenant: 'sandbox-bright-pattern',
    left: /^(59m|1h 0m)$/,
    details: ['Access token', 'Scope', 'Last exchange', 'Added'],
    works: /\/configapi\/v2\/user\/ada\.lovelace answered 200/,
    entry: { id: 'contact', platform: 'bright-pattern', loginId: 'ada.lovelace' },
  },
  oauth2: {
    kind: 'OAuth 2.0 (refresh token)',
    name: 'Billing API',
    platform: 'OAuth 2.0',
    fields: (origin) => [`${origin}/oauth2/token`, 'billing', choose('Basic: in an Authorization header')],
    tenant: 'sandbox-oauth2',
    left: /^(14m|15m)$/,
    details: ['Access token', 'API token ends', 'Scope', 'Last exchange', 'Added'],
    works: /^Billing API works: the API token was exchanged\.$/,
    entry: { id: 'billing-api', platform: 'oauth2', grant: 'refresh_token', clientId: 'billing', clientAuthentication: 'basic' },
  },
};

describe(`each platform, from its address to a counted-down access token (${mode})`, () => {
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    return {};
  });
  before(() => editor().openView());
  after(() => sandbox.stop());

  for (const [id, one] of Object.entries(CASES) as [SandboxPlatform, Case][]) {
    it(`${one.kind}: added, exchanged, shown, tested`, async () => {
      await addTenant(editor(), one.kind, ...one.fields(sandbox.services[id].origin), one.name);
      const prompt = await editor().prompt();
      assert.match(prompt.title, new RegExp(`^Add API Token: ${one.name}`));
      await reply(editor(), 'Laptop', ...secretOf(sandbox, one.tenant), ...(one.afterSecret ?? []));
      await editor().notificationButton(IS_KEPT, 'Exchange');

      const { ariaLabel } = await editor().statusBar(new RegExp(`^Active token: Laptop of ${one.name}, \\d`));
      assert.match(ariaLabel.replace(/^.*, | left$/g, ''), one.left);
      assert.equal((await rowSaying(editor(), [one.name, 'Laptop'], / left$/)).icon, 'pass');
      assert.equal((await editor().row(one.name)).description, one.platform);
      await editor().expand([one.name, 'Laptop']);
      const details = await until('the details', async () => {
        const found = (await editor().rows()).filter(({ path }) => path[0] === one.name && path.length === 3);
        return found.length > 0 && found;
      });
      assert.deepEqual(
        details.map(({ label }) => label),
        one.details,
      );
      assert.match(details[0]!.description, /^until .*\d:\d\d/);
      await editor().collapse([one.name, 'Laptop']);

      await editor().contextMenu(one.name, 'Test Tenant');
      await editor().notification(one.works);
      await editor().clearNotifications();
      const added = tenantsIn(editor()).at(-1) as Record<string, unknown>;
      assert.deepEqual({ ...added, ...one.entry }, added);
      await editor().collapse(one.name);
    });
  }

  it('OAuth 2.0 (client credentials): what Add Tenant does not ask is added in settings.json', async () => {
    const { origin, requests } = sandbox.services.oauth2;
    const name = 'Metering API';
    const place = [`${origin}/oauth2/token`, 'metering', choose('POST: in the body'), name];
    await addTenant(editor(), 'OAuth 2.0 (client credentials)', ...place);
    await reply(editor(), 'Client', ...secretOf(sandbox, 'sandbox-oauth2-client'));
    await editor().notificationButton(IS_KEPT, 'Exchange');
    await editor().notificationButton(
      /^Metering API refused the request \(status 400\) \(“An audience is needed”\)/,
      'Edit Tenant',
    );
    await editor().quickPick('Open settings.json');
    await editor().activeEditor('settings.json');

    const added = tenantsIn(editor()).at(-1) as Record<string, unknown>;
    const more = { name: 'Metering', parameters: { audience: 'https://metering.example' }, header: 'X-Api-Key: {token}' };
    await editor().changeSettings({ [TENANTS]: [...tenantsIn(editor()).slice(0, -1), { ...added, ...more }] });
    await editor().inlineAction(['Metering', 'Client'], 'Exchange');
    await editor().statusBar(/^Active token: Client of Metering, 1\dm left/);
    assert.equal((await rowSaying(editor(), ['Metering', 'Client'], / left$/)).icon, 'pass');
    assert.equal(requests.at(-1)?.status, 200);
    assert.match(await editor().statusBarTooltip(/^Active token: Client/), /Headers: The tenant’s own header/);
  });
});
