import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import { Emitter, type Disposable, type Event } from '../../base/event.js';

/** A file of a repository that differs from the last commit. */
export interface Change {
  readonly uri: vscode.Uri;
}

/** The part of a repository that we use (`vscode.git` API, version 1). */
export interface Repository {
  readonly rootUri: vscode.Uri;
  readonly state: {
    readonly indexChanges: readonly Change[];
    readonly workingTreeChanges: readonly Change[];
    /** Separate only with the setting `git.untrackedChanges`. */
    readonly untrackedChanges: readonly Change[];
    /** Also fires if a refresh has found nothing new. */
    readonly onDidChange: vscode.Event<void>;
  };
  /** Fires after VS Code has committed and {@link state} has been updated. */
  readonly onDidCommit: vscode.Event<void>;
  /** The ignored ones of the paths. A tracked file is not ignored, whatever `.gitignore` says. */
  checkIgnore(paths: string[]): Promise<Set<string>>;
  /** @param treeish a commit; empty: the index */
  getObjectDetails(treeish: string, path: string): Promise<{ readonly object: string; readonly size: number }>;
  /** The text of a file. @param treeish as above */
  show(treeish: string, path: string): Promise<string>;
  /** Unstages files. */
  revert(paths: string[]): Promise<void>;
}

interface Api {
  readonly repositories: readonly Repository[];
  readonly onDidOpenRepository: vscode.Event<Repository>;
  readonly onDidCloseRepository: vscode.Event<Repository>;
}

interface GitExtension {
  readonly enabled: boolean;
  readonly onDidChangeEnablement: vscode.Event<boolean>;
  getAPI(version: 1): Api;
}

/** The part of `vscode` that we use. */
export interface Editor {
  readonly extensions: Pick<typeof vscode.extensions, 'getExtension' | 'onDidChange'>;
  readonly workspace: Pick<typeof vscode.workspace, 'isTrusted' | 'onDidGrantWorkspaceTrust'>;
}

/** Queries git through VS Code's own extension, which runs git. Only in a trusted workspace. */
export class Git implements Disposable {
  readonly #editor: Editor;
  readonly #changed = new Emitter<Repository>();
  readonly #committed = new Emitter<Repository>();
  readonly #answers = new Map<string, Promise<boolean>>();
  readonly #subscriptions: Disposable[];
  /** The subscriptions, by the root of the repository. */
  readonly #following = new Map<string, Disposable[]>();
  #extension: GitExtension | undefined;
  #api: Api | undefined;
  #isDisposed = false;

  constructor(editor: Editor) {
    this.#editor = editor;
    const look = (): void => {
      this.#look();
    };
    this.#subscriptions = [editor.extensions.onDidChange(look), editor.workspace.onDidGrantWorkspaceTrust(look)];
    look();
  }

  /** Fires a repository that was opened or closed, or whose state may have changed: {@link isKept} may return something else. */
  get onDidChange(): Event<Repository> {
    return this.#changed.event;
  }

  /** Fires a repository that VS Code has committed to. */
  get onDidCommit(): Event<Repository> {
    return this.#committed.event;
  }

  get repositories(): readonly Repository[] {
    return this.#api?.repositories ?? [];
  }

  /**
   * Whether git keeps the content of a file, or would with the next commit: it is in a work tree and not ignored. Git stores a
   * link without its target. False if git is not available.
   */
  isKept({ scheme, fsPath }: vscode.Uri): Promise<boolean> {
    if (scheme !== 'file' || !this.#api) return Promise.resolve(false);
    const known = this.#answers.get(fsPath);
    if (known) return known;
    const answer = this.#ask(fsPath).catch(() => false);
    this.#answers.set(fsPath, answer);
    return answer;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#unfollowAll();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#api = undefined;
    this.#changed.dispose();
    this.#committed.dispose();
  }

  #look(): void {
    if (this.#isDisposed || !this.#editor.workspace.isTrusted) return;
    const extension = this.#editor.extensions.getExtension<GitExtension>('vscode.git');
    // VS Code activates it after startup, and notifies only those who await the activation.
    if (extension && !extension.isActive) this.#lookAfter(extension.activate());
    const found = extension?.isActive ? extension.exports : undefined;
    if (found === this.#extension) return;
    this.#extension = found;
    this.#connect();
    // It fires just before its API becomes available.
    if (found) this.#subscriptions.push(found.onDidChangeEnablement(() => queueMicrotask(() => this.#connect())));
  }

  /** Does nothing if the activation fails: git is not installed then. */
  #lookAfter(activation: Thenable<unknown>): void {
    const look = (): void => {
      if (this.#editor.extensions.getExtension('vscode.git')?.isActive) this.#look();
    };
    void activation.then(look, () => undefined);
  }

  /** The API exists while the setting `git.enabled` is on. */
  #connect(): void {
    if (this.#isDisposed) return;
    const before = this.repositories;
    this.#unfollowAll();
    this.#api = this.#extension?.enabled ? this.#extension.getAPI(1) : undefined;
    for (const repository of before) this.#changed.fire(repository);
    if (!this.#api) return;
    const { repositories, onDidOpenRepository, onDidCloseRepository } = this.#api;
    this.#following.set('', [
      onDidOpenRepository((repository) => this.#follow(repository)),
      onDidCloseRepository((repository) => {
        this.#unfollow(keyOf(repository));
        this.#fireChange(repository);
      }),
    ]);
    for (const repository of repositories) this.#follow(repository);
  }

  /** Identifies a repository by its root: the API returns a new object each time. */
  #follow(repository: Repository): void {
    this.#unfollow(keyOf(repository));
    this.#following.set(keyOf(repository), [
      repository.state.onDidChange(() => this.#fireChange(repository)),
      repository.onDidCommit(() => this.#committed.fire(repository)),
    ]);
    this.#fireChange(repository);
  }

  #fireChange(repository: Repository): void {
    this.#answers.clear();
    this.#changed.fire(repository);
  }

  #unfollow(key: string): void {
    for (const subscription of this.#following.get(key) ?? []) subscription.dispose();
    this.#following.delete(key);
  }

  #unfollowAll(): void {
    for (const key of this.#following.keys()) this.#unfollow(key);
    this.#answers.clear();
  }

  async #ask(file: string): Promise<boolean> {
    const real = await realPath(file);
    const roots = await Promise.all(
      this.repositories.map(async (repository) => ({ repository, root: await realPath(repository.rootUri.fsPath) })),
    );
    const [inner] = roots.filter(({ root }) => isInside(root, real)).sort((a, b) => b.root.length - a.root.length);
    if (!inner) return false;
    const inside = path.relative(inner.root, real);
    if (inside.toLowerCase().split(path.sep).includes('.git')) return false;
    const ignored = await inner.repository.checkIgnore([path.join(inner.repository.rootUri.fsPath, inside)]);
    return ignored.size === 0;
  }
}

const keyOf = ({ rootUri }: Repository): string => rootUri.toString();

/** Resolves links; for a missing file, those of its folder. */
const realPath = (file: string): Promise<string> =>
  realpath(file).catch(async () => path.join(await realpath(path.dirname(file)), path.basename(file)));

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
