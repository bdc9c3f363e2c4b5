import { join } from 'node:path';
import { bundled } from './bundled.js';
import type { FakeDocument } from './fakeDocument.js';
import type * as insertion from './insertion.js';

/** As it ships: bundled, and with a stand-in for the editor, since there is none here. */
export async function openWindow(document: FakeDocument): Promise<insertion.Window> {
  const { Window } = (await bundled(join(__dirname, 'insertion.ts'))) as typeof insertion;
  return new Window(document);
}
