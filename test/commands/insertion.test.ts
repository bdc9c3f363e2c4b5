import assert from 'node:assert/strict';
import { FakeDocument } from '../support/document.js';
import { openWindow } from '../bench/httpFile/openWindow.js';
import { requestFile } from '../bench/httpFile/requests.js';

/** Of a request of the file, and of the ones around it. */
const REQUEST = requestFile(100_000).length / requestFile(100_000).split('###').length;

describe('Inserting headers into a long file', () => {
  /** What is read from the command to the end, in the middle of the file. */
  async function readOf(size: number): Promise<{ document: FakeDocument; line: number }> {
    const document = new FakeDocument(requestFile(size));
    const window = await openWindow(document);
    try {
      // Its lenses have been shown, and then something was typed.
      window.recognize();
      await window.type(document.lineCount - 20);
      let line = Math.floor(document.lineCount / 2);
      while (!document.peek(line).startsWith('POST')) line++;
      document.charactersRead = 0;
      await window.insertAt(line);
      return { document, line };
    } finally {
      window.dispose();
    }
  }

  it('writes them below the request line', async () => {
    const { document, line } = await readOf(20_000);
    assert.match(document.peek(line + 1), /^Authorization: Bearer EXAMPLE-access-token-\d$/);
  });

  it('reads the request and those beside it, however long the file is, and never all of it', async () => {
    const read: number[] = [];
    for (const size of [100_000, 2_000_000]) {
      const { document } = await readOf(size);
      assert.equal(document.wholeReads, 0);
      read.push(document.charactersRead);
    }
    for (const characters of read) assert.ok(characters < 15 * REQUEST, `${characters} characters`);
  });

  it('keeps up with an edit by reading what it changed', async () => {
    const size = 1_000_000;
    const document = new FakeDocument(requestFile(size));
    const window = await openWindow(document);
    try {
      const before = window.recognize();
      document.charactersRead = 0;
      await window.type(50);
      assert.equal(document.charactersRead, document.peek(50).length);
      assert.deepEqual(
        window.recognize().map(({ match }) => match.line),
        before.map(({ match }) => match.line),
      );
      // Headers, and the requests with a token.
      assert.ok(document.charactersRead < 0.4 * size, `${document.charactersRead} characters`);
      assert.equal(document.wholeReads, 0);
    } finally {
      window.dispose();
    }
  });
});
