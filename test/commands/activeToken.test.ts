import assert from 'node:assert/strict';
import { entryOf, secretOf } from '../support/entries.js';
import { CANCEL } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import type { Named } from '../support/vscodeTypes.js';
import { inWorld, type World } from '../support/world.js';

const CLOUD = 'sandbox-cloud-services';
const ACME = 'sandbox-cloud-director';
const CONTACT = 'sandbox-bright-pattern';
const SECOND_MS = 1_000;
const SHORT_S = 150;

/** As far as it is shown. */
interface Item {
  readonly text: string;
  readonly tooltip?: string;
  readonly backgroundColor?: Named;
}

describe('The active token', () => {
  /** Tenants of a sandbox, and a token of each that is named. The access tokens of Contact are short-lived. */
  async function open(world: World, ...named: readonly string[]) {
    const sandbox = await world.sandbox({ lifetimesSeconds: { 'bright-pattern': SHORT_S } });
    const extension = await world.start({ 'tenantTokens.refreshAhead': 'off' });
    extension.tenants = [CLOUD, ACME, CONTACT].map((id) => entryOf(sandbox, id));
    const { prompter, run } = extension;
    const add = (tenant: string, name: string) => extension.addToken(tenant, name, ...secretOf(sandbox, tenant));
    const tokens: string[] = [];
    for (const tenant of named) tokens.push(await add(tenant, 'Ada'));
    return { extension, prompter, run, add, tokens, sandbox };
  }
  const item = () => {
    const { text, tooltip = '', backgroundColor } = editor.item as Item;
    return { text, tooltip: tooltip.split('\n').filter(Boolean), background: backgroundColor?.id };
  };

  it(
    'does not exist before the first token is added, which then becomes active and is shown with its time left',
    inWorld(async (world) => {
      const { extension, run, add } = await open(world);
      assert.equal(extension.statusBar, undefined);
      const token = await add(CLOUD, 'Laptop');
      assert.equal(item().text, '$(key) Cloud org not exchanged yet');
      await run('exchange', { token });
      await world.clock.advance(SECOND_MS);
      assert.equal(extension.statusBar, 'Active token: Laptop of Cloud org, 29m left');
      const { text, tooltip, background } = item();
      assert.deepEqual([text, background], ['$(key) Cloud org 29m', undefined]);
      assert.deepEqual(tooltip.slice(0, 3), ['Cloud org · Laptop', '29m left', 'Headers: csp-auth-token']);
      assert.match(tooltip[3]!, /^Expires: .*\d:\d\d.* \(2030-01-01 00:(29:5\d|30:00) UTC\)$/);
      assert.equal(tooltip[4], 'Select for actions and other tokens.');
    }),
  );

  it(
    'is offered with what can be done with it, and the other tokens',
    inWorld(async (world) => {
      const { extension, prompter, run, tokens } = await open(world, CLOUD, ACME);
      prompter.when('Cloud org · Ada', 'Acme');
      await run('showActions');
      const { labels } = prompter.question('Cloud org · Ada');
      const needed = ['Exchange', 'Insert Headers', 'Insert Reference', 'Copy Headers', 'Copy Access Token', 'Copy as…'];
      assert.deepEqual(labels, [...needed, 'Show Details', 'Open Portal', 'Acme']);
      assert.match(extension.statusBar!, /^Active token: Ada of Acme, (59m|1h 0m) left$/);
      assert.match(prompter.texts('done').at(-1)!, /^Acme · Ada is active, (59m|1h 0m) left$/);
      for (const [label, id] of [
        ['Insert Headers', 'insertHeaders'],
        ['Copy Headers', 'copyHeaders'],
        ['Copy Access Token', 'copyAccessToken'],
        ['Copy as…', 'copyCurl'],
        ['Exchange', 'exchange'],
      ] as const) {
        prompter.when('Acme · Ada', label);
        if (id === 'copyCurl') prompter.when('Choose what to copy', CANCEL);
        if (id === 'insertHeaders') prompter.when(/^Open a \.http or \.rest file/, CANCEL);
        await run('showActions');
        const target = { tenant: ACME, token: tokens[1] };
        assert.deepEqual(editor.executed.at(-1), { id: `tenantTokens.${id}`, args: [target] });
      }
    }),
  );

  it(
    'is not shown if so set',
    inWorld(async (world) => {
      const { extension } = await open(world, CLOUD);
      editor.set({ 'tenantTokens.statusBar': 'hidden' });
      assert.equal(extension.statusBar, undefined);
      editor.set({ 'tenantTokens.statusBar': undefined });
      assert.equal(extension.statusBar, 'Active token: Ada of Cloud org, not exchanged yet');
    }),
  );

  it(
    'counts seconds at last, warns, and says when the access token has expired',
    inWorld(async (world) => {
      const { extension, prompter, run, tokens } = await open(world, CONTACT);
      await run('exchange', { token: tokens[0]! });
      const looks = new Set<string>();
      for (let second = 0; second <= SHORT_S; second++) {
        await world.clock.advance(SECOND_MS);
        const { text, background = 'none' } = item();
        looks.add(`${text.replaceAll(/\d+s/g, '…s')}, ${background}`);
      }
      assert.deepEqual(
        [...looks],
        [
          '$(key) Contact 2m, none',
          '$(key) Contact 1m …s, none',
          '$(key) Contact …s, none',
          '$(key) Contact …s, statusBarItem.warningBackground',
          '$(key) Contact access token expired, none',
        ],
      );
      const row = await extension.row('Contact', 'Ada');
      assert.deepEqual([row.description, row.icon], ['access token expired', 'circle-slash']);
      assert.match((await extension.row('Contact', 'Ada', 'Access token')).description, /^expired \d+s ago$/);
      assert.deepEqual([prompter.texts('error'), prompter.texts('warning'), extension.badge], [[], [], 0]);
    }),
  );
});
