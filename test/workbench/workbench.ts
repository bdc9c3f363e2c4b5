import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Frame, Locator, Page } from 'playwright-core';
import { developIn, launchBrowser, newContext, pageAddress } from './browser.js';
import {
  clickRow,
  type Dialog,
  type Lens,
  markRow,
  type Notification,
  type PickItem,
  type ProblemRow,
  type Prompt,
  readCodeActions,
  readDialog,
  readHover,
  readLenses,
  readNotifications,
  readProblems,
  readPrompt,
  readRows,
  readStatusBar,
  readSuggestions,
  readTabs,
  type Row,
  type StatusItem,
  type SuggestItem,
  type Tab,
} from './screen.js';
import { createProfile, folderWith, type Profile, type Server, startServer } from './server.js';
import { browserStorage, type StoredText, textsIn } from './storage.js';
import { LIMIT_MS, until } from './until.js';

export type { Dialog, Lens, Notification, PickItem, ProblemRow, Prompt, Row, StatusItem, SuggestItem, Tab } from './screen.js';
export type { StoredText } from './storage.js';
export { until } from './until.js';

const START_LIMIT_MS = 60_000;
/** How long an open palette is given to show a command: one that an extension brings later does not appear in it. */
const PALETTE_LIMIT_MS = 2_000;
const MENU_LIMIT_MS = 500;
const FOCUS_LIMIT_MS = 500;
const VIEW_LIMIT_MS = 1_000;
const TOOLTIP_LIMIT_MS = 2_000;
const FRAME_LIMIT_MS = 2_000;
/**
 * Between what changes the rows and their being drawn again: what the tree and then VS Code wait for more of it, and the way to
 * the extension host and back. What a row stands for is not known there meanwhile, and a command that is run by it then asks
 * which token is meant.
 */
const REDRAW_LIMIT_MS = 600;
/** A place in the window where the mouse is over nothing that reacts. */
const AWAY = { x: 700, y: 15 };
const TOOLTIP = '.workbench-hover-container:visible';

const THEMES = {
  light: { id: 'Light Modern', label: 'Light Modern', className: 'vs' },
  dark: { id: 'Dark Modern', label: 'Dark Modern', className: 'vs-dark' },
  'high-contrast': { id: 'Default High Contrast', label: 'Dark High Contrast', className: 'hc-black' },
} as const;
export type Theme = keyof typeof THEMES;

/** Trust is a matter, and nobody is asked for it. */
const RESTRICTED = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

export interface WorkbenchOptions {
  /** The extension from its folder, as F5 loads it; from its package, as a person installs it; or not at all. */
  readonly mode: 'development' | 'installed' | 'none';
  /** For `development`. */
  readonly extensionPath?: string;
  /** For `installed`. */
  readonly vsix?: string;
  /** Folders of further extensions, loaded in every mode. */
  readonly extraExtensions?: readonly string[];
  /** The folder or workspace file to open; none for an empty window. */
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Of the machine that the window works on. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** The workspace is one that the person does not trust. */
  readonly restricted?: boolean;
  readonly theme?: Theme;
  /** The title of the view container whose tree is driven. */
  readonly view?: string;
  /** Shows the browser, to whoever looks for the reason of a failure. */
  readonly headed?: boolean;
}

/** What a text has to be: exactly this, or what the pattern matches. */
export type Match = string | RegExp;
/** A row by its label, or by the labels of its parents and its own. */
export type RowMatch = Match | readonly Match[];

const matches = (wanted: Match, text: string): boolean => (typeof wanted === 'string' ? wanted === text : wanted.test(text));

function isRow(wanted: RowMatch, row: Row): boolean {
  if (typeof wanted === 'string' || wanted instanceof RegExp) return matches(wanted, row.label);
  return wanted.length === row.path.length && row.path.every((label, index) => matches(wanted[index]!, label));
}

/** What a prompt asks, and what stands in it; not what is wrong with that. */
const asked = ({ message, severity, ...prompt }: Prompt): string =>
  JSON.stringify({ ...prompt, message: severity === 'error' ? '' : message }, (key, value: unknown) =>
    key === 'focused' ? undefined : value,
  );

const complaintOf = ({ message, severity }: Prompt): string | undefined => (severity === 'error' ? message : undefined);

const isSoWithin = (timeout: number, locator: Locator, state: 'visible' | 'hidden'): Promise<boolean> =>
  locator.waitFor({ state, timeout }).then(
    () => true,
    () => false,
  );

