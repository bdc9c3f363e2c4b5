import * as vscode from 'vscode';
import { textKindOf, foundTokens, type FoundToken, type TokenKnowledge } from '../../editor/foundTokens/foundTokens.js';
import { tokensOf } from '../../editor/foundTokens/replaceTokens.js';
import type { Uses } from '../command.js';

/** Files where people keep tokens, without those of packages. */
const INCLUDE = '{**/*.http,**/*.rest,**/.env*,**/*.env,**/*.md,**/*.markdown,**/.vscode/settings.json,**/*.code-workspace}';
const EXCLUDE = '**/node_modules/**';

const MAX_FILES = 5_000;
const MAX_BYTES = 10 * 1024 * 1024;
const AT_ONCE = 16;

/** A token found in a file. */
export interface TokenPlace {
  readonly uri: vscode.Uri;
  readonly token: FoundToken;
}

export interface Searched {
  readonly places: readonly TokenPlace[];
  /** How many files were read. */
  readonly files: number;
  /** Whether files were skipped, because there are too many or they are too large. */
  readonly isPartial: boolean;
}

/**
 * Looks for access tokens in the files of the workspace, the open documents and the user settings. Open documents are read
 * from the editor.
 * @throws `signal.reason`
 */
export async function searchTokens(services: TokenKnowledge & Uses<'sampleFolder'>, signal: AbortSignal): Promise<Searched> {
  const inWorkspace = await filesOfWorkspace(signal);
  const open = vscode.workspace.textDocuments.filter(isSearched);
  const all = new Map(
    [...inWorkspace, ...open.map(({ uri }) => uri), userSettings(services)].map((uri) => [uri.toString(), uri]),
  );
  const uris = [...all.values()];
  const places: TokenPlace[] = [];
  let files = 0;
  let isPartial = inWorkspace.length >= MAX_FILES;
  for (let at = 0; at < uris.length; at += AT_ONCE) {
    signal.throwIfAborted();
    for (const read of await Promise.all(uris.slice(at, at + AT_ONCE).map((uri) => tokensIn(uri, services)))) {
      if (read === 'too large') isPartial = true;
      else if (read) {
        files++;
        places.push(...read);
      }
    }
  }
  return { places, files, isPartial };
}

async function filesOfWorkspace(signal: AbortSignal): Promise<readonly vscode.Uri[]> {
  const source = new vscode.CancellationTokenSource();
  signal.addEventListener('abort', () => source.cancel(), { once: true });
  try {
    return vscode.workspace.workspaceFolders ? await vscode.workspace.findFiles(INCLUDE, EXCLUDE, MAX_FILES, source.token) : [];
  } finally {
    source.dispose();
  }
}

/** The schemes of files that a person edits; the rest are other versions of them. */
const isSearched = ({ uri, languageId }: vscode.TextDocument): boolean =>
  ['file', 'untitled', 'vscode-remote', 'vscode-userdata'].includes(uri.scheme) &&
  (languageId === 'http' || (textKindOf(uri.path) !== undefined && !isOtherJson(uri)));

/** The only JSON files searched are settings. */
const isOtherJson = ({ path }: vscode.Uri): boolean => path.endsWith('.json') && !path.endsWith('/settings.json');

/** The settings are beside the folder of extensions' files, if this extension runs on the same machine. */
const userSettings = ({ sampleFolder }: Uses<'sampleFolder'>): vscode.Uri =>
  vscode.Uri.joinPath(sampleFolder, '../../../settings.json');

/** Undefined for a file that cannot be read. */
async function tokensIn(uri: vscode.Uri, services: TokenKnowledge): Promise<readonly TokenPlace[] | 'too large' | undefined> {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (document) return tokensOf(document, services).map((token) => ({ uri, token }));
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > MAX_BYTES) return 'too large';
    const text = await vscode.workspace.decode(await vscode.workspace.fs.readFile(uri), { uri });
    return foundTokens(text, textKindOf(uri.path) ?? 'other', services).map((token) => ({ uri, token }));
  } catch {
    return undefined;
  }
}
