import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { Pieces } from '../../src/editor/pieces.js';
import { Readings } from '../../src/editor/readings.js';
import { FakeDocument } from '../support/document.js';
import { Range } from '../support/vscodeTypes.js';

/** Pieces whose pauses the test ends, and a clock that each query advances by a millisecond. */
function stepped() {
  let now = 0;
  let ends: (() => void)[] = [];
  const pieces = new Pieces(
    () => now++,
    () => new Promise((resolve) => ends.push(resolve)),
  );
  const step = async (): Promise<void> => {
    const [ended, before] = [ends, now];
    ends = [];
    for (const end of ended) end();
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(now - before <= 10, `a piece of ${now - before} ms`);
  };
  return { pieces, step };
}

/** Reads a document line by line, with a pause after each. */
function reader(pieces: Pieces) {
  const seen: string[] = [];
  const readings = new Readings<string[]>(function* (document) {
    const lines: string[] = [];
    for (let line = 0; line < document.lineCount; line++) {
      lines.push(document.lineAt(line).text);
      seen.push(`${document.version}:${line}`);
      yield;
    }
    return lines;
  }, pieces);
  return { seen, of: (document: FakeDocument) => readings.of(document as unknown as vscode.TextDocument), readings };
}

const textOf = (lines: number): string => Array.from({ length: lines }, (_, line) => `line ${line}`).join('\n');

describe('Readings of documents', () => {
  it('of a short document are available at once, however slow the machine is, and are cached for each version', () => {
    const { pieces } = stepped();
    const { of, seen } = reader(pieces);
    const document = new FakeDocument(textOf(500));
    assert.deepEqual(of(document), textOf(500).split('\n'));
    assert.equal(of(document), of(document));
    assert.equal(seen.length, 500);
  });

  it('of a long document pause every 8 ms, and all callers share one', async () => {
    const { pieces, step } = stepped();
    const { of, seen } = reader(pieces);
    const document = new FakeDocument(textOf(1000));
    const [one, other] = [of(document), of(document)];
    assert.ok(one instanceof Promise && other === one);
    let steps = 0;
    for (; seen.length < 1000; steps++) {
      const before = seen.length;
      await step();
      assert.ok(seen.length > before && seen.length - before <= 10, `${seen.length - before} lines in a piece`);
    }
    await step();
    assert.equal((await one).length, 1000);
    assert.ok(steps >= 100, `${steps} pieces`);
    assert.deepEqual(of(document), await one);
  });

  it('share the time of a piece with others that start within it', () => {
    const { pieces } = stepped();
    const { of, seen } = reader(pieces);
    for (let count = 0; count < 5; count++) assert.ok(of(new FakeDocument(textOf(1000))) instanceof Promise);
    assert.ok(seen.length <= 16, `${seen.length} lines are read in one piece`);
  });

  it('of a document that changes between two pieces return its new text', async () => {
    const { pieces, step } = stepped();
    const { of, seen } = reader(pieces);
    const document = new FakeDocument(textOf(1000));
    const read = of(document);
    await step();
    document.change([{ range: new Range(3, 0, 999, 0), text: 'new ' }]);
    for (let steps = 0; seen.at(-1) !== '2:3'; steps++) {
      assert.ok(steps < 10, seen.join());
      await step();
    }
    await step();
    assert.deepEqual(await read, ['line 0', 'line 1', 'line 2', 'new line 999']);
    assert.ok(!seen.includes('1:50'), 'the rest of the old text is not read');
  });

  it('start again when something else that they depend on has changed', async () => {
    const { pieces, step } = stepped();
    const { of, readings, seen } = reader(pieces);
    const document = new FakeDocument(textOf(600));
    const read = of(document);
    await step();
    readings.forget();
    for (let steps = 0; seen.at(-1) !== '1:599'; steps++) {
      assert.ok(steps < 200, seen.join());
      await step();
    }
    await step();
    assert.equal((await read).length, 600);
    assert.equal(seen.filter((one) => one === '1:0').length, 2);
  });
});
