import { type Compared, compare, judge, type Result, type Verdict } from './comparison.js';
import type { Machine } from './machine.js';
import { tableOf } from './markdown.js';
import type { Target, Unit } from './row.js';
import type { Ratio } from './statistics.js';

/** The version within the name of a subject. */
const VERSION = / \d+\.\d+\.\d+[\w.+-]*/;

/** The name of a subject without the version of its package. */
export const shortName = (name: string): string => name.replace(VERSION, '');

const SIGNIFICANT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const SYMBOLS: Readonly<Record<Unit, string>> = { ns: ' ns', µs: ' µs', ms: ' ms', B: ' B', kB: ' kB', count: '', ratio: '×' };

/** Three digits of a figure, with its unit: `0.182 ms`. */
export const withUnit = (figure: number, unit: Unit): string => `${SIGNIFICANT.format(figure)}${SYMBOLS[unit]}`;

/** `0.00024×`, `1.04×`, `12.5×`, `1,230×` */
export const asTimes = (times: number): string => `${digits(times)}×`;

/** Near 1 the second decimal matters. */
function digits(times: number): string {
  if (times < 0.01) return String(Number(times.toPrecision(2)));
  return times < 100 ? times.toFixed(times < 10 ? 2 : 1) : SIGNIFICANT.format(times);
}

/** `1.90× (1.84–1.97)`, without an interval where nothing varies. */
const withInterval = ({ value, low, high }: Ratio): string => {
  const [from, to] = [digits(low), digits(high)];
  return from === to ? asTimes(value) : `${asTimes(value)} (${from}–${to})`;
};

/** `p95 ≤ 1.15 × undici` */
export function limitOf({ figure, versus, atMost }: Target, unit: Unit): string {
  const limit = versus === undefined ? withUnit(atMost, unit) : `${SIGNIFICANT.format(atMost)} × ${shortName(versus)}`;
  return `${figure === 'p95' ? 'p95 ' : ''}≤ ${limit}`;
}

/** `p95 ≤ 1.15 × undici: ✓ 1.09`, with the moonshot in words. */
export function wordsOf({ target, figure, isMet, isMoonshotMet }: Verdict, unit: Unit): string {
  const { versus, moonshot } = target;
  const words = `${limitOf(target, unit)}: ${isMet ? '✓' : '✗'} ${versus === undefined ? withUnit(figure, unit) : digits(figure)}`;
  if (moonshot === undefined) return words;
  const shot = versus === undefined ? withUnit(moonshot, unit) : SIGNIFICANT.format(moonshot);
  return `${words} (moonshot ≤ ${shot}: ${isMoonshotMet ? 'met' : 'missed'})`;
}

/** What the terminal shows of a row: each subject on a line, each target on a line. */
export function terminalOf(result: Result): string {
  const { id, title, unit } = result;
  const subjects = compare(result);
  const cells = subjects.map((subject) => [subject.name, ...figuresOf(subject, unit)]);
  const head = [`${id}  ${title}`, 'p50', 'p95', 'theirs ÷ ours'];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length), column ? head[column]!.length : 0));
  const aligned = (row: readonly string[]) =>
    row.map((cell, column) => (column % 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ');
  return [
    head[0],
    ...[['', ...head.slice(1)], ...cells].map((row) => `  ${aligned(row)}`.trimEnd()),
    ...judge(result).map((verdict) => `  ${wordsOf(verdict, unit)}`),
  ].join('\n');
}

const figuresOf = ({ p50, p95, times }: Compared, unit: Unit): string[] => [
  withUnit(p50, unit),
  withUnit(p95, unit),
  times ? withInterval(times) : '',
];

/**
 * The section of test/bench/README.md: a line for each row, on what and of what versions it was taken, and a picture.
 * @param chart where the picture is, as that links to it
 */
export function markdownOf(results: readonly Result[], machine: Machine, chart: string): string {
  return [
    tableOf(
      ['', 'measured', 'Tenant Tokens, p50 (p95)', 'others ÷ Tenant Tokens (95 % confidence)', 'target'],
      results.map(lineOf),
    ),
    conditionsOf(results, machine),
    '<details>\n<summary>As a picture</summary>',
    `![What others take, as multiples of what Tenant Tokens takes: a bar for each of them](${chart})`,
    '</details>',
  ].join('\n\n');
}

function lineOf(result: Result): string[] {
  const { id, title, unit } = result;
  const [ours, ...others] = compare(result);
  const { p50, p95 } = ours!;
  const [middle, tail] = [withUnit(p50, unit), withUnit(p95, unit)];
  return [
    id,
    title,
    `**${middle}**${tail === middle ? '' : ` (${tail})`}`,
    others.map((other) => `${shortName(other.name)} ${other.times ? withInterval(other.times) : withUnit(other.p50, unit)}`),
    judge(result).map((verdict) => wordsOf(verdict, unit)),
  ].map((cell) => (typeof cell === 'string' ? cell : cell.join('<br>') || '–'));
}

function conditionsOf(results: readonly Result[], { taken, cpu, cores, memory, system, node, vsCode }: Machine): string {
  const names = results.flatMap(({ measured }) => measured.map(({ name }) => name));
  const versions = [...new Set(names.flatMap(withVersion))].sort((one, other) => one.localeCompare(other, 'en'));
  return [
    `Taken on ${taken.slice(0, 10)}: ${cpu}, ${cores} cores, ${memory}, ${system}, ${[node, vsCode].filter(Boolean).join(', ')}.`,
    `With ${versions.join(', ')}.`,
  ].join(' ');
}

/** The name of a package with its version, if a subject has them. */
function withVersion(name: string): string[] {
  const version = VERSION.exec(name);
  return version ? [name.slice(0, version.index) + version[0]] : [];
}
