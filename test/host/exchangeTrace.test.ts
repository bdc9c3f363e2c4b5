import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { leaksIn, type Canary } from '../threats/support/canaries.js';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, secretOf, TENANTS } from './support/entering.js';

describe(`the trace of an exchange that failed (${mode})`, () => {
  const ada = ['Billing API', 'Ada'];
  const canaries: Canary[] = [];
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    const tenants = ['sandbox-oauth2', 'sandbox-bright-pattern'].map((id) => entryOf(sandbox, id));
    return { settings: { [TENANTS]: tenants } };
  });
  before(() => editor().openView());
  after(() => sandbox.stop());
  afterEach(() => editor().clearNotifications());

  const shown = async (pattern: RegExp): Promise<string> => {
    const isTrace = async () => (await editor().tabs()).some(({ active, name }) => active && /^Exchange Trace of/.test(name));
    await until('the trace', isTrace, { seen: () => editor().tabs() });
    return until(`the trace to say ${String(pattern)}`, async () => {
      const text = await editor().editorText();
      return pattern.test(text) && text;
    });
  };

  it('is not there before one has', async () => {
    await addToken(editor(), 'Contact', 'Laptop', ...secretOf(sandbox, 'sandbox-bright-pattern'));
    await editor().contextMenu(['Contact', 'Laptop'], 'Show Exchange Trace');
    await editor().notification(/^No exchange of the API token “Laptop” of Contact has failed in this window\.$/);
  });

  it('opens from the message, with what was asked for and what came back, and without a secret', async () => {
    const secrets = secretOf(sandbox, 'sandbox-oauth2');
    for (const value of secrets) canaries.push({ name: 'a secret', value });
    await addToken(editor(), 'Billing API', 'Ada', ...secrets);
    sandbox.services.oauth2.answerNext((due) => {
      const issued = JSON.parse(due.body) as Record<string, unknown>;
      for (const field of ['access_token', 'refresh_token'])
        canaries.push({ name: `the ${field}`, value: String(issued[field]) });
      const echo = [...canaries.map(({ value }) => value), Buffer.from(secrets.join(':')).toString('base64')].join(' ');
      const answer = { ...issued, error: 'invalid_request', error_description: `Not known: ${echo}`, [echo]: echo };
      return { ...due, status: 400, body: JSON.stringify(answer) };
    });
    await editor().inlineAction(ada, 'Exchange');
    await editor().notificationButton(/^Billing API refused the request \(status 400\)/, 'Show Exchange Trace');
    const text = await shown(/^The last exchange of the API token “Ada” of Billing API that failed$/m);
    for (const line of [
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
    const places = [
      { place: 'the trace', text },
      { place: 'the page', text: await editor().html() },
    ];
    assert.deepEqual(leaksIn(places, canaries), []);
  });

  it('is for reading only', async () => {
    const before = await shown(/^< 400$/m);
    await editor().typeText('x');
    assert.equal(await shown(/^< 400$/m), before);
    assert.equal(await editor().isDirty(), false);
  });

  it('follows the next failure, and goes with the token', async () => {
    sandbox.services.oauth2.answerNext('web-page');
    await editor().inlineAction(ada, 'Exchange');
    await editor().notification(/^Billing API answered with a web page/);
    await shown(/^< \(a web page, \d+ bytes, “Scheduled maintenance”\)$/m);
    await editor().contextMenu(ada, 'Remove API Token…');
    await editor().dialogButton('Remove');
    await shown(/^There is no trace any more\.$/m);
  });
});
