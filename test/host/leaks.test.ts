import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { startSandbox, type Sandbox, type SandboxPlatform } from '../../src/sandbox/index.js';
import { leaksIn, type Canary, type Place } from '../threats/support/canaries.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, secretOf, TENANTS } from './support/entering.js';
import { everythingIn } from './support/leaks.js';

const FILE = 'invoices.http';
const REFERRING = 'references.http';
/** What a person types by mistake, and nothing else has by accident. */
const WRONG_PASSCODE = '9071846352';
const PASSCODE = '123456';

/** VS Code's own copies of the files that are saved. */
const LOCAL_HISTORY = /^User\/History\/.+\.http$/;

const canary = (): string => `EXAMPLE-${randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x')}`;

/** The fields of a service's answers that are secrets. */
const SECRET_FIELDS = ['access_token', 'refresh_token', 'id_token', 'accessToken', 'refreshToken'];

describe(`what is left of a session (${mode})`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-files-'));
  const canaries: Canary[] = [{ name: 'a passcode', value: WRONG_PASSCODE }];
  /** What was on the screen in between. */
  const seen: Place[] = [];
  let inserted = '';
  let copied = '';
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    const ids = ['cloud-director', 'cloud-services-mfa', 'commvault', 'bright-pattern', 'oauth2'];
    const tenants = ids.map((id) => entryOf(sandbox, `sandbox-${id}`));
    const client = path.join(process.cwd(), 'test/host/clients/httpyac');
    return { folder, settings: { [TENANTS]: tenants, 'tenantTokens.insertAs': 'token' }, extraExtensions: [client] };
  });

  before(async () => {
    await editor().openView();
    // The most talkative log there is.
    await editor().command('Developer: Set Log Level...');
    await editor().quickPick('Trace');
  });
  after(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const look = async (when: string): Promise<void> => {
    seen.push({ place: `the page ${when}`, text: await editor().html() });
  };

  /** Makes the next exchange give canaries as access tokens, which end in nothing that others end in too. */
  function watch(platform: SandboxPlatform, times = 1): void {
    const marked = ['access_token', 'id_token'];
    sandbox.services[platform].answerNext((due) => {
      const answer = JSON.parse(due.body) as Record<string, unknown>;
      for (const field of marked) if (answer[field] !== undefined) answer[field] = canary();
      for (const field of SECRET_FIELDS) {
        const value = answer[field];
        if (typeof value === 'string') canaries.push({ name: `${field} of ${platform}`, value });
      }
      return { ...due, body: JSON.stringify(answer) };
    }, times);
  }

  async function add(tenantId: string, tenant: string, token = 0): Promise<void> {
    const secrets = secretOf(sandbox, tenantId, token);
    for (const value of secrets) canaries.push({ name: `a secret of ${tenantId}`, value });
    await addToken(editor(), tenant, 'Laptop', ...secrets);
    await look(`after a token of ${tenant} was added`);
  }

  const lastCanary = (name: string): string => canaries.findLast((one) => one.name === name)?.value ?? assert.fail(name);

  it('is worth looking at: tokens are added, exchanged, refused, inserted and copied', async () => {
    // A service account, whose token is replaced by each exchange.
    watch('cloud-director', 3);
    await add('sandbox-cloud-director', 'Acme', 1);
    for (const exchange of [2, 3]) {
      await editor().inlineAction(['Acme', 'Laptop'], 'Get Access Token (Exchange, Refresh)');
      const requests = () => sandbox.services['cloud-director'].requests.filter(({ method }) => method === 'POST');
      await until('the exchange', () => requests().length === exchange);
      await editor().statusBar(/Acme: signed in/);
    }
    await editor().rowTooltip(['Acme', 'Laptop'], /Laptop/);
    await editor().expand(['Acme', 'Laptop']);
    await look('with the details of a token');
    await editor().collapse(['Acme', 'Laptop']);

    await add('sandbox-cloud-services-mfa', 'Guarded org');
    watch('cloud-services', 2);
    await editor().inlineAction(['Guarded org', 'Laptop'], 'Get Access Token (Exchange, Refresh)');
    await editor().answer(WRONG_PASSCODE);
    await editor().inputMessage(/did not accept that passcode/);
    await look('with a passcode that was refused');
    await editor().answer(PASSCODE);
    await editor().statusBar(/Guarded org: signed in/);

    watch('commvault', 2);
    await add('sandbox-commvault', 'Backup');
    await editor().inlineAction(['Backup', 'Laptop'], 'Get Access Token (Exchange, Refresh)');
    await editor().statusBar(/Backup: signed in/);

    watch('bright-pattern');
    await add('sandbox-bright-pattern', 'Contact');
    sandbox.services['bright-pattern'].answerNext((due) => ({
      status: 401,
      body: JSON.stringify({
        error: 'invalid_client',
        error_description: `Not known: ${lastCanary('a secret of sandbox-bright-pattern')} ${due.body}`,
      }),
    }));
    await editor().inlineAction(['Contact', 'Laptop'], 'Get Access Token (Exchange, Refresh)');
    await editor().notification(/Contact refused the client/);
    await look('with a message that the service puts the secret into');
    await editor().clearNotifications();
    watch('bright-pattern');
    await editor().contextMenu(['Contact', 'Laptop'], 'Copy Access Token');
    await editor().statusBar(/Access token of Contact copied/);
    copied = await editor().clipboard();

    watch('oauth2', 2);
    await add('sandbox-oauth2', 'Billing API');
    writeFileSync(path.join(folder, FILE), `GET ${sandbox.services.oauth2.origin}/api/invoices\n`);
    await editor().openFile(path.join(folder, FILE));
    await editor().command('Tenant Tokens: Insert Headers');
    await until('the headers', () => editor().isDirty());
    inserted = lastCanary('access_token of oauth2');
    assert.ok((await editor().editorText()).includes(inserted));
    assert.equal(copied, lastCanary('access_token of bright-pattern'));
    await editor().save();
    await editor().hover(2, 30, /Billing API/);
    await look('with the hover of a token');

    writeFileSync(path.join(folder, REFERRING), `GET ${sandbox.services.oauth2.origin}/api/invoices\n`);
    await editor().openFile(path.join(folder, REFERRING));
    await editor().command('Tenant Tokens: Insert Reference');
    await until('the reference', () => editor().isDirty());
    await editor().save();
    await editor().cursor(1);
    await editor().command('httpYac: Send');
    const calls = () => sandbox.services.oauth2.requests.filter(({ path: at }) => at === '/api/invoices');
    await until('the request', () => calls().length === 1);
    assert.equal(calls()[0]?.headers.authorization, `Bearer ${inserted}`);
    await editor().hover(2, 30, /Billing API/);
    await look('with the hover of a reference that was sent');
    await editor().command('Tenant Tokens: Show Log');
    await editor().page.locator('.part.panel .view-lines', { hasText: 'exchanged' }).first().waitFor();
    await look('with the log');
  });

  it('is no secret, in any form', async () => {
    assert.ok(canaries.length >= 16, `${canaries.length} canaries`);
    const places = await until('the log', async () => {
      const found = await everythingIn(editor());
      return found.some(({ place, text }) => /Tenant Tokens\.log$/.test(place) && text.includes('exchanged at')) && found;
    });
    const elsewhere = places.filter(({ place }) => place !== 'the page' && !LOCAL_HISTORY.test(place));
    const notInserted = canaries.filter(({ value }) => value !== inserted);
    assert.deepEqual(leaksIn([...places, ...seen], notInserted), []);
    assert.ok(!readFileSync(path.join(folder, REFERRING), 'utf8').includes(inserted));
    assert.deepEqual(leaksIn(elsewhere, canaries), []);
  });

  it('would be found if it were there', async () => {
    const planted = canary();
    await editor().changeSettings({ 'window.title': `EXAMPLE ${planted}` });
    await editor().page.evaluate(
      `localStorage.setItem('planted', ${JSON.stringify(Buffer.from(`x ${planted} x`).toString('base64'))})`,
    );
    const hits = leaksIn(await everythingIn(editor()), [{ name: 'planted', value: planted }]);
    assert.ok(
      hits.some((hit) => /^planted \(clear\) in .*settings\.json$/.test(hit)),
      hits.join('\n'),
    );
    assert.ok(hits.includes('planted (base64 at 2) in localStorage/planted'), hits.join('\n'));
    assert.ok(
      hits.some((hit) => hit.includes('in the page')),
      hits.join('\n'),
    );
  });
});
