import type * as vscode from 'vscode';
import type { Disposable } from '../../base/event.js';
import { KeyedMutex } from '../../base/keyedMutex.js';
import { foundTokens, textKindOf, type FoundToken, type TokenKnowledge } from './foundTokens.js';
import type { Git, Repository } from './git.js';

/** Files that contain access tokens and are about to be committed, or just were. */
export interface CommitWarning {
  readonly repository: Repository;
  readonly when: 'staged' | 'committed';
  readonly files: readonly { readonly uri: vscode.Uri; readonly tokens: readonly FoundToken[] }[];
}

const MAX_BYTES = 1024 * 1024;
/** Each file costs a few git calls. */
const MAX_FILES = 100;

const STAGED = '';
const COMMITTED = 'HEAD';

/**
 * Warns when a file with an access token is staged, once for each content. It cannot warn before a commit of unstaged changes: VS
 * Code stages and commits in one step without asking other extensions. It checks such a commit afterwards.
 */
export class CommitGuard implements Disposable {
  readonly #known: TokenKnowledge;
  readonly #now: () => number;
  readonly #warn: (warning: CommitWarning) => void;
  readonly #subscriptions: readonly Disposable[];
  readonly #inTurn = new KeyedMutex();
  /** Repositories with a pending check of their staged files. */
  readonly #waiting = new Set<string>();
  /** By repository, the files that the next commit may contain: all that have differed since the last one. */
  readonly #changed = new Map<string, Map<string, vscode.Uri>>();
  /** The contents that were checked. */
  readonly #seen = new Set<string>();

  constructor(git: Git, known: TokenKnowledge, now: () => number, warn: (warning: CommitWarning) => void) {
    this.#known = known;
    this.#now = now;
    this.#warn = warn;
    this.#subscriptions = [
      git.onDidChange((repository) => this.#onChange(repository)),
      git.onDidCommit((repository) => this.#onCommit(repository)),
    ];
    for (const repository of git.repositories) this.#onChange(repository);
  }

  /** Resolves when all changes reported so far have been checked. */
  settled(): Promise<void> {
    return this.#inTurn.settled();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #onChange(repository: Repository): void {
    const key = repository.rootUri.toString();
    this.#changed.set(key, new Map([...(this.#changed.get(key) ?? []), ...changesOf(repository)]));
    if (this.#waiting.has(key)) return;
    this.#waiting.add(key);
    void this.#inTurn.run(key, async () => {
      this.#waiting.delete(key);
      const staged = repository.state.indexChanges.map(({ uri }) => uri);
      await this.#look(repository, STAGED, staged);
    });
  }

  #onCommit(repository: Repository): void {
    const key = repository.rootUri.toString();
    const left = changesOf(repository);
    const committed = [...(this.#changed.get(key) ?? [])].flatMap(([path, uri]) => (left.has(path) ? [] : uri));
    this.#changed.set(key, left);
    void this.#inTurn.run(key, () => this.#look(repository, COMMITTED, committed));
  }

  async #look(repository: Repository, treeish: string, uris: readonly vscode.Uri[]): Promise<void> {
    const files: CommitWarning['files'][number][] = [];
    for (const uri of uris.filter(({ path }) => textKindOf(path)).slice(0, MAX_FILES)) {
      const tokens = await this.#tokensIn(repository, treeish, uri);
      if (tokens.length > 0) files.push({ uri, tokens });
    }
    if (files.length > 0) this.#warn({ repository, when: treeish === STAGED ? 'staged' : 'committed', files });
  }

  /** The tokens that have not expired, in a content that was not checked before. Empty if git does not know the file. */
  async #tokensIn(repository: Repository, treeish: string, { fsPath, path }: vscode.Uri): Promise<readonly FoundToken[]> {
    try {
      const { object, size } = await repository.getObjectDetails(treeish, fsPath);
      const content = `${fsPath}\n${object}`;
      const kind = textKindOf(path);
      if (!kind || size > MAX_BYTES || this.#seen.has(content)) return [];
      const text = await repository.show(treeish, fsPath);
      this.#seen.add(content);
      const tokens = foundTokens(text, kind, this.#known);
      const usable = tokens.filter(({ expiresAt }) => expiresAt === null || expiresAt > this.#now());
      const isOld = usable.length > 0 && treeish === COMMITTED && (await wasCommitted(repository, fsPath, object));
      return isOld ? [] : usable;
    } catch {
      return [];
    }
  }
}

/** By path, all files that differ from the last commit. */
function changesOf({ state }: Repository): Map<string, vscode.Uri> {
  const all = [...state.indexChanges, ...state.workingTreeChanges, ...state.untrackedChanges];
  return new Map(all.filter(({ uri }) => textKindOf(uri.path)).map(({ uri }) => [uri.fsPath, uri]));
}

/** Whether a file had this content before the last commit: a change to it may have been reverted. */
async function wasCommitted(repository: Repository, path: string, object: string): Promise<boolean> {
  try {
    return (await repository.getObjectDetails('HEAD^', path)).object === object;
  } catch {
    return false;
  }
}
