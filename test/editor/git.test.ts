import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mock } from 'node:test';
import type { Uri } from 'vscode';
import { Git, type Change, type Editor, type Repository } from '../../src/editor/foundTokens/git.js';
import { Emitter } from '../../src/base/event.js';

const uri = (fsPath: string, scheme = 'file') => ({ fsPath, scheme, toString: () => `${scheme}://${fsPath}` }) as unknown as Uri;

/** A repository that ignores files named `ignored…`; `asked` lists the queried paths. */
function repositoryAt(root: string) {
  const changed = new Emitter<void>();
  const committed = new Emitter<void>();
  const asked: string[] = [];
  const none: Change[] = [];
  const object: Repository = {
    rootUri: uri(root),
    state: {
      indexChanges: none,
      workingTreeChanges: none,
      untrackedChanges: none,
      onDidChange: changed.event as Repository['onDidCommit'],
    },
    onDidCommit: committed.event as Repository['onDidCommit'],
    checkIgnore: (paths) => {
      asked.push(...paths);
      if (paths.some((one) => one.includes('submodule'))) return Promise.reject(new Error('in a submodule'));
      return Promise.resolve(new Set(paths.filter((one) => path.basename(one).startsWith('ignored'))));
    },
    getObjectDetails: () => Promise.reject(new Error('not asked for')),
    show: () => Promise.reject(new Error('not asked for')),
    revert: () => Promise.reject(new Error('not asked for')),
  };
  return { object, changed, committed, asked };
}

/** VS Code with the git extension. */
function editorWith(...repositories: Repository[]) {
  const extensions = new Emitter<void>();
  const trust = new Emitter<void>();
  const enablement = new Emitter<boolean>();
  const opened = new Emitter<Repository>();
  const closed = new Emitter<Repository>();
  const activation = Promise.withResolvers<undefined>();
  const state = { trusted: true, present: true, active: true, enabled: true, hasModel: true, calls: 0 };
  const api = { repositories, onDidOpenRepository: opened.event, onDidCloseRepository: closed.event };
  const exports = {
    get enabled() {
      return state.enabled;
    },
    onDidChangeEnablement: enablement.event,
    getAPI: () => {
      state.calls++;
      if (!state.enabled || !state.hasModel) throw new Error('Git model not found');
      return api;
    },
  };
  const extension = {
    get isActive() {
      return state.active;
    },
    get exports() {
      if (!state.active) throw new Error('not active');
      return exports;
    },
    activate: () => {
      if (!state.trusted) assert.fail('made active');
      return activation.promise;
    },
  };
  const editor = {
    extensions: { getExtension: () => (state.present ? extension : undefined), onDidChange: extensions.event },
    workspace: {
      get isTrusted() {
        return state.trusted;
      },
      onDidGrantWorkspaceTrust: trust.event,
    },
  } as unknown as Editor;
  return { editor, state, activation, extensions, trust, enablement, opened, closed, api };
}

