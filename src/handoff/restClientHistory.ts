import { randomUUID } from 'node:crypto';
import * as files from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import process from 'node:process';
import { findRequests, placeholders, tokenWords } from '../httpFile/index.js';
import { isRecord } from '../platforms/jwt.js';

/** REST Client writes the file in place: a concurrent read may see a part of it. */
const ATTEMPTS = 4;
const PAUSE_MS = 50;

type Files = Pick<typeof files, 'chmod' | 'readFile' | 'realpath' | 'rename' | 'rm' | 'stat' | 'writeFile'>;

/** What counts as a credential, and how to replace it. */
export interface ScrubRules {
  /** Header names in lower case. */
  readonly credentialNames: readonly string[];
  /** The reference for a known access token. */
  readonly referenceFor: (token: string) => string | undefined;
}

/** The credentials that a history file contains, or contained. */
export type HistoryFile =
  | { readonly file: string; readonly replaced: number; readonly removed: number }
  /** `unreadable`: REST Client did not write it, so it was left unchanged. */
  | { readonly file: string; readonly problem: 'unreadable' | 'not-written' };

/**
 * The files where REST Client and its forks may keep their last 50 requests, each with the headers that were sent, in clear. They
 * use the first folder that exists, so older history may be in another one.
 */
export function historyFiles(env: NodeJS.ProcessEnv, home: string): readonly string[] {
  const { HTTPKEEPER_HOME: ofHttpKeeper, VSC_REST_CLIENT_HOME: own, XDG_CACHE_HOME: cache } = env;
  const folders = [ofHttpKeeper, own, path.join(home, '.rest-client'), cache && path.join(cache, 'rest-client')];
  return [...new Set(folders.flatMap((folder) => (folder ? [path.join(folder, 'history.json')] : [])))];
}

/**
 * The requests that REST Client or a fork has shown from its history: it writes each into a temporary file, with the headers that were
 * sent, and leaves the file there.
 * @param folder the temporary folder, where others on this machine may have put files and links
 */
export async function shownRequests(folder: string): Promise<readonly string[]> {
  const names = (await files.readdir(folder).catch(() => [])).filter((name) =>
    /^(?:vscode-restclient|httpkeeper)-[\da-f-]{36}\.http$/.test(name),
  );
  const places = names.map((name) => path.join(folder, name));
  const areOwn = await Promise.all(places.map(isOwnFile));
  return places.filter((_, index) => areOwn[index]);
}

async function isOwnFile(place: string): Promise<boolean> {
  const found = await files.lstat(place).catch(() => undefined);
  return found?.isFile() === true && (process.getuid === undefined || found.uid === process.getuid());
}

/** Counts the credentials in a history file, or in a request that was shown from it; undefined if the file does not exist. */
export async function inspectHistory(file: string, rules: ScrubRules, fs: Files = files): Promise<HistoryFile | undefined> {
  try {
    const { scrubbed } = await readHistory(await fs.realpath(file), rules, fs);
    return scrubbed ? { file, replaced: scrubbed.replaced, removed: scrubbed.removed } : { file, problem: 'unreadable' };
  } catch (error) {
    return isMissing(error) ? undefined : { file, problem: 'unreadable' };
  }
}

/**
 * Removes the credentials from a history file, or from a request that was shown from it: known access tokens become references,
 * and every other value of a credential header is deleted. Replaces the file atomically, and reads it again before and after,
 * because REST Client rewrites it with each request that it sends.
 */
export async function scrubHistory(file: string, rules: ScrubRules, fs: Files = files): Promise<HistoryFile | undefined> {
  let replaced = 0;
  let removed = 0;
  try {
    const target = await fs.realpath(file);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { text, scrubbed } = await readHistory(target, rules, fs);
      if (!scrubbed) return { file, problem: 'unreadable' };
      if (scrubbed.replaced + scrubbed.removed === 0) return { file, replaced, removed };
      if (!(await exchangeText(target, text, scrubbed.text, fs))) continue;
      replaced += scrubbed.replaced;
      removed += scrubbed.removed;
    }
    return { file, problem: 'not-written' };
  } catch (error) {
    return isMissing(error) ? undefined : { file, problem: 'not-written' };
  }
}

interface Read {
  readonly text: string;
  readonly scrubbed: Scrubbed | undefined;
}

