import assert from 'node:assert/strict';
import type { Uri } from 'vscode';
import { CommitGuard, type CommitWarning } from '../../src/editor/foundTokens/commitGuard.js';
import type { Change, Git, Repository } from '../../src/editor/foundTokens/git.js';
import { Emitter } from '../../src/base/event.js';
import { jwt, known, LATER, NOW, OURS, SOONER } from './support/known.js';

const ROOT = '/repository';
const uri = (path: string) => ({ path, fsPath: path, toString: () => `file://${path}` }) as unknown as Uri;
const request = (token: string): string => `GET https://acme.example\nAuthorization: Bearer ${token}\n`;

type Files = Readonly<Record<string, string>>;

/** A repository with given staged and committed contents, and a guard over it. */
async function setUp(staged: Files = {}) {
  const { tenants, names, issued } = await known(NOW + 60_000);
  const changed = new Emitter<Repository>();
  const committed = new Emitter<Repository>();
  const contents = { '': staged, HEAD: {} as Files, 'HEAD^': {} as Files };
  const calls: string[] = [];
  const state = { indexChanges: [] as Change[], workingTreeChanges: [] as Change[], untrackedChanges: [] as Change[] };
  const changes = (...paths: string[]): Change[] => paths.map((path) => ({ uri: uri(`${ROOT}/${path}`) }));
  const read = (treeish: string, path: string): string => {
    calls.push(`${treeish}:${path.slice(ROOT.length + 1)}`);
    const text = contents[treeish as keyof typeof contents][path.slice(ROOT.length + 1)];
    if (text === undefined) throw new Error('not known by git');
    return text;
  };
  const repository = {
    rootUri: uri(ROOT),
    state,
    getObjectDetails: (treeish: string, path: string) => {
      const text = read(treeish, path);
      return Promise.resolve({ object: text, size: text.length });
    },
    show: (treeish: string, path: string) => Promise.resolve(read(treeish, path)),
  } as unknown as Repository;
  state.indexChanges = changes(...Object.keys(staged));
  const git = { repositories: [repository], onDidChange: changed.event, onDidCommit: committed.event } as unknown as Git;
  const reported: CommitWarning[] = [];
  const knowledge = { tenants, names, issued, dialects: { current: 'httpyac' as const } };
  const guard = new CommitGuard(
    git,
    knowledge,
    () => NOW,
    (warning) => reported.push(warning),
  );
  /** The warnings since the last call, as `when: path (owners)`. */
  const warnings = async (): Promise<string[]> => {
    await guard.settled();
    return reported.splice(0).flatMap(({ when, files }) => {
      const named = files.map(({ uri: { path }, tokens }) => {
        const owners = tokens.map(({ owner, reference }) => `${owner ?? 'unknown'}${reference ? ' replaceable' : ''}`);
        return `${path.slice(ROOT.length + 1)} (${owners.join(', ')})`;
      });
      return `${when}: ${named.join(', ')}`;
    });
  };
  const stage = async (files: Files): Promise<string[]> => {
    contents[''] = files;
    state.indexChanges = changes(...Object.keys(files));
    changed.fire(repository);
    return warnings();
  };
  const edit = async (...paths: string[]): Promise<string[]> => {
    state.workingTreeChanges = changes(...paths);
    changed.fire(repository);
    return warnings();
  };
  /** A commit by VS Code, which updates the state first. */
  const commit = async (files: Files): Promise<string[]> => {
    contents['HEAD^'] = contents.HEAD;
    contents.HEAD = { ...contents.HEAD, ...files };
    const isLeft = (change: Change): boolean => !(change.uri.path.slice(ROOT.length + 1) in files);
    state.indexChanges = state.indexChanges.filter(isLeft);
    state.workingTreeChanges = state.workingTreeChanges.filter(isLeft);
    changed.fire(repository);
    committed.fire(repository);
    return warnings();
  };
  return { guard, repository, contents, changed, calls, warnings, stage, edit, commit };
}

