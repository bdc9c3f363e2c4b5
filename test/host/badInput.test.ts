import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, rowSaying, secretOf, TENANTS } from './support/entering.js';
import { startOwnService, tenantOf, type OwnService } from './support/ownService.js';

const NAME_OF_HALF = 'Entered by half';
const WRONG_SECRET = `EXAMPLE${'wrong'.repeat(11)}`;

describe(`bad input (${mode})`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-files-'));
  let sandbox: Sandbox;
  let hostile: OwnService;
  let tenants: unknown[];
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    hostile = await startOwnService();
    const bad = { platform: 'cloud-director', url: hostile.origin, organization: 'acme' };
    tenants = [
      entryOf(sandbox, 'sandbox-cloud-director', { id: 'acme' }),
      { ...bad, id: 'acme', name: 'Twin' },
      { ...bad, id: 'unknown', name: 'Unknown platform', platform: 'no-such-platform' },
      { ...bad, id: 'up', name: 'Up', organization: '..' },
      { ...bad, id: 'login', name: 'Login', url: hostile.origin.replace('//', '//user:EXAMPLE-password@') },
      { ...bad, id: 'plain', name: 'Plain', url: 'http://cloud.example.net' },
      'no tenant',
      entryOf(sandbox, 'sandbox-cloud-director', { id: 'other', name: 'Other', organization: 'other' }),
      entryOf(sandbox, 'sandbox-cloud-services', { id: 'cloud' }),
      tenantOf(hostile, 'hostile', 'Hostile'),
    ];
    return { folder, settings: { [TENANTS]: tenants } };
  });

  before(() => editor().openView());
  after(async () => {
    hostile.close();
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => editor().clearNotifications());

  const director = () => sandbox.services['cloud-director'].requests;

  async function exchange(tenant: string, token: string): Promise<void> {
    await editor().inlineAction([tenant, token], 'Exchange');
  }

  it('in the settings is told beside each tenant, and nothing is sent or changed', async () => {
    const problems = [
      ['Twin', /^id is used by another tenant/],
      ['Unknown platform', /^platform must be one of /],
      ['Up', /^organization must not be “\.” or “\.\.”/],
      ['Login', /^url must not contain a user name or password/],
      ['Plain', /^url must begin with https:\/\//],
      ['#7', /^must be an object/],
    ] as const;
    for (const [name, problem] of problems) assert.match((await editor().row(name)).description, problem);
    await editor().command('Tenant Tokens: Add API Token…');
    await editor().prompt();
    const offered = (await editor().quickPickItems()).map(({ label }) => label);
    await editor().escape();
    assert.deepEqual(offered, ['Acme', 'Other', 'Cloud org', 'Hostile']);
    assert.deepEqual(editor().settings()[TENANTS], tenants);
    assert.deepEqual([...director(), ...hostile.requests], []);
    assert.equal((await editor().html()).includes('EXAMPLE-password'), false);
  });

  it('of a token leaves nothing behind', async () => {
    await editor().inlineAction('Acme', 'Add API Token…');
    await editor().answer(NAME_OF_HALF);
    for (const [secret, problem] of [
      ['{{token}}', /This is a reference to a variable/],
      ['EXAMPLE\u200btoken', /characters in it that no token has/],
      ['x'.repeat(8193), /longer than any/],
      ['', /Paste the API token/],
    ] as const) {
      await editor().answer(secret);
      await editor().inputMessage(problem);
    }
    await editor().escape();
    assert.match((await editor().row('Acme')).description, /no API token yet/);
    const kept = await editor().browserStorage();
    assert.deepEqual(
      kept.filter(({ text }) => text.includes(NAME_OF_HALF)),
      [],
    );
    assert.deepEqual(director(), []);
  });

  it('of a wrong tenant or a wrong token sends the token to its own address once, and keeps it', async () => {
    await addToken(editor(), 'Other', 'Ada', ...secretOf(sandbox, 'sandbox-cloud-director'));
    await exchange('Other', 'Ada');
    await editor().notification(/Other refused the API token \(“.*Invalid refresh token”\)/);
    assert.deepEqual(
      director().map((request) => request.path),
      ['/oauth/tenant/other/token'],
    );
    await editor().row(['Other', 'Ada']);
    await editor().clearNotifications();

    await addToken(editor(), 'Cloud org', 'Typing error', WRONG_SECRET);
    await exchange('Cloud org', 'Typing error');
    // The service repeats the token in its message.
    const text = await editor().notification(/Cloud org refused the API token/);
    assert.equal(text.includes(WRONG_SECRET), false);
    assert.equal((await editor().html()).includes(WRONG_SECRET), false);
    assert.equal(sandbox.services['cloud-services'].requests.length, 1);
    await editor().row(['Cloud org', 'Typing error']);
    assert.deepEqual(hostile.requests, []);
  });

  it('of a service is told, asked for once, and costs nothing', async () => {
    await addToken(editor(), 'Hostile', 'CI', 'EXAMPLE-client-secret');
    const answers = [
      ['a text', /Hostile answered with something that is not JSON/],
      [{ expires_in: 60 }, /Hostile answered, but without a usable access token/],
      [{ access_token: 42 }, /Hostile answered, but without a usable access token/],
      [{ access_token: 'EXAMPLE-access' }, /Hostile answered, but .+token_type is missing; "tokenType": "optional" allows that/],
      [{ access_token: 'EXAMPLE-access', token_type: 'mac' }, /Hostile answered, but without a usable access token/],
      [{ access_token: 'EXAMPLE-access', error: 'invalid_grant' }, /Hostile refused the API token/],
      [{ access_token: 'EXAMPLE-client-secret' }, /Hostile answered, but without a usable access token/],
    ] as const;
    for (const [answer, message] of answers) {
      hostile.answer = answer;
      await exchange('Hostile', 'CI');
      await editor().notification(message);
      await editor().clearNotifications();
    }
    assert.equal(hostile.requests.length, answers.length);
    hostile.answer = { access_token: 'EXAMPLE-access', token_type: 'Bearer', expires_in: 1 };
    await exchange('Hostile', 'CI');
    await editor().statusBar(/Hostile: new access token/);
    assert.equal(hostile.requests.length, answers.length + 1);
    // Until then it would be taken where the next tests want an exchange.
    await rowSaying(editor(), ['Hostile', 'CI'], /^access token expired$/);
  });

  const unsafe = ['{{$processEnv HOME}}', 'EXAMPLE\r\nX-Evil: 1', 'EXAMPLE"quoted', "EXAMPLE'quoted", 'EXAMPLE token'];
  for (const token of unsafe) {
    it(`of a service, as the access token ${JSON.stringify(token)}, goes nowhere`, async () => {
      hostile.answer = { access_token: token, expires_in: 3600 };
      const name = `unsafe-${unsafe.indexOf(token)}.http`;
      const text = `GET ${hostile.origin}/api\n`;
      writeFileSync(path.join(folder, name), text);
      await editor().openFile(path.join(folder, name));
      await editor().setClipboard('mine');
      const thrownAway = /Hostile answered with an access token that holds blanks, quotes/;

      await editor().command('Tenant Tokens: Insert Headers');
      await editor().notification(thrownAway);
      await editor().clearNotifications();
      assert.equal(await editor().isDirty(), false);
      assert.equal(await editor().editorText(), text);

      await editor().inlineAction(['Hostile', 'CI'], 'Copy Headers');
      await editor().notification(thrownAway);
      assert.equal(await editor().clipboard(), 'mine');
      const html = await editor().html();
      for (const part of ['$processEnv', 'X-Evil', 'quoted', 'EXAMPLE token']) assert.equal(html.includes(part), false);
    });
  }
});
