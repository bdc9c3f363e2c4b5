import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { platforms } from '../src/platforms/index.js';
import { tenantItemsSchema } from './support/tenantsSchema.js';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
}

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Record<string, string>;
  readonly dependencies?: unknown;
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string; icon?: string }[];
    readonly menus: Record<string, readonly MenuItem[]>;
    readonly configuration: {
      properties: Record<string, { scope: string; markdownDescription: string; default: unknown; items?: unknown }>;
    };
    readonly views: Record<string, readonly { id: string }[]>;
    readonly viewsWelcome: readonly { view: string; contents: string }[];
  };
}

const root = join(__dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const { commands, menus, configuration, views, viewsWelcome } = manifest.contributes;
const contributed = commands.map(({ command }) => command.replace('tenantTokens.', ''));

function sources(folder = 'src'): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
  );
}

describe('the manifest', () => {
  /** The ids of the one table of commands, read as text: it imports the editor. */
  const table = /export const commands = \{([^}]*)\}/.exec(read('src/commands/index.ts'))?.[1] ?? '';
  const implemented = table
    .split(',')
    .map((entry) => /^\w+/.exec(entry.trim())?.[0] ?? '')
    .filter(Boolean);

  it('contributes the commands that there are, and no others', () => {
    assert.deepEqual([...contributed].sort(), [...implemented].sort());
    assert.equal(new Set(contributed).size, contributed.length);
  });

  it('gives every command the category, and an icon where it stands as a button', () => {
    const buttons = Object.values(menus)
      .flat()
      .filter((item) => /^(inline|navigation)/.test((item as { group?: string }).group ?? ''));
    for (const { command, category, icon } of commands) {
      assert.equal(category, 'Tenant Tokens');
      if (buttons.some((item) => item.command === command)) assert.ok(icon, command);
    }
  });

  it('names existing commands in menus, welcome texts and code', () => {
    const named = [
      ...Object.values(menus)
        .flat()
        .map(({ command }) => command),
      ...viewsWelcome.flatMap(({ contents }) => [...contents.matchAll(/command:([\w.]+)/g)].map(([, id]) => id ?? '')),
      ...sources().flatMap((path) => [...read(path).matchAll(/'(tenantTokens\.[a-zA-Z]+)'/g)].map(([, id]) => id ?? '')),
    ].map((id) => id.replace('tenantTokens.', ''));
    const contexts = ['grouped', 'sandboxRunning', 'gatewayRunning', 'noTenants', 'noTokens'];
    const pages = ['details', 'timeline'];
    const ids = [
      ...contributed,
      ...contexts,
      ...pages,
      ...Object.values(views)
        .flat()
        .map(({ id }) => id.replace('tenantTokens.', '')),
    ];
    for (const id of named) assert.ok(ids.includes(id), id);
  });

  it('lets no workspace say anything: every setting is of application scope', () => {
    for (const [key, { scope, markdownDescription, default: value }] of Object.entries(configuration.properties)) {
      assert.equal(scope, 'application', key);
      assert.ok(markdownDescription, key);
      assert.notEqual(value, undefined, key);
    }
  });

  it('completes and validates tenants as the platforms do (npm run manifest writes it)', () => {
    assert.deepEqual(configuration.properties['tenantTokens.tenants']?.items, JSON.parse(JSON.stringify(tenantItemsSchema())));
  });

  it('offers a snippet and a preset for each platform', () => {
    const items = configuration.properties['tenantTokens.tenants']?.items as { defaultSnippets: unknown[] };
    assert.equal(items.defaultSnippets.length, platforms.length);
    for (const { presets, id } of platforms) assert.ok(presets.length > 0, id);
  });

  it('activates for nothing but its own commands and view, and for files that may hold requests', () => {
    assert.deepEqual(manifest.activationEvents, ['onLanguage:http', 'onLanguage:markdown']);
  });

  it('brings no packages along, and types of the oldest editor it runs in', () => {
    assert.equal(manifest.dependencies, undefined);
    assert.equal(manifest.engines.vscode, '^1.105.0');
    assert.equal(manifest.devDependencies['@types/vscode'], '~1.105.0');
  });
});
