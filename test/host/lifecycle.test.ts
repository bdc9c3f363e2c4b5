import assert from 'node:assert/strict';
import { startSandbox, type Sandbox, type SandboxPlatform, type SeenRequest } from '../../src/sandbox/index.js';
import { leaksIn, type Canary } from '../threats/support/canaries.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, choose, correct, entryOf, reply, rowSaying, secretOf, TENANTS, type Reply } from './support/entering.js';
import { everythingIn } from './support/leaks.js';

/** More than an exchange takes, with all that comes before it. */
const EXCHANGE_LIMIT_MS = 5_000;
/** Fields of answers that hold what nobody may see. */
const SECRET_FIELDS = ['access_token', 'refresh_token', 'accessToken', 'refreshToken', 'token', 'api_token'];

describe(`the life of an API token at its service (${mode})`, () => {
  let sandbox: Sandbox;
  const canaries: Canary[] = [];
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    const ids = ['cloud-director', 'commvault', 'identity-services', 'cloud-services', 'bright-pattern', 'oauth2'];
    return { settings: { [TENANTS]: ids.map((id) => entryOf(sandbox, `sandbox-${id}`)) } };
  });
  before(() => editor().openView());
  after(() => sandbox.stop());
  afterEach(() => editor().clearNotifications());

  const login = (id: string) => {
    const found = sandbox.tenants.find(({ tenant }) => tenant['id'] === id)?.login;
    assert.ok(found);
    canaries.push({ name: `the password at ${id}`, value: found.password });
    return found;
  };

  /** Signs in as somebody who may manage tokens. */
  async function signIn(id: string): Promise<void> {
    const { user, password } = login(id);
    await reply(editor(), user, password);
  }

  const requests = (platform: SandboxPlatform, pattern: RegExp): SeenRequest[] =>
    sandbox.services[platform].requests.filter(({ method, path }) => pattern.test(`${method} ${path}`));

  /** Clicks the button of a token until something has come of it: a row that is drawn anew just then takes no click. */
  async function clickExchange(path: readonly string[], what: string, hasCome: () => Promise<boolean>): Promise<void> {
    await until(what, async () => {
      await editor().inlineAction([...path], 'Exchange');
      return until(what, hasCome, { limit: EXCHANGE_LIMIT_MS }).catch(hasCome);
    });
  }

  async function exchange(path: readonly string[]): Promise<void> {
    await clickExchange(path, 'the access token', async () => / left/.test((await editor().row([...path])).description));
  }

  /** Creates a token from the menu of its tenant, and waits until it is kept. */
  async function create(tenant: string, ...replies: readonly Reply[]): Promise<void> {
    await editor().contextMenu(tenant, 'Create API Token…');
    await reply(editor(), ...replies);
  }

  async function isKept(): Promise<void> {
    await editor().notification(/is kept[.,]/);
    await editor().clearNotifications();
  }

  async function isRefused(path: readonly string[]): Promise<void> {
    await clickExchange(path, 'the refusal', async () =>
      (await editor().notifications()).some(({ text }) => /refused the API token/.test(text)),
    );
    await editor().clearNotifications();
  }

  /** The items of the open quick pick that lists tokens. */
  const listed = () =>
    until('the list', async () => {
      const items = await editor().quickPickItems();
      return items.length > 0 && items.map(({ label, description }) => `${label} – ${description}`);
    });

  describe('Cloud Director', () => {
    const tenant = 'Acme';
    const path = [tenant, 'CI server'];

    it('a wrong password is asked for again, and sent once', async () => {
      await create(tenant, choose('Sign in here'));
      assert.match((await editor().prompt()).title, /^Create API Token: Acme/);
      await editor().type('');
      await editor().page.keyboard.press('Enter');
      await editor().inputMessage(/This is needed/);
      await correct(editor(), 'CI server');
      const { user, password } = login('sandbox-cloud-director');
      await reply(editor(), user, 'EXAMPLE-wrong-password');
      await editor().inputMessage(/refused this user or password/);
      assert.equal(requests('cloud-director', /^POST \/cloudapi\/1\.0\.0\/sessions$/).length, 1);
      await reply(editor(), user, password);
      await isKept();
    });

    it('is created, exchanged and listed', async () => {
      await exchange(path);
      await editor().contextMenu(tenant, 'List API Tokens at Service');
      await signIn('sandbox-cloud-director');
      const items = await listed();
      assert.ok(
        items.some((item) => /CI server – kept here as “CI server”/.test(item)),
        items.join('\n'),
      );
      assert.ok(
        items.some((item) => / – only at the service/.test(item)),
        items.join('\n'),
      );
      await editor().escape();
      // Signed out.
      await until(
        'the end of the session',
        () => requests('cloud-director', /^DELETE \/cloudapi\/1\.0\.0\/sessions/).length >= 2,
      );
      await rowSaying(editor(), [tenant, 'Ada'], /only at the service/);
    });

    it('has no menu for what Cloud Director cannot do', async () => {
      const items = await editor().contextMenuItems(path);
      assert.ok(items.includes('Revoke API Token at Service…'));
      assert.ok(!items.includes('Regenerate API Token…') && !items.includes('Change API Token at Service…'), items.join());
    });

    it('is revoked after its name was typed, and refused then', async () => {
      await editor().contextMenu(path, 'Revoke API Token at Service…');
      await signIn('sandbox-cloud-director');
      await editor().type('CI serve');
      await editor().page.keyboard.press('Enter');
      await editor().inputMessage(/Type the name “CI server”/);
      await correct(editor(), 'CI server');
      await editor().dialogButton('Cancel');
      await isRefused(path);
    });

    it('of whom may not, is not made', async () => {
      const readOnly = sandbox.tenants.find(({ tenant: one }) => one['id'] === 'sandbox-cloud-director')?.readOnlyLogin;
      assert.ok(readOnly);
      await create(tenant, choose('Sign in here'), 'Another', readOnly.user, readOnly.password);
      await editor().notification(/^Your user may not do this at Acme/);
      assert.ok((await editor().rows()).every(({ label }) => label !== 'Another'));
    });

    it('whose value was lost on the way is found and revoked', async () => {
      sandbox.services['cloud-director'].answerNext('lost', 1, 'manage');
      const { user, password } = login('sandbox-cloud-director');
      await create(tenant, choose('Sign in here'), 'Lost', user, password);
      await editor().answer('Lost');
      await until('the revocation', () => requests('cloud-director', /^DELETE \/cloudapi\/1\.0\.0\/tokens\//).length >= 2);
      assert.ok((await editor().rows()).every(({ label, description }) => label !== 'Lost' || /only at/.test(description)));
    });
  });

  describe('Commvault', () => {
    const tenant = 'Backup';
    const path = [tenant, 'Scripts'];

    it('is created with the type and the end that were chosen, exchanged and listed', async () => {
      await create(tenant, choose('Sign in here'), 'Scripts');
      await editor().quickPick('ALL');
      await editor().type('2000-01-01');
      await editor().page.keyboard.press('Enter');
      await editor().inputMessage(/must not be in the past/);
      const end = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
      await correct(editor(), end);
      await signIn('sandbox-commvault');
      await isKept();
      const [created] = requests('commvault', /^POST \/commandcenter\/api\/V4\/AccessToken$/);
      assert.equal((JSON.parse(created!.body) as Record<string, unknown>)['tokenName'], 'Scripts');
      await exchange(path);
      await editor().contextMenu(tenant, 'List API Tokens at Service');
      await signIn('sandbox-commvault');
      assert.ok((await listed()).some((item) => /Scripts – kept here as “Scripts”/.test(item)));
      await editor().escape();
    });

    it('is renamed at the service', async () => {
      await editor().contextMenu(path, 'Change API Token at Service…');
      await signIn('sandbox-commvault');
      await editor().answer('Night scripts');
      // The other fields as they are.
      await editor().accept();
      await until('the change', () => requests('commvault', /^PUT /).length === 1);
    });

    it('is revoked, and refused then', async () => {
      await editor().contextMenu(path, 'Revoke API Token at Service…');
      await signIn('sandbox-commvault');
      await editor().answer('Night scripts');
      await editor().dialogButton('Cancel');
      await isRefused(path);
    });
  });

  describe('Identity Services', () => {
    const tenant = 'Broker';
    const path = [tenant, 'Automation'];

    before(() =>
      addToken(editor(), tenant, 'Everyday', ...secretOf(sandbox, 'sandbox-identity-services'), choose('Any number of times')),
    );

    it('is created with lifetimes as people write them, and exchanged', async () => {
      await create(tenant, 'ab');
      await editor().inputMessage(/must have 3 to 255 characters/);
      await correct(editor(), 'Automation');
      await reply(editor(), '60d', '1h', choose('Any number'), '', '');
      await editor().quickPick('Everyday');
      await isKept();
      const [created] = requests('identity-services', /^POST \/acs\/t\/CUSTOMER\/api-tokens$/);
      const body = JSON.parse(created!.body) as Record<string, unknown>;
      assert.deepEqual([body['api_token_ttl'], body['access_token_ttl']], [60 * 24 * 60, 60]);
      await exchange(path);
    });

    it('gets a new value after its name was typed, and works', async () => {
      await editor().contextMenu(path, 'Regenerate API Token…');
      await editor().answer('Automation');
      await editor().quickPick('Everyday');
      await until('the new value', () => requests('identity-services', /api-tokens\/regenerate$/).length === 1);
      await until('the exchange of the new value', async () => {
        await exchange(path);
        return true;
      });
    });

    it('is listed with what is only at the service', async () => {
      await editor().contextMenu(tenant, 'List API Tokens at Service');
      await editor().quickPick('Everyday');
      const items = await listed();
      assert.ok(
        items.some((item) => /Automation – kept here/.test(item)),
        items.join('\n'),
      );
      await editor().escape();
      // The rows of what is only there come a little later, and move others.
      await rowSaying(editor(), [tenant, 'Single use'], /at the service/);
    });

    it('cannot be revoked there, and the menu does not say so', async () => {
      const items = await editor().contextMenuItems(path);
      assert.ok(items.includes('Regenerate API Token…') && !items.includes('Revoke API Token at Service…'), items.join());
    });
  });

  describe('Cloud Services and Bright Pattern', () => {
    it('lead to the portal, with the steps beside the input', async () => {
      for (const [tenant, id, steps] of [
        ['Cloud org', 'sandbox-cloud-services', /1\. Sign in\. 2\. Open My Account/],
        ['Contact', 'sandbox-bright-pattern', /1\. Sign in to Contact Center Administrator/],
      ] as const) {
        await create(tenant);
        const { title } = await until('the question', async () => {
          const prompt = await editor().prompt();
          return /^Create API Token/.test(prompt.title) && prompt;
        });
        assert.match(title, new RegExp(`: ${tenant}`));
        await editor().answer('From portal');
        await editor().inputMessage(steps);
        await reply(editor(), ...secretOf(sandbox, id));
        await isKept();
        await exchange([tenant, 'From portal']);
      }
    });

    it('Cloud Services tells of a token to whoever has it', async () => {
      await editor().contextMenu(['Cloud org', 'From portal'], 'Fetch Details from Service');
      await until('the question of the details', () => requests('cloud-services', /api-tokens\/details$/).length === 1);
      const page = await editor().webview('Details: From portal (Cloud org)');
      assert.match(await page.locator('body').innerText(), /ALL_PERMISSIONS/);
    });
  });

  describe('OAuth 2.0', () => {
    it('has its refresh token revoked when it is removed', async () => {
      await addToken(editor(), 'Billing API', 'Ada', ...secretOf(sandbox, 'sandbox-oauth2'));
      await exchange(['Billing API', 'Ada']);
      await editor().contextMenu(['Billing API', 'Ada'], 'Remove API Token…');
      await editor().dialogButton('Revoke at Service…');
      await editor().answer('Ada');
      await editor().dialogButton('Remove');
      await until('the row to go', async () => (await editor().rows()).every(({ path }) => path.join('/') !== 'Billing API/Ada'));
      assert.equal(requests('oauth2', /revoke$/).length, 1);
    });
  });

  describe('a token whose end is near', () => {
    const path = ['Contact', 'From portal'];
    const dayIn = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

    async function enterEnd(day: string): Promise<void> {
      await editor().contextMenu(path, 'Enter End of API Token…');
      await correct(editor(), day);
    }

    it('is reminded of once, and again when another end comes near', async () => {
      await editor().contextMenu(path, 'Enter End of API Token…');
      await editor().type('31.3.2027');
      await editor().inputMessage(/This is no date/);
      await editor().escape();
      await enterEnd(dayIn(5));
      const reminder = /^The API token “From portal” of Contact ends on /;
      await editor().notificationButton(reminder, 'Don’t Remind');
      await rowSaying(editor(), path, /API token ends in \d+d$/);
      await editor().reload();
      await editor().openView();
      await rowSaying(editor(), path, /API token ends in \d+d$/);
      await enterEnd(dayIn(3));
      await editor().notificationButton(reminder, 'Remind Tomorrow');
      const shown = async () => (await editor().notifications()).filter(({ text }) => reminder.test(text));
      await until('the reminder to go', async () => (await shown()).length === 0, { seen: shown });
    });

    it('is as it was when it is said to end never', async () => {
      await enterEnd('never');
      await rowSaying(editor(), path, / left$/);
    });
  });

  describe('what is left of all that', () => {
    it('is nothing that people signed in with, nor any value of a token', async () => {
      for (const { requests: all } of Object.values(sandbox.services))
        for (const { body } of all)
          for (const field of SECRET_FIELDS) {
            const value = /^\{/.test(body)
              ? (JSON.parse(body) as Record<string, unknown>)[field]
              : new URLSearchParams(body).get(field);
            if (typeof value === 'string' && value.length >= 12) canaries.push({ name: field, value });
          }
      assert.ok(canaries.length > 5);
      assert.deepEqual(leaksIn(await everythingIn(editor()), canaries), []);
    });
  });
});