describe('Git', () => {
  let folder: string;
  let root: string;
  const gits: Git[] = [];
  const gitIn = (editor: Editor): Git => {
    const git = new Git(editor);
    gits.push(git);
    return git;
  };
  before(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'tenant-tokens-git-')));
    root = path.join(folder, 'repository');
    for (const inner of ['.git', 'sub', 'inner/.git', 'submodule']) await mkdir(path.join(root, inner), { recursive: true });
    await mkdir(path.join(folder, 'outside'));
    const files = [
      'a.http',
      'ignored.http',
      '.git/config',
      'sub/b.http',
      'inner/c.http',
      'submodule/d.http',
      '../outside/e.http',
    ];
    for (const file of files) await writeFile(path.join(root, file), '');
    await symlink(path.join(folder, 'outside'), path.join(root, 'away'));
    await symlink(path.join(folder, 'outside/e.http'), path.join(root, 'away.http'));
    await symlink(path.join(root, 'ignored.http'), path.join(root, 'to-ignored.http'));
    await symlink(path.join(root, 'sub'), path.join(folder, 'outside/back'));
    await symlink(root, path.join(folder, 'linked'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  afterEach(() => {
    for (const git of gits.splice(0)) git.dispose();
    mock.timers.reset();
  });

  for (const [file, isKept, why] of [
    ['repository/a.http', true, 'in the work tree'],
    ['repository/sub/b.http', true, 'in a folder of it'],
    ['repository/new.http', true, 'not there yet'],
    ['repository/ignored.http', false, 'ignored'],
    ['repository/.git/config', false, 'git’s own'],
    ['repository', false, 'the root itself'],
    ['outside/e.http', false, 'outside'],
    ['repository/away.http', false, 'a link out of the work tree'],
    ['repository/away/e.http', false, 'through a link out of the work tree'],
    ['repository/to-ignored.http', false, 'a link to an ignored file'],
    ['outside/back/b.http', true, 'through a link into the work tree'],
    ['linked/a.http', true, 'through a link to the repository'],
    ['repository/submodule/d.http', false, 'git fails'],
  ] as const)
    it(`${isKept ? 'keeps' : 'does not keep'} ${file}: ${why}`, async () => {
      const { editor } = editorWith(repositoryAt(root).object);
      assert.equal(await gitIn(editor).isKept(uri(path.join(folder, file))), isKept);
    });

  it('keeps files of a repository that was opened through a link', async () => {
    const { object, asked } = repositoryAt(path.join(folder, 'linked'));
    const { editor } = editorWith(object);
    assert.equal(await gitIn(editor).isKept(uri(path.join(root, 'a.http'))), true);
    assert.deepEqual(asked, [path.join(folder, 'linked/a.http')]);
  });

  it('asks the innermost repository', async () => {
    const [outer, inner] = [repositoryAt(root), repositoryAt(path.join(root, 'inner'))];
    const { editor } = editorWith(outer.object, inner.object);
    assert.equal(await gitIn(editor).isKept(uri(path.join(root, 'inner/c.http'))), true);
    assert.deepEqual([outer.asked.length, inner.asked.length], [0, 1]);
  });

  it('keeps only files', async () => {
    const { object, asked } = repositoryAt(root);
    const { editor } = editorWith(object);
    for (const scheme of ['untitled', 'git', 'vscode-userdata'])
      assert.equal(await gitIn(editor).isKept(uri(path.join(root, 'a.http'), scheme)), false);
    assert.deepEqual(asked, []);
  });

  it('asks git once, until the repository changes', async () => {
    const { object, changed, asked } = repositoryAt(root);
    const { editor } = editorWith(object);
    const git = gitIn(editor);
    const ask = () => git.isKept(uri(path.join(root, 'a.http')));
    await Promise.all([ask(), ask()]);
    await ask();
    assert.equal(asked.length, 1);
    changed.fire();
    await ask();
    assert.equal(asked.length, 2);
  });

  it('never asks git in an untrusted workspace, and does once it is trusted', async () => {
    const { object, asked } = repositoryAt(root);
    const { editor, state, trust, extensions } = editorWith(object);
    state.trusted = false;
    state.active = false;
    const git = gitIn(editor);
    extensions.fire();
    assert.equal(await git.isKept(uri(path.join(root, 'a.http'))), false);
    assert.deepEqual([asked.length, state.calls, git.repositories.length], [0, 0, 0]);
    state.trusted = true;
    state.active = true;
    trust.fire();
    assert.equal(await git.isKept(uri(path.join(root, 'a.http'))), true);
  });

  it('waits until the extension is active, without polling', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    const { editor, state, activation } = editorWith(repositoryAt(root).object);
    state.active = false;
    const git = gitIn(editor);
    const reported: Repository[] = [];
    git.onDidChange((repository) => reported.push(repository));
    assert.equal(await git.isKept(uri(path.join(root, 'a.http'))), false);
    state.active = true;
    mock.timers.tick(60_000);
    assert.equal(reported.length, 0);
    activation.resolve(undefined);
    await activation.promise;
    assert.equal(reported.length, 1);
    assert.equal(await git.isKept(uri(path.join(root, 'a.http'))), true);
  });

  it('works without the extension if its activation fails', async () => {
    const { editor, state, activation } = editorWith(repositoryAt(root).object);
    state.active = false;
    const git = gitIn(editor);
    activation.reject(new Error('no git'));
    await assert.rejects(activation.promise);
    assert.equal(await git.isKept(uri(path.join(root, 'a.http'))), false);
  });

  it('ignores an extension that becomes active after disposal', async () => {
    const { editor, state, activation } = editorWith(repositoryAt(root).object);
    state.active = false;
    const git = gitIn(editor);
    git.dispose();
    state.active = true;
    activation.resolve(undefined);
    await activation.promise;
    assert.equal(state.calls, 0);
  });

  it('keeps nothing without the extension, and follows its installation and removal', async () => {
    const { editor, state, extensions } = editorWith(repositoryAt(root).object);
    state.present = false;
    const git = gitIn(editor);
    const ask = () => git.isKept(uri(path.join(root, 'a.http')));
    assert.equal(await ask(), false);
    state.present = true;
    extensions.fire();
    assert.equal(await ask(), true);
    state.present = false;
    extensions.fire();
    assert.equal(await ask(), false);
  });

  it('keeps nothing while git is off, and fires when that changes', async () => {
    const { editor, state, enablement } = editorWith(repositoryAt(root).object);
    state.enabled = false;
    const git = gitIn(editor);
    let reported = 0;
    git.onDidChange(() => reported++);
    const ask = () => git.isKept(uri(path.join(root, 'a.http')));
    assert.equal(await ask(), false);
    // VS Code's extension reports that it is enabled a moment before its API is available.
    Object.assign(state, { enabled: true, hasModel: false });
    enablement.fire(true);
    state.hasModel = true;
    await Promise.resolve();
    assert.equal(await ask(), true);
    state.enabled = false;
    enablement.fire(false);
    await Promise.resolve();
    assert.equal(await ask(), false);
    assert.equal(reported, 2);
  });

  it('fires for repositories that are opened, changed, committed to and closed', () => {
    const { editor, opened, closed, api } = editorWith();
    const git = gitIn(editor);
    const reported: string[] = [];
    git.onDidChange(({ rootUri }) => reported.push(`changed ${path.basename(rootUri.fsPath)}`));
    git.onDidCommit(({ rootUri }) => reported.push(`committed ${path.basename(rootUri.fsPath)}`));
    const { object, changed, committed } = repositoryAt(root);
    api.repositories.push(object);
    opened.fire(object);
    changed.fire();
    committed.fire();
    // The API returns a new object for the same repository.
    closed.fire({ ...object });
    changed.fire();
    committed.fire();
    assert.deepEqual(reported, ['changed repository', 'changed repository', 'committed repository', 'changed repository']);
  });

  it('fires nothing after disposal', async () => {
    const { object, changed, asked } = repositoryAt(root);
    const { editor, state } = editorWith(object);
    const git = new Git(editor);
    let reported = 0;
    git.onDidChange(() => reported++);
    git.dispose();
    changed.fire();
    state.trusted = true;
    assert.equal(await git.isKept(uri(path.join(root, 'a.http'))), false);
    assert.deepEqual([reported, asked.length], [0, 0]);
  });
});
