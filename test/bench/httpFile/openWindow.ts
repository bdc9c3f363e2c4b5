import { join } from 'node:path';
import type { Prompter } from '../../../src/views/prompter.js';
import { editor } from '../../support/vscode.js';
import { bundled } from './bundled.js';
import type { FakeDocument } from '../../support/document.js';
import type * as insertion from './insertion.js';

/**
 * As it ships: bundled, and with a stand-in for the editor.
 * @param answers to the questions that are asked on the way
 */
export async function openWindow(document: FakeDocument, answers: Partial<Prompter> = {}): Promise<insertion.Window> {
  editor.reset();
  // Both clients are installed, so that a request is read as each of them does.
  for (const client of ['anweber.vscode-httpyac', 'humao.rest-client']) editor.install(client);
  editor.set({ 'tenantTokens.insertAs': 'token' });
  const { Window } = (await bundled(join(__dirname, 'insertion.ts'))) as typeof insertion;
  return new Window(document, answers);
}
