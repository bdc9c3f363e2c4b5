import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { lensesOf, TRY, until, useFiles } from './support/documents.js';
import { bearer, reference } from './support/references.js';
import { CONTACT, giving, useSandbox } from './support/sandbox.js';

const SCHEME = 'tenant-tokens-answer';

describe('Try Request', () => {
  const sandbox = useSandbox();
  const { open } = useFiles();
  const request = (): string => `GET ${sandbox.origin(CONTACT)}/configapi/v2/user`;
  const OURS = bearer(reference(CONTACT));

  const tabs = (): vscode.Tab[] =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === SCHEME);
  const tryFirst = async ({ document }: vscode.TextEditor): Promise<void> => {
    const lenses = await until(
      'the lens',
      async () => (await lensesOf(document)).filter(({ title }) => title === TRY),
      () => lensesOf(document),
    );
    await lenses[0]?.run?.();
  };
  const answer = (): vscode.TextDocument => {
    const [tab, ...others] = tabs();
    assert.ok(tab && others.length === 0, `${tabs().length} answers are shown`);
    const { uri } = tab.input as vscode.TabInputText;
    return vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString())!;
  };

  it('has a lens above each request, which sends it and shows the answer beside it', async () => {
    const editor = await open('try.http', '@x = 1', '', request(), OURS, '', '###', 'GET http://127.0.0.1:9/', '');
    const lenses = (await lensesOf(editor.document)).filter(({ title }) => title === TRY);
    assert.deepEqual(
      lenses.map(({ line }) => line),
      [2, 6],
    );
    await tryFirst(editor);
    const document = answer();
    assert.equal(document.languageId, SCHEME);
    assert.match(document.getText(), /^HTTP\/1\.1 200 OK\n# GET .*\n# \d+ ms · .* · sent as Contact · Ada\n[^]*\n\n[[{]\n {2}\S/);
    assert.equal(tabs()[0]?.label, '200 OK · GET ∕configapi∕v2∕user');
    assert.equal(tabs()[0]?.group.viewColumn, vscode.ViewColumn.Two);
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
    assert.equal(vscode.workspace.fs.isWritableFileSystem(SCHEME), undefined);
  });

  it('shows the next answer in the place of the one before, and forgets what was closed', async () => {
    const editor = await open('again.http', request(), OURS);
    await tryFirst(editor);
    const first = answer();
    giving(sandbox, 'EXAMPLE-access-token-that-is-refused');
    await vscode.commands.executeCommand('tenantTokens.exchange', { tenant: CONTACT });
    await tryFirst(editor);
    const second = answer();
    assert.match(second.getText(), /^HTTP\/1\.1 401 /);
    const isEmpty = (document: vscode.TextDocument) => () => document.isClosed || document.getText() === '';
    await until('the first to be forgotten', isEmpty(first), () => first.getText());
    await vscode.window.tabGroups.close(tabs());
    await until('the second to be forgotten', isEmpty(second), () => second.getText());
  });
});
