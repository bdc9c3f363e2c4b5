import type { Memento, SecretStorage, SecretStorageChangeEvent } from 'vscode';
import { Emitter } from '../../src/event.js';
import type { Log } from '../../src/tokens/log.js';

/** SecretStorage as it is in one window; `failing` makes the calls of a method fail. */
export class MemorySecrets implements SecretStorage {
  readonly values = new Map<string, string>();
  /** Names of the methods called, in order. */
  readonly calls: string[] = [];
  failing: 'get' | 'store' | 'delete' | undefined;
  /** Values are taken and not kept, as on a machine without a keyring. */
  forgetful = false;
  readonly #changed = new Emitter<SecretStorageChangeEvent>();

  readonly onDidChange = this.#changed.event as SecretStorage['onDidChange'];

  keys(): Promise<string[]> {
    return Promise.resolve([...this.values.keys()]);
  }

  async get(key: string): Promise<string | undefined> {
    this.#called('get');
    await Promise.resolve();
    return this.values.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    this.#called('store');
    await Promise.resolve();
    if (this.forgetful) return;
    const changed = this.values.get(key) !== value;
    this.values.set(key, value);
    if (changed) this.#changed.fire({ key });
  }

  async delete(key: string): Promise<void> {
    this.#called('delete');
    await Promise.resolve();
    if (this.values.delete(key)) this.#changed.fire({ key });
  }

  #called(method: 'get' | 'store' | 'delete'): void {
    this.calls.push(method);
    if (this.failing === method) throw new Error(`${method} is refused`);
  }
}

export class MemoryMemento implements Memento {
  readonly values = new Map<string, unknown>();
  failing = false;

  keys(): readonly string[] {
    return [...this.values.keys()];
  }

  get<T>(key: string, otherwise?: T): T {
    return (this.values.get(key) ?? otherwise) as T;
  }

  update(key: string, value: unknown): Promise<void> {
    if (this.failing) return Promise.reject(new Error('update is refused'));
    this.values.set(key, value === undefined ? undefined : structuredClone(value));
    return Promise.resolve();
  }
}

/** Keeps the lines, for tests that look for what must not be in them. */
export class MemoryLog implements Log {
  readonly lines: string[] = [];
  readonly info = (line: string): void => void this.lines.push(line);
  readonly warn = this.info;
  readonly debug = this.info;
}