describe('CommitGuard', () => {
  it('warns when a file with an access token is staged, once for each content', async () => {
    const { stage } = await setUp();
    assert.deepEqual(await stage({ 'a.http': request(OURS) }), ['staged: a.http (Acme replaceable)']);
    assert.deepEqual(await stage({ 'a.http': request(OURS) }), []);
    assert.deepEqual(await stage({}), []);
    assert.deepEqual(await stage({ 'a.http': request(OURS) }), []);
    assert.deepEqual(await stage({ 'a.http': `${request(OURS)}# changed` }), ['staged: a.http (Acme replaceable)']);
  });

  it('warns about text that looks like a token, too', async () => {
    const { stage } = await setUp();
    assert.deepEqual(await stage({ '.env.local': `TOKEN=${jwt({ exp: LATER })}` }), ['staged: .env.local (unknown)']);
  });

  it('warns once about all files that are staged together', async () => {
    const { stage } = await setUp();
    const files = {
      'a.http': request(OURS),
      'b.rest': request('{{token}}'),
      'c.md': OURS,
      '.vscode/settings.json': `{"a":"${OURS}"}`,
    };
    assert.deepEqual(await stage(files), ['staged: a.http (Acme replaceable), c.md (Acme), .vscode/settings.json (Acme)']);
  });

  it('warns about files that were staged before VS Code was opened', async () => {
    const { warnings } = await setUp({ 'a.http': request(OURS) });
    assert.deepEqual(await warnings(), ['staged: a.http (Acme replaceable)']);
  });

  it('does not warn about expired tokens, or files without tokens', async () => {
    const { stage } = await setUp();
    const files = { 'a.http': request(jwt({ exp: SOONER })), 'b.http': request('{{$processEnv TENANT_TOKEN_ACME}}') };
    assert.deepEqual(await stage(files), []);
  });

  it('reads no other kinds of files, no large files, and no content twice', async () => {
    const { stage, calls } = await setUp();
    await stage({ 'a.ts': OURS, 'b.png': OURS });
    assert.deepEqual(calls, []);
    assert.deepEqual(await stage({ 'large.json': `"${OURS}${' '.repeat(1024 * 1024)}"` }), []);
    assert.deepEqual(calls.splice(0), [':large.json']);
    await stage({ 'a.http': request(OURS) });
    await stage({ 'a.http': request(OURS) });
    assert.deepEqual(calls, [':a.http', ':a.http', ':a.http']);
  });

  it('asks git about at most a hundred files', async () => {
    const { stage, calls } = await setUp();
    await stage(Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`${at}.json`, '{}'])));
    assert.equal(new Set(calls).size, 100);
  });

  it('continues if git does not know a file, such as one whose deletion is staged', async () => {
    const { stage, edit, repository } = await setUp();
    await stage({ 'a.http': request(OURS) });
    const gone = repository.state.indexChanges;
    await stage({});
    Object.assign(repository.state, { indexChanges: gone });
    assert.deepEqual(await edit(), []);
    assert.deepEqual(await stage({ 'b.http': request(OURS) }), ['staged: b.http (Acme replaceable)']);
  });

  it('checks a repository once more after many changes at once', async () => {
    const { changed, repository, calls, warnings } = await setUp({ 'a.http': request('{{token}}') });
    for (let time = 0; time < 50; time++) changed.fire(repository);
    await warnings();
    // The first check was under way.
    assert.deepEqual(calls, [':a.http', ':a.http', ':a.http']);
  });

  it('warns about a commit of unstaged changes', async () => {
    const { edit, commit } = await setUp();
    assert.deepEqual(await edit('a.http', 'b.http'), []);
    assert.deepEqual(await commit({ 'a.http': request(OURS) }), ['committed: a.http (Acme replaceable)']);
    assert.deepEqual(await commit({ 'b.http': 'GET https://acme.example' }), []);
  });

  it('does not warn again about a commit after a warning when it was staged', async () => {
    const { stage, commit } = await setUp();
    await stage({ 'a.http': request(OURS) });
    assert.deepEqual(await commit({ 'a.http': request(OURS) }), []);
  });

  it('does not treat reverted changes as committed', async () => {
    const { edit, commit, warnings } = await setUp();
    await edit('a.http');
    await commit({ 'a.http': request('{{token}}') });
    await edit('a.http', 'b.http');
    await edit('b.http');
    assert.deepEqual(await commit({ 'b.http': '' }), []);
    assert.deepEqual(await warnings(), []);
  });

  it('does not warn about old content because another file was committed', async () => {
    const { contents, edit, commit } = await setUp();
    // Committed before this window was opened.
    contents.HEAD = { 'a.http': request(OURS) };
    await edit('a.http', 'b.http');
    await edit('b.http');
    assert.deepEqual(await commit({ 'b.http': 'x' }), []);
  });

  it('does not warn after disposal', async () => {
    const { guard, stage } = await setUp();
    guard.dispose();
    assert.deepEqual(await stage({ 'a.http': request(OURS) }), []);
  });
});
