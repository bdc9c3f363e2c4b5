import type { ConfigureHooks } from 'httpyac';
import * as vscode from 'vscode';
import { Emitter, type Event } from '../base/event.js';
import { isRecord } from '../platforms/jwt.js';
import type { Log } from '../base/log.js';
import { httpYacPlugin, type ReferenceSource } from './httpYacPlugin.js';

const EXTENSION = 'anweber.vscode-httpyac';
const PLUGIN = 'tenantTokens';

/** The part of httpYac's exports that we use. */
interface Exports {
  readonly httpyac: { readonly store: { readonly pluginStore: Record<string, ConfigureHooks> } };
  /** A file that was read keeps the plugins of that time until the store is cleared. */
  readonly documentStore: { clear(): void };
}

/** Registers the plugin whenever httpYac is active, and removes it on disposal. */
export class HttpYacConnection implements vscode.Disposable {
  readonly #plugin: ConfigureHooks;
  readonly #log: Log;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: vscode.Disposable;
  #exports: Exports | undefined;
  #isDisposed = false;
  #hasWarned = false;

  constructor(source: ReferenceSource, log: Log) {
    this.#plugin = httpYacPlugin(source);
    this.#log = log;
    const connect = () => void this.#connect();
    this.#subscriptions = vscode.Disposable.from(
      vscode.extensions.onDidChange(connect),
      vscode.workspace.onDidOpenTextDocument(connect),
      vscode.window.onDidChangeActiveTextEditor(connect),
    );
    connect();
  }

  /** Whether httpYac resolves references. */
  get connected(): boolean {
    return this.#exports !== undefined;
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#subscriptions.dispose();
    this.#use(undefined);
    this.#changed.dispose();
  }

  /** Activates httpYac only when it would activate itself: for a document of its language. */
  async #connect(): Promise<void> {
    const extension = vscode.extensions.getExtension<unknown>(EXTENSION);
    const isUsed = (): boolean => vscode.workspace.textDocuments.some(({ languageId }) => languageId === 'http');
    if (!extension) this.#use(undefined);
    else if (extension.isActive || isUsed()) this.#use(await this.#exportsOf(extension));
  }

  async #exportsOf(extension: vscode.Extension<unknown>): Promise<Exports | undefined> {
    const exports = await Promise.resolve(extension.activate()).catch(() => undefined);
    if (isExports(exports)) return exports;
    if (!this.#hasWarned) this.#log.warn('httpYac has an unknown plugin interface: it does not resolve references');
    this.#hasWarned = true;
    return undefined;
  }

  #use(exports: Exports | undefined): void {
    const before = this.#exports;
    if (exports === before || (this.#isDisposed && exports)) return;
    this.#exports = exports;
    if (before) Reflect.deleteProperty(before.httpyac.store.pluginStore, PLUGIN);
    if (exports) exports.httpyac.store.pluginStore[PLUGIN] = this.#plugin;
    before?.documentStore.clear();
    exports?.documentStore.clear();
    this.#changed.fire();
  }
}

function isExports(value: unknown): value is Exports {
  if (!isRecord(value) || !isRecord(value['httpyac']) || !isRecord(value['documentStore'])) return false;
  const { store } = value['httpyac'];
  return isRecord(store) && isRecord(store['pluginStore']) && typeof value['documentStore']['clear'] === 'function';
}
