import assert from 'node:assert/strict';
import { tenantOf } from '../support/entries.js';
import { CANCEL, ENTER } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import { inWorld, type World } from '../support/world.js';
import { openWith } from './support.js';

const DAY_MS = 86_400_000;

async function openManaged(world: World, tenant: string) {
  const opened = await openWith(world, tenant);
  const { prompter, extension, sandbox } = opened;
  const { login, readOnlyLogin } = tenantOf(sandbox, tenant);
  /** Signs in, by default as somebody who may manage tokens. */
  let isKnown = false;
  /** The user name is asked for once. */
  const signIn = ({ user, password } = login!): void => {
    if (!isKnown) prompter.when(/\nUser name/, user);
    prompter.when('Password.', password);
    isKnown = true;
  };
  const labels = async () => (await extension.rows()).map(({ label }) => label);
  return { ...opened, login: login!, readOnlyLogin: readOnlyLogin!, signIn, labels };
}

describe('The life of an API token at Cloud Director', () => {
  const TENANT = 'sandbox-cloud-director';
  const SESSIONS = /^POST \/cloudapi\/1\.0\.0\/sessions$/;
  const REVOCATION = /^DELETE \/cloudapi\/1\.0\.0\/tokens\//;

  async function created(world: World) {
    const opened = await openManaged(world, TENANT);
    const { prompter, run, signIn, extension } = opened;
    prompter.when('Where is it created?', 'Sign in here').when('Name:', '', 'CI server').forestall('Exchanging');
    signIn();
    await run('createToken', { tenant: TENANT });
    assert.deepEqual(prompter.texts('problem'), ['Enter the name.']);
    return { ...opened, token: extension.tokenOf(TENANT, 'CI server') };
  }

  it(
    'begins with a login whose wrong password is asked for again, and sent once',
    inWorld(async (world) => {
      const { prompter, run, login, requests } = await openManaged(world, TENANT);
      let sent: number | undefined;
      prompter
        .when('Where is it created?', 'Sign in here')
        .when('Name:', 'CI server')
        .when(/\nUser name/, login.user, () => {
          sent = requests('cloud-director', SESSIONS).length;
          return login.user;
        })
        .when('Password.', 'EXAMPLE-wrong-password', login.password);
      await run('createToken', { tenant: TENANT });
      assert.equal(prompter.question('Password.').kind, 'secret');
      assert.deepEqual(prompter.texts('hint'), ['Acme refused this user or password.', 'Acme refused this user or password.']);
      assert.equal(sent, 1);
    }),
  );

  it(
    'shows it in the list at the service, beside what is only there, and ends the session',
    inWorld(async (world) => {
      const { prompter, run, signIn, token, requests, extension } = await created(world);
      await run('exchange', { token });
      signIn();
      prompter.when('Choose one to see its details', CANCEL);
      await run('listTokens', { tenant: TENANT });
      const { rows } = prompter.question('Choose one to see its details');
      for (const expected of [/^CI server – kept here as “CI server”/, / – only at the service/])
        assert.ok(
          rows.some((row) => expected.test(row)),
          rows.join('\n'),
        );
      assert.equal(requests('cloud-director', /^DELETE \/cloudapi\/1\.0\.0\/sessions/).length, 2);
      assert.match((await extension.row('Acme', 'Ada')).description, /only at the service/);
    }),
  );

  it(
    'ends when it is revoked after its name was typed: it is refused then',
    inWorld(async (world) => {
      const { prompter, run, signIn, token, requests } = await created(world);
      signIn();
      prompter.when('Type its name.', 'CI serve', 'CI server').when('Remove “CI server” from this machine too?', CANCEL);
      await run('revokeToken', { tenant: TENANT, token });
      assert.match(prompter.texts('problem').at(-1)!, /Type the name “CI server”/);
      assert.equal(requests('cloud-director', REVOCATION).length, 1);
      prompter.when('refused “', CANCEL);
      await run('exchange', { token });
    }),
  );

  it(
    'takes one sign-in for ten minutes if the person wants that, and a password after that',
    inWorld(async (world) => {
      const { prompter, run, login, requests, extension } = await openManaged(world, TENANT);
      const sessions = () =>
        [SESSIONS, /^DELETE \/cloudapi\/1\.0\.0\/sessions/].map((one) => requests('cloud-director', one).length);
      prompter
        .when('Where is it created?', 'Sign in here')
        .when('Name:', 'CI server')
        .when(/\nUser name/, login.user)
        .when('Password.', { press: 'Stay Signed In for Ten Minutes' }, login.password);
      await run('createToken', { tenant: TENANT });
      assert.ok(prompter.texts('note').includes('You stay signed in for ten minutes.'));
      prompter.when('Choose one to see its details', CANCEL, CANCEL);
      await run('listTokens', { tenant: TENANT });
      assert.deepEqual(sessions(), [1, 0]);

      await world.clock.advance(10 * 60_000);
      await world.pass(1_000);
      assert.deepEqual(sessions(), [1, 1]);
      // The user name is known from the first time.
      const before = prompter.asked.length;
      prompter.when('Password.', login.password);
      await run('listTokens', { tenant: TENANT });
      assert.deepEqual(
        prompter.asked.slice(before).map(({ kind }) => kind),
        ['secret', 'choice'],
      );
      assert.equal(extension.badge, 0);
    }),
  );

  it(
    'does not begin for somebody who may not',
    inWorld(async (world) => {
      const { prompter, run, signIn, readOnlyLogin, labels } = await openManaged(world, TENANT);
      prompter
        .when('Where is it created?', 'Sign in here')
        .when('Name:', 'Another')
        .when(/^Your user may not do this at Acme/, CANCEL);
      signIn(readOnlyLogin);
      await run('createToken', { tenant: TENANT });
      assert.ok(!(await labels()).includes('Another'));
    }),
  );

  it(
    'does not go on unnoticed when its value was lost on the way: it is found and revoked',
    inWorld(async (world) => {
      const { prompter, run, signIn, requests, sandbox, labels } = await openManaged(world, TENANT);
      sandbox.services['cloud-director'].answerNext('lost', 1, 'manage');
      prompter.when('Where is it created?', 'Sign in here').when('Name:', 'Lost').when('type its name to revoke it', 'Lost');
      signIn();
      await run('createToken', { tenant: TENANT });
      assert.equal(requests('cloud-director', REVOCATION).length, 1);
      assert.ok(!(await labels()).includes('Lost'));
    }),
  );
});

