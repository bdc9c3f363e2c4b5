import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import '../support/vscode.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { readTenants } from '../../src/tenants/tenants.js';
import { contextValueOf } from '../../src/views/capabilities.js';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: {
      readonly 'view/item/context': readonly { readonly command: string; readonly when: string; readonly group: string }[];
    };
  };
}

const { commands, menus } = (JSON.parse(readFileSync('package.json', 'utf8')) as Manifest).contributes;

/** @param when `view == tenantTokens.tenants && viewItem == <text>`, or `=~ /<pattern>/` */
function holds(when: string, contextValue: string): boolean {
  const [, operator, operand = ''] = /^view == tenantTokens\.tenants && viewItem (==|=~) (.+)$/.exec(when) ?? [];
  assert.ok(operator, when);
  return operator === '==' ? contextValue === operand : new RegExp(operand.slice(1, -1)).test(contextValue);
}

/** The titles of the commands that a row offers, in their order, those of its buttons apart. */
function offered(contextValue: string): { readonly buttons: string[]; readonly menu: string[] } {
  const titled = menus['view/item/context']
    .filter(({ when }) => holds(when, contextValue))
    .map(({ command, group }) => ({ group, title: commands.find((one) => one.command === command)!.title }))
    .sort((a, b) => a.group.localeCompare(b.group) || a.title.localeCompare(b.title));
  const titlesOf = (isButton: boolean): string[] =>
    titled.filter(({ group }) => group.startsWith('inline') === isButton).map(({ title }) => title);
  return { buttons: titlesOf(true), menu: titlesOf(false) };
}

describe('the menu of a row', () => {
  /** The sandbox's tenants by their ids. */
  const tenants = new Map<string, NonNullable<ReturnType<typeof readTenants>[number]['tenant']>>();
  before(async () => {
    const sandbox = await startSandbox();
    for (const { tenant } of readTenants(sandbox.tenants.map(({ tenant }) => tenant))) tenants.set(tenant!.id, tenant!);
    await sandbox.stop();
  });
  const rowOf = (kind: string, tenant: string, ...marks: string[]) =>
    offered(contextValueOf(kind, tenants.get(`sandbox-${tenant}`)!, marks));

  it('of a tenant offers what can be done with it', () => {
    assert.deepEqual(rowOf('tenant', 'cloud-director'), {
      buttons: ['Add API Token…'],
      menu: [
        'Add API Token…',
        'Create API Token…',
        'List API Tokens at Service (Login)…',
        'Test Tenant',
        'Trust Certificate…',
        'Open Portal',
        'Edit Tenant…',
        'Remove Tenant…',
      ],
    });
  });

  it('of a tenant of the sandbox does not offer to change it, nor a portal', () => {
    assert.deepEqual(rowOf('sandboxTenant', 'cloud-director'), {
      buttons: [],
      menu: ['Create API Token…', 'List API Tokens at Service (Login)…', 'Test Tenant'],
    });
  });

  it('of a tenant that is not in order leads to the settings, and of one that is gone to its removal', () => {
    assert.deepEqual(offered('problemTenant'), { buttons: [], menu: ['Open Tenants in settings.json', 'Remove Tenant…'] });
    assert.deepEqual(offered('leftTenant'), { buttons: [], menu: ['Remove Tenant…'] });
    assert.deepEqual(offered('leftToken'), { buttons: [], menu: ['Remove API Token (Delete)…'] });
    for (const row of ['platform', 'range', 'detail', 'leftRemoteToken'])
      assert.deepEqual(offered(row), { buttons: [], menu: [] }, row);
  });

  const OF_TOKEN = [
    'Get Access Token (Exchange, Refresh)',
    'Make Active (Switch Token)',
    'Insert Headers',
    'Insert Reference',
    'Copy Headers',
    'Copy Access Token',
    'Copy as…',
    'Copy Gateway URL',
    'Open Terminal for Tenant',
    'Show Details',
    'Open Portal',
    'Rename API Token…',
    'Replace API Token…',
    'Set Expiry Date…',
    'Remove API Token (Delete)…',
  ];

  it('of an API token offers what can be done with it, and not to make the active one active', () => {
    const buttons = ['Copy Headers', 'Insert Headers', 'Get Access Token (Exchange, Refresh)'];
    assert.deepEqual(rowOf('token', 'bright-pattern'), { buttons, menu: OF_TOKEN });
    const others = OF_TOKEN.filter((title) => !title.startsWith('Make Active'));
    assert.deepEqual(rowOf('token', 'bright-pattern', 'active'), { buttons, menu: others });
  });

  it('of an API token that failed has the remedy first, also in the place of the buttons that would fail', () => {
    const { buttons, menu } = rowOf('token', 'bright-pattern', 'failed', 'mend-replaceToken');
    assert.deepEqual(buttons, ['Replace API Token…', 'Get Access Token (Exchange, Refresh)']);
    assert.equal(menu[0], 'Replace API Token…');
    assert.deepEqual([...menu].sort(), [...OF_TOKEN, 'Show Exchange Trace'].sort());
    assert.deepEqual(rowOf('token', 'bright-pattern', 'failed', 'mend-confirmAddress').menu[0], 'Review Address…');
    // It can be tried again, which the button offers anyway.
    const passing = rowOf('token', 'bright-pattern', 'failed', 'mend-exchange');
    assert.deepEqual(passing.buttons, ['Get Access Token (Exchange, Refresh)']);
  });

  /** What can be done with an API token at some services only. */
  const AT_SERVICE = ['Fetch Details', 'Change API Token', 'Regenerate', 'Revoke'];
  for (const [tenant, ofToken, ofRemote] of [
    ['cloud-director', ['Fetch Details', 'Revoke'], ['Revoke']],
    ['cloud-services', ['Fetch Details'], []],
    ['commvault', ['Fetch Details', 'Change API Token', 'Revoke'], ['Change API Token', 'Revoke']],
    // It has no API that revokes: a new value ends the one before.
    ['identity-services', ['Fetch Details', 'Change API Token', 'Regenerate'], ['Change API Token']],
    ['bright-pattern', [], []],
    ['oauth2', ['Fetch Details', 'Revoke'], ['Revoke']],
  ] as const)
    it(`of an API token of sandbox-${tenant} offers what its service has an API for, and nothing else`, () => {
      const atService = (kind: string): string[] => {
        const { menu } = rowOf(kind, tenant);
        return AT_SERVICE.filter((act) => menu.some((title) => title.startsWith(act)));
      };
      assert.deepEqual(atService('token'), ofToken);
      assert.deepEqual(atService('remoteToken'), ofRemote);
    });
});
