import assert from 'node:assert/strict';
import fc from '../support/properties.js';
import { LineIndex, type Lines } from '../../src/httpFile/index.js';
import { assertLinear } from '../support/linear.js';
import { plainFile } from './support/arbitrary.js';
import { linesOf } from './support/text.js';

const KINDS = ['definition', 'placeholder', 'token', 'fence', 'import', 1, 2, 11, 64] as const;

const found = (index: LineIndex, { lineCount }: Lines) =>
  KINDS.map((kind) => [kind, index.lines(kind, { start: 0, end: lineCount })] as const);

/** A document that changes as in an editor: all changes of an event, then the event. */
class Edited implements Lines {
  looks = 0;
  #lines: readonly string[];

  constructor(text: string) {
    this.#lines = text.split('\n');
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  lineAt(line: number): string {
    this.looks++;
    return this.#lines[line] ?? assert.fail(`there is no line ${line}`);
  }

  /** Replaces the text between two places, both clamped to the document. */
  replace(line: number, character: number, lineCount: number, text: string) {
    const start = Math.min(line, this.lineCount - 1);
    const end = Math.min(start + lineCount, this.lineCount - 1);
    const before = this.lineAt(start).slice(0, character);
    const after = this.lineAt(end).slice(start === end ? before.length : character);
    const changed = `${before}${text}${after}`.split(/\r?\n/);
    this.#lines = [...this.#lines.slice(0, start), ...changed, ...this.#lines.slice(end + 1)];
    return { range: { start: { line: start }, end: { line: end } }, text };
  }
}

const LINES = [
  '@a = {{b}}',
  '  @b=1',
  'A: {{a}}',
  'X: vidb_',
  '# B: {{a}}',
  '```http',
  '```',
  '"a": "{{a}}"',
  '###',
  '',
  'prose',
];

describe('The index of lines', () => {
  const cases: readonly (readonly [line: string, ...kinds: (typeof KINDS)[number][]])[] = [
    ['@a = 1', 'definition'],
    ['\uFEFF\u00a0@a', 'definition'],
    ['A: {{b}}', 'placeholder', 1],
    ['\f!a : 1', 2],
    [`${'a'.repeat(99)}: 1`, 64],
    ['{"a": "{{$processEnv TENANT_TOKEN_A}}"}', 'placeholder', 'token'],
    ['  eyJh.eyJb.c', 'token'],
    ["  --header 'A: vidb_'", 'token', 11],
    ['```http', 'fence'],
    [' ```http'],
    ['import ./b.http', 'import'],
    ['\t import', 'import'],
    ['imports: x'.padStart(70, 'i'), 64],
    ['# import ./b.http'],
    ['#\u2028import ./b.http', 'definition', 'import'],
    ['# A: {{b}}'],
    ['\u00a0// A: {{b}}'],
    ['"a": 1'],
    ['x'],
    [''],
    ['  '],
  ];
  for (const [line, ...kinds] of cases)
    it(`indexes ${JSON.stringify(line)} as ${kinds.join(' and ') || 'nothing'}`, () => {
      const lines = linesOf(`${line}\n`);
      const expected = KINDS.map((kind) => [kind, kinds.includes(kind) ? [0] : []]);
      assert.deepEqual(found(new LineIndex(lines), lines), expected);
    });

  it('returns the lines of a span, excluding its end', () => {
    const lines = linesOf('A: 1\nA: 1\nA: 1\nA: 1');
    assert.deepEqual(new LineIndex(lines).lines(1, { start: 1, end: 3 }), [1, 2]);
  });

  it('is the same after any edits as if it were new', () => {
    const text = fc
      .array(fc.constantFrom(...LINES), { maxLength: 4 })
      .chain((lines) => fc.constantFrom('\n', '\r\n').map((eol) => lines.join(eol)));
    const change = fc.tuple(fc.nat(30), fc.nat(12), fc.nat(4), text);
    const file = fc.oneof(
      plainFile,
      fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 30 }).map((all) => all.join('\n')),
    );
    const event = fc.array(change, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(file, fc.array(event, { minLength: 1, maxLength: 4 }), (before, events) => {
        const lines = new Edited(before.replaceAll('\r', ''));
        const index = new LineIndex(lines);
        for (const changes of events) index.change(changes.map((one) => lines.replace(...one)));
        assert.deepEqual(found(index, lines), found(new LineIndex(lines), lines));
      }),
    );
  });

  it('corrects a missed edit with the next one', () => {
    const lines = new Edited(LINES.join('\n'));
    const index = new LineIndex(lines);
    lines.replace(0, 0, 2, '@c\n@d\n@e\n');
    index.change([]);
    index.change([lines.replace(5, 0, 0, 'x')]);
    assert.deepEqual(found(index, lines), found(new LineIndex(lines), lines));
  });

  it('reads only the lines that an edit has changed', () => {
    const lines = new Edited(`${LINES.join('\n')}\n`.repeat(1000));
    const index = new LineIndex(lines);
    for (const text of ['x', '\nA: 1\n\n']) {
      const change = lines.replace(5000, 0, 0, text);
      lines.looks = 0;
      index.change([change]);
      assert.equal(lines.looks, text.split('\n').length);
    }
  });

  it('takes time in proportion to the document', async () => {
    const size = 200_000;
    const files = new Map([size, size / 10].map((count) => [count, linesOf(`${LINES.join('\n')}\n`.repeat(count / 10))]));
    await assertLinear(size, (count) => new LineIndex(files.get(count) ?? linesOf('')));
  });
});
