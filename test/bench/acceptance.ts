/**
 * `npm run bench:acceptance`: what this extension and well-known libraries, in their default settings, make of a misbehaving
 * token endpoint on this machine. Prints the table, and writes it into SECURITY.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trickle } from './acceptance/cases.js';
import { extension } from './acceptance/extension.js';
import { libraries } from './acceptance/libraries.js';
import { judgeAll } from './acceptance/subject.js';
import { markdownOf, type Column } from './acceptance/table.js';
import { putBetween } from './markdown.js';

const security = join(__dirname, '../../SECURITY.md');

async function main(): Promise<void> {
  const columns: Column[] = [];
  for (const subject of [extension, ...libraries]) columns.push({ title: subject.name, ...(await judgeAll(subject, [trickle])) });
  const markdown = markdownOf(columns);
  console.log(markdown);
  writeFileSync(security, putBetween(readFileSync(security, 'utf8'), 'acceptance', markdown));
  if (columns[0]?.counted.some(({ verdict }) => !verdict.passes)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
