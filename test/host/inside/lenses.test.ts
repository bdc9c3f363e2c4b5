import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { lensesAre, lensesOf, putCursor, TRY, useFiles } from './support/documents.js';
import { bearer, reference } from './support/references.js';
import { ACME, CONTACT, exchange, giving, useSandbox } from './support/sandbox.js';

describe('a lens', () => {
  const sandbox = useSandbox();
  const { open } = useFiles();
  const request = (): string => `GET ${sandbox.origin(CONTACT)}/configapi/v2/user`;
  const OURS = bearer(reference(CONTACT));
  const NOBODYS = bearer(reference('nobody'));

  it('stands above each request with a reference, and exchanges; one without a credential gets an offer', async () => {
    const { document } = await open('each.http', '@x = 1', request(), OURS, '', '###', request(), '', '###', request(), NOBODYS);
    await lensesAre(
      document,
      '$(key) Contact · Ada — not exchanged yet | Exchange',
      'Insert headers of Contact',
      '$(question) TENANT_TOKEN_NOBODY — unknown reference',
    );
    const lenses = (await lensesOf(document)).filter(({ title }) => title !== TRY);
    assert.deepEqual(
      lenses.map(({ line, run }) => [line, run !== undefined]),
      [
        [1, true],
        [1, true],
        [5, true],
        [8, false],
      ],
    );
    await lenses.find(({ title }) => title === 'Exchange')?.run?.();
    await lensesAre(document, /^\$\(key\) Contact · Ada — \d+m left$/, /^Insert headers/, /unknown reference$/);
  });

  it('stands in the fences of Markdown only, and in .rest files', async () => {
    const { document: notes } = await open('notes.md', '# Notes', '', OURS, '', '```http', request(), OURS, '```', '');
    await lensesAre(notes, /^\$\(key\) Contact · Ada/);
    const { document: rest } = await open('one.rest', request(), OURS);
    await lensesAre(rest, /^\$\(key\) Contact · Ada/);
  });

  it('gives way to an offer when the reference goes', async () => {
    const editor = await open('gone.http', request(), OURS);
    await lensesAre(editor.document, /Contact/);
    putCursor(editor, 1);
    await vscode.commands.executeCommand('editor.action.deleteLines');
    await lensesAre(editor.document, 'Insert headers of Contact');
  });

  it('shows that an access token in the file has expired, and replaces it', async () => {
    const token = 'EXAMPLE-access-token-that-ran-out';
    giving(sandbox, token, 1);
    await exchange(CONTACT);
    const { document } = await open('ran-out.http', request(), bearer(token));
    await lensesAre(document, '$(key) Contact · Ada — expired | Update Header');
    giving(sandbox, 'EXAMPLE-new-access-token');
    const lenses = await lensesOf(document);
    await lenses.find(({ title }) => title === 'Update Header')?.run?.();
    await lensesAre(document, /^\$\(key\) Contact · Ada — \d+m left$/);
    assert.equal(document.getText(), [request(), bearer('EXAMPLE-new-access-token')].join('\n'));
  });

  it('says what is wrong with an API token that needs a person, and what helps', async () => {
    const REVOKED = bearer(reference(`${ACME}-revoked`));
    const { document } = await open('revoked.http', `GET ${sandbox.origin(ACME)}/api/org`, REVOKED);
    await lensesAre(document, /Acme · Revoked — not exchanged yet \| Exchange/);
    const lenses = await lensesOf(document);
    // The error is shown in a message, which stays until it is closed.
    void lenses.find(({ title }) => title === 'Exchange')?.run?.();
    await lensesAre(document, '$(error) Acme · Revoked — API token refused | Replace Token');
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});
