import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { acceptUntil, lensesAre, pressUntil, putCursor, textIs, unanswered, undo, until, useFiles } from './support/documents.js';
import { bearer, reference } from './support/references.js';
import { BILLING, CONTACT, exchange, giving, PROVIDER, useSandbox } from './support/sandbox.js';
import { useSettings } from './support/settings.js';

const TOKEN = 'EXAMPLE-access-token';

describe('Insert Headers', () => {
  const sandbox = useSandbox();
  const { folder, open, show } = useFiles();
  const { set } = useSettings();
  const request = (): string => `GET ${sandbox.origin(CONTACT)}/configapi/v2/user`;
  const insert = (tenant?: string): Thenable<unknown> =>
    vscode.commands.executeCommand('tenantTokens.insertHeaders', ...(tenant ? [{ tenant }] : []));

  beforeEach(() => giving(sandbox, TOKEN));

  describe('with the headers of a platform that has several', () => {
    const session = (): string => `GET ${sandbox.origin(PROVIDER)}/cloudapi/1.0.0/sessions/current`;
    const tokenIn = (text: string): string => /Bearer (\S+)/.exec(text)?.[1] ?? assert.fail(text);
    const ACCEPT = /^Accept: application\/json;version=\d+\.\d+$/m;

    it('sets those of the request at the cursor, and replaces them in place, in one undo step each', async () => {
      const lines = ['### first', session(), '', '### second', session(), 'X-Id: 1', '', ''];
      const editor = await open('one.http', ...lines);
      const { document } = editor;
      putCursor(editor, 4);
      await insert(PROVIDER);
      const first = document.getText();
      const accept = ACCEPT.exec(first)?.[0] ?? '';
      const withToken = (token: string) => lines.toSpliced(5, 0, bearer(token), accept).join('\n');
      assert.equal(first, withToken(tokenIn(first)));
      assert.equal((await fetch(session().slice(4), { headers: headersIn(first) })).status, 200);

      await vscode.commands.executeCommand('tenantTokens.exchange', { tenant: PROVIDER });
      await insert(PROVIDER);
      const second = document.getText();
      assert.notEqual(tokenIn(second), tokenIn(first));
      assert.equal(second, withToken(tokenIn(second)));
      await undo();
      await textIs(document, first);
      await undo();
      await textIs(document, ...lines);
      assert.equal(document.isDirty, false);
    });

    it('leaves an Accept header that names a version', async () => {
      const { document } = await open('accept.http', session(), 'Accept: application/*+xml;version=38.0');
      await insert(PROVIDER);
      assert.deepEqual(document.getText().match(/^Accept: .*$/gm), ['Accept: application/*+xml;version=38.0']);
    });
  });

  it('sets the headers of the requests at several cursors, in one undo step', async () => {
    const lines = [request(), '', '###', '', request(), '', '###', '', `${request()}?x=1`, ''];
    const editor = await open('several.http', ...lines);
    editor.selections = [0, 8].map((line) => new vscode.Selection(line, 0, line, 0));
    await insert();
    await textIs(editor.document, ...lines.toSpliced(9, 0, bearer(TOKEN)).toSpliced(1, 0, bearer(TOKEN)));
    await undo();
    await textIs(editor.document, ...lines);
  });

  it('sets the headers of all requests of the file, in one undo step', async () => {
    const lines = [request(), '', '###', '', request(), ''];
    const { document } = await open('all.http', ...lines);
    await vscode.commands.executeCommand('tenantTokens.insertHeadersInFile');
    await textIs(document, ...lines.toSpliced(5, 0, bearer(TOKEN)).toSpliced(1, 0, bearer(TOKEN)));
    await undo();
    await textIs(document, ...lines);
  });

  it('follows the variables of the host', async () => {
    const lines = [`@base = ${sandbox.origin(CONTACT)}`, '', 'GET {{base}}/configapi/v2/user', ''];
    const editor = await open('variable.http', ...lines);
    putCursor(editor, 2);
    await insert();
    await textIs(editor.document, ...lines.toSpliced(3, 0, bearer(TOKEN)));
  });

  it('asks which token where several may go to the host, and inserts nothing without an answer', async () => {
    const { document } = await open('choice.http', `GET ${sandbox.origin(BILLING)}/api/invoices`, '');
    await unanswered(insert());
    assert.equal(document.isDirty, false);
    const inserting = insert();
    await acceptUntil(
      'the chosen token',
      () => document.isDirty,
      () => document.getText(),
    );
    await inserting;
    assert.match(document.lineAt(1).text, /^Authorization: Bearer \S+$/);
  });

  it('row 38: asks before a token goes to a host that is not its tenant’s, or that is not known', async () => {
    for (const [name, line] of [
      ['foreign.http', 'GET http://127.0.0.1:9/elsewhere'],
      ['unknown.http', 'GET {{host}}/elsewhere'],
    ] as const) {
      const { document } = await open(name, line);
      // VS Code shows no modal question to a test in its host: an error says that one was asked.
      await assert.rejects(Promise.resolve(insert(CONTACT)), /refused to show dialog/);
      assert.equal(document.getText(), line);
    }
  });

  it('keeps CRLF', async () => {
    const { document } = await open('crlf.http', `${request()}\r\nX-Id: 1\r\n\r\nbody\r\n`);
    await insert();
    await document.save();
    const saved = readFileSync(path.join(folder, 'crlf.http'), 'utf8');
    assert.equal(saved, [request(), bearer(TOKEN), 'X-Id: 1', '', 'body', ''].join('\r\n'));
  });

  it('finds the request of a Markdown fence', async () => {
    const lines = ['# Notes', '', '```http', request(), '```', '', 'Authorization of users'];
    const editor = await open('notes.md', ...lines);
    putCursor(editor, 3);
    await insert();
    await textIs(editor.document, ...lines.toSpliced(4, 0, bearer(TOKEN)));
  });

  it('works in a document that has no file yet', async () => {
    await vscode.commands.executeCommand('workbench.action.files.newUntitledFile');
    const editor = await until(
      'the new document',
      () => vscode.window.activeTextEditor,
      () => 'no editor',
    );
    await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), request()));
    await insert();
    await textIs(editor.document, request(), bearer(TOKEN));
  });

  it('offers to copy the headers where the document is read-only', async () => {
    await set('files.readonlyInclude', { '**/locked.http': true });
    const { document } = await open('locked.http', request());
    await vscode.env.clipboard.writeText('');
    const inserting = insert();
    let copied = '';
    const isCopied = async () => {
      copied = await vscode.env.clipboard.readText();
      await vscode.commands.executeCommand('notification.acceptPrimaryAction');
      return copied !== '';
    };
    await until('the copied headers', isCopied, () => copied);
    await inserting;
    // For the tenant that was to be inserted, without asking for it again.
    assert.equal(copied.trim(), bearer(TOKEN));
    assert.equal(document.getText(), request());
  });

  it('inserts nothing where there is no request', async () => {
    for (const [name, line] of [
      ['empty.http', '# no request'],
      ['plain.txt', request()],
    ] as const) {
      const { document } = await open(name, line);
      await unanswered(insert());
      assert.equal(document.getText(), line);
    }
  });

  it('offers to mend what the client would not understand', async () => {
    const { document } = await open('lower.http', request().replace('GET', 'get'), '');
    const inserting = insert();
    const isMended = () => document.getText().startsWith('GET');
    await pressUntil('the method in upper case', isMended, () => document.getText());
    await inserting;
    await textIs(document, request(), bearer(TOKEN), '');
  });

  it('offers to uncomment a header instead', async () => {
    const { document } = await open('commented.http', request(), 'X-Id: 1', '# Authorization: Bearer old', '');
    const inserting = insert();
    const isMended = () => !document.getText().includes('#');
    await pressUntil('the header to be uncommented', isMended, () => document.getText());
    await inserting;
    await textIs(document, request(), 'X-Id: 1', bearer(TOKEN), '');
  });

  it('writes a new request to the tenant where the file has no request', async () => {
    const editor = await open('none.http', '@base = https://api.example', '');
    await vscode.commands.executeCommand('tenantTokens.newRequest', { tenant: CONTACT });
    const [, blank, written, ...rest] = editor.document.getText().split('\n');
    assert.equal(blank, '');
    assert.ok(written?.startsWith(`GET ${sandbox.origin(CONTACT)}/`), written);
    assert.deepEqual(rest, [bearer(TOKEN), '']);
  });

  describe('while the service is silent', () => {
    let release: () => void;
    beforeEach(async () => {
      // An expired access token, so that an insertion exchanges.
      giving(sandbox, TOKEN, 1);
      await exchange(CONTACT);
      const { document } = await open('reference.http', request(), bearer(reference(CONTACT)));
      await lensesAre(document, /expired \| Exchange$/);
      sandbox.answer = new Promise((resolve) => {
        release = () => resolve({ access_token: TOKEN, token_type: 'Bearer', expires_in: 600 });
      });
    });
    afterEach(() => release());

    /** Gives the command in a list: a promise by itself would be waited for. */
    async function insertAndWait(): Promise<[Thenable<unknown>]> {
      const before = sandbox.exchanges;
      const inserting = insert();
      await until(
        'the exchange',
        () => sandbox.exchanges > before,
        () => sandbox.exchanges,
      );
      return [inserting];
    }

    it('follows the request through edits: the headers land in the one that they were asked for', async () => {
      const editor = await open('edited.http', request(), '', '###', request(), '');
      const [inserting] = await insertAndWait();
      await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), '# a note\n'));
      putCursor(editor, 4);
      release();
      await inserting;
      await textIs(editor.document, '# a note', request(), bearer(TOKEN), '', '###', request(), '');
    });

    it('inserts nothing where the request is gone', async () => {
      const editor = await open('gone.http', '# a note', request(), '', '###', request(), '');
      putCursor(editor, 1);
      const [inserting] = await insertAndWait();
      await editor.edit((builder) => builder.delete(editor.document.lineAt(1).range));
      release();
      await unanswered(inserting);
      await textIs(editor.document, '# a note', '', '', '###', request(), '');
    });

    it('inserts nothing anywhere when the editor was left', async () => {
      await open('left.http', request());
      const [inserting] = await insertAndWait();
      const { document: other } = await open('other.http', request());
      release();
      await unanswered(inserting);
      assert.equal(other.getText(), request());
      assert.equal((await show('left.http')).document.getText(), request());
    });
  });

  const headersIn = (text: string): Record<string, string> =>
    Object.fromEntries([...text.matchAll(/^(Authorization|Accept): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
});
