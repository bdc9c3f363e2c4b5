import type { AppError } from '../../src/base/errors.js';
import { platformOf } from '../../src/platforms/index.js';
import type { Secret, Tenant } from '../../src/platforms/tenant.js';
import { readTenants } from '../../src/tenants/tenants.js';
import type { Broker } from '../../src/exchange/broker.js';
import type { SharedFolder } from '../../src/store/folder.js';
import type { Access } from '../../src/store/record.js';
import { Refresher } from '../../src/exchange/refresher.js';
import type { Vault } from '../../src/store/vault.js';
import { createTokenServices, type WindowParts } from '../../src/exchange/tokenServices.js';
import { MemoryFolder, MemoryLog } from '../support/memory.js';
import { Invariants } from './invariants.js';
import type { Random } from './random.js';
import { API_TOKEN, Service, apiToken, type Policy } from './service.js';
import {
  SimulatedMemento,
  SimulatedSecrets,
  Storage,
  type Call,
  type Host,
  type SecretsFault,
  type StorageCopy,
} from './storage.js';
import { Time } from './time.js';

/** Changes one part of a window, to check that the invariants detect what it breaks. */
export type Mutation = (parts: WindowParts) => WindowParts;

export interface Setting {
  readonly policy: Policy;
  readonly host: Host;
  /** How many folders there are among the windows: with more than one, some are in other places. 0: none can be used. */
  readonly folders: 0 | 1 | 2;
  readonly mutate: Mutation;
}

const SETTINGS = {
  oauth2: { id: 'acme', name: 'Acme', platform: 'oauth2', tokenUrl: 'https://id.example/token', grant: 'refresh_token' },
  commvault: { id: 'acme', name: 'Acme', platform: 'commvault', url: 'https://cc.example/commandcenter/api' },
} as const;

/** One window with its extension host, which may die at any call that it makes. */
export class Window {
  readonly pid: number;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly refresher: Refresher;
  readonly log: MemoryLog;
  readonly place: number;
  isAlive = true;
  /** After this many calls, the extension host dies. */
  diesAfter = Infinity;
  readonly #machine: Machine;
  readonly #copies: readonly StorageCopy[];

  constructor(machine: Machine, pid: number, place: number) {
    const { time, random, setting, service } = machine;
    this.#machine = machine;
    this.log = new MemoryLog((line) => machine.tell(`window ${pid}: ${line}`));
    this.pid = pid;
    this.place = place;
    const [secrets, state] = [machine.secrets.open(), machine.state.open()];
    this.#copies = [secrets, state];
    const isAlive = (): boolean => this.isAlive;
    const clock = time.clock(isAlive);
    const folder = machine.folders[place];
    const { vault, broker } = createTokenServices(
      setting.mutate({
        secrets: new SimulatedSecrets(secrets, this.call, () => machine.secretsFault, isAlive),
        index: new SimulatedMemento(state),
        folder: folder && new FolderOfWindow(folder, this, ''),
        log: this.log,
        clock,
        random: random.next,
        self: { pid, session: `session ${pid}`, host: `machine ${place}` },
        knowsTenant: () => true,
        isAlive: (other) => machine.windows.some((window) => window.pid === other && window.isAlive),
        send: async (request) => {
          const sent = this.call(() => {
            machine.invariants.sends(this, request);
            const answered = service.send(request, {
              presented: (presented) => machine.invariants.presents(this, presented),
              delivered: (family, index) => machine.invariants.learns(this, family, index),
              window: this,
            });
            const ended = (): void => machine.invariants.ends(this, request);
            answered.then(ended, ended);
            return answered;
          });
          const outcome = await sent.catch((error: unknown) => error as AppError);
          machine.invariants.settles(this, request, outcome);
          return sent;
        },
      }),
    );
    this.vault = vault;
    this.broker = broker;
    this.refresher = new Refresher({
      broker,
      vault,
      clock,
      random: random.next,
      enabled: () => true,
      focused: () => machine.focused === this,
      findTenant: () => machine.tenant,
    });
  }

