import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import process from 'node:process';
import { platforms } from '../../src/platforms/index.js';

const root = join(__dirname, '../..');

const inBothThemes = (name: string): string[] => [`${name}-dark.webp`, `${name}-light.webp`];
const PICTURES = [
  'details-dark.webp',
  ...['exchange', 'git'].flatMap(inBothThemes),
  'movie.webp',
  ...['reference', 'request', 'sandbox', 'tenant', 'timeline'].flatMap(inBothThemes),
].map((name) => `media/pictures/${name}`);
const PAGES = platforms.map(({ id }) => `media/platforms/${id}.md`).sort();

/** All that is in the package. */
const ALLOWED = [
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'dist/THIRD-PARTY-NOTICES.txt',
  'dist/core.js',
  'dist/extension.js',
  'dist/features.js',
  'dist/gateway.js',
  'dist/sandbox.js',
  'dist/undici.js',
  'media/answer.tmLanguage.json',
  'media/icon.png',
  'media/networks.md',
  ...PICTURES,
  ...PAGES,
  'media/references.md',
  'media/view.svg',
  'package.json',
];

const DOCUMENTS = ALLOWED.filter((name) => /^[A-Z]+$|\.md$/.test(name));

/** Files that commonly lie around in packaged folders, and have been found in packages. */
const STRAY = [
  '.env',
  '.env.local',
  '.npmrc',
  '.git/config',
  '.github/workflows/release.yml',
  '.vscode/settings.json',
  'dist/extension.js.map',
  'dist/demo.vsix',
  'dist/notes.cdx.json',
  'media/notes.txt',
  'node_modules/left/index.js',
  'node_modules/left/package.json',
  'requests.http',
  'src/extension.ts',
  'test/manifest.test.ts',
  'token.txt',
];

/** Credentials by their issuers' formats, and traces of where something was built. */
const SECRETS = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\b(gh[pousr]|github_pat)_\w{20,}/,
  /\bnpm_\w{30,}/,
  /\bxox[abprs]-[\w-]{10,}/,
  /\bvidb_\w{10,}/,
  /\/\/[^/\s'"`:@]+:[^/\s'"`@]+@/,
  /sourceMappingURL/,
];

/** The anchors of the headings of a Markdown document. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

describe('threats: the package', () => {
  let folder: string;
  let builds: readonly string[];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-package-'));
    builds = ['dist', 'again'].map((name) => join(folder, name));
    for (const outdir of builds)
      execFileSync(process.execPath, ['esbuild.mjs', '--production', `--outdir=${outdir}`], { cwd: root });
    for (const name of ['package.json', '.vscodeignore', 'media', ...DOCUMENTS.filter((name) => !name.includes('/'))])
      cpSync(join(root, name), join(folder, name), { recursive: true });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const built = (outdir: string): Record<string, string> =>
    Object.fromEntries(readdirSync(outdir).map((name) => [name, readFileSync(join(outdir, name), 'latin1')]));

  it('row 46: it starts no program, and opens no terminal but that with the address of a tenant', () => {
    const ways =
      /child_process|environmentVariableCollection|\b(Shell|Process|Custom)Execution\b|executeTask|process\.(binding|dlopen)/;
    const texts = Object.entries(built(builds[0]!));
    for (const [name, text] of texts) assert.doesNotMatch(text, ways, name);
    assert.equal(texts.flatMap(([, text]) => text.match(/createTerminal/g) ?? []).length, 1);
    assert.match('require("node:child_process")', ways);
    // An access token is put into an environment by one file, after the person’s leave (row 40).
    const assigning = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /\benv(\.\w+|\[[^\]]+\])\s*=[^=]/.test(readFileSync(join(root, 'src', file), 'utf8')));
    assert.deepEqual(assigning, [join('handoff', 'publishedReferences.ts')]);
  });

  it('row 49: it contains only the listed files, no secrets and no traces of the machine, and is reproducible', () => {
    assert.deepEqual(built(builds[1]!), built(builds[0]!));
    for (const name of STRAY) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), 'EXAMPLE');
    }
    const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
    const listed = execFileSync(process.execPath, [vsce, 'ls', '--no-dependencies'], { cwd: folder, encoding: 'utf8' });
    assert.deepEqual(listed.trim().split(/\r?\n/).sort(), ALLOWED);

    const texts = ALLOWED.map((name) => [name, readFileSync(join(folder, name), 'latin1')] as const);
    for (const [name, text] of texts) {
      for (const pattern of SECRETS) assert.ok(!pattern.test(text), `${name}: ${String(pattern)}`);
      for (const place of [root, folder]) assert.ok(!text.includes(place), `${name}: ${place}`);
    }
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies?: unknown };
    assert.equal(dependencies, undefined);
  });

  it('is the same file from each pack, in another time zone and with files of another time, too', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
    // It is built already.
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, scripts: {} }));
    const packs = ['Pacific/Auckland', 'America/Anchorage'].map((TZ, index) => {
      for (const name of ALLOWED) utimesSync(join(folder, name), new Date(), new Date(Date.UTC(2020 + index, 5)));
      const out = join(folder, `${index}.vsix`);
      execFileSync(process.execPath, [join(root, 'test/support/pack.mjs'), out], { cwd: folder, env: { ...process.env, TZ } });
      return readFileSync(out);
    });
    assert.ok(packs[0]!.length > 100_000);
    assert.ok(packs[0]!.equals(packs[1]!));
  });

  it('holds each document and picture that its documents link to', () => {
    for (const document of DOCUMENTS) {
      const text = readFileSync(join(root, document), 'utf8');
      for (const [, target = '', fragment] of text.matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)) {
        if (/^https:\/\//.test(target)) continue;
        const place = target ? posix.join(posix.dirname(document), target) : document;
        assert.ok(ALLOWED.includes(place), `${document} links to ${place}`);
        if (fragment) assert.ok(anchorsOf(readFileSync(join(root, place), 'utf8')).includes(fragment), `${place}#${fragment}`);
      }
    }
  });
});
