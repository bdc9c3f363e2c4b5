import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readDialog, readPrompt } from '../workbench/screen.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { TENANTS } from './support/entering.js';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string; readonly title: string }[] };
}

const { commands } = (JSON.parse(readFileSync('package.json', 'utf8')) as Manifest).contributes;

/** A test of all of them would be too long for its limit on a busy machine. */
const AT_A_TIME = 8;

const NO_REQUEST = /^notification: Open a \.http or \.rest file and put the cursor into a request\.$/m;
const WHICH_TOKEN = 'Choose a tenant’s API token';
const asks = (title: string, placeholder: string): RegExp => new RegExp(`^question: ${title}: ${placeholder}$`, 'm');

/**
 * What each command asks or shows when nothing says what it is about, a line of `seen` each. In this order: the last ones
 * end what the first begins.
 */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  // The last of the samples that it opens.
  startSandbox: /^editor: sandbox-cloud-director\.http$/m,
  insertHeaders: NO_REQUEST,
  insertHeadersInFile: NO_REQUEST,
  insertReference: NO_REQUEST,
  newRequest: NO_REQUEST,
  tryRequest: NO_REQUEST,
  allowHost: NO_REQUEST,
  updateHeaders: /^notification: No header of yours in an open file has expired\.$/m,
  addTenant: asks('Add Tenant', 'Choose the service'),
  findTenant: asks('Find Tenant', 'Choose a tenant'),
  editTenant: asks('Edit Tenant', 'Choose a tenant'),
  removeTenant: asks('Remove Tenant', 'Choose a tenant'),
  testTenant: asks('Test Tenant', 'Choose a tenant'),
  trustCertificate: asks('Trust Certificate', 'Choose a tenant'),
  addToken: asks('Add API Token', 'Choose a tenant'),
  createToken: asks('Create API Token', 'Choose a tenant'),
  replaceToken: asks('Replace API Token', WHICH_TOKEN),
  renameToken: asks('Rename API Token', WHICH_TOKEN),
  removeToken: asks('Remove API Token', WHICH_TOKEN),
  regenerateToken: asks('Regenerate API Token', WHICH_TOKEN),
  updateToken: asks('Change API Token', 'Choose a tenant'),
  revokeToken: asks('Revoke API Token', 'Choose a tenant'),
  listTokens: asks('API Tokens at Service', 'Choose a tenant'),
  fetchDetails: asks('Fetch Details from Service', WHICH_TOKEN),
  enterEnd: asks('Set Expiry Date', WHICH_TOKEN),
  showDetails: asks('Show Details', WHICH_TOKEN),
  confirmAddress: asks('Review Address', WHICH_TOKEN),
  exchange: asks('Exchange', WHICH_TOKEN),
  useToken: asks('Make Active', WHICH_TOKEN),
  copyHeaders: asks('Copy Headers', WHICH_TOKEN),
  copyAccessToken: asks('Copy Access Token', WHICH_TOKEN),
  copyCurl: asks('Copy as', WHICH_TOKEN),
  openPortal: asks('Open Portal', 'Choose a tenant'),
  showActions: /^question: Tenant Tokens: $/m,
  showExchangeTrace: asks('Show Exchange Trace', WHICH_TOKEN),
  findTokens: /^notification: No tokens found in files, nor in REST Client’s history\. Searched \d+ files/m,
  scrubHistory: /^notification: REST Client has no history on this machine\.$/m,
  allowReferences: /^dialog: Let REST Client resolve references\?$/m,
  removeAllData: /^dialog: Remove all data of Tenant Tokens\?$/m,
  startGateway: /^status: .*Gateway of Tenant Tokens is running/m,
  copyGatewayUrl: asks('Copy Gateway URL', WHICH_TOKEN),
  openTerminal: asks('Open Terminal for Tenant', WHICH_TOKEN),
  showGatewayRequests: /^editor: Gateway Requests\.txt$/m,
  stopGateway: /^(?![^]*\nstatus: .*Gateway)/,
  groupByPlatform: /^row: VMware Cloud Director$/m,
  showAsList: /^row: Acme$/m,
  showTimeline: /^editor: .*tenantTokens\.timeline/m,
  openTenantSettings: /^editor: settings\.json$/m,
  showLog: /^panel: Output/im,
  // Its tenants are gone.
  stopSandbox: /^(?![^]*\nrow: Acme(\n|$))/,
};

describe(`the palette (${mode})`, () => {
  const mine = (id: string, name: string) => ({
    id,
    name,
    platform: 'cloud-director',
    url: 'https://127.0.0.1:9',
    organization: id,
  });
  const editor = useEditor({ settings: { [TENANTS]: [mine('mine', 'Mine'), mine('yours', 'Yours')] } });
  before(() => editor().openView());

  /** What asks and shows something, a line each. */
  async function seen(): Promise<string> {
    const { page } = editor();
    const [prompt, dialog] = [await readPrompt(page), await readDialog(page)];
    const notifications = await editor().notifications();
    const active = (await editor().tabs()).filter((tab) => tab.active);
    const rows = (await editor().rows()).filter(({ level }) => level === 1);
    const panel = await page.locator('.part.panel:visible .action-item.checked').allInnerTexts();
    return [
      prompt && `question: ${prompt.title}: ${prompt.placeholder}`,
      dialog && `dialog: ${dialog.message}`,
      ...notifications.map(({ text }) => `notification: ${text}`),
      ...active.map(({ name }) => `editor: ${name}`),
      ...panel.map((text) => `panel: ${text}`),
      ...rows.map(({ label }) => `row: ${label}`),
      ...(await editor().statusBarItems()).map(({ ariaLabel }) => `status: ${ariaLabel}`),
    ]
      .filter(Boolean)
      .join('\n');
  }

  /** Leaves what was asked, and puts away what was shown. */
  async function leave(): Promise<void> {
    const text = await seen();
    if (text.includes('dialog: ')) await editor().dialogButton('Cancel');
    if (text.includes('question: ')) await editor().escape();
    await editor().clearNotifications();
    if (text.includes('editor: ')) await editor().closeEditors();
  }

  const titleOf = (id: string): string => {
    const { title } = commands.find(({ command }) => command === `tenantTokens.${id}`)!;
    return `Tenant Tokens: ${title}`;
  };

  it('offers every command but those that have nothing to do', async () => {
    const ids = commands.map(({ command }) => command.replace('tenantTokens.', ''));
    assert.deepEqual(Object.keys(EXPECTED).sort(), ids.sort());
    for (const idle of ['stopSandbox', 'stopGateway', 'showAsList'])
      assert.ok(!(await editor().commandsFor(titleOf(idle))).includes(titleOf(idle)), idle);
  });

  const all = Object.entries(EXPECTED);
  for (let first = 0; first < all.length; first += AT_A_TIME) {
    const some = all.slice(first, first + AT_A_TIME);
    it(`runs ${some.map(([id]) => id).join(', ')}, and each asks or shows what it is about`, async () => {
      for (const [id, pattern] of some) {
        const title = titleOf(id);
        await editor().command(title);
        await until(`${title} to bring ${String(pattern)}`, async () => pattern.test(await seen()), { seen });
        await leave();
      }
    });
  }
});
