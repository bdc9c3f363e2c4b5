import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { LineIndexes } from '../../src/editor/lineIndexes.js';

describe('the line indexes of documents', () => {
  /** A document whose text is replaced, with the event that VS Code would fire for the replacement of one line. */
  function open(text: readonly string[]) {
    let [lines, version, looks] = [text, 1, 0];
    const document = {
      get version() {
        return version;
      },
      get lineCount() {
        return lines.length;
      },
      lineAt(line: number) {
        looks++;
        return { text: lines[line] };
      },
    } as unknown as vscode.TextDocument;
    const replace = (line: number, text: string, newer = 1) => {
      lines = lines.with(line, text);
      version += newer;
      const range = { start: { line, character: 0 }, end: { line, character: 1_000 } };
      return { document, contentChanges: [{ range, text }] } as unknown as vscode.TextDocumentChangeEvent;
    };
    return { document, replace, looks: () => looks };
  }

  const referring = (indexes: LineIndexes, document: vscode.TextDocument) =>
    indexes.of(document).lines('placeholder', { start: 0, end: document.lineCount });

  it('follow an edit without reading the document again', () => {
    const { document, replace, looks } = open(['GET https://acme.example', 'Authorization: {{token}}', '', 'body']);
    const indexes = new LineIndexes();
    assert.deepEqual(referring(indexes, document), [1]);
    const before = looks();
    indexes.changed(replace(3, '{{body}}'));
    assert.deepEqual(referring(indexes, document), [1, 3]);
    assert.ok(looks() - before < document.lineCount);
  });

  it('are rebuilt after an edit of many lines, when somebody wants them', () => {
    const { document, replace, looks } = open(['GET https://acme.example', ...Array.from({ length: 5_000 }, () => 'body')]);
    const indexes = new LineIndexes();
    referring(indexes, document);
    const before = looks();
    const { contentChanges: first } = replace(1, '{{body}}');
    const { contentChanges: last } = replace(5_000, '{{body}}', 0);
    indexes.changed({ document, contentChanges: [...last, ...first], reason: undefined });
    assert.equal(looks(), before);
    assert.deepEqual(referring(indexes, document), [1, 5_000]);
  });

  it('are rebuilt after a missed edit, even with the same number of lines', () => {
    const { document, replace } = open(['GET https://acme.example', 'Authorization: {{token}}', '', 'body']);
    const indexes = new LineIndexes();
    assert.deepEqual(referring(indexes, document), [1]);
    replace(0, 'GET https://{{host}}');
    indexes.changed(replace(3, '{{body}}'));
    assert.deepEqual(referring(indexes, document), [0, 1, 3]);
  });
});
