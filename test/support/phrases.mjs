/**
 * Finds phrases that hide who does what, in comments, messages, titles of tests and documents: `npm run check` runs it.
 * CONTRIBUTING.md says how we write.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root } from './install.mjs';

/** A phrase, and what to write instead. */
const PHRASES = [
  [/\b(?:is|are|was|were|be|been|being) told\b/i, 'say who shows, reports, logs or returns it'],
  [/\b(?:tell(?:s|ing)?|told) (?:of|people of)\b/i, '“reports”, “describes”, “mentions”'],
  [/\bas (?:it|they) (?:is|are) told\b/i, '“as reported”'],
  [/\bof which\b/i, 'a second sentence, or “whose”'],
  [/\b(?:is|are|was|were) none\b/i, '“is missing”, “is not a …”, “does not exist”'],
  [/\bin vain\b/i, '“without success”'],
  [/\b(?:comes?|came|coming) about\b/i, '“fails”, “happens”'],
  [/\b(?:ran|runs?|running) out\b/i, '“expired”, “expires”'],
  [/\b(?:an?|the|its|their|this|when an?) (?:end|ending) of (?:an?|the|its|this|each) (?:API |access )?tokens?\b/i, '“expiry”'],
];

/** Files that list the phrases. */
const LISTS = new Set(['test/support/phrases.mjs', 'CONTRIBUTING.md']);
const isText = (file) => /\.(?:ts|mjs|cjs|md)$|^package(?:\.nls)?\.json$/.test(file) && !LISTS.has(file);

const NOT_OURS = new Set(['node_modules', 'dist', 'browser', 'results']);
const filesIn = (folder) =>
  readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('.') || NOT_OURS.has(entry.name) ? [] : filesIn(name);
    return isText(name) ? [name] : [];
  });

const files = filesIn('.');
const found = files.flatMap((file) =>
  readFileSync(path.join(root, file), 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      PHRASES.filter(([phrase]) => phrase.test(line)).map(
        ([phrase, instead]) => `${file}:${index + 1}: “${phrase.exec(line)[0]}”: ${instead}`,
      ),
    ),
);
for (const one of found) process.stdout.write(`${one}\n`);
process.exitCode = found.length > 0 ? 1 : 0;