async function readHistory(target: string, rules: ScrubRules, fs: Files): Promise<Read> {
  for (let attempt = 1; ; attempt++) {
    const text = await fs.readFile(target, 'utf8');
    const scrubbed = target.endsWith('.http') ? scrubShown(text, rules) : scrub(text, rules);
    if (scrubbed ?? attempt === ATTEMPTS) return { text, scrubbed };
    await delay(PAUSE_MS);
  }
}

/** Replaces the text of a file, unless it has changed meanwhile. */
async function exchangeText(target: string, before: string, after: string, fs: Files): Promise<boolean> {
  const { mode } = await fs.stat(target);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await fs.writeFile(temporary, after, { flag: 'wx', mode: 0o600, flush: true });
    // Restore the file's mode, which the umask may have narrowed at creation.
    await fs.chmod(temporary, mode & 0o777);
    if ((await fs.readFile(target, 'utf8')) !== before) return false;
    await fs.rename(temporary, target);
    return true;
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

interface Count {
  replaced: number;
  removed: number;
}

interface Scrubbed extends Readonly<Count> {
  readonly text: string;
}

/** Undefined for a text that REST Client did not write. It creates an empty file before it has a history. */
function scrub(text: string, rules: ScrubRules): Scrubbed | undefined {
  if (text.trim() === '') return { text, replaced: 0, removed: 0 };
  const history = parse(text);
  if (!history) return undefined;
  const count = { replaced: 0, removed: 0 };
  for (const request of history) scrubRequest(request, rules, count);
  return { text: `${JSON.stringify(history)}${/\s*$/.exec(text)?.[0] ?? ''}`, ...count };
}

type Sent = Record<string, unknown> & { readonly headers?: Record<string, unknown> | null };

function parse(text: string): readonly Sent[] | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    const isSent = (one: unknown): one is Sent => isRecord(one) && isRecord(one['headers'] ?? {});
    return Array.isArray(value) && value.every(isSent) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** In place, to keep everything else and its order. */
function scrubRequest(request: Sent, { credentialNames, referenceFor }: ScrubRules, count: Count): void {
  const known = (value: string): string => {
    const result = withReferences(value, referenceFor);
    if (result !== value) count.replaced++;
    return result;
  };
  for (const key of ['url', 'body'] as const) {
    const value = request[key];
    if (typeof value === 'string') request[key] = known(value);
  }
  const headers = request.headers ?? {};
  for (const [name, value] of Object.entries(headers)) {
    const isCredential = credentialNames.includes(name.toLowerCase());
    const kept = [value].flat().flatMap((one) => {
      if (typeof one !== 'string') return [one];
      const result = known(one);
      if (!isCredential || !isLiteral(result)) return [result];
      count.removed++;
      return [];
    });
    if (kept.length === 0 && isCredential) Reflect.deleteProperty(headers, name);
    else headers[name] = Array.isArray(value) ? kept : kept[0];
  }
}

/** Scrubs a request in REST Client's syntax, which a person may have edited since. */
function scrubShown(text: string, { credentialNames, referenceFor }: ScrubRules): Scrubbed {
  const before = text.split(/(?<=\n)/);
  const after = before.map((line) => withReferences(line, referenceFor));
  const replaced = after.filter((line, index) => line !== before[index]).length;
  const bare = after.map((line) => line.replace(/\r?\n$/, ''));
  const requests = findRequests({ lineCount: bare.length, lineAt: (line) => bare[line] ?? '' }, 'rest-client');
  const doomed = requests
    .flatMap(({ headers }) => headers)
    .filter(({ name, value }) => credentialNames.includes(name.toLowerCase()) && isLiteral(value))
    .map(({ line }) => line);
  return { text: after.filter((_, line) => !doomed.includes(line)).join(''), replaced, removed: doomed.length };
}

/** REST Client sends an unresolved variable as an empty text: only the scheme, or nothing, is left then. */
const isLiteral = (value: string): boolean =>
  !/^\s*(basic|bearer|digest|token)?\s*$/i.test(value) && placeholders(value).length === 0;

function withReferences(value: string, referenceFor: ScrubRules['referenceFor']): string {
  let result = '';
  let at = 0;
  for (const { start, end, text } of tokenWords(value, (word) => referenceFor(word) !== undefined)) {
    const reference = referenceFor(text);
    if (reference === undefined) continue;
    result += value.slice(at, start) + reference;
    at = end;
  }
  return result + value.slice(at);
}
