import type { Page } from 'playwright-core';

/**
 * What is on the screen, read in one go so that nothing changes in between. The readers run in the page: plain JavaScript,
 * because a compiled function would call helpers that the page does not have.
 */

export interface Row {
  readonly label: string;
  readonly description: string;
  /** 1 for a root. */
  readonly level: number;
  /** undefined for a leaf. */
  readonly expanded: boolean | undefined;
  readonly selected: boolean;
  /** What a screen reader says. */
  readonly ariaLabel: string;
  /** The names of its icon: `key`, `warning`. */
  readonly icon: string;
  /** The labels from the root to this row. */
  readonly path: readonly string[];
  readonly index: number;
}

export interface PickItem {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly focused: boolean;
  readonly index: number;
}

export interface Prompt {
  readonly title: string;
  readonly placeholder: string;
  /** What the box asks, or what is wrong with the answer. */
  readonly message: string;
  readonly severity: 'none' | 'info' | 'warning' | 'error';
  readonly value: string;
  /** Whether the typed text is hidden. */
  readonly masked: boolean;
  /** Those of its items that are on the screen. */
  readonly items: readonly PickItem[];
}

export interface StatusItem {
  readonly id: string;
  readonly text: string;
  readonly ariaLabel: string;
  readonly kind: 'normal' | 'warning' | 'error' | 'prominent' | 'offline' | 'remote';
}

export interface Notification {
  readonly text: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly buttons: readonly string[];
  readonly inProgress: boolean;
}

