import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from './install.mjs';

const folder = path.join(root, 'dist/coverage');
const sources = `${pathToFileURL(path.join(root, 'src')).href}/`;

/** Every Node with this in its environment writes what it ran when it ends, with the maps to the sources. */
export const coverageEnvironment = { NODE_V8_COVERAGE: folder };

export const clearCoverage = () => rmSync(folder, { recursive: true, force: true });

/**
 * Where a piece of code begins in a script, and the line of the sources that it comes from.
 * @typedef {{ offset: number, source: string, line: number }} Piece
 */

/** @returns {Promise<Piece[]>} in the order of the script */
async function piecesOf({ data, lineLengths }) {
  // Not earlier: it is one of the dependencies that a run installs.
  const { decode } = await import('@jridgewell/sourcemap-codec');
  let start = 0;
  return decode(data.mappings).flatMap((segments, at) => {
    const begin = start;
    start += lineLengths[at] + 1;
    return segments
      .filter((segment) => segment.length > 1)
      .map(([column, source, line]) => ({ offset: begin + column, source: data.sources[source], line }));
  });
}

/**
 * Marks the lines of each source that a script has, and whether they have run.
 * @param {Map<string, Map<number, boolean>>} lines
 * @param {readonly Piece[]} pieces
 * @param {readonly { ranges: readonly { startOffset: number, endOffset: number, count: number }[] }[]} functions as V8 counts:
 *   one range lies in another or beside it, and the innermost is right
 */
function mark(lines, pieces, functions) {
  const ranges = functions.flatMap((one) => one.ranges);
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const around = [];
  let next = 0;
  for (const { offset, source, line } of pieces) {
    for (; next < ranges.length && ranges[next].startOffset <= offset; next++) around.push(ranges[next]);
    while (around.length > 0 && around.at(-1).endOffset <= offset) around.pop();
    if (!source.startsWith(sources)) continue;
    const own = lines.get(source) ?? new Map();
    lines.set(source, own.set(line, own.get(line) || around.at(-1)?.count > 0));
  }
}

async function readCoverage() {
  const [lines, known] = [new Map(), new Map()];
  for (const file of readdirSync(folder)) {
    const { result, 'source-map-cache': maps = {} } = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    for (const { url, functions } of result) {
      if (!maps[url]?.data) continue;
      if (!known.has(url)) known.set(url, await piecesOf(maps[url]));
      mark(lines, known.get(url), functions);
    }
  }
  return lines;
}

/** Prints how many of the lines of src/ that can run have run, by folder and in all. */
export async function printCoverage() {
  const sums = new Map();
  for (const [source, lines] of await readCoverage()) {
    const name = path.posix.dirname(`src/${source.slice(sources.length)}`);
    const run = [...lines.values()].filter(Boolean).length;
    for (const each of [name, 'all']) {
      const sum = sums.get(each) ?? { run: 0, of: 0 };
      sums.set(each, { run: sum.run + run, of: sum.of + lines.size });
    }
  }
  process.stdout.write('\nLines of src/ that ran:\n');
  const rows = [...sums].sort(([a], [b]) => Number(a === 'all') - Number(b === 'all') || a.localeCompare(b));
  for (const [name, { run, of }] of rows)
    process.stdout.write(`  ${name.padEnd(16)} ${((100 * run) / of).toFixed(2).padStart(6)} %  ${run} of ${of}\n`);
}
