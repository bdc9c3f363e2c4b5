import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { assertG } from '../../threats/support/canaries.js';
import { hoverAt, useFiles } from './support/documents.js';
import { bearer, reference } from './support/references.js';
import { ACME, CONTACT, exchange, giving, useSandbox } from './support/sandbox.js';

const jwt = (claims: Readonly<Record<string, unknown>>): string =>
  [{ alg: 'none' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('EXAMPLE-signature')
    .join('.');

describe('a hover', () => {
  const sandbox = useSandbox();
  const { open } = useFiles();
  const request = (tenant: string): string => `GET ${sandbox.origin(tenant)}/x`;
  const OURS = bearer(reference(CONTACT));
  const IN_REFERENCE = OURS.indexOf('{{') + 4;

  it('says whose token a reference is, for whom and how long it lasts, and never the token', async () => {
    const token = jwt({ sub: 'ada', tenant: 'Example Org' });
    giving(sandbox, token, 600);
    await exchange(CONTACT);
    const { document } = await open('hover.http', request(CONTACT), OURS);
    for (const character of [0, IN_REFERENCE]) {
      const { text } = await hoverAt(document, 1, character);
      assert.match(text, /^\*\*Contact\*\* · Ada {2}\nBright Pattern · TENANT_TOKEN_SANDBOX_BRIGHT_PATTERN {2}\n\d+m left {2}\n/);
      assert.match(text, /Expires: .+ \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)/);
      assert.match(text, /User: ada/);
      assert.match(text, /Exchange.*Copy Headers/);
      assertG([{ name: 'the access token', value: token }], { 'the hover': text });
    }
  });

  it('lets nothing work of what a service says but two commands of ours, with ids', async () => {
    const sub = '[a](command:workbench.action.quit) <img src=x> ![b](https://evil.example)';
    giving(sandbox, jwt({ sub, name: '$(key)' }));
    await exchange(CONTACT);
    const { document } = await open('hostile.http', request(CONTACT), OURS);
    const { contents, text } = await hoverAt(document, 1, IN_REFERENCE);
    assert.ok(text.includes(sub), text);
    const [facts, links] = contents;
    assert.doesNotMatch(facts?.value ?? '', /(?<!\\)[[\]<>!$]/);
    assert.ok(!facts?.isTrusted && !facts?.supportHtml && !facts?.supportThemeIcons);
    assert.deepEqual(links?.isTrusted, { enabledCommands: ['tenantTokens.exchange', 'tenantTokens.copyHeaders'] });
    const targets = [...links.value.matchAll(/\(command:[\w.]+\?([^)]*)\)/g)].map(([, query = '']) => {
      const [target] = JSON.parse(decodeURIComponent(query)) as [object];
      return Object.keys(target);
    });
    assert.deepEqual(targets, [
      ['tenant', 'token'],
      ['tenant', 'token'],
    ]);
  });

  it('says of an access token in the file whose it is', async () => {
    const token = 'EXAMPLE-access-token-in-the-file';
    giving(sandbox, token, 600);
    await exchange(CONTACT);
    const { document } = await open('literal.http', request(CONTACT), bearer(token));
    const { text } = await hoverAt(document, 1, IN_REFERENCE);
    assert.match(text, /^\*\*Contact\*\* · Ada {2}\nBright Pattern · Access token in the file {2}\n\d+m left/);
    assertG([{ name: 'the access token', value: token }], { 'the hover': text });
  });

  it('says what is wrong with a reference', async () => {
    const { document } = await open('nobody.http', request(ACME), bearer(reference('nobody')));
    const { text } = await hoverAt(document, 1, IN_REFERENCE);
    assert.equal(text, 'No API token has the reference TENANT_TOKEN_NOBODY. Choose a tenant, or add its API token.');
  });

  it('says nothing where there is neither', async () => {
    const { document } = await open('nothing.http', request(CONTACT), 'X-Id: 1');
    assert.deepEqual((await hoverAt(document, 1, 2)).contents, []);
    assert.deepEqual((await hoverAt(await plain(), 0, 2)).contents, []);
  });

  const plain = async (): Promise<vscode.TextDocument> => (await open('plain.txt', OURS)).document;
});
