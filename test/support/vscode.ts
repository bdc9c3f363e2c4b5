/**
 * As much of the editor as the views need that show tenants and tokens, for tests and measurements without one. To be imported
 * before them: it stands in for the module `vscode` from then on.
 */
import Module from 'node:module';
import { Emitter } from '../../src/event.js';

class TreeItem {
  readonly label: string;
  readonly collapsibleState: number;

  constructor(label: string, collapsibleState = 0) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

/** An icon or a colour. */
class Named {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

const dispose = (): void => undefined;

/** The sidebar of one tree: what a person sees and does of it. */
export class TreeView {
  visible = true;
  badge: { readonly value: number } | undefined;
  readonly shown = new Emitter<{ visible: boolean }>();
  readonly collapsed = new Emitter<{ element: unknown }>();
  readonly expanded = new Emitter<{ element: unknown }>();
  readonly onDidChangeVisibility = this.shown.event;
  readonly onDidCollapseElement = this.collapsed.event;
  readonly onDidExpandElement = this.expanded.event;
  readonly dispose = dispose;

  show(visible: boolean): void {
    this.visible = visible;
    this.shown.fire({ visible });
  }
}

/** What of it is set is told to VS Code each time: `told` counts that. */
export class StatusBarItem {
  text = '';
  told = 0;
  isShown = false;

  constructor() {
    return new Proxy(this, {
      set: (item, key, value) => {
        if (key !== 'told' && key !== 'isShown') item.told++;
        return Reflect.set(item, key, value, item);
      },
    });
  }

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  dispose = dispose;
}

const windowState = new Emitter<{ focused: boolean }>();

/** What was made last, and what a person does. */
export const editor = {
  view: new TreeView(),
  item: new StatusBarItem(),
  focus(focused: boolean): void {
    vscode.window.state.focused = focused;
    windowState.fire({ focused });
  },
};

const vscode = {
  TreeItem,
  ThemeIcon: Named,
  ThemeColor: Named,
  EventEmitter: Emitter,
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  StatusBarAlignment: { Left: 1, Right: 2 },
  Disposable: {
    from: (...all: readonly { dispose(): void }[]) => ({ dispose: () => all.forEach((one) => one.dispose()) }),
  },
  l10n: {
    bundle: undefined,
    t: (text: string, ...values: readonly unknown[]) =>
      text.replaceAll(/\{(\d+)\}/g, (_, at: string) => String(values[Number(at)])),
  },
  env: { language: 'en' },
  commands: { executeCommand: () => Promise.resolve() },
  window: {
    state: { focused: true },
    onDidChangeWindowState: windowState.event,
    createTreeView: () => (editor.view = new TreeView()),
    createStatusBarItem: () => (editor.item = new StatusBarItem()),
  },
};

type Load = (request: string, ...rest: readonly unknown[]) => unknown;
const loader = Module as unknown as { _load: Load };
const load = loader._load;
loader._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
