import path from 'node:path';
import * as vscode from 'vscode';
import { findingTokens, textKindOf, type FoundToken, type TokenKnowledge } from '../../editor/foundTokens/foundTokens.js';
import { PIECES } from '../../editor/readings.js';
import type { Uses } from '../command.js';

/** Files where people keep tokens: they are searched first. */
const LIKELY = [
  ...['*.http', '*.rest', '*.bru', '.env*', '*.env', '*.md', '*.markdown', '*.code-workspace', 'http-client*.env.json'],
  ...['mcp.json', '.mcp.json', '*.postman_collection.json', '*.postman_environment.json'],
  '.vscode/settings.json',
];
const OTHERS = ['*.sh', '*.ps1', '*.py', '*.js', '*.ts', '*.json', '*.yaml', '*.yml', '*.tf'];
/** Other people's files. */
export const EXCLUDED = 'node_modules';

/** Of each of the two. */
export const MAX_FILES = 5_000;
const MAX_BYTES = 1024 * 1024;
const AT_ONCE = 16;
/** A text has no zero in its first bytes. */
const LOOK_FOR_ZERO = 8_000;

/** A token found in a file. */
export interface TokenPlace {
  readonly uri: vscode.Uri;
  readonly token: FoundToken;
}

export interface Searched {
  readonly places: readonly TokenPlace[];
  /** How many files of text were read. */
  readonly files: number;
  /** Their endings, the most frequent first. */
  readonly endings: readonly string[];
  /** How many files were skipped because they are over 1 MB. */
  readonly tooLarge: number;
  /** Whether there are more files than may be searched. */
  readonly isCut: boolean;
}

/** What {@link searchTokens} uses. */
export type SearchesTokens = Uses<'dialects' | 'issued' | 'keptSecrets' | 'names' | 'sampleFolder' | 'tenants'>;

/**
 * Looks for tokens in the files of the workspace, the open documents and the user settings. Open documents are read from the
 * editor.
 * @throws `signal.reason`
 */
export async function searchTokens(services: SearchesTokens, signal: AbortSignal): Promise<Searched> {
  const [likely, others] = [await filesOfWorkspace(LIKELY, signal), await filesOfWorkspace(OTHERS, signal)];
  const open = vscode.workspace.textDocuments.filter(isSearched).map(({ uri }) => uri);
  const uris = [...open, ...likely, ...others, userSettings(services)];
  const distinct = [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
  const known = { ...services, secrets: await services.keptSecrets.finder(signal) };
  const places: TokenPlace[] = [];
  const endings = new Map<string, number>();
  let tooLarge = 0;
  for (let at = 0; at < distinct.length; at += AT_ONCE) {
    const some = distinct.slice(at, at + AT_ONCE);
    const texts = await Promise.all(some.map(textOf));
    for (const [index, uri] of some.entries()) {
      const text = texts[index];
      if (text === 'too large') tooLarge++;
      else if (typeof text === 'object') {
        const ending = endingOf(uri);
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
        places.push(...(await tokensIn(uri, text.text, known, signal)));
      }
    }
  }
  const frequent = [...endings].toSorted(([, one], [, other]) => other - one);
  const files = frequent.reduce((sum, [, count]) => sum + count, 0);
  const isCut = likely.length >= MAX_FILES || others.length >= MAX_FILES;
  return { places, files, endings: frequent.map(([ending]) => ending), tooLarge, isCut };
}

async function filesOfWorkspace(names: readonly string[], signal: AbortSignal): Promise<readonly vscode.Uri[]> {
  signal.throwIfAborted();
  if (!vscode.workspace.workspaceFolders) return [];
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => source.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const include = `{${names.map((name) => `**/${name}`).join(',')}}`;
    return await vscode.workspace.findFiles(include, `**/${EXCLUDED}/**`, MAX_FILES, source.token);
  } finally {
    signal.removeEventListener('abort', cancel);
    source.dispose();
  }
}

/** Documents that a person edits; those of other schemes are other versions of them. */
const isSearched = ({ uri }: vscode.TextDocument): boolean =>
  ['file', 'untitled', 'vscode-remote', 'vscode-userdata'].includes(uri.scheme);

/** The settings are beside the folder of extensions' files, if this extension runs on the same machine. */
const userSettings = ({ sampleFolder }: Pick<SearchesTokens, 'sampleFolder'>): vscode.Uri =>
  vscode.Uri.joinPath(sampleFolder, '../../../settings.json');

/** `.http`, or `.env` for `.env.local`. */
function endingOf({ path: file }: vscode.Uri): string {
  const name = path.posix.basename(file);
  return name.startsWith('.env') ? '.env' : path.posix.extname(name) || name;
}

/** Undefined for a file that is no text, or cannot be read. */
async function textOf(uri: vscode.Uri): Promise<{ readonly text: string } | 'too large' | undefined> {
  const document = documentOf(uri);
  if (document) return { text: document.getText() };
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > MAX_BYTES) return 'too large';
    const bytes = await vscode.workspace.fs.readFile(uri);
    return isBinary(bytes) ? undefined : { text: await vscode.workspace.decode(bytes, { uri }) };
  } catch {
    return undefined;
  }
}

const documentOf = (uri: vscode.Uri): vscode.TextDocument | undefined =>
  vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());

/** UTF-16, which has zeros, begins with a mark. */
const isBinary = (bytes: Uint8Array): boolean =>
  bytes.subarray(0, LOOK_FOR_ZERO).includes(0) && !/^(?:255,254|254,255)/.test(bytes.subarray(0, 2).join());

/** Reads in pieces, so that nothing else waits for it. @throws `signal.reason` */
async function tokensIn(
  uri: vscode.Uri,
  text: string,
  known: TokenKnowledge,
  signal: AbortSignal,
): Promise<readonly TokenPlace[]> {
  const kind = documentOf(uri)?.languageId === 'http' ? 'requests' : (textKindOf(uri.path) ?? 'other');
  const found = await PIECES.run(findingTokens(text, kind, known), () => !signal.aborted);
  signal.throwIfAborted();
  return (found ?? []).map((token) => ({ uri, token }));
}
