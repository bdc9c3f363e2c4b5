import type { Memento, SecretStorage, SecretStorageChangeEvent } from 'vscode';
import { Emitter } from '../../src/base/event.js';
import type { Time } from './time.js';

/** reliability.md §2: a window notifies the main process after 100 ms, which notifies the other windows 100 ms later. */
const FLUSH_MS = 100;
const DEBOUNCE_MS = 100;

type Values = Map<string, unknown>;

/**
 * How the host stores values: `desktop` notifies the other windows; in a `browser` each window has its own copy and writes all of
 * it.
 */
export type Host = 'desktop' | 'browser';

/** The storage of VS Code; each window has a copy. */
export class Storage {
  readonly main: Values = new Map();
  readonly #host: Host;
  readonly #time: Pick<Time, 'after'>;
  readonly #copies = new Set<StorageCopy>();

  constructor(host: Host, time: Pick<Time, 'after'>) {
    this.#host = host;
    this.#time = time;
  }

  /** The copy for a window that opens now. */
  open(): StorageCopy {
    const copy: StorageCopy = new StorageCopy(this.#host, new Map(this.main), this.#time, (changed) => this.#take(copy, changed));
    this.#copies.add(copy);
    return copy;
  }

  /** Removes or damages a value without notifying anybody. */
  lose(key: string, damaged: string | undefined): void {
    for (const values of [this.main, ...[...this.#copies].map((copy) => copy.values)]) put(values, key, damaged);
  }

  close(copy: StorageCopy): void {
    this.#copies.delete(copy);
  }

  #take(from: StorageCopy, changed: ReadonlyMap<string, unknown>): void {
    if (this.#host === 'browser') {
      this.main.clear();
      for (const [key, value] of from.values) this.main.set(key, value);
      return;
    }
    for (const [key, value] of changed) put(this.main, key, value);
    this.#time.after(DEBOUNCE_MS, () => {
      for (const copy of this.#copies) copy.learn(new Map([...changed.keys()].map((key) => [key, this.main.get(key)])));
    });
  }
}

/** What one window sees. It outlives the extension host of the window, not the window. */
export class StorageCopy {
  readonly values: Values;
  readonly #host: Host;
  readonly #changed = new Emitter<string>();
  readonly #time: Pick<Time, 'after'>;
  readonly #flush: (changed: ReadonlyMap<string, unknown>) => void;
  #pending = new Map<string, unknown>();
  isLost = false;

  constructor(host: Host, values: Values, time: Pick<Time, 'after'>, flush: (changed: ReadonlyMap<string, unknown>) => void) {
    this.#host = host;
    this.values = values;
    this.#time = time;
    this.#flush = flush;
  }

  readonly onDidChange = this.#changed.event;

  /** A desktop window writes changes. A browser window writes with each call, even for the deletion of a missing key. */
  set(key: string, value: unknown): void {
    const isNew = this.values.get(key) !== value;
    if (!isNew && this.#host === 'desktop') return;
    put(this.values, key, value);
    if (this.#pending.size === 0) {
      this.#time.after(FLUSH_MS, () => {
        const pending = this.#pending;
        this.#pending = new Map();
        if (!this.isLost) this.#flush(pending);
      });
    }
    this.#pending.set(key, value);
    if (isNew) this.#changed.fire(key);
  }

  /** What it holds, or is about to tell: what it has stored and another window's older value has come in between of. */
  latest(key: string): unknown {
    return this.#pending.has(key) ? this.#pending.get(key) : this.values.get(key);
  }

  /** The value in the main process, whatever this window is about to write. */
  learn(changes: ReadonlyMap<string, unknown>): void {
    for (const [key, value] of changes) {
      if (this.values.get(key) === value) continue;
      put(this.values, key, value);
      this.#changed.fire(key);
    }
  }
}

function put(values: Values, key: string, value: unknown): void {
  if (value === undefined) values.delete(key);
  else values.set(key, value);
}

/** Temporary faults of a keyring. */
export type SecretsFault = 'none' | 'rejects' | 'hangs' | 'forgets';

/** Calls of one extension host: each passes through `call`, which may end the process there. */
export type Call = <T>(work: () => T | Promise<T>) => Promise<T>;

export class SimulatedSecrets implements SecretStorage {
  readonly #copy: StorageCopy;
  readonly #call: Call;
  readonly #fault: () => SecretsFault;
  readonly onDidChange: SecretStorage['onDidChange'];

  constructor(copy: StorageCopy, call: Call, fault: () => SecretsFault, isAlive: () => boolean) {
    this.#copy = copy;
    this.#call = call;
    this.#fault = fault;
    const onDidChange = (listener: (event: SecretStorageChangeEvent) => void) =>
      copy.onDidChange((key) => {
        if (isAlive()) listener({ key });
      });
    this.onDidChange = onDidChange as SecretStorage['onDidChange'];
  }

  keys(): Promise<string[]> {
    return this.#ends(() => [...this.#copy.values.keys()]);
  }

  get(key: string): Promise<string | undefined> {
    return this.#ends(() => this.#copy.values.get(key) as string | undefined);
  }

  store(key: string, value: string): Promise<void> {
    return this.#ends(() => {
      if (this.#fault() !== 'forgets') this.#copy.set(key, value);
    });
  }

  delete(key: string): Promise<void> {
    return this.#ends(() => this.#copy.set(key, undefined));
  }

  async #ends<T>(work: () => T): Promise<T> {
    const fault = this.#fault();
    if (fault === 'hangs') await new Promise(() => undefined);
    if (fault === 'rejects') throw new Error('the keyring is locked');
    return this.#call(work);
  }
}

const STATE = 'state';

/** One object, written whole: of two windows that change different keys at once, one loses. */
export class SimulatedMemento implements Memento {
  readonly #copy: StorageCopy;

  constructor(copy: StorageCopy) {
    this.#copy = copy;
  }

  keys(): readonly string[] {
    return Object.keys(this.#state);
  }

  get<T>(key: string, otherwise?: T): T {
    return (this.#state[key] ?? otherwise) as T;
  }

  update(key: string, value: unknown): Promise<void> {
    this.#copy.set(STATE, { ...this.#state, [key]: value === undefined ? undefined : structuredClone(value) });
    return Promise.resolve();
  }

  get #state(): Readonly<Record<string, unknown>> {
    return (this.#copy.values.get(STATE) ?? {}) as Readonly<Record<string, unknown>>;
  }
}
