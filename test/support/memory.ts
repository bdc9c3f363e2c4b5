import type { Memento, SecretStorage, SecretStorageChangeEvent } from 'vscode';
import { Emitter } from '../../src/base/event.js';
import type { Clock } from '../../src/base/clock.js';
import type { SharedFolder } from '../../src/store/folder.js';
import type { Log } from '../../src/base/log.js';
import { createTokenServices, type WindowParts } from '../../src/exchange/tokenServices.js';
import { SteppedClock } from './clock.js';

/** SecretStorage as it is in one window; `failing` makes the calls of a method fail. */
export class MemorySecrets implements SecretStorage {
  readonly values = new Map<string, string>();
  /** Names of the methods called, in order. */
  readonly calls: string[] = [];
  failing: 'get' | 'store' | 'delete' | undefined;
  /** The calls of a method do not end. */
  hanging: 'get' | 'store' | 'delete' | undefined;
  /** Values are kept, and then the call fails. */
  isLate = false;
  /** Values are taken and not kept, as on a machine without a keyring. */
  forgetful = false;
  readonly #changed = new Emitter<SecretStorageChangeEvent>();

  readonly onDidChange = this.#changed.event as SecretStorage['onDidChange'];

  keys(): Promise<string[]> {
    return Promise.resolve([...this.values.keys()]);
  }

  async get(key: string): Promise<string | undefined> {
    await this.#called('get');
    return this.values.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    await this.#called('store');
    if (this.forgetful) return;
    const changed = this.values.get(key) !== value;
    this.values.set(key, value);
    if (changed) this.#changed.fire({ key });
    if (this.isLate) throw new Error('store is late');
  }

  async delete(key: string): Promise<void> {
    await this.#called('delete');
    if (this.values.delete(key)) this.#changed.fire({ key });
  }

  async #called(method: 'get' | 'store' | 'delete'): Promise<void> {
    this.calls.push(method);
    await (this.hanging === method ? new Promise(() => undefined) : Promise.resolve());
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
  readonly #tell: ((line: string) => void) | undefined;

  /** @param tell is given each line at once */
  constructor(tell?: (line: string) => void) {
    this.#tell = tell;
  }

  readonly info = (line: string): void => {
    this.lines.push(line);
    this.#tell?.(line);
  };
  readonly warn = this.info;
  readonly debug = this.info;
}

interface MemoryFile {
  content: string;
  touched: number;
}

/** A shared folder in memory; `failing` makes the calls of a method fail, as a full or broken disk does. */
export class MemoryFolder implements SharedFolder {
  readonly #files: Map<string, MemoryFile>;
  readonly #prefix: string;
  readonly #state: { failing: ReadonlySet<string>; touches: number };

  constructor(
    files = new Map<string, MemoryFile>(),
    prefix = '',
    state = { failing: new Set<string>() as ReadonlySet<string>, touches: 0 },
  ) {
    this.#files = files;
    this.#prefix = prefix;
    this.#state = state;
  }

  set failing(methods: readonly string[]) {
    this.#state.failing = new Set(methods);
  }

  /** The contents by path. */
  get contents(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#files].map(([path, { content }]) => [path, content]));
  }

  folder(name: string): SharedFolder {
    return new MemoryFolder(this.#files, `${this.#prefix}${name}/`, this.#state);
  }

  async names(): Promise<readonly string[]> {
    await this.#called('names');
    const below = [...this.#files.keys()].filter((path) => path.startsWith(this.#prefix));
    return [...new Set(below.map((path) => path.slice(this.#prefix.length).split('/')[0]!))];
  }

  async read(name: string): Promise<string | undefined> {
    await this.#called('read');
    return this.#files.get(this.#prefix + name)?.content;
  }

  async create(name: string, content: string): Promise<boolean> {
    await this.#called('create');
    if (this.#files.has(this.#prefix + name)) return false;
    this.#files.set(this.#prefix + name, { content, touched: this.#state.touches++ });
    return true;
  }

  async replace(name: string, content: string): Promise<void> {
    await this.#called('replace');
    this.#files.set(this.#prefix + name, { content, touched: this.#state.touches++ });
  }

  async rename(from: string, to: string): Promise<boolean> {
    await this.#called('rename');
    const file = this.#files.get(this.#prefix + from);
    if (!file) return false;
    this.#files.delete(this.#prefix + from);
    this.#files.set(this.#prefix + to, file);
    return true;
  }

  async remove(name: string): Promise<void> {
    await this.#called('remove');
    this.#files.delete(this.#prefix + name);
  }

  async touch(name: string): Promise<boolean> {
    await this.#called('touch');
    const file = this.#files.get(this.#prefix + name);
    if (file) file.touched = this.#state.touches++;
    return file !== undefined;
  }

  async touchedAt(name: string): Promise<number | undefined> {
    await this.#called('touchedAt');
    return this.#files.get(this.#prefix + name)?.touched;
  }

  async #called(method: string): Promise<void> {
    await Promise.resolve();
    if (this.#state.failing.has(method)) throw Object.assign(new Error(`${method} is refused`), { code: 'EIO' });
  }
}

let sessions = 0;
const folders = new WeakMap<Memento, MemoryFolder>();

/** Windows that share `globalState` share a folder too, unless a test says otherwise. */
function folderBeside(index: Memento): MemoryFolder {
  const folder = folders.get(index) ?? new MemoryFolder();
  folders.set(index, folder);
  return folder;
}

/** A window over memory, with what a test does not say made up. Chance does nothing in it. */
export function memoryWindow(parts: Partial<WindowParts> = {}) {
  const secrets = new MemorySecrets();
  const index = new MemoryMemento();
  const log = new MemoryLog();
  const clock: Clock = new SteppedClock();
  const folder = folderBeside(parts.index ?? index);
  const session = String(++sessions);
  const all: WindowParts = {
    secrets,
    index,
    folder,
    log,
    clock,
    send: () => Promise.reject(new Error('nothing is sent in this test')),
    random: () => 0,
    self: { pid: sessions, session, host: 'this' },
    isAlive: () => true,
    knowsTenant: () => true,
    ...parts,
  };
  return { ...createTokenServices(all), parts: all };
}