describe('The life of a refresh token at Aria Automation', () => {
  const TENANT = 'sandbox-aria-automation';

  it(
    'begins when somebody signs in, with an access token at once',
    inWorld(async (world) => {
      const { prompter, run, signIn, requests, extension } = await openManaged(world, TENANT);
      prompter.when('Name:', 'Scripts');
      signIn();
      await run('createToken', { tenant: TENANT });
      const [login] = requests('aria-automation', /^POST \/csp/);
      assert.equal(login?.path, '/csp/gateway/am/api/login?access_token');
      assert.match((await extension.row('Automation', 'Scripts')).description, / left$/);
      assert.equal(requests('aria-automation', /^POST \/iaas/).length, 1);
    }),
  );

  it(
    'begins nowhere else: its portal is the command that signs in',
    inWorld(async (world) => {
      const { prompter, run } = await openManaged(world, TENANT);
      prompter.when('sign in here to create one', CANCEL);
      await run('openPortal', { tenant: TENANT });
      assert.deepEqual(prompter.question('sign in here').labels, ['Create API Token']);
    }),
  );
});

describe('The life of an API token at Commvault', () => {
  const TENANT = 'sandbox-commvault';

  it(
    'begins with the type and the end that were chosen, goes on under another name, and ends when it is revoked',
    inWorld(async (world) => {
      const { prompter, run, signIn, requests, extension } = await openManaged(world, TENANT);
      const end = new Date(world.clock.wall() + 60 * DAY_MS).toISOString().slice(0, 10);
      prompter
        .when('Where is it created?', 'Sign in here')
        .when('Name:', 'Scripts')
        .when('Type:', 'ALL')
        .when('Renewable until:', '2000-01-01', end);
      signIn();
      await run('createToken', { tenant: TENANT });
      assert.match(prompter.texts('problem').at(-1)!, /must not be in the past/);
      const [made] = requests('commvault', /^POST \/commandcenter\/api\/V4\/AccessToken$/);
      assert.equal((JSON.parse(made!.body) as Record<string, unknown>)['tokenName'], 'Scripts');
      const token = extension.tokenOf(TENANT, 'Scripts');
      await run('exchange', { token });

      signIn();
      // The other fields as they are.
      prompter.when('Name:', 'Night scripts').when(/^Change API Token: .*\n(?!Name:|User name|Password)/, ENTER);
      await run('updateToken', { tenant: TENANT, token });
      assert.equal(requests('commvault', /^PUT /).length, 1);

      signIn();
      prompter.when('Type its name.', 'Night scripts').when('from this machine too?', CANCEL);
      await run('revokeToken', { tenant: TENANT, token });
      prompter.when('refused “', CANCEL);
      await run('exchange', { token });
    }),
  );
});

