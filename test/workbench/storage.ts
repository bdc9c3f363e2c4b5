import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

export interface StoredText {
  /** Where it was found: a path relative to the profile, or the store and key of the browser. */
  readonly place: string;
  readonly text: string;
}

/** Every file below a folder, as text: bytes that are no text do no harm to a search for one. */
export function textsIn(folder: string): StoredText[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((place) => ({ place, file: path.join(folder, place) }))
    .filter(({ file }) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .map(({ place, file }) => ({ place, text: readFileSync(file, 'latin1') }));
}

/** Everything the page may keep: globalState, encrypted secrets, editor state. Runs in the page, so it is plain JavaScript. */
const DUMP = `(async () => {
  const found = [];
  const add = (place, value) => {
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : ArrayBuffer.isView(value) ? value : undefined;
    const text = bytes ? new TextDecoder().decode(bytes) : typeof value === 'string' ? value : JSON.stringify(value);
    found.push({ place, text: String(text) });
  };
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const [key, value] of Object.entries(localStorage)) add('localStorage/' + key, value);
  for (const [key, value] of Object.entries(sessionStorage)) add('sessionStorage/' + key, value);
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([done(objects.getAllKeys()), done(objects.getAll())]);
      keys.forEach((key, index) => add([name, store, key].join('/'), values[index]));
    }
    database.close();
  }
  return found;
})()`;

export const browserStorage = (page: Page): Promise<StoredText[]> => page.evaluate<StoredText[]>(DUMP);
