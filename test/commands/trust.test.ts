import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { authority } from '../faults/certificates.js';
import { CANCEL, ENTER } from '../support/scriptedPrompter.js';
import { inWorld, type World } from '../support/world.js';
import { openWith } from './support.js';

const BILLING = 'sandbox-oauth2';
const REFUSED = /^The settings of Billing API have changed since its API token was entered, so the token is not sent/;

async function open(world: World) {
  const opened = await openWith(world, BILLING);
  const { extension, sandbox, secret, requests, run } = opened;
  const { origin } = sandbox.services.oauth2;
  const token = await extension.addToken(BILLING, 'Laptop', ...secret(BILLING));
  await run('exchange', { token });
  const sent = (): number => requests('oauth2').length;
  const write = (change: object): void => void (extension.tenants = [{ ...(extension.tenants[0] as object), ...change }]);
  return { ...opened, origin, token, sent, write };
}

describe('A tenant whose settings change', () => {
  it(
    'gets no token by what a file changed, until the person has compared the old with the new',
    inWorld(async (world) => {
      const { extension, prompter, run, origin, token, sent, write } = await open(world);
      write({ hosts: ['api.example', 'evil.example'], revocationUrl: `${origin}/log` });
      const row = await extension.row('Billing API', 'Laptop');
      assert.deepEqual([row.description, row.icon], ['settings changed', 'error']);

      prompter.when(REFUSED, 'Review Address', 'Review Address', CANCEL);
      const question = 'Send the API token “Laptop” with the changed settings?';
      prompter.when(question, CANCEL, ENTER, 'Send with These Settings');
      for (const command of ['exchange', 'copyAccessToken', 'fetchDetails'] as const) await run(command, { token });
      const { text, labels } = prompter.question(question);
      const shown = [
        'Further addresses that the API token is sent to',
        `  until now: ${origin}/oauth2/revoke, ${origin}/oauth2/introspect`,
        `  in the settings: ${origin}/log, ${origin}/oauth2/introspect`,
        '',
        'Further hosts that access tokens go to without a question',
        '  until now: none',
        '  in the settings: api.example, evil.example',
      ];
      assert.ok(text.includes(shown.join('\n')), text);
      assert.deepEqual(labels, ['Don’t Send', 'Send with These Settings']);
      assert.equal((await extension.row('Billing API', 'Laptop')).description, 'settings changed');
      assert.equal(sent(), 1);

      await run('confirmAddress', { token });
      assert.match((await extension.row('Billing API', 'Laptop')).description, / left$/);
      await run('copyAccessToken', { token });
      assert.equal(sent(), 1, 'the access token is still good');
      await run('exchange', { token });
      assert.equal(sent(), 2);
      await run('confirmAddress', { token });
      assert.match(prompter.texts('done').at(-1)!, /^API token “Laptop” is already bound to the address of Billing API/);
    }),
  );

  it(
    'gets its token without a further question by what the person has changed in VS Code, and by nothing else',
    inWorld(async (world) => {
      const { extension, prompter, run, origin, token, sent, write } = await open(world);
      prompter.when('Choose what to change', 'Revocation endpoint', CANCEL).when('Revocation endpoint:', `${origin}/end`);
      await run('editTenant', { tenant: BILLING });
      assert.match((await extension.row('Billing API', 'Laptop')).description, / left$/);
      await run('exchange', { token });
      assert.equal(sent(), 2);

      write({ hosts: ['evil.example'] });
      prompter.when('Choose what to change', 'Revocation endpoint', CANCEL).when('Revocation endpoint:', `${origin}/finish`);
      await run('editTenant', { tenant: BILLING });
      prompter.when(REFUSED, CANCEL);
      await run('exchange', { token });
      prompter.when('Send the API token “Laptop” with the changed settings?', CANCEL);
      await run('confirmAddress', { token });
      const { text } = prompter.question('with the changed settings?');
      assert.ok(text.includes('evil.example') && !text.includes('/finish'), text);
      assert.equal(sent(), 2);
    }),
  );

  it(
    'asks once for all its tokens that a file of its TLS has changed for',
    inWorld(async (world) => {
      const { extension, secret, prompter, run, token, sent, write } = await open(world);
      const caFile = join(world.folder, 'authority.pem');
      writeFileSync(caFile, authority().cert);
      write({ caFile });
      prompter.when('Send the API token “Laptop” with the changed settings?', 'Send with These Settings');
      await run('confirmAddress', { token });
      const phone = await extension.addToken(BILLING, 'Phone', ...secret(BILLING));
      write({ hosts: ['api.example'] });
      await extension.addToken(BILLING, 'Elsewhere', ...secret(BILLING));
      write({ hosts: [] });
      writeFileSync(caFile, authority().cert);
      await extension.addToken(BILLING, 'Late', ...secret(BILLING));
      prompter.when(REFUSED, CANCEL, CANCEL);
      for (const each of [token, phone]) await run('exchange', { token: each });
      const states = async (): Promise<readonly string[]> => {
        const rows = await Promise.all(['Laptop', 'Phone', 'Late'].map((name) => extension.row('Billing API', name)));
        return rows.map(({ description }) => description.replace(/^active · /, '').replace(/.* left$/, 'left'));
      };
      assert.deepEqual(await states(), ['settings changed', 'settings changed', 'not exchanged yet']);

      const question = 'Send 3 API tokens of Billing API with the changed settings?';
      prompter.when(question, CANCEL, 'Send with These Settings');
      for (let count = 0; count < 2; count++) await run('confirmAddress', { token });
      const { text } = prompter.question(question);
      assert.ok(text.includes('API tokens: Laptop, Phone, Elsewhere\n\nCertificate authority\n'), text);
      assert.deepEqual(await states(), ['left', 'not exchanged yet', 'not exchanged yet']);
      assert.equal(sent(), 1);
      await run('exchange', { token });
      assert.equal(sent(), 2);
    }),
  );

  it(
    'shows a new address together with what else has changed, in one question',
    inWorld(async (world) => {
      const { extension, prompter, run, origin, token, write } = await open(world);
      const moved = origin.replace('127.0.0.1', 'localhost');
      write({ tokenUrl: `${moved}/oauth2/token`, revocationUrl: undefined, introspectionUrl: undefined, hosts: ['api.example'] });
      prompter.when('Send the API token “Laptop” to the new address?', 'Send It There').when(/^(Billing API|localhost)/, CANCEL);
      await run('confirmAddress', { token });
      const { text } = prompter.question('to the new address?');
      for (const one of [`${origin}/oauth2/token`, `${moved}/oauth2/token`, 'in the settings: api.example'])
        assert.ok(text.includes(one), text);
      assert.notEqual((await extension.row('Billing API', 'Laptop')).description, 'address changed');
    }),
  );
});