describe('The life of an API token at Identity Services', () => {
  const TENANT = 'sandbox-identity-services';

  it(
    'begins with lifetimes as people write them, goes on with another value, and is listed with what is only there',
    inWorld(async (world) => {
      const { prompter, run, requests, extension } = await openManagedBy(world);
      prompter
        .when('Name:', 'ab', 'Automation')
        .when('Lifetime:', '60d')
        .when('Lifetime of its access tokens:', '1h')
        .when('Uses:', 'Any number')
        .when('Client ID:', '')
        .when('Description:', '')
        .when('Choose a token whose user may manage', 'Everyday', 'Everyday', 'Everyday', 'Everyday');
      await run('createToken', { tenant: TENANT });
      assert.match(prompter.texts('problem')[0]!, /must have 3 to 255 characters/);
      const [made] = requests('identity-services', /^POST \/acs\/t\/CUSTOMER\/api-tokens$/);
      const body = JSON.parse(made!.body) as Record<string, unknown>;
      assert.deepEqual([body['api_token_ttl'], body['access_token_ttl']], [60 * 24 * 60, 60]);

      const token = extension.tokenOf(TENANT, 'Automation');
      prompter.when('Type its name.', 'Automation');
      await run('regenerateToken', { token });
      assert.equal(requests('identity-services', /api-tokens\/regenerate$/).length, 1);
      await run('exchange', { token });

      const which = 'Which of these is “Everyday”, which is kept here?';
      prompter.when(which, CANCEL, 'Everyday').when('Choose one to see its details', CANCEL, CANCEL);
      await run('listTokens', { tenant: TENANT });
      assert.ok(prompter.question('Choose one to see its details').rows.some((row) => /^Automation – kept here/.test(row)));
      assert.match((await extension.row('Broker', 'Single use')).description, /^not matched to a token here/);
      await run('listTokens', { tenant: TENANT });
      assert.ok(prompter.question('Choose one to see its details').rows.some((row) => /^Everyday – kept here/.test(row)));
      assert.match((await extension.row('Broker', 'Single use')).description, /^only at the service/);
    }),
  );

  async function openManagedBy(world: World) {
    const opened = await openWith(world, TENANT);
    await opened.extension.addToken(TENANT, 'Everyday', ...opened.secret(TENANT), 'Any number of times');
    return opened;
  }
});

describe('The life of an API token of other services', () => {
  for (const [tenant, steps] of [
    ['sandbox-cloud-services', /1\. Sign in\. 2\. Open My Account/],
    ['sandbox-bright-pattern', /1\. Sign in to Contact Center Administrator/],
  ] as const)
    it(
      `begins in the portal of ${tenant}, with the steps beside the input`,
      inWorld(async (world) => {
        const { extension, prompter, run, secret } = await openWith(world, tenant);
        prompter.when(steps, ...secret(tenant));
        await run('createToken', { tenant });
        assert.equal(editor.browsed.length, 1);
        assert.match(extension.statusBar ?? '', /^Active token: Default of .* left/);
      }),
    );

  it(
    'is shown to whoever has the token at Cloud Services',
    inWorld(async (world) => {
      const TENANT = 'sandbox-cloud-services';
      const { extension, run, secret, requests } = await openWith(world, TENANT);
      const token = await extension.addToken(TENANT, 'From portal', ...secret(TENANT));
      await run('fetchDetails', { token });
      assert.equal(requests('cloud-services', /api-tokens\/details$/).length, 1);
      const page = editor.pages.find(({ title }) => title === 'Details: From portal (Cloud org)');
      assert.match(page?.webview.html ?? '', /ALL_PERMISSIONS/);
    }),
  );

  it(
    'ends at an OAuth 2.0 service when it is removed, if that is wanted',
    inWorld(async (world) => {
      const TENANT = 'sandbox-oauth2';
      const { extension, prompter, run, secret, requests } = await openWith(world, TENANT);
      const token = await extension.addToken(TENANT, 'Ada', ...secret(TENANT));
      await run('exchange', { token });
      prompter
        .when('Remove the API token “Ada” of Billing API?', 'Revoke at Service…')
        .when('Type its name.', 'Ada')
        .when('Remove “Ada” from this machine too?', 'Remove');
      await run('removeToken', { token });
      assert.ok((await extension.rows()).every(({ path }) => path.join('/') !== 'Billing API/Ada'));
      assert.equal(requests('oauth2', /revoke$/).length, 1);
    }),
  );
});

describe('An API token whose end is near', () => {
  it(
    'is reminded of once, again when another end comes near, and never when it is said to end never',
    inWorld(async (world) => {
      const TENANT = 'sandbox-bright-pattern';
      const { extension, prompter, run, secret } = await openWith(world, TENANT);
      const token = await extension.addToken(TENANT, 'From portal', ...secret(TENANT));
      const dayIn = (days: number): string => new Date(world.clock.wall() + days * DAY_MS).toISOString().slice(0, 10);
      const row = async () => (await extension.row('Contact', 'From portal')).description;
      const reminder = /^The API token “From portal” of Contact expires on /;
      prompter.when('The last day it is valid', '31.3.2027', dayIn(5)).when(reminder, 'Don’t Remind');
      await run('enterEnd', { token });
      assert.match(prompter.texts('problem')[0]!, /This is not a date/);
      await world.clock.advance(2_000);
      assert.match(await row(), /API token expires in \d+d$/);

      prompter.when('The last day it is valid', dayIn(3)).when(reminder, 'Remind Tomorrow');
      await run('enterEnd', { token });
      await world.clock.advance(2_000);
      assert.equal(prompter.texts('warning').filter((text) => reminder.test(text)).length, 2);

      prompter.when('The last day it is valid', 'never');
      await run('enterEnd', { token });
      assert.doesNotMatch(await row(), /expires/);
    }),
  );
});
