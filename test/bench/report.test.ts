import assert from 'node:assert/strict';
import { chartOf } from './chart.js';
import type { Result } from './comparison.js';
import type { Machine } from './machine.js';
import { cellsOf } from './markdown.js';
import { asTimes, markdownOf, shortName, terminalOf, withUnit, wordsOf } from './report.js';

describe('the report of the benchmarks', () => {
  const rounds = (value: number) => [[value], [value * 2], [value]];
  const exchange: Result = {
    id: 'X1',
    title: 'a warm exchange',
    unit: 'ms',
    targets: [{ figure: 'p50', versus: 'example', atMost: 1.1, moonshot: 0.4 }],
    measured: [
      { name: 'Tenant Tokens', rounds: rounds(0.18) },
      { name: 'example 1.2.3 & co.', rounds: rounds(0.36) },
      { name: '@scope/sample 4.5.6', rounds: rounds(18_000) },
    ],
  };
  const timers: Result = {
    id: 'X2',
    title: 'timers',
    unit: 'count',
    targets: [{ figure: 'p50', atMost: 0 }],
    measured: [
      { name: 'Tenant Tokens', rounds: [[0]] },
      { name: 'setTimeout each', rounds: [[10_000]] },
    ],
  };
  const machine: Machine = {
    taken: '2026-01-31T12:00:00.000Z',
    cpu: 'Some CPU',
    cores: 2,
    memory: '8 GiB',
    system: 'Linux 6.1 x64',
    node: 'Node 24.1.0',
  };

  it('shows three digits, and two decimals of what is near 1', () => {
    assert.equal(withUnit(0.18249, 'ms'), '0.182 ms');
    assert.equal(withUnit(47_654, 'ns'), '47,700 ns');
    assert.equal(withUnit(0, 'count'), '0');
    assert.deepEqual([0.00123, 0.0468, 0.974, 1.9, 33.94, 853.4, 52_912].map(asTimes), [
      '0.0012×',
      '0.05×',
      '0.97×',
      '1.90×',
      '33.9×',
      '853×',
      '52,900×',
    ]);
  });

  it('leaves the version out of a name', () => {
    assert.equal(shortName('@scope/sample 4.5.6-rc.1 with more'), '@scope/sample with more');
    assert.equal(shortName('setTimeout'), 'setTimeout');
  });

  it('says what a target asks for, and what there is', () => {
    const target = { figure: 'p95', versus: 'example 1.2.3', atMost: 1 / 0.9, moonshot: 1 } as const;
    assert.equal(
      wordsOf({ target, figure: 1.0449, isMet: true, isMoonshotMet: false }, 'ms'),
      'p95 ≤ 1.11 × example: ✓ 1.04 (moonshot ≤ 1: missed)',
    );
    assert.equal(wordsOf({ target: { figure: 'p50', atMost: 80 }, figure: 95, isMet: false }, 'ns'), '≤ 80 ns: ✗ 95 ns');
  });

  it('has a line for each subject and target in the terminal, in columns', () => {
    const lines = terminalOf(exchange).split('\n');
    assert.equal(lines.length, 2 + 3 + 1);
    assert.match(lines[3]!, /^ {2}example 1\.2\.3 & co\. +0\.36 ms +0\.72 ms +2\.00×$/);
    assert.equal(new Set(lines.slice(2, 5).map((line) => line.indexOf('ms'))).size, 1);
    assert.equal(lines.at(-1), '  ≤ 1.1 × example: ✓ 0.50 (moonshot ≤ 0.4: missed)');
  });

  it('has a line for each row in Markdown', () => {
    const cells = cellsOf(markdownOf([exchange, timers], machine, 'some/chart.svg'));
    assert.deepEqual(cells.slice(2), [
      [
        'X1',
        'a warm exchange',
        '**0.18 ms** (0.36 ms)',
        'example & co. 2.00×<br>@scope/sample 100,000×',
        '≤ 1.1 × example: ✓ 0.50 (moonshot ≤ 0.4: missed)',
      ],
      ['X2', 'timers', '**0**', 'setTimeout each 10,000', '≤ 0: ✓ 0'],
    ]);
  });

  it('names the machine and the versions', () => {
    const markdown = markdownOf([exchange, timers], machine, 'some/chart.svg');
    assert.match(markdown, /^Taken on 2026-01-31: Some CPU, 2 cores, 8 GiB, Linux 6\.1 x64, Node 24\.1\.0\. /m);
    assert.match(markdown, /With @scope\/sample 4\.5\.6, example 1\.2\.3\.$/m);
  });

  it('draws a bar for each of the others, of the length of its multiple, and tells all to who cannot see it', () => {
    const svg = chartOf([exchange, timers]);
    const widths = Array.from(svg.matchAll(/<rect class="more" .*? width="([\d.]+)"/g), ([, width]) => Number(width));
    assert.equal(widths.length, 3);
    assert.ok(widths[0]! < widths[1]!);
    // What is beyond the axis ends with it, and is cut through.
    assert.equal(widths[1], widths[2]);
    assert.equal(svg.match(/class="cut"/g)?.length, 2);
    assert.match(svg, /<desc id="desc">X1 a warm exchange: Tenant Tokens 0\.18 ms, example &amp; co\. 2\.00×, .*X2 timers: /);
    assert.doesNotMatch(svg, /& co/);
  });
});
