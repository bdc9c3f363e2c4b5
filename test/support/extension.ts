import assert from 'node:assert/strict';
import type { ExtensionContext } from 'vscode';
import { editor } from './vscode.js';
import { start, type Running } from '../../src/core.js';
import type { Command } from '../../src/commands/command.js';
import type { CommandId } from '../../src/commands/ids.js';
import type { World } from './world.js';
import { idle } from './clock.js';
import { MemoryMemento } from './memory.js';
import type { TokenNode } from '../../src/views/tenantRows.js';
import { TENANTS } from './entries.js';
import { CANCEL, ScriptedPrompter } from './scriptedPrompter.js';
import { Uri } from './vscodeTypes.js';

type Target = Parameters<Command>[1];

/** A row of the sidebar as it is drawn. */
interface DrawnRow {
  readonly label: string;
  readonly description: string;
  readonly icon: string | undefined;
  readonly tooltip: string | undefined;
  /** What a click on it runs. */
  readonly command: string | undefined;
  readonly path: readonly string[];
}

/**
 * All of the extension in a window of its own: as VS Code activates it, with a stand-in for the editor and a script that
 * answers its questions.
 */
export class Extension {
  readonly prompter = new ScriptedPrompter();
  readonly #world: World;
  readonly #running: Running;
  readonly #context: { readonly subscriptions: { dispose(): unknown }[] };

  /** @param settings by their full names */
  constructor(world: World, settings: Readonly<Record<string, unknown>>) {
    this.#world = world;
    editor.reset();
    editor.set(settings);
    const context = {
      subscriptions: [],
      secrets: world.secrets,
      globalState: world.globalState,
      workspaceState: new MemoryMemento(),
      // Where windows have no folder in common, and nothing waits for a disk.
      globalStorageUri: Uri.from({ scheme: 'vscode-userdata', path: `${world.folder}/User/globalStorage/tenant-tokens` }),
    };
    this.#context = context;
    this.#running = start(context as unknown as ExtensionContext, {
      clock: world.clock,
      random: () => world.chance,
      self: { pid: process.pid, session: 'extension', host: 'this' },
      isAlive: () => true,
      prompter: this.prompter,
    });
  }

  /** Runs a command of ours to its end, while time passes. @param target as its row, or a keybinding, gives it */
  readonly run = async (id: CommandId, target?: Target): Promise<void> => {
    await this.#world.until(editor.execute(`tenantTokens.${id}`, target));
  };

  /** The rows of the sidebar, each after the one it is in; what they show is read from the store first. */
  async rows(): Promise<readonly DrawnRow[]> {
    drawn();
    await idle();
    return drawn();
  }

  /** @param path the labels of the row and of those that it is in */
  async row(...path: readonly string[]): Promise<DrawnRow> {
    const rows = await this.rows();
    const found = rows.find((row) => row.path.join('\n') === path.join('\n'));
    return (
      found ?? assert.fail(`there is no row ${path.join(' › ')} among\n${rows.map((row) => row.path.join(' › ')).join('\n')}`)
    );
  }

  /** What the badge of the sidebar counts; 0 without one. */
  get badge(): number {
    return editor.view.badge?.value ?? 0;
  }

  /** The tenants as settings.json has them. */
  get tenants(): readonly unknown[] {
    return (editor.settings.get(TENANTS) as readonly unknown[] | undefined) ?? [];
  }

  /** The tenants as a person writes them into settings.json. */
  set tenants(entries: readonly unknown[]) {
    editor.set({ [TENANTS]: entries });
  }

  /** Adds an API token of a tenant, and leaves it there without an exchange. @param parts of its secret, and further answers */
  async addToken(tenant: string, name: string, ...parts: readonly string[]): Promise<string> {
    const { prompter } = this;
    const isFirst = this.#tokensOf(tenant).length === 0;
    const entry = (this.tenants as readonly Readonly<Record<string, unknown>>[]).find(({ id }) => id === tenant);
    if (!isFirst) prompter.when('A name for this API token', name);
    prompter.when(/^Add API Token/, ...parts);
    if (entry?.['passcode'] === true || parts.includes('Once')) prompter.when('is kept. Exchange it for an access token', CANCEL);
    else prompter.forestall('Exchanging the API token');
    await this.run('addToken', { tenant });
    if (!isFirst) return this.tokenOf(tenant, name);
    const token = this.tokenOf(tenant, 'Default');
    prompter.when('A name for this API token', name);
    await this.run('renameToken', { token });
    // Rows show the name after a redraw.
    await this.#world.clock.advance(200);
    return token;
  }

  /** The id of a token, as its row has it. */
  tokenOf(tenant: string, name: string): string {
    const found = this.#tokensOf(tenant).find((row) => row.name === name)?.token;
    return found ?? assert.fail(`${tenant} has no token ${name}`);
  }

  #tokensOf(tenant: string): readonly Partial<TokenNode>[] {
    const rows = editor.rows().flatMap(({ row }) => editor.rows(row).map((one) => one.row as Partial<TokenNode>));
    return rows.filter((row) => row.tenant === tenant && row.token !== undefined);
  }

  /** What the status bar says of the active token; undefined: nothing. */
  get statusBar(): string | undefined {
    return editor.item.isShown ? editor.item.accessibilityInformation?.label : undefined;
  }

  /** What an observer of the window can see. */
  get observed(): Readonly<Record<string, unknown>> {
    const { executed, settings, log, pages, browsed } = editor;
    const { asked, shown } = this.prompter;
    return {
      questions: asked,
      'what is shown': shown,
      'commands that were run': executed,
      settings: [...settings],
      'the log': log,
      pages: pages.map(({ title, webview }) => [title, webview.html]),
      'the browser': browsed,
      'the sidebar': drawn(),
    };
  }

  /** Ends it as VS Code does. */
  async stop(): Promise<void> {
    await this.#world.until(this.#running.stop());
    for (const one of this.#context.subscriptions) one.dispose();
  }
}

function drawn(under?: unknown, above: readonly string[] = []): DrawnRow[] {
  return editor.rows(under).flatMap(({ row, item }) => {
    const { label, description = '', iconPath, tooltip, command, collapsibleState } = item;
    const path = [...above, label];
    const shown = { label, description, icon: iconPath?.id, tooltip, command: command?.command, path };
    return [shown, ...(collapsibleState > 0 ? drawn(row, path) : [])];
  });
}
