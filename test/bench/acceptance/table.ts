import type { Row } from './subject.js';

const MARKERS = ['<!-- acceptance -->', '<!-- /acceptance -->'] as const;

/** What one subject made of everything. */
export interface Column {
  readonly title: string;
  readonly counted: readonly Row[];
  readonly others: readonly Row[];
}

/** The table in Markdown, as SECURITY.md has it. */
export function markdownOf(columns: readonly Column[]): string {
  const titles = columns.map(({ title }) => title);
  const score = columns.map(({ counted }) => `**${counted.filter(({ verdict }) => verdict.passes).length}**`);
  const total = `**of ${columns[0]?.counted.length ?? 0}**`;
  return [
    line(['answer', 'has to be', ...titles]),
    line(['answer', 'has to be', ...titles].map(() => '---')),
    ...rows(columns.map(({ counted }) => counted)),
    line([total, '', ...score]),
    ...rows(columns.map(({ others }) => others)),
  ].join('\n');
}

/** The cells of each row of a table in Markdown. */
export function cellsOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((text) => text.startsWith('| '));
  return lines.map((text) => text.slice(2, -2).split(' | '));
}

/** The text between the markers. @throws if they are not there */
export function between(text: string): string {
  const [begin, end] = placeIn(text);
  return text.slice(begin, end).trim();
}

export function putBetween(text: string, markdown: string): string {
  const [begin, end] = placeIn(text);
  return `${text.slice(0, begin)}\n\n${markdown}\n\n${text.slice(end)}`;
}

function placeIn(text: string): [begin: number, end: number] {
  const [before, after] = MARKERS.map((marker) => text.indexOf(marker)) as [number, number];
  if (before < 0 || after < before) throw new Error(`there is nothing between ${MARKERS.join(' and ')}`);
  return [before + MARKERS[0].length, after];
}

function rows(columns: readonly (readonly Row[])[]): string[] {
  return (columns[0] ?? []).map(({ name, wanted }, at) => line([name, wanted, ...columns.map((column) => cellOf(column[at]))]));
}

function cellOf(row: Row | undefined): string {
  if (!row) throw new Error('a column is shorter than the first');
  const { passes, words } = row.verdict;
  return words === '–' ? words : `${passes ? '✓' : '✗'} ${words}`;
}

const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
