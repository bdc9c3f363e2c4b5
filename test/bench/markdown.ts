/** A line of a table in Markdown. */
export const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** A table in Markdown. */
export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(line).join('\n');

/** The cells of each row of the tables in a text. */
export function cellsOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((text) => text.startsWith('| '));
  return lines.map((text) => text.slice(2, -2).split(' | '));
}

/** The text between the comments `<!-- name -->` and `<!-- /name -->`. @throws if they are not there */
export function between(text: string, name: string): string {
  const [begin, end] = placeIn(text, name);
  return text.slice(begin, end).trim();
}

/** The text with something else between the comments. @throws if they are not there */
export function putBetween(text: string, name: string, markdown: string): string {
  const [begin, end] = placeIn(text, name);
  return `${text.slice(0, begin)}\n\n${markdown}\n\n${text.slice(end)}`;
}

function placeIn(text: string, name: string): [begin: number, end: number] {
  const opening = `<!-- ${name} -->`;
  const [before, after] = [text.indexOf(opening), text.indexOf(`<!-- /${name} -->`)];
  if (before < 0 || after < before) throw new Error(`there is no section ${opening}`);
  return [before + opening.length, after];
}
