import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { unanswered, until } from './support/documents.js';
import { CONTACT, exchange, useSandbox } from './support/sandbox.js';

describe('the document of a trace', () => {
  const sandbox = useSandbox();

  /** An exchange that the service answers so, and that fails by it. */
  const fail = async (answer: unknown): Promise<void> => {
    sandbox.answer = answer;
    await unanswered(exchange(CONTACT));
  };
  const text = (): string => vscode.window.activeTextEditor?.document.getText() ?? 'no editor';
  const says = (line: string) => until(line, () => text().split('\n').includes(line), text);

  it('is for reading only, follows the next failure, and goes with the token', async () => {
    await fail({ error: 'invalid_request' });
    await vscode.commands.executeCommand('tenantTokens.showExchangeTrace', { tenant: CONTACT });
    await says('< error: invalid_request');
    const before = text();
    await vscode.commands.executeCommand('type', { text: 'x' });
    assert.equal(text(), before);
    assert.equal(vscode.window.activeTextEditor?.document.isDirty, false);

    await fail({ token_type: 'Bearer' });
    await says('< token_type: Bearer');
    assert.doesNotMatch(text(), /invalid_request/);
    await vscode.commands.executeCommand('tenantTokens.stopSandbox');
    await says('This trace no longer exists.');
  });
});