export interface Dialog {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

export interface Tab {
  readonly name: string;
  /** Each group shows a tab; only one of them has the focus, or had it last. */
  readonly active: boolean;
  /** Whether it has changes that are not saved. */
  readonly dirty: boolean;
}

/** What stands above a line of the editor, as `Exchange`; an icon is `$(key)`. */
export interface Lens {
  readonly title: string;
  /** Whether a click does something. */
  readonly active: boolean;
}

/** A line of the list of suggestions. */
export interface SuggestItem {
  readonly label: string;
  readonly description: string;
  readonly focused: boolean;
}

/** A line of the *Problems* view. */
export interface ProblemRow {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly source: string;
  readonly code: string;
  /** As `Ln 1, Col 2`. */
  readonly place: string;
}

const PRELUDE = `
  const isShown = (element) => element.getClientRects().length > 0;
  const shown = (selector, within = document) => [...within.querySelectorAll(selector)].filter(isShown);
  const plain = (text) => (text ?? '').replaceAll('\\u00a0', ' ').trim();
  const text = (element, selector) => plain(element?.querySelector(selector)?.textContent);
  const codicon = (element) => element?.className.match(/codicon-(?!colored|modifier)([\\w-]+)/)?.[1] ?? '';
  const number = (element, name) => Number(element.getAttribute(name));
`;

const READ_PROMPT = `
  const widget = shown('.quick-input-widget')[0];
  if (!widget) return undefined;
  const box = widget.querySelector('.quick-input-box .monaco-inputbox');
  const input = box.querySelector('input');
  return {
    title: text(widget, '.quick-input-title'),
    placeholder: input.placeholder,
    message: text(widget, '.quick-input-message'),
    severity: ['error', 'warning', 'info'].find((each) => box.classList.contains(each)) ?? 'none',
    value: input.value,
    masked: input.type === 'password',
    items: shown('.quick-input-list .monaco-list-row', widget).map((row) => ({
      label: text(row, '.label-name'),
      description: text(row, '.label-description'),
      detail: text(row, '.quick-input-list-label-meta'),
      focused: row.classList.contains('focused'),
      index: number(row, 'data-index'),
    })),
  };
`;

const ROWS = `
  const parents = [];
  const rows = shown('.part.sidebar .pane-body [role=treeitem]')
    .sort((one, other) => number(one, 'data-index') - number(other, 'data-index'))
    .map((element) => {
      const label = text(element, '.label-name');
      const level = number(element, 'aria-level');
      parents.splice(level - 1, parents.length, label);
      const expanded = element.getAttribute('aria-expanded');
      return {
        element,
        label,
        description: text(element, '.label-description'),
        level,
        expanded: expanded === null ? undefined : expanded === 'true',
        selected: element.getAttribute('aria-selected') === 'true',
        ariaLabel: element.getAttribute('aria-label') ?? '',
        icon: codicon(element.querySelector('.custom-view-tree-node-item-icon')),
        path: [...parents],
        index: number(element, 'data-index'),
      };
    });
`;

const READ_ROWS = `${ROWS} return rows.map(({ element, ...row }) => row);`;

const READ_STATUS_BAR = `
  return shown('.part.statusbar .statusbar-item').map((item) => ({
    id: item.id,
    text: text(item, '.statusbar-item-label'),
    ariaLabel: item.querySelector('.statusbar-item-label')?.getAttribute('aria-label') ?? '',
    kind: ['warning', 'error', 'prominent', 'offline', 'remote'].find((each) => item.classList.contains(each + '-kind')) ?? 'normal',
  }));
`;

const READ_NOTIFICATIONS = `
  return shown('.notifications-toasts .notification-list-item, .notifications-center .notification-list-item').map((item) => ({
    text: text(item, '.notification-list-item-message'),
    severity: codicon(item.querySelector('.notification-list-item-icon')),
    buttons: [...item.querySelectorAll('.notification-list-item-buttons-container .monaco-button')].map((each) => plain(each.textContent)),
    inProgress: item.querySelector('.monaco-progress-container.active') !== null,
  }));
`;

const READ_DIALOG = `
  const dialog = shown('.monaco-dialog-box')[0];
  return dialog && {
    message: text(dialog, '.dialog-message-text'),
    detail: text(dialog, '.dialog-message-detail'),
    buttons: shown('.dialog-buttons .monaco-button', dialog).map((each) => plain(each.textContent)),
  };
`;

const READ_TABS = `
  return [...document.querySelectorAll('.part.editor .tab')].map((tab) => ({
    name: tab.getAttribute('data-resource-name') ?? '',
    active: tab.matches('.editor-group-container.active .tab.active'),
    dirty: tab.classList.contains('dirty'),
  }));
`;

/** Lenses of one line are one widget, and widgets are not in the order of their lines. */
const READ_LENSES = `
  const titleOf = (lens) => [...lens.childNodes]
    .map((node) => (node.nodeType === 1 && codicon(node) ? '$(' + codicon(node) + ')' : node.textContent)).join('');
  return shown('.editor-group-container.active .codelens-decoration')
    .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
    .map((line) => [...line.children]
      .filter((lens) => plain(lens.textContent) !== '|')
      .map((lens) => ({ title: plain(titleOf(lens)), active: lens.tagName === 'A' })));
`;

const READ_HOVER = `
  return shown('.monaco-hover .hover-contents').map((contents) => contents.innerText.replaceAll('\\u00a0', ' ')).join('\\n');
`;

const READ_SUGGESTIONS = `
  return shown('.suggest-widget .monaco-list-row')
    .sort((one, other) => number(one, 'data-index') - number(other, 'data-index'))
    .map((row) => ({
      label: text(row, '.label-name'),
      description: text(row, '.details-label') || text(row, '.label-description'),
      focused: row.classList.contains('focused'),
    }));
`;

const READ_PROBLEMS = `
  return shown('.markers-panel .monaco-list-row')
    .filter((row) => row.querySelector('.marker-message'))
    .map((row) => ({
      severity: codicon(row.querySelector('.marker-icon .codicon')),
      message: text(row, '.marker-message'),
      source: text(row, '.marker-source'),
      code: text(row, '.marker-code').replace(/^\\(|\\)$/g, ''),
      place: text(row, '.marker-line').replace(/^\\[|\\]$/g, ''),
    }));
`;

const READ_CODE_ACTIONS = `
  return shown('.action-widget .monaco-list-row.action').map((row) => text(row, '.title'));
`;

const read = <T>(page: Page, reader: string): Promise<T> => page.evaluate<T>(`(() => {${PRELUDE}${reader}})()`);

export const readPrompt = (page: Page) => read<Prompt | undefined>(page, READ_PROMPT);
export const readRows = (page: Page) => read<Row[]>(page, READ_ROWS);
export const readStatusBar = (page: Page) => read<StatusItem[]>(page, READ_STATUS_BAR);
export const readNotifications = (page: Page) => read<Notification[]>(page, READ_NOTIFICATIONS);
export const readDialog = (page: Page) => read<Dialog | undefined>(page, READ_DIALOG);
export const readTabs = (page: Page) => read<Tab[]>(page, READ_TABS);
export const readLenses = (page: Page) => read<Lens[][]>(page, READ_LENSES);
export const readHover = (page: Page) => read<string>(page, READ_HOVER);
export const readSuggestions = (page: Page) => read<SuggestItem[]>(page, READ_SUGGESTIONS);
export const readProblems = (page: Page) => read<ProblemRow[]>(page, READ_PROBLEMS);
export const readCodeActions = (page: Page) => read<string[]>(page, READ_CODE_ACTIONS);

const rowAt = (path: readonly string[]): string =>
  `const row = rows.find((row) => JSON.stringify(row.path) === ${JSON.stringify(JSON.stringify(path))});`;

/** What the mouse does with a row: on its name, its twistie or a button of it. */
export interface RowClick {
  /** The labels from the root to the row. */
  readonly path: readonly string[];
  /** A selector within the row. */
  readonly part: string;
  readonly events: readonly string[];
}

/**
 * Clicks a row where it is at this moment, and says whether it was there. A tree that is drawn again between the press and the
 * release of a button loses the click, and one that is drawn after the row was found takes it for another row.
 */
export const clickRow = (page: Page, click: RowClick) =>
  read<boolean>(
    page,
    `${ROWS}
    const { part, events } = ${JSON.stringify(click)};
    ${rowAt(click.path)}
    const target = row?.element.querySelector(part);
    if (!target) return false;
    const { left: clientX, bottom: clientY } = row.element.getBoundingClientRect();
    for (const type of events) target.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, composed: true, view: window, clientX, clientY }));
    return true;`,
  );

/**
 * Marks a row as it is drawn now.
 * @returns the mark that it had: none if it was drawn again since
 */
export const markRow = (page: Page, path: readonly string[], mark: string) =>
  read<string | undefined>(
    page,
    `${ROWS}
    ${rowAt(path)}
    const drawn = row?.element.querySelector('.actions .action-item') ?? row?.element;
    const before = drawn?.dataset.mark;
    if (drawn) drawn.dataset.mark = ${JSON.stringify(mark)};
    return before;`,
  );
