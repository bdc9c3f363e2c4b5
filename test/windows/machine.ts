import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Secret } from '../../src/platforms/tenant.js';
import { systemClock } from '../../src/base/clock.js';
import { Storage, type StorageCopy } from '../simulation/storage.js';
import { textsIn } from '../workbench/storage.js';
import { Peer } from './peer.js';

/** `globalState`, which a window writes as a whole. */
export type State = Readonly<Record<string, unknown>>;

/** The steps of an exchange, in order. */
export const STEPS = [
  'before the lock',
  'locked',
  'before it is sent',
  'sent',
  'answered',
  'copied',
  'stored',
  'before the release',
  'released',
] as const;
export type Step = (typeof STEPS)[number];

/** A part that is left out in a window, to show that tokens are lost without it. */
export type Mutation = 'no lock' | 'no copies';

/** A tenant as in the settings. */
export type Settings = Readonly<Record<string, string>>;

const STATE = 'state';
const POLL_MS = 20;

/** A window in its own process. */
export class Window {
  readonly #process: ChildProcess;
  readonly #peer: Peer;
  readonly #secrets: StorageCopy;
  readonly #state: StorageCopy;
  readonly #ended: Promise<unknown>;
  readonly opened: Promise<void>;
  /** Resolves when the window has reached the step at which it must end. It waits there. */
  readonly reached: Promise<Step>;

  constructor(place: string, secrets: StorageCopy, state: StorageCopy, mutation: Mutation | undefined) {
    const args = [place, JSON.stringify(state.values.get(STATE) ?? {}), ...(mutation ? [mutation] : [])];
    this.#process = fork(fileURLToPath(new URL('window.ts', import.meta.url)), args);
    this.#ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#secrets = secrets;
    this.#state = state;
    const [opened, reached] = [Promise.withResolvers<undefined>(), Promise.withResolvers<Step>()];
    this.opened = opened.promise;
    this.reached = reached.promise;
    this.#peer = new Peer(this.#process, {
      keys: () => [...secrets.values.keys()],
      get: (key: string) => secrets.values.get(key),
      store: (key: string, value: string) => secrets.set(key, value),
      delete: (key: string) => secrets.set(key, undefined),
      update: (all: State) => state.set(STATE, all),
      opened: () => opened.resolve(undefined),
      reached: (step: Step) => {
        reached.resolve(step);
        return new Promise(() => undefined);
      },
    });
    secrets.onDidChange((key) => this.#tell('secretChanged', key));
    state.onDidChange(() => this.#tell('stateChanged', state.values.get(STATE)));
    void this.#ended.then(() => {
      this.#peer.end();
      opened.reject(new Error('a window has ended'));
    });
  }

  /** Adds an API token. Returns its id. */
  add(settings: Settings, secret: Secret): Promise<string> {
    return this.#peer.call('add', settings, secret);
  }

  /** Waits until this window sees a token. */
  async knows(id: string): Promise<void> {
    while (!(await this.#peer.call<boolean>('knows', id))) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }

  /**
   * Returns an access token.
   * @throws Error with the code
   */
  access(settings: Settings, id: string): Promise<string> {
    return this.#peer.call('access', settings, id);
  }

  /** Moves the clock forward. */
  pass(ms: number): Promise<void> {
    return this.#peer.call('pass', ms);
  }

  /** Makes it stop at this step of the next exchange, until it is killed. */
  endAt(step: Step): Promise<void> {
    return this.#peer.call('endAt', step);
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** The lines of its log. */
  log(): Promise<readonly string[]> {
    return this.#peer.call('log');
  }

  /** Kills it, as a crash does: changes in its storage that have not reached the others are lost. */
  async kill(): Promise<void> {
    this.#secrets.isLost = this.#state.isLost = true;
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  #tell(method: string, value: unknown): void {
    this.#peer.call(method, value).catch(() => undefined);
  }
}

/** A machine with windows: a folder on its disk, and the desktop's storage. */
export class Machine {
  readonly #place: string;
  readonly #secrets = new Storage('desktop', systemClock);
  readonly #state = new Storage('desktop', systemClock);
  readonly #windows: Window[] = [];

  private constructor(place: string) {
    this.#place = place;
  }

  static async start(): Promise<Machine> {
    return new Machine(await mkdtemp(path.join(tmpdir(), 'tenant-tokens-windows-')));
  }

  async open(count: number, mutation?: Mutation): Promise<readonly Window[]> {
    const opened = Array.from(
      { length: count },
      () => new Window(this.#place, this.#secrets.open(), this.#state.open(), mutation),
    );
    this.#windows.push(...opened);
    await Promise.all(opened.map((window) => window.opened));
    return opened;
  }

  /** What an observer sees: the logs of the live windows, the files on disk, and `globalState`. */
  async seen(): Promise<Readonly<Record<string, unknown>>> {
    const alive = this.#windows.filter(({ isAlive }) => isAlive);
    const logs = await Promise.all(alive.map((window) => window.log()));
    return { logs, files: textsIn(this.#place), globalState: [...this.#state.main.values()] };
  }

  /** Kills all windows at once; what is not on disk is lost. */
  async crash(): Promise<void> {
    await Promise.all(this.#windows.splice(0).map((window) => window.kill()));
  }

  async stop(): Promise<void> {
    await this.crash();
    await rm(this.#place, { recursive: true });
  }
}
