import { tableOf } from '../markdown.js';
import type { Row } from './subject.js';

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
  return tableOf(
    ['answer', 'has to be', ...titles],
    [...rows(columns.map(({ counted }) => counted)), [total, '', ...score], ...rows(columns.map(({ others }) => others))],
  );
}

function rows(columns: readonly (readonly Row[])[]): string[][] {
  return (columns[0] ?? []).map(({ name, wanted }, at) => [name, wanted, ...columns.map((column) => cellOf(column[at]))]);
}

function cellOf(row: Row | undefined): string {
  if (!row) throw new Error('a column is shorter than the first');
  const { passes, words } = row.verdict;
  return words === '–' ? words : `${passes ? '✓' : '✗'} ${words}`;
}
