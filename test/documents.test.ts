import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { platforms } from '../src/platforms/index.js';

const root = join(__dirname, '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly title: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
    readonly walkthroughs: readonly { readonly steps: readonly { readonly description: string }[] }[];
  };
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const { commands, configuration, walkthroughs } = manifest.contributes;
const steps = walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description));

/** The text of each document, without blocks of code; and of the walkthrough. */
const documents = new Map([
  ...globSync(['*.md', 'media/**/*.md', 'test/README.md', 'test/bench/README.md'], { cwd: root })
    .filter((name) => name !== 'CHANGELOG.md')
    .map((name) => [name, read(name).replaceAll(/^```.*?^```/gms, '')] as const),
  ['the walkthrough', steps.join('\n')] as const,
]);

/** Without what is in parentheses: words that people may search for. */
const titles: ReadonlySet<string> = new Set(commands.map(({ title }) => title.replace(/( \(.*\))?…?$/, '')));
const verbs: ReadonlySet<string> = new Set([...titles].map((title) => title.split(' ')[0] ?? ''));
/** What other programs call their own, in the same words. */
const FOREIGN: ReadonlySet<string> = new Set(['Copy Request As cURL', 'New']);
const TITLE = /^[A-Z]\S*( (of|at|in|by|from|as|for|to|all|cURL|[A-Z]\S*))*$/;

/** What a document sets in italics or in bold, and spells and begins like the title of a command. */
const namedIn = (text: string): readonly string[] =>
  [...text.replaceAll(/`[^`]*`/g, '').matchAll(/(?<![*\w])\*{1,2}(?:Tenant Tokens: )?([A-Z][^*\n]*)\*{1,2}(?!\*)/g)]
    .map(([, name = '']) => name.replace(/[….:,]+$/, ''))
    .filter((name) => TITLE.test(name) && verbs.has(name.split(' ')[0] ?? ''));

describe('the documents', () => {
  it('call commands by their titles', () => {
    const wrong = [...documents].flatMap(([document, text]) =>
      namedIn(text)
        .filter((name) => !titles.has(name) && !FOREIGN.has(name))
        .map((name) => `${document}: ${name}`),
    );
    assert.deepEqual(wrong, []);
    assert.ok([...documents.values()].flatMap(namedIn).length > 50);
    assert.deepEqual(namedIn('Run *Insert Heads*, or **Tenant Tokens: Add Tenant…**, not *Add the tenant.*'), [
      'Insert Heads',
      'Add Tenant',
    ]);
  });

  it('name settings that there are', () => {
    const known = new Set(Object.keys(configuration.properties));
    const named = [...documents].flatMap(([document, text]) =>
      [...text.matchAll(/`(tenantTokens\.[A-Za-z]+)`/g)].map(([, name = '']) => ({ document, name })),
    );
    assert.deepEqual(
      named.filter(({ name }) => !known.has(name)),
      [],
    );
    assert.ok(named.length > 0);
  });

  it('name scripts that there are', () => {
    const named = [...documents].flatMap(([document, text]) =>
      [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => ({ document, name })),
    );
    assert.deepEqual(
      named.filter(({ name }) => !(name in manifest.scripts)),
      [],
    );
  });

  it('have a page for each platform, and the README links to it', () => {
    const pages = platforms.map(({ id }) => `media/platforms/${id}.md`);
    assert.deepEqual(globSync('media/platforms/*.md', { cwd: root }).sort(), pages.toSorted());
    for (const page of pages) assert.ok(read('README.md').includes(`](${page})`), page);
  });
});