/** Starts a VS Code of its own and opens it in a headless browser. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { mode, extensionPath, vsix, extraExtensions = [], theme = 'dark', restricted = false, machineSettings } = options;
  const settings = { 'workbench.colorTheme': THEMES[theme].id, ...(restricted && RESTRICTED), ...options.settings };
  const extensions = mode === 'installed' ? folderWith(required(vsix, 'vsix')) : undefined;
  const profile = createProfile({ settings, machineSettings, extensions });
  let server: Server | undefined;
  let browser: Browser | undefined;
  try {
    const own = mode === 'development' ? [required(extensionPath, 'extensionPath')] : [];
    server = await startServer(profile, restricted);
    browser = await launchBrowser(profile, options.headed);
    const context = await newContext(browser, server);
    await developIn(context, server.address, { extensions: [...own, ...extraExtensions] });
    const page = await openPage(context, pageAddress(server.address, options.folder));
    const workbench = new Workbench(page, browser, server, profile, options.view ?? 'Tenant Tokens');
    await workbench.ready();
    return workbench;
  } catch (error) {
    await browser?.close();
    await server?.stop();
    profile.remove();
    throw error;
  }
}

async function openPage(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  await page.goto(address, { waitUntil: 'domcontentloaded', timeout: START_LIMIT_MS });
  return page;
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new Error(`openWorkbench needs ${name} for this mode`);
  return value;
}

/**
 * A VS Code window, driven as a person drives it: with keyboard and mouse, from outside of the extension host, and read from
 * what is on the screen. Every wait is for a condition and has a limit.
 */
export class Workbench {
  /** For what has no method here. */
  readonly page: Page;
  readonly #browser: Browser;
  readonly #server: Server;
  readonly #profile: Profile;
  readonly #view: string;

  constructor(page: Page, browser: Browser, server: Server, profile: Profile, view: string) {
    this.page = page;
    this.#browser = browser;
    this.#server = server;
    this.#profile = profile;
    this.#view = view;
  }

  /** Waits for the parts of the window. The extension host comes a little later; what needs it waits for it. */
  async ready(): Promise<void> {
    for (const part of ['activitybar', 'editor', 'statusbar']) {
      await this.page.locator(`.monaco-workbench .part.${part}`).waitFor({ timeout: START_LIMIT_MS });
    }
  }