  /** Passes one call to the outside: the process may die before or after it takes effect. */
  readonly call: Call = async (work) => {
    if (!this.#step()) return never();
    const result = await work();
    return this.#step() ? result : never();
  };

  /** Takes an access token as a command does. */
  async use(token: string, afresh: boolean): Promise<void> {
    const { tenant, invariants } = this.#machine;
    try {
      const access = await (afresh ? this.exchange(token) : this.access(token));
      // While the store is slow, or has visibly refused, the access token can still be used (R6).
      const { state, error } = this.broker.status(tenant, token);
      invariants.isHandedOut(this, access, state === 'exchanging' || error?.code === 'secret-not-kept');
      this.refresher.used(tenant, token);
    } catch (error) {
      invariants.isTold(error);
    }
  }

  /** Exchanges for a person, who sees the status of the token. */
  exchange(token: string): Promise<Access> {
    this.#ask(token);
    return this.broker.exchange(this.#machine.tenant, token);
  }

  /** For a person who wants an access token, with an exchange if necessary. */
  access(token: string): Promise<Access> {
    if (this.#machine.setting.policy.platform !== 'commvault') this.#ask(token);
    return this.broker.access(this.#machine.tenant, token);
  }

  #ask(token: string): void {
    const { tenant, invariants, names } = this.#machine;
    const { error } = this.broker.status(tenant, token);
    if (error?.code === 'renewal-uncertain') invariants.isAsked(this, names.get(token) ?? '');
  }

  /** The second copy of a token's record was written. */
  hasCopied(token: string): void {
    const family = this.#machine.names.get(token);
    if (family !== undefined) this.#machine.invariants.copies(this, family);
  }

  /** The API token of a family in what this window sees of SecretStorage. */
  storedIndex(family: string): number {
    const key = `token.${this.#machine.idOf(family)}`;
    return Math.max(indexIn(this.#copies[0]!.latest(key)), indexIn(this.#machine.secrets.main.get(key)));
  }

  /** @param withWindow also loses what the window has not announced to the others, as when VS Code itself crashes */
  die(withWindow: boolean): void {
    this.isAlive = false;
    this.#machine.tell(`window ${this.pid} dies${withWindow ? ' with what it has not told' : ''}`);
    this.#leave();
    if (withWindow) for (const copy of this.#copies) copy.isLost = true;
  }

  /** As VS Code does: up to four seconds for pending work. */
  async close(): Promise<void> {
    await this.broker.settled();
    this.isAlive = false;
    this.#leave();
  }

  #leave(): void {
    this.refresher.dispose();
    this.broker.dispose();
    this.vault.dispose();
    this.#machine.secrets.close(this.#copies[0]!);
    this.#machine.state.close(this.#copies[1]!);
  }

  /** False if the process is dead. */
  #step(): boolean {
    if (this.isAlive && --this.diesAfter < 0) this.die(this.#machine.random.chance(0.3));
    return this.isAlive;
  }
}

/** The folder of a machine, as one window uses it. */
class FolderOfWindow implements SharedFolder {
  readonly #folder: SharedFolder;
  readonly #window: Window;
  readonly #name: string;

  constructor(folder: SharedFolder, window: Window, name: string) {
    this.#folder = folder;
    this.#window = window;
    this.#name = name;
  }

  folder = (name: string): SharedFolder => new FolderOfWindow(this.#folder.folder(name), this.#window, name);
  names = () => this.#window.call(() => this.#folder.names());
  read = (name: string) => this.#window.call(() => this.#folder.read(name));
  create = (name: string, content: string) => this.#window.call(() => this.#folder.create(name, content));
  replace = (name: string, content: string) =>
    this.#window.call(async () => {
      await this.#folder.replace(name, content);
      if (name === 'record') this.#window.hasCopied(this.#name);
    });
  rename = (from: string, to: string) => this.#window.call(() => this.#folder.rename(from, to));
  remove = (name: string) => this.#window.call(() => this.#folder.remove(name));
  touch = (name: string) => this.#window.call(() => this.#folder.touch(name));
  touchedAt = (name: string) => this.#window.call(() => this.#folder.touchedAt(name));
}

/** A person's machines with the windows on them, and the service that they use. */
export class Machine {
  readonly time = new Time();
  readonly random: Random;
  readonly setting: Setting;
  readonly service: Service;
  readonly secrets: Storage;
  readonly state: Storage;
  readonly folders: readonly MemoryFolder[];
  readonly tenant: Tenant;
  readonly invariants: Invariants;
  readonly windows: Window[] = [];
  /** The family of each API token, by the token's id. */
  readonly names = new Map<string, string>();
  readonly removed = new Set<string>();
  /** The families whose token the keyring has lost, perhaps after storing it. */
  readonly keyringLost = new Set<string>();
  secretsFault: SecretsFault = 'none';
  areFoldersBroken = false;
  wereFoldersBroken = false;
  focused: Window | undefined;
  #pids = 100;

  readonly #tell: ((line: string) => void) | undefined;

  constructor(setting: Setting, random: Random, tell: ((line: string) => void) | undefined) {
    this.#tell = tell;
    this.setting = setting;
    this.random = random;
    this.service = new Service(setting.policy, this.time, random);
    this.secrets = new Storage(setting.host, this.time);
    this.state = new Storage('desktop', this.time);
    this.folders = Array.from({ length: setting.folders }, () => new MemoryFolder());
    this.tenant = readTenants([SETTINGS[setting.policy.platform]])[0]!.tenant!;
    this.invariants = new Invariants(this);
  }

  /** The events, for debugging a schedule. */
  tell(line: string): void {
    this.#tell?.(`${Math.round(this.time.mono())} ${line}`);
  }

  idOf(family: string): string {
    return [...this.names].find(([, name]) => name === family)?.[0] ?? '';
  }

  /** The API token of a family that SecretStorage would give to a window that opens now. */
  storedIndex(family: string): number {
    return indexIn(this.secrets.main.get(`token.${this.idOf(family)}`));
  }

  get alive(): readonly Window[] {
    return this.windows.filter(({ isAlive }) => isAlive);
  }

  open(place = this.random.between(0, Math.max(0, this.folders.length - 1))): Window {
    const window = new Window(this, ++this.#pids, place);
    this.windows.push(window);
    this.tell(`window ${window.pid} opens in place ${window.place} (${JSON.stringify(this.setting)})`);
    this.focused = window;
    return window;
  }

  /** A person enters an API token. Returns its id. */
  async add(window: Window, name: string): Promise<string | undefined> {
    this.service.add(name);
    const boundTo = platformOf(this.tenant).exchangeUrl(this.tenant);
    const api = apiToken(name, 0);
    const secret: Secret =
      this.setting.policy.platform === 'commvault'
        ? { accessToken: `EXAMPLE-CANARY-AT-${name}-first-xx`, refreshToken: api }
        : { refreshToken: api };
    try {
      const { id } = await window.vault.add({ tenant: this.tenant.id, name, boundTo, secret });
      this.names.set(id, name);
      window.hasCopied(id);
      return id;
    } catch (error) {
      this.invariants.isTold(error);
      return undefined;
    }
  }
}

function indexIn(value: unknown): number {
  return Number(typeof value === 'string' ? (API_TOKEN.exec(parsedSecret(value))?.[2] ?? 0) : 0);
}

function parsedSecret(value: string): string {
  try {
    return JSON.stringify((JSON.parse(value) as { readonly secret: Secret }).secret);
  } catch {
    return '';
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
