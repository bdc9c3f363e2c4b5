import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Pages count no unit smaller than an hour. */
const LOOK_AGAIN_MS = 60_000;

interface Options {
  readonly viewType: string;
  readonly title: string;
  /** Ids of the commands that links of the page may run. */
  readonly commands: readonly string[];
  readonly render: (nonce: string) => string;
  readonly onDidClose: () => void;
}

/** A webview without scripts. It is redrawn only when its content has changed, because redrawing loses the scroll position. */
export class PagePanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #render: Options['render'];
  readonly #nonce = randomBytes(16).toString('hex');
  #timer: NodeJS.Timeout | undefined;
  #shown = '';

  constructor({ viewType, title, commands, render, onDidClose }: Options) {
    this.#render = render;
    this.#panel = vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active, {
      enableScripts: false,
      enableForms: false,
      enableFindWidget: true,
      enableCommandUris: commands,
      localResourceRoots: [],
    });
    this.#panel.onDidChangeViewState(() => this.update());
    this.#panel.onDidDispose(() => {
      clearTimeout(this.#timer);
      onDidClose();
    });
    this.update();
  }

  reveal(): void {
    this.#panel.reveal();
  }

  /** Redraws a visible page and checks again in a minute. A hidden page is redrawn when it is shown. */
  update(): void {
    clearTimeout(this.#timer);
    if (!this.#panel.visible) return;
    this.#timer = setTimeout(() => this.update(), LOOK_AGAIN_MS);
    const content = this.#render(this.#nonce);
    if (content === this.#shown) return;
    this.#shown = content;
    this.#panel.webview.html = content;
  }

  get title(): string {
    return this.#panel.title;
  }

  set title(title: string) {
    this.#panel.title = title;
  }

  dispose(): void {
    this.#panel.dispose();
  }
}