  /** Reloads the window. The browser's storage stays, and with it secrets and globalState. */
  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'domcontentloaded' });
    await this.ready();
  }

  /**
   * Opens an empty window beside this one: same server, same settings. As another tab of the same browser, unless it is private:
   * then nothing is known in it of other windows, such as what they have shown.
   */
  async openWindow({ isPrivate = false } = {}): Promise<Workbench> {
    const context = isPrivate ? await newContext(this.#browser, this.#server) : this.page.context();
    const page = await openPage(context, pageAddress(this.#server.address));
    const window = new Workbench(page, this.#browser, this.#server, this.#profile, this.#view);
    await window.ready();
    return window;
  }

  /** Closes only this window, as a person closes a tab: the page gets its events. */
  async closeWindow(): Promise<void> {
    const closed = this.page.waitForEvent('close');
    await this.page.close({ runBeforeUnload: true });
    await closed;
  }

  /** Ends everything that was started and removes the profile. */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    this.#profile.remove();
  }

  // --- palette, quick picks and input boxes: one widget ---

  get #promptInput(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-box input');
  }

  /** A prompt that is just closing takes the palette that opens along: it is opened again. */
  async #openPalette(text: string): Promise<void> {
    await until('the palette', async () => {
      await this.page.keyboard.press('F1');
      return this.#promptInput.fill(text, { timeout: PALETTE_LIMIT_MS }).then(
        () => true,
        () => false,
      );
    });
  }

  /** Runs a command by typing its title into the palette: `Tenant Tokens: Exchange`, or `Exchange` where that is clear. */
  async command(title: string): Promise<void> {
    const isTitle = ({ label }: PickItem) => label === title || label.endsWith(`: ${title}`);
    const find = async () => (await readPrompt(this.page))?.items.find(isTitle);
    const end = performance.now() + LIMIT_MS;
    for (;;) {
      await this.#openPalette(`>${title}`);
      const seen = () => this.quickPickItems();
      const item = await until(`the command "${title}"`, find, { limit: PALETTE_LIMIT_MS, seen }).catch((error: unknown) => {
        if (performance.now() > end) throw error;
      });
      if (!item) {
        await this.escape();
        continue;
      }
      // An editor that opens meanwhile takes the focus, and the palette goes before it is clicked.
      const isChosen = await this.#choose(item, PALETTE_LIMIT_MS).then(
        () => true,
        (error: unknown) => {
          if (performance.now() > end) throw error;
          return false;
        },
      );
      if (!isChosen) continue;
      await until('the palette to close', async () => !(await readPrompt(this.page))?.value.startsWith('>'));
      return;
    }
  }

  /** The titles of the commands that the palette offers for a text. */
  async commandsFor(text: string): Promise<string[]> {
    await this.#openPalette(`>${text}`);
    const items = await until('commands', async () => {
      const found = await this.quickPickItems();
      return found.length > 0 && found;
    });
    await this.escape();
    return items.map(({ label }) => label);
  }

  /** What the open input box or quick pick shows; waits for one. */
  prompt(): Promise<Prompt> {
    return until('an input box or a quick pick', () => readPrompt(this.page));
  }

  /** The items of the open quick pick that are on the screen. */
  async quickPickItems(): Promise<readonly PickItem[]> {
    return (await readPrompt(this.page))?.items ?? [];
  }

  /** Chooses an item of the open quick pick; types its label first if it is not on the screen. Returns when the pick went on. */
  async quickPick(label: Match): Promise<void> {
    const find = async () => (await this.quickPickItems()).find((item) => matches(label, item.label));
    await until('a quick pick', async () => (await this.quickPickItems()).length > 0, { seen: () => readPrompt(this.page) });
    if (typeof label === 'string' && !(await find())) await this.#promptInput.fill(label);
    const item = await until(`the item ${String(label)}`, find, { seen: () => this.quickPickItems() });
    await this.#goesOn(await this.prompt(), () => this.#choose(item));
  }

  async #choose({ focused, index }: PickItem, timeout = LIMIT_MS): Promise<void> {
    if (focused) await this.page.keyboard.press('Enter');
    else await this.page.locator(`.quick-input-list .monaco-list-row[data-index="${index}"]`).click({ timeout });
  }

  /** Types over what is in the open input box and confirms. Returns when the box is gone, asks something else or complains. */
  async answer(text: string): Promise<void> {
    const before = await this.prompt();
    await this.type(text);
    await this.#goesOn({ ...before, value: text }, () => this.page.keyboard.press('Enter'));
  }

  /** Confirms what is in the open input box. Returns as {@link answer} does. */
  async accept(): Promise<void> {
    await this.#goesOn(await this.prompt(), () => this.page.keyboard.press('Enter'));
  }

  /** Types over what is in the open input box without confirming. */
  async type(text: string): Promise<void> {
    await this.#promptInput.fill(text);
  }

  /** What the open input box says: its question, or, once it has that, what is wrong with the answer. */
  async inputMessage(pattern = /./): Promise<string> {
    const look = async () => (await readPrompt(this.page))?.message;
    return until(
      `the message ${String(pattern)}`,
      async () => {
        const message = await look();
        return message !== undefined && pattern.test(message) && message;
      },
      { seen: look },
    );
  }

  /** Leaves the open input box or quick pick. */
  async escape(): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible');
    // One that is just opening may not have the focus yet.
    await until('the prompt to close', async () => {
      await this.page.keyboard.press('Escape');
      return isSoWithin(FOCUS_LIMIT_MS, widget, 'hidden');
    });
  }

  /** The prompts of one command share one widget, so an answer to the next must wait until this one is taken. */
  async #goesOn(before: Prompt, act: () => Promise<void>): Promise<void> {
    await act();
    await until(
      'the prompt to go on',
      async () => {
        const now = await readPrompt(this.page);
        return (
          !now || asked(now) !== asked(before) || (complaintOf(now) !== undefined && complaintOf(now) !== complaintOf(before))
        );
      },
      { seen: () => readPrompt(this.page) },
    );
  }

  // --- the view ---

  /** Opens our view container, if it is not. */
  async openView(): Promise<void> {
    const tab = this.#viewTab;
    await tab.waitFor();
    const title = this.page.locator('.part.sidebar .composite.title', { hasText: this.#view });
    // A window that comes back opens the view by itself, if it was open: a click in that moment closes it again.
    await until('the view to open', async () => {
      if (await isSoWithin(VIEW_LIMIT_MS, title, 'visible')) return true;
      if ((await tab.getAttribute('aria-expanded')) !== 'true') await tab.click();
      return false;
    });
  }

  get #viewTab(): Locator {
    const label = this.page.locator(`.action-label[aria-label^="${this.#view}"]`);
    return this.page.locator('.part.activitybar [role=tab]').filter({ has: label });
  }

  /** The number on the view's icon, or an empty text. */
  async badge(): Promise<string> {
    return (await this.#viewTab.locator('.badge-content').textContent()) ?? '';
  }

  /** The text of an empty view, with the labels of its buttons. */
  async welcome(): Promise<string> {
    const view = this.page.locator('.part.sidebar .welcome-view-content:visible');
    await view.waitFor();
    return view.innerText();
  }

  async welcomeButton(label: string): Promise<void> {
    await this.page.locator('.part.sidebar .welcome-view-content').getByRole('button', { name: label, exact: true }).click();
  }

  /** The rows of the tree that are on the screen. */
  rows(): Promise<Row[]> {
    return readRows(this.page);
  }

  /** Waits for a row. */
  row(wanted: RowMatch): Promise<Row> {
    const find = async () => (await this.rows()).find((row) => isRow(wanted, row));
    return until(`the row ${String(wanted)}`, find, { seen: () => this.rows() });
  }

  /** Finds a row by what it says and not by its place, which changes when rows above it come and go. */
  async #rowLocator(wanted: RowMatch): Promise<Locator> {
    await this.#moveAway();
    await this.row(wanted);
    // By one look: rows above it come and go.
    const rows = await this.rows();
    const found = rows.find((row) => isRow(wanted, row));
    if (!found) return this.#rowLocator(wanted);
    const { label, level, index } = found;
    const before = rows.filter((row) => row.label === label && row.level === level && row.index < index).length;
    return this.page
      .locator(`.part.sidebar .pane-body [role=treeitem][aria-level="${level}"]`)
      .filter({ has: this.page.locator('.label-name').getByText(label, { exact: true }) })
      .nth(before);
  }

  /** Opens a row, if it is not. */
  async expand(wanted: RowMatch): Promise<void> {
    await this.#setExpanded(wanted, true);
  }

  async collapse(wanted: RowMatch): Promise<void> {
    await this.#setExpanded(wanted, false);
  }

  async #setExpanded(wanted: RowMatch, expanded: boolean): Promise<void> {
    const isSo = async () => (await this.row(wanted)).expanded === expanded;
    if (await isSo()) return;
    await this.#clickRow(wanted, '.monaco-tl-twistie');
    await until(`${String(wanted)} to be ${expanded ? 'open' : 'closed'}`, isSo);
  }

  async #clickRow(wanted: RowMatch, part: string, events: readonly string[] = ['mousedown', 'mouseup', 'click']): Promise<void> {
    const click = async () => {
      const row = (await this.rows()).find((each) => isRow(wanted, each));
      return row !== undefined && clickRow(this.page, { path: row.path, part, events });
    };
    await until(`a click on ${part} of the row ${String(wanted)}`, click, { seen: () => this.rows() });
  }

  /** Waits until a row is drawn as it stays. */
  async #rowRests(wanted: RowMatch): Promise<void> {
    const mark = String(performance.now());
    await until(`the row ${String(wanted)} to stay`, async () => {
      const { path: labels } = await this.row(wanted);
      const before = await markRow(this.page, labels, mark);
      if (before !== mark) await this.page.waitForTimeout(REDRAW_LIMIT_MS);
      return before === mark;
    });
  }

  clickRow(wanted: RowMatch): Promise<void> {
    return this.#clickRow(wanted, '.label-name');
  }

  /** Clicks a button that a row shows while the mouse is over it. */
  async inlineAction(wanted: RowMatch, title: string): Promise<void> {
    await this.#rowRests(wanted);
    // VS Code adds the key of a command.
    const labels = [`[aria-label=${JSON.stringify(title)}]`, `[aria-label^=${JSON.stringify(`${title} (Ctrl`)}]`];
    await this.#clickRow(wanted, labels.map((label) => `.actions .action-label${label}`).join(', '), ['click']);
  }

  /** The buttons that a row shows while the mouse is over it, without their keys. */
  async inlineActions(wanted: RowMatch): Promise<string[]> {
    const row = await this.#rowLocator(wanted);
    await row.hover();
    const labels = await row.locator('.actions .action-label').all();
    return Promise.all(
      labels.map(async (label) => ((await label.getAttribute('aria-label')) ?? '').replace(/ \(Ctrl[^)]*\)$/, '')),
    );
  }

  /** Waits for a tooltip of a row that says this, and returns all of it. */
  async rowTooltip(wanted: RowMatch, pattern: RegExp): Promise<string> {
    return this.#tooltip((await this.#rowLocator(wanted)).locator('.label-name'), pattern);
  }

  /** Opens the context menu of a row and chooses an item. */
  async contextMenu(wanted: RowMatch, item: string): Promise<void> {
    await this.#openContextMenu(wanted);
    const menu = this.page.locator('.monaco-menu');
    // A menu that has just opened takes no click, lest the one that opened it chooses something.
    await until(
      `"${item}" to be chosen`,
      async () => {
        const chosen = menu.getByText(item, { exact: true });
        await chosen.click({ timeout: MENU_LIMIT_MS }).catch(() => undefined);
        return isSoWithin(MENU_LIMIT_MS, menu, 'hidden');
      },
      { seen: () => menu.allInnerTexts() },
    );
  }

  /** The items of the context menu of a row. */
  async contextMenuItems(wanted: RowMatch): Promise<string[]> {
    await this.#openContextMenu(wanted);
    const items = await this.page.locator('.monaco-menu .action-menu-item .action-label').allTextContents();
    await this.page.keyboard.press('Escape');
    await this.page.locator('.monaco-menu').waitFor({ state: 'hidden' });
    return items;
  }

  async #openContextMenu(wanted: RowMatch): Promise<void> {
    await this.#rowRests(wanted);
    await this.#clickRow(wanted, '.label-name', ['contextmenu']);
    await this.page.locator('.monaco-menu .action-menu-item').first().waitFor();
  }

  /** Clicks a button in the title of the view. */
  async titleAction(title: string): Promise<void> {
    await this.page.locator('.part.sidebar').hover({ position: { x: 20, y: 20 } });
    await this.page.locator('.part.sidebar .title-actions').getByRole('button', { name: title }).click();
  }

  // --- the status bar ---

  statusBarItems(): Promise<StatusItem[]> {
    return readStatusBar(this.page);
  }

  /** Waits for an item whose text or screen-reader label matches. */
  statusBar(pattern: RegExp): Promise<StatusItem> {
    const find = async () =>
      (await this.statusBarItems()).find(({ text, ariaLabel }) => pattern.test(text) || pattern.test(ariaLabel));
    return until(`${String(pattern)} in the status bar`, find, { seen: () => this.statusBarItems() });
  }

  async clickStatusBar(pattern: RegExp): Promise<void> {
    const { id } = await this.statusBar(pattern);
    await this.page.locator(`.part.statusbar [id="${id}"] .statusbar-item-label`).click();
  }

  async #tooltip(of: Locator, pattern: RegExp): Promise<string> {
    const tooltip = this.page.locator(TOOLTIP);
    const look = async () => (await tooltip.allInnerTexts()).join('\n');
    // What is drawn again just then, as a countdown is, shows none, or loses it before it is read. One that has to be asked
    // for says first that it is loading.
    const hovered = async () => {
      await this.#moveAway();
      await of.hover();
      const said = async () => [await look()].find((shown) => pattern.test(shown));
      return until('it', said, { limit: TOOLTIP_LIMIT_MS }).catch(() => undefined);
    };
    const text = await until(`the tooltip ${String(pattern)}`, hovered, { seen: look });
    await this.#moveAway();
    return text;
  }

  /** A mouse that stays where it clicked brings up a tooltip over other rows, or none where one is wanted. */
  async #moveAway(): Promise<void> {
    const tooltip = this.page.locator(TOOLTIP);
    await until('the tooltips to go', async () => {
      await this.page.mouse.move(AWAY.x, AWAY.y);
      if (await isSoWithin(TOOLTIP_LIMIT_MS, tooltip, 'hidden')) return true;
      // The tooltip of a row that was drawn again is left only by a mouse that has been over it.
      await tooltip.hover({ timeout: TOOLTIP_LIMIT_MS }).catch(() => undefined);
      return false;
    });
  }

  // --- notifications and dialogs ---

  notifications(): Promise<Notification[]> {
    return readNotifications(this.page);
  }

  /** Waits for a notification and returns its text. */
  async notification(pattern: RegExp): Promise<string> {
    const find = async () => (await this.notifications()).find(({ text }) => pattern.test(text));
    const { text } = await until(`the notification ${String(pattern)}`, find, { seen: () => this.notifications() });
    return text;
  }

  async notificationButton(pattern: RegExp, button: string): Promise<void> {
    const text = await this.notification(pattern);
    const notification = this.page.locator('.notification-list-item', { hasText: text });
    await notification.getByRole('button', { name: button, exact: true }).click();
  }

  /** Clears all notifications; progress cannot be cleared. */
  async clearNotifications(): Promise<void> {
    const rest = async () => (await this.notifications()).filter(({ inProgress }) => !inProgress);
    if ((await rest()).length === 0) return;
    await this.command('Notifications: Clear All Notifications');
    await until('the notifications to go', async () => (await rest()).length === 0, { seen: rest });
  }

  /** Waits for a modal dialog. */
  dialog(): Promise<Dialog> {
    return until('a dialog', () => readDialog(this.page), { seen: () => this.notifications() });
  }

  async dialogButton(label: string): Promise<void> {
    await this.dialog();
    const dialog = this.page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: label, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  // --- the editor ---

  /** The open editors. */
  tabs(): Promise<Tab[]> {
    return readTabs(this.page);
  }

  /** Waits until an editor of this name is the active one. */
  async activeEditor(name: string): Promise<void> {
    const isActive = async () => (await this.tabs()).some((tab) => tab.active && tab.name === name);
    await until(`the editor of ${name}`, isActive, { seen: () => this.tabs() });
    // The tab comes first, and until its text does, the status bar is still about the editor before.
    await this.page.locator(`.editor-group-container.active .monaco-editor[data-uri$="${encodeURIComponent(name)}"]`).waitFor();
    await this.statusBar(/^Ln \d+, Col \d+|^\d+ selections/);
  }

  /** Opens a file by its path, absolute or relative to the folder. */
  async openFile(file: string): Promise<void> {
    await this.#openPalette(file);
    const name = path.basename(file);
    const find = async () => (await this.quickPickItems()).find(({ label }) => label === name);
    await this.#choose(await until(`the file ${file}`, find, { seen: () => this.quickPickItems() }));
    await this.activeEditor(name);
  }

  /** An editor that is just opening may not take the focus yet: it is offered again. */
  async focusEditor(): Promise<void> {
    const focused = this.page.locator('.editor-group-container.active .monaco-editor.focused');
    await until('the editor to take the focus', async () => {
      await this.page.keyboard.press('Control+1');
      return isSoWithin(FOCUS_LIMIT_MS, focused, 'visible');
    });
  }

  /**
   * Waits until a client has shown a response in the second group, closes that, and goes back to the file.
   * @param takesFocus as a page does once it is loaded: what is done before would be undone by that
   */
  async closeResponse({ takesFocus }: { readonly takesFocus: boolean }): Promise<void> {
    const groups = this.page.locator('.editor-group-container');
    await until('a response beside the file', async () => (await groups.nth(1).locator('.tab').count()) > 0, {
      seen: () => this.tabs(),
    });
    const hasFocus = () => this.page.evaluate<boolean>("document.activeElement.matches('iframe.webview')");
    if (takesFocus) await until('the response to take the focus', hasFocus);
    await this.focusEditor();
    await this.command('View: Close Editors in Other Groups');
    await until('the response to close', async () => (await groups.count()) === 1, { seen: () => this.tabs() });
    await this.focusEditor();
  }

  /** Puts the cursor on a line of the active editor. */
  async cursor(line: number, column = 1): Promise<void> {
    await this.#openPalette(`:${line}:${column}`);
    const isOffered = async () => (await this.quickPickItems()).some(({ label }) => label.includes(String(line)));
    await until(`line ${line} to be offered`, isOffered, { seen: () => readPrompt(this.page) });
    await this.page.keyboard.press('Enter');
    await this.#promptInput.waitFor({ state: 'hidden' });
    await this.statusBar(new RegExp(`^Ln ${line}, Col ${column}$`));
    await this.focusEditor();
  }

  /** Puts a cursor on each of several lines, which must be on the screen together. */
  async cursors(first: number, ...more: readonly number[]): Promise<void> {
    await this.cursor(first);
    for (const line of more) {
      const number = this.page.locator('.monaco-editor.focused .line-numbers').getByText(String(line), { exact: true });
      const place = await number.boundingBox();
      const text = await this.page.locator('.monaco-editor.focused .view-lines').boundingBox();
      if (!place || !text) throw new Error(`line ${line} is not on the screen`);
      await this.page.keyboard.down('Alt');
      await this.page.mouse.click(text.x + 1, place.y + place.height / 2);
      await this.page.keyboard.up('Alt');
    }
    if (more.length > 0) await this.statusBar(new RegExp(`^${more.length + 1} selections`));
  }

  /**
   * The whole text of the active editor as it is, saved or not: selected, copied and read from the clipboard. The cursors and
   * the clipboard are put back.
   */
  async editorText(): Promise<string> {
    const clipboard = await this.clipboard();
    const { text } = await until('the whole text to be copied', () => this.#copyAll());
    await this.page.keyboard.press('Control+U');
    await this.setClipboard(clipboard);
    return text;
  }

  /**
   * False where not all of it was copied: what has just changed a document may put the cursor somewhere after all was selected,
   * and without a selection the cursor's line is copied. An empty document has none.
   */
  async #copyAll(): Promise<{ readonly text: string } | false> {
    await this.focusEditor();
    const marker = `no text copied ${performance.now()}`;
    await this.setClipboard(marker);
    const selected = this.page.locator('.statusbar-item', { hasText: /\(\d+ selected\)$/ }).first();
    await this.page.keyboard.press('Control+A');
    const isSelected = await isSoWithin(FOCUS_LIMIT_MS, selected, 'visible');
    const [said = ''] = await selected.allInnerTexts();
    await this.page.keyboard.press('Control+C');
    const { text } = await until('the copied text', async () => {
      const copied = await this.clipboard();
      return copied !== marker && { text: copied };
    });
    const isAll = isSelected ? said.endsWith(`(${Array.from(text).length} selected)`) : text.trim() === '';
    return isAll && { text };
  }

  /** Types where the focus is, key by key. */
  async typeText(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Pastes where the focus is, which unlike typing closes no brackets and indents nothing. The clipboard is put back. */
  async pasteText(text: string): Promise<void> {
    const clipboard = await this.clipboard();
    await this.setClipboard(text);
    await this.page.keyboard.press('Control+V');
    await this.setClipboard(clipboard);
  }

  /** Saves the active editor and waits until it is saved. */
  async save(): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press('Control+S');
    await until('the editor to be saved', async () => !(await this.isDirty()), { seen: () => this.tabs() });
  }

  async isDirty(): Promise<boolean> {
    return (await this.tabs()).some(({ active, dirty }) => active && dirty);
  }

  async undo(): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press('Control+Z');
  }

  /** Closes all editors without saving what is in them. */
  async closeEditors(): Promise<void> {
    await this.command('File: Revert File');
    await this.command('View: Close All Editors');
    await until('the editors to close', async () => (await this.tabs()).length === 0, { seen: () => this.tabs() });
  }

  /** Waits for the page with this heading in a webview that is not hidden. Its scripts being off does not hinder `evaluate`. */
  webview(heading: Match): Promise<Frame> {
    const withHeading = async (frame: Frame): Promise<Frame> => {
      const text = await frame.locator('h1').textContent({ timeout: FRAME_LIMIT_MS });
      if (text === null || !matches(heading, text)) throw new Error(`the page is ${text}`);
      return frame;
    };
    return until(
      `the page ${String(heading)}`,
      // One that is drawn again has no heading, or no frame, for a moment: the others are not to wait for it.
      () => Promise.any(this.#webviews.map(withHeading)).catch(() => undefined),
      { seen: () => this.#webviews.map((frame) => frame.url()) },
    );
  }

  /** The inner frame of each webview: the one that has its page. */
  get #webviews(): Frame[] {
    return this.page.frames().filter((frame) => frame.parentFrame()?.parentFrame() === this.page.mainFrame());
  }

  // --- help in the editor ---

  /** The lenses of the active editor that are on the screen, those of one line together. */
  lenses(): Promise<Lens[][]> {
    return readLenses(this.page);
  }

  /**
   * Waits until there are lenses, and they are as wanted: for each line the titles, joined by ` | `, without the one that tries
   * a request.
   */
  async lensesAre(...wanted: readonly Match[]): Promise<void> {
    const titlesOf = (line: readonly Lens[]) => line.map(({ title }) => title).filter((title) => title !== 'Try Request');
    const titles = async () =>
      (await this.lenses()).flatMap((line) => (titlesOf(line).length > 0 ? [titlesOf(line).join(' | ')] : []));
    const areSo = async () => {
      const shown = await titles();
      return shown.length === wanted.length && wanted.every((match, index) => matches(match, shown[index]!));
    };
    await until(`the lenses ${wanted.join(', ')}`, areSo, { seen: titles });
  }

  async clickLens(title: Match): Promise<void> {
    const lenses = this.page.locator('.editor-group-container.active .codelens-decoration a');
    await lenses.filter({ hasText: title }).first().click();
  }

  /** Waits for a hover over a place that says something, and gives all of its text. */
  async hover(line: number, column: number, pattern: RegExp): Promise<string> {
    await this.cursor(line, column);
    return until(
      `the hover ${String(pattern)}`,
      async () => {
        await this.page.keyboard.press('Control+K');
        await this.page.keyboard.press('Control+I');
        // Not all of those who have something to say do so at once.
        const isSaid = () => readHover(this.page).then((text) => pattern.test(text) && text);
        return until('it', isSaid, { limit: TOOLTIP_LIMIT_MS }).catch(async () => {
          // One that is there takes the focus when it is asked for again.
          await this.page.keyboard.press('Escape');
          await this.focusEditor();
          return undefined;
        });
      },
      { seen: () => readHover(this.page) },
    );
  }

  /** What is suggested at the cursor. */
  async suggestions(
    isComplete: (items: readonly SuggestItem[]) => boolean = (items) => items.length > 0,
  ): Promise<SuggestItem[]> {
    return until(
      'suggestions',
      async () => {
        const items = await readSuggestions(this.page);
        return isComplete(items) && items;
      },
      { seen: () => readSuggestions(this.page) },
    );
  }

  /** What the *Problems* view lists; opens it. */
  async problems(isComplete: (rows: readonly ProblemRow[]) => boolean): Promise<ProblemRow[]> {
    await this.command('View: Focus Problems (Errors, Warnings, Infos)');
    return until(
      'problems',
      async () => {
        const rows = await readProblems(this.page);
        return isComplete(rows) && { rows };
      },
      { seen: () => readProblems(this.page) },
    ).then(({ rows }) => rows);
  }

  /** The quick fixes at the cursor; leaves the menu open. */
  async quickFixes(): Promise<string[]> {
    await this.focusEditor();
    return until('quick fixes', async () => {
      await this.page.keyboard.press('Control+.');
      const menu = this.page.locator('.action-widget .monaco-list-row.action').first();
      return (await isSoWithin(TOOLTIP_LIMIT_MS, menu, 'visible')) && readCodeActions(this.page);
    });
  }

  /** Chooses one of the quick fixes at the cursor. */
  async quickFix(title: string): Promise<void> {
    await this.quickFixes();
    const menu = this.page.locator('.action-widget:not(.action-list-submenu-panel)');
    await menu.locator('.monaco-list-row.action', { has: this.page.getByText(title, { exact: true }) }).click();
    await menu.waitFor({ state: 'hidden' });
  }

  async clipboard(): Promise<string> {
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  async setClipboard(text: string): Promise<void> {
    await this.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  }

  // --- the window as a whole ---

  async screenshot(file: string): Promise<void> {
    await this.page.screenshot({ path: file });
  }

  async setTheme(theme: Theme): Promise<void> {
    const { label, className } = THEMES[theme];
    await this.command('Preferences: Color Theme');
    await this.quickPick(label);
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
  }

  get settingsPath(): string {
    return this.#profile.settingsPath;
  }

  settings(): Record<string, unknown> {
    return JSON.parse(readFileSync(this.settingsPath, 'utf8')) as Record<string, unknown>;
  }

  /**
   * Changes user settings; undefined removes one. Returns when the window has read them, which its title shows: until then a
   * command works by the settings before.
   */
  async changeSettings(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const title = `Settings ${performance.now()}`;
    const settings: Record<string, unknown> = { ...this.settings(), 'window.title': title, ...changes };
    await this.writeSettings(JSON.stringify(settings, null, 2));
    // VS Code may put into it what kind of window it is.
    const isRead = async () => (await this.page.title()).endsWith(String(settings['window.title']));
    await until('the settings to be read', isRead, { seen: () => this.page.title() });
  }

  /**
   * Replaces the text of the user settings in the editor, as a person does by hand, and closes it again: this server does not
   * tell its window about a settings file that something else has changed.
   */
  async writeSettings(text: string): Promise<void> {
    if (readFileSync(this.settingsPath, 'utf8') === text) return;
    await this.command('Preferences: Open User Settings (JSON)');
    await this.activeEditor('settings.json');
    await this.focusEditor();
    await this.page.keyboard.press('Control+A');
    await this.pasteText(text);
    await until('the new settings to be taken', () => this.isDirty());
    await this.save();
    await this.command('View: Close Editor');
    await until('settings.json to close', async () => !(await this.tabs()).some(({ name }) => name === 'settings.json'));
  }

  /** The whole document, as text. */
  html(): Promise<string> {
    return this.page.content();
  }

  /** Every file of the profile: settings, logs, globalStorage, backups of unsaved editors. */
  files(): StoredText[] {
    return textsIn(this.#profile.userData);
  }

  /** What the browser keeps: globalState and, encrypted, the secrets. */
  browserStorage(): Promise<StoredText[]> {
    return browserStorage(this.page);
  }
}
