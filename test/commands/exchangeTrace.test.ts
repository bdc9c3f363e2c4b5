import assert from 'node:assert/strict';
import { editor } from '../support/vscode.js';
import { inWorld } from '../support/world.js';
import { leaksIn, type Canary } from '../threats/support/canaries.js';
import { openWith } from './support.js';

const BILLING = 'sandbox-oauth2';
const CONTACT = 'sandbox-bright-pattern';

describe('Show Exchange Trace', () => {
  it(
    'says that no exchange has failed before one has',
    inWorld(async (world) => {
      const { extension, prompter, run, secret } = await openWith(world, CONTACT);
      const token = await extension.addToken(CONTACT, 'Laptop', ...secret(CONTACT));
      await run('showExchangeTrace', { token });
      assert.deepEqual(prompter.texts('info').slice(-1), [
        'No exchange of the API token “Laptop” of Contact has failed in this window.',
      ]);
      assert.equal(editor.active, undefined);
    }),
  );

  it(
    'opens from the message what was asked for and what came back, without a secret',
    inWorld(async (world) => {
      const { extension, prompter, run, secret, sandbox } = await openWith(world, BILLING);
      const secrets = secret(BILLING);
      const token = await extension.addToken(BILLING, 'Ada', ...secrets);
      const canaries: Canary[] = secrets.map((value) => ({ name: 'a secret', value }));
      sandbox.services.oauth2.answerNext((due) => {
        const issued = JSON.parse(due.body) as Record<string, unknown>;
        for (const field of ['access_token', 'refresh_token'])
          canaries.push({ name: `the ${field}`, value: String(issued[field]) });
        const echo = [...canaries.map(({ value }) => value), Buffer.from(secrets.join(':')).toString('base64')].join(' ');
        const answer = { ...issued, error: 'invalid_request', error_description: `Not known: ${echo}`, [echo]: echo };
        return { ...due, status: 400, body: JSON.stringify(answer) };
      });
      prompter.when(/^Billing API refused the request \(status 400\)/, 'Show Trace');
      await run('exchange', { token });
      const text = editor.active?.document.getText() ?? '';
      for (const line of [
        /^The last failed exchange of the API token “Ada” of Billing API$/m,
        /^> POST http:\/\/127\.0\.0\.1:\d+\/\S+$/m,
        /^> content-type: application\/x-www-form-urlencoded$/m,
        /^> authorization: Basic <redacted, \d+ characters>$/m,
        /^> grant_type: refresh_token$/m,
        /^> refresh_token: <redacted, \d+ characters>$/m,
        /^< 400$/m,
        /^< access_token: <redacted, \d+ characters>$/m,
        /^< error: invalid_request$/m,
        /^< error_description: Not known: … /m,
      ])
        assert.match(text, line);
      assert.equal(canaries.length, secrets.length + 2);
      assert.deepEqual(leaksIn([{ place: 'the trace', text }], canaries), []);
    }),
  );
});
