import assert from 'node:assert/strict';
import { answers } from '../faults/loopback.js';
import { entryOf, secretOf } from '../support/entries.js';
import { CANCEL } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import { inWorld, type World } from '../support/world.js';
import { openWith } from './support.js';

const ACME = 'sandbox-cloud-director';
const CLOUD = 'sandbox-cloud-services';

describe('A token that is entered wrong', () => {
  it(
    'leaves nothing behind when the question is left',
    inWorld(async (world) => {
      const { extension, prompter, run, requests } = await openWith(world, ACME);
      prompter.when('API token:', '{{token}}', 'EXAMPLE\u200btoken', 'x'.repeat(8193), '', CANCEL);
      await run('addToken', { tenant: ACME });
      const problems = [
        /^This is a reference to a variable/,
        /has characters in it that no token has/,
        /^This is longer than any/,
        /^Paste the/,
      ];
      assert.equal(prompter.texts('problem').length, problems.length);
      for (const [at, text] of prompter.texts('problem').entries()) assert.match(text, problems[at]!);
      assert.match((await extension.row('Acme')).description, /no API token yet/);
      assert.deepEqual([...world.secrets.values], []);
      assert.deepEqual(requests('cloud-director', /./), []);
    }),
  );

  it(
    'is sent to the address of its tenant once, and kept',
    inWorld(async (world) => {
      const { extension, prompter, run, sandbox } = await openWith(world, CLOUD);
      extension.tenants = [...extension.tenants, entryOf(sandbox, ACME, { id: 'other', name: 'Other', organization: 'other' })];
      const other = await extension.addToken('other', 'Ada', ...secretOf(sandbox, ACME));
      prompter.when(/Other refused “Ada”: .*Invalid refresh token\./, CANCEL);
      await run('exchange', { token: other });
      assert.deepEqual(
        sandbox.services['cloud-director'].requests.map(({ path }) => path),
        ['/oauth/tenant/other/token'],
      );
      assert.ok(await extension.row('Other', 'Ada'));

      // The service repeats the token in its message.
      const wrong = `EXAMPLE${'wrong'.repeat(11)}`;
      const typo = await extension.addToken(CLOUD, 'Typing error', wrong);
      prompter.when('Cloud org refused “Typing error”', CANCEL);
      await run('exchange', { token: typo });
      assert.equal(JSON.stringify(extension.observed).includes(wrong), false);
      assert.equal(sandbox.services['cloud-services'].requests.length, 1);
      assert.ok(await extension.row('Cloud org', 'Typing error'));
    }),
  );
});

describe('A service that answers wrong', () => {
  async function openHostile(world: World) {
    let body = '{}';
    const service = await world.service((socket, request) => answers(200, body)(socket, request));
    const extension = await world.start();
    extension.tenants = [
      {
        id: 'hostile',
        name: 'Hostile',
        platform: 'oauth2',
        tokenUrl: `http://127.0.0.1:${service.port}/token`,
        grant: 'client_credentials',
        clientId: 'hostile',
      },
    ];
    const token = await extension.addToken('hostile', 'CI', world.canaries.clientSecret);
    const says = (answer: unknown): void => void (body = JSON.stringify(answer));
    return { service, extension, token, says, prompter: extension.prompter, run: extension.run };
  }

  it(
    'gets one request for each exchange, costs nothing, and differs from a service that answers correctly',
    inWorld(async (world) => {
      const { service, prompter, run, token, says } = await openHostile(world);
      const wrong = [
        ['a text', /Hostile answered with something that is not JSON/],
        [{ expires_in: 60 }, /Hostile answered, but without a usable access token/],
        [{ access_token: 42 }, /Hostile answered, but without a usable access token/],
        [
          { access_token: 'EXAMPLE-access' },
          /Hostile answered, but .+token_type is missing; "tokenType": "optional" allows that/,
        ],
        [{ access_token: 'EXAMPLE-access', token_type: 'mac' }, /Hostile answered, but without a usable access token/],
        [{ access_token: 'EXAMPLE-access', error: 'invalid_grant' }, /Hostile refused “/],
        [
          { access_token: world.canaries.clientSecret, token_type: 'Bearer' },
          /Hostile answered, but .+the access token equals a stored secret/,
        ],
      ] as const;
      for (const [answer, message] of wrong) {
        says(answer);
        prompter.when(message, CANCEL);
        await run('exchange', { token });
      }
      assert.equal(service.received.length, wrong.length);
      says({ access_token: 'EXAMPLE-access', token_type: 'Bearer', expires_in: 60 });
      await run('exchange', { token });
      assert.match(prompter.texts('done').at(-1)!, /^Hostile: signed in, /);
      assert.equal(service.received.length, wrong.length + 1);
    }),
  );

  for (const unsafe of ['{{$processEnv HOME}}', 'EXAMPLE\r\nX-Evil: 1', 'EXAMPLE"quoted', "EXAMPLE'quoted", 'EXAMPLE token'])
    it(
      `puts the access token ${JSON.stringify(unsafe)} neither into a file nor on the clipboard`,
      inWorld(async (world) => {
        const { service, extension, prompter, run, token, says } = await openHostile(world);
        says({ access_token: unsafe, token_type: 'Bearer', expires_in: 3600 });
        const text = `GET http://127.0.0.1:${service.port}/api\n`;
        const { document } = editor.open(text);
        editor.clipboard = 'mine';
        const thrownAway = /Hostile answered with an access token that contains spaces, quotes/;
        prompter.when(thrownAway, CANCEL, CANCEL);
        await run('insertHeaders');
        assert.deepEqual([document.getText(), document.isDirty], [text, false]);
        await run('copyHeaders', { token });
        assert.equal(editor.clipboard, 'mine');
        const seen = JSON.stringify(extension.observed);
        for (const part of ['$processEnv', 'X-Evil', 'quoted', 'EXAMPLE token']) assert.equal(seen.includes(part), false);
      }),
    );
});
