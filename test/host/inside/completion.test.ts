import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { putCursor, until, useFiles } from './support/documents.js';
import { bearer, reference } from './support/references.js';
import { CONTACT, useSandbox } from './support/sandbox.js';

describe('completion', () => {
  const sandbox = useSandbox();
  const { open } = useFiles();
  const request = (): string => `GET ${sandbox.origin(CONTACT)}/configapi/v2/user`;
  const NAME = 'TENANT_TOKEN_SANDBOX_BRIGHT_PATTERN';

  const type = (text: string): Thenable<unknown> => vscode.commands.executeCommand('type', { text });

  /** Accepts what is suggested first, as soon as it is shown: nothing happens before. */
  async function accept(document: vscode.TextDocument): Promise<string> {
    const before = document.getText();
    const accepted = async () => {
      await vscode.commands.executeCommand('acceptSelectedSuggestion');
      return document.getText() !== before;
    };
    await until('a suggestion', accepted, () => document.getText());
    return document.getText();
  }

  async function suggested({ document, selection }: vscode.TextEditor, trigger: string): Promise<string[]> {
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      selection.active,
      trigger,
    );
    return items.flatMap(({ label }) => (typeof label === 'object' ? `${label.label}: ${label.description ?? ''}` : []));
  }

  it('offers references inside braces, those of the request’s tenant first', async () => {
    const editor = await open('braces.http', request(), 'X-Id: ', '');
    putCursor(editor, 1, 6);
    await type('{{');
    const [first, ...others] = await suggested(editor, '{');
    assert.equal(first, `${NAME}: Contact · Ada`);
    assert.ok(others.includes('TENANT_TOKEN_SANDBOX_OAUTH2: Billing API · Ada'), others.join('\n'));
    await type('bill');
    const text = await accept(editor.document);
    assert.equal(text, [request(), `X-Id: ${reference('sandbox-oauth2')}`, ''].join('\n'));
  });

  it('offers the whole value of a header', async () => {
    const editor = await open('value.http', request(), 'Authorization', '');
    putCursor(editor, 1, 13);
    await type(':');
    const [first] = await suggested(editor, ':');
    assert.equal(first, `Bearer ${NAME}: Contact · Ada`);
    assert.equal(await accept(editor.document), [request(), bearer(reference(CONTACT)), ''].join('\n'));
  });

  it('offers nothing in other headers and in Markdown outside of requests', async () => {
    const header = await open('header.http', request(), 'X-Id: ', '');
    putCursor(header, 1, 6);
    assert.deepEqual(await suggested(header, ' '), []);
    const notes = await open('notes.md', '# Notes', '{{', '');
    putCursor(notes, 1, 2);
    assert.deepEqual(await suggested(notes, '{'), []);
  });
});
