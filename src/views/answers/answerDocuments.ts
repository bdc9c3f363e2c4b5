import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.js';
import type { Disposable } from '../../base/event.js';
import type { Mask } from '../../platforms/masking.js';
import { showDocument } from '../showDocument.js';
import type { Answer } from './answer.js';
import { answerText, answerTitle } from './answerText.js';

/** editor/scope.ts leaves these documents alone. */
const SCHEME = 'tenant-tokens-answer';
/** The language of package.json, whose grammar colours status, headers and body. */
const LANGUAGE = 'tenant-tokens-answer';
/** What arrives bit by bit is drawn at most this often, ms. */
const REDRAW_MS = 250;

/**
 * Shows the answers to tried requests in read-only documents, beside the editor and without taking its focus. An answer takes
 * the place of the one before; the content is in memory only, and goes with the editor.
 */
export class AnswerDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #clock: Clock;
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;
  #count = 0;
  #last: ShownAnswer | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const tab of closed) this.#forget(uriOf(tab));
      }),
    );
  }

  /** The document of one answer, which opens with the first that is shown of it. The one before counts as closed. */
  open(mask: Mask): ShownAnswer {
    this.#last?.close();
    const id = String(++this.#count);
    let uri: vscode.Uri | undefined;
    this.#last = new ShownAnswer(this.#clock, async (answer) => {
      const text = answerText(answer, mask);
      if (uri) {
        this.#set(uri, text);
        return;
      }
      uri = vscode.Uri.from({ scheme: SCHEME, path: `/${answerTitle(answer, mask)}`, query: id });
      this.#set(uri, text);
      await this.#show(uri);
    });
    return this.#last;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#last?.close();
    this.#texts.clear();
    this.#subscriptions.dispose();
  }

  async #show(uri: vscode.Uri): Promise<void> {
    const former = answerTabs();
    const document = await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(uri), LANGUAGE);
    const viewColumn = former[0]?.group.viewColumn ?? vscode.ViewColumn.Beside;
    await showDocument(document, { viewColumn, preserveFocus: true, preview: true });
    // Those that were pinned, or that VS Code does not replace by a preview.
    const left = answerTabs().filter((tab) => uriOf(tab)?.toString() !== uri.toString());
    if (left.length > 0) await vscode.window.tabGroups.close(left, true);
  }

  #set(uri: vscode.Uri, text: string): void {
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
  }

  /** VS Code keeps a document for minutes after its editor was closed, so it is emptied. */
  #forget(uri: vscode.Uri | undefined): void {
    if (!uri || !this.#texts.delete(uri.toString())) return;
    if (uri.query === String(this.#count)) this.#last?.close();
    this.#changed.fire(uri);
  }
}

/** The document of an answer, drawn again as more of it arrives. */
export class ShownAnswer {
  readonly #clock: Clock;
  readonly #draw: (answer: Answer) => Promise<void>;
  #pending: (() => Answer) | undefined;
  #timer: Disposable | undefined;
  #drawing: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(clock: Clock, draw: (answer: Answer) => Promise<void>) {
    this.#clock = clock;
    this.#draw = draw;
  }

  /** Aborts when the editor was closed, or shows another answer. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  close(): void {
    this.#timer?.dispose();
    this.#closing.abort();
  }

  /** Shows more of it soon. @param read gives what has arrived by then */
  update(read: () => Answer): void {
    this.#pending = read;
    this.#timer ??= this.#clock.after(REDRAW_MS, () => {
      this.#timer = undefined;
      const pending = this.#pending;
      this.#pending = undefined;
      if (pending) void this.#next(pending()).catch(() => undefined);
    });
  }

  /** Shows it as it is when it has ended. */
  async end(answer: Answer): Promise<void> {
    this.#timer?.dispose();
    this.#pending = undefined;
    await this.#next(answer);
  }

  #next(answer: Answer): Promise<void> {
    this.#drawing = this.#drawing.catch(() => undefined).then(() => this.#draw(answer));
    return this.#drawing;
  }
}

const answerTabs = (): readonly vscode.Tab[] =>
  vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter((tab) => uriOf(tab) !== undefined);

/** The document of an answer that a tab shows. */
function uriOf({ input }: vscode.Tab): vscode.Uri | undefined {
  return input instanceof vscode.TabInputText && input.uri.scheme === SCHEME ? input.uri : undefined;
}
