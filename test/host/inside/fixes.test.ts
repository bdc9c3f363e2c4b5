import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { apply, problemsAre, quickFixesAt, textIs, undo, useFiles } from './support/documents.js';
import { bearer, reference } from './support/references.js';
import { ACME, CONTACT, exchange, giving, useSandbox } from './support/sandbox.js';

const COLUMN = bearer('').length + 1;
const IN_REFERENCE = COLUMN + 3;
const NAME = 'TENANT_TOKEN_SANDBOX_BRIGHT_PATTERN';

describe('a quick fix', () => {
  const sandbox = useSandbox();
  const { open } = useFiles();
  const request = (): string => `GET ${sandbox.origin(CONTACT)}/configapi/v2/user`;
  const OURS = bearer(reference(CONTACT));
  const NOBODYS = bearer(reference('nobody'));
  const titles = (fixes: readonly vscode.CodeAction[]): string[] => fixes.map(({ title }) => title);

  async function fix(document: vscode.TextDocument, line: number, title: string): Promise<void> {
    const fixes = await quickFixesAt(document, line, IN_REFERENCE);
    await apply(fixes.find((one) => one.title === title) ?? assert.fail(titles(fixes).join('\n')));
  }

  /** Puts an access token of Contact into the request of a new file. */
  async function openWithToken(name: string, token: string, seconds: number): Promise<vscode.TextDocument> {
    giving(sandbox, token, seconds);
    await exchange(CONTACT);
    return (await open(name, request(), bearer(token), '')).document;
  }

  it('replaces an unknown reference by one that fits, in one undo step', async () => {
    const { document } = await open('unknown.http', request(), NOBODYS, '');
    await problemsAre(document, `error unknown-reference 2:${COLUMN}`);
    assert.deepEqual(titles(await quickFixesAt(document, 1, IN_REFERENCE)), [
      `Use ${NAME}`,
      'Choose Tenant…',
      'Dismiss unknown-reference for This File',
    ]);
    await fix(document, 1, `Use ${NAME}`);
    await textIs(document, request(), OURS, '');
    await problemsAre(document);
    await undo();
    await textIs(document, request(), NOBODYS, '');
    assert.equal(document.isDirty, false);
  });

  it('replaces a reference at a host of another tenant by one of that tenant, before the host is allowed', async () => {
    const { document } = await open('wrong.http', request(), bearer(reference(ACME)), '');
    await problemsAre(document, `warning foreign-host 2:${COLUMN}`);
    const fixes = titles(await quickFixesAt(document, 1, IN_REFERENCE)).filter((title) => /^Use|^Choose|^Allow/.test(title));
    assert.deepEqual(fixes, [`Use ${NAME}`, 'Choose Tenant…', 'Allow This Host…']);
    await fix(document, 1, `Use ${NAME}`);
    await textIs(document, request(), OURS, '');
  });

  it('replaces an access token by its reference, in one undo step', async () => {
    const document = await openWithToken('literal.http', 'EXAMPLE-access-token-by-reference', 600);
    await fix(document, 1, `Replace by Reference ${NAME}`);
    await textIs(document, request(), OURS, '');
    await undo();
    await textIs(document, request(), bearer('EXAMPLE-access-token-by-reference'), '');
  });

  it('replaces an expired access token with a new one', async () => {
    const document = await openWithToken('update.http', 'EXAMPLE-access-token-to-update', 1);
    await problemsAre(document, `warning expired-literal 2:${COLUMN}`);
    assert.deepEqual(titles(await quickFixesAt(document, 1, IN_REFERENCE)), [
      'Update Header',
      `Replace by Reference ${NAME}`,
      'Dismiss expired-literal for This File',
    ]);
    giving(sandbox, 'EXAMPLE-new-access-token');
    await fix(document, 1, 'Update Header');
    await textIs(document, request(), bearer('EXAMPLE-new-access-token'), '');
  });

  it('dismisses what the person does not want to hear of, in this file', async () => {
    const { document } = await open('dismiss.http', request(), NOBODYS, '', '###', 'GET https://elsewhere.example', OURS, '');
    const rest = [`warning foreign-host 6:${COLUMN}`];
    await problemsAre(document, `error unknown-reference 2:${COLUMN}`, ...rest);
    await fix(document, 1, 'Dismiss unknown-reference for This File');
    await problemsAre(document, ...rest);
    const { document: other } = await open('other.http', request(), NOBODYS, '');
    await problemsAre(other, `error unknown-reference 2:${COLUMN}`);
  });
});
