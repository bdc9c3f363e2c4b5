import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { AppError, type ErrorCode } from '../../src/base/errors.js';
import { deadline } from '../../src/net/deadline.js';
import type { Send } from '../../src/net/http.js';
import { DEFAULT_NETWORK, type NetworkSettings } from '../../src/net/proxy.js';
import { Sender } from '../../src/net/send.js';
import { readDigests } from '../../src/net/trust.js';
import { platformOf } from '../../src/platforms/index.js';
import type { Secret, Tenant } from '../../src/platforms/tenant.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.js';
import { readTenants } from '../../src/tenants/tenants.js';
import type { Broker, ExchangeOptions } from '../../src/exchange/broker.js';
import type { Access } from '../../src/store/record.js';
import { Refresher } from '../../src/exchange/refresher.js';
import type { Vault } from '../../src/store/vault.js';
import type { WindowParts } from '../../src/exchange/tokenServices.js';
import { answers, serve, type Loopback, type Script } from '../faults/loopback.js';
import type { Extension } from './extension.js';
import { idle, stepDeadlines, SteppedClock, whetherSettled } from './clock.js';
import { MemoryFolder, MemoryLog, MemoryMemento, MemorySecrets, memoryWindow } from './memory.js';
import { textsIn } from '../workbench/storage.js';
import { assertG, canary, type Canary } from '../threats/support/canaries.js';

const MINUTE_MS = 60_000;
/** Longer than any test steps the clock, so that an access token of the beginning is good to the end. */
const DAY_S = 24 * 3600;
/** What time passes in: smaller steps where it is to be seen how long something takes. */
const STEP_MS = 1000;
const SMALL_STEP_MS = 50;

/** What keeps and exchanges tokens in one window. */
export interface TokenServices {
  readonly vault: Vault;
  readonly broker: Broker;
}

/**
 * The objects as extension.ts builds them, over a store in memory and sockets of this machine, with one tenant whose service
 * answers by a script. All its secrets are canaries.
 */
export class World {
  readonly clock = new SteppedClock(Date.UTC(2030, 0, 1));
  readonly canaries = {
    apiToken: canary('RT'),
    accessToken: canary('AT'),
    clientSecret: canary('CS'),
    proxyPassword: canary('PP'),
  };
  /** For the files of a test. */
  readonly folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-threats-'));
  readonly log = new MemoryLog();
  readonly secrets = new MemorySecrets();
  readonly globalState = new MemoryMemento();
  /** What the objects keep on the disk. */
  readonly shared = new MemoryFolder();
  readonly sender: Sender;
  /** As VS Code's settings have it. */
  network: NetworkSettings = DEFAULT_NETWORK;
  environment: Readonly<Record<string, string>> = {};
  /** What chance says, 0 to 1. */
  chance = 0;
  /** What is thrown at people and shown to them. */
  readonly reported: unknown[] = [];
  readonly #places: (() => { readonly place: string; readonly text: string; readonly knows: readonly string[] })[] = [];
  readonly #servers: Loopback[] = [];
  readonly #windows: TokenServices[] = [];
  readonly #extensions: Extension[] = [];
  readonly #sandboxes: Sandbox[] = [];
  #first: TokenServices | undefined;
  readonly #refreshers: Refresher[] = [];
  readonly #further: Canary[] = [];
  /** Requests under way, and those of them that nobody is going to answer. */
  #sent = 0;
  #unanswered = 0;

  constructor() {
    const environment = new Proxy<Record<string, string>>({}, { get: (_, name) => this.environment[String(name)] });
    this.sender = new Sender(
      () => this.network,
      environment,
      (line) => this.log.warn(line),
    );
  }

  /** The first window's. */
  get vault(): Vault {
    return (this.#first ??= this.open()).vault;
  }

  get broker(): Broker {
    return (this.#first ??= this.open()).broker;
  }

  readonly send: Send = (...args) => this.sendBy(this.sender)(...args);

  /** Over sockets; it is known how much is under way. */
  sendBy(sender: Sender): Send {
    return (...args) => this.#counted(sender.send(...args));
  }

  async #counted<T>(work: Promise<T>): Promise<T> {
    this.#sent++;
    try {
      return await work;
    } finally {
      this.#sent--;
    }
  }

  /** A window over what all have in common: another one, or this one after it was loaded again. */
  open(parts: Partial<WindowParts> = {}): TokenServices {
    const { secrets, globalState: index, shared: folder, clock, log } = this;
    const { vault, broker } = memoryWindow({
      secrets,
      index,
      folder,
      clock,
      log,
      random: () => this.chance,
      send: this.send,
      readDigests: (tls) => this.#counted(readDigests(tls)),
      ...parts,
    });
    this.#windows.push({ vault, broker });
    return { vault, broker };
  }

  /**
   * Starts all of the extension, in a window of its own over what is stored.
   * @param settings the user's, by their full names
   */
  async start(settings: Readonly<Record<string, unknown>> = {}): Promise<Extension> {
    const extensionModule = await import('./extension.js');
    mock.method(Date, 'now', this.clock.wall);
    mock.method(deadline, 'start', (ms: number, end: () => void) => {
      const timer = this.clock.after(ms, end);
      this.#sent++;
      return {
        dispose: () => {
          timer.dispose();
          this.#sent--;
        },
      };
    });
    const extension = new extensionModule.Extension(this, settings);
    this.#extensions.push(extension);
    return extension;
  }

  /** Starts services of all platforms. What people enter for them may be seen by nobody else. */
  async sandbox(options: SandboxOptions = {}): Promise<Sandbox> {
    const sandbox = await startSandbox({ now: this.clock.wall, ...options });
    this.#sandboxes.push(sandbox);
    return sandbox;
  }

  /** What exchanges ahead in a window that a person looks at. */
  refresher({ vault, broker }: TokenServices, ...tenants: readonly Tenant[]): Refresher {
    const refresher = new Refresher({
      broker,
      vault,
      clock: this.clock,
      random: () => this.chance,
      enabled: () => true,
      focused: () => true,
      findTenant: (id) => tenants.find((tenant) => tenant.id === id),
    });
    this.#refreshers.push(refresher);
    return refresher;
  }

  /** A further secret, that a service hands out. */
  secretOf(kind: 'apiToken' | 'accessToken'): string {
    const value = canary(kind === 'apiToken' ? 'RT' : 'AT');
    this.#further.push({ name: `${kind}.${this.#further.length}`, value });
    return value;
  }

  /** Lets the deadlines of requests end by the clock of this world. */
  stepDeadlines(): void {
    stepDeadlines(this.clock);
  }

  /** Of a service that keeps a connection and says nothing. */
  readonly silence = (socket: Socket): void => {
    this.#unanswered++;
    socket.once('close', () => this.#unanswered--);
  };

  /**
   * Lets time pass, except while an answer is on its way: that is a matter of the machine. What is asked for within a step is
   * answered at its end.
   */
  async pass(ms: number, stepMs = STEP_MS): Promise<void> {
    for (const end = this.clock.mono() + ms; ;) {
      await this.#quiet();
      const left = end - this.clock.mono();
      if (left <= 0) return;
      await this.clock.advance(Math.min(left, stepMs));
    }
  }

  /** Lets time pass as {@link pass}, until `promise` has settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const isSettled = whetherSettled(promise);
    for (;;) {
      await this.#quiet();
      if (isSettled()) return promise;
      // What the disk does is not known to be under way.
      if (this.#extensions.length > 0) await delay(1);
      await this.clock.advance(SMALL_STEP_MS);
    }
  }

  /** When nothing goes on without a timer. What an answer leads to may be several things, one after the other. */
  async #quiet(): Promise<void> {
    for (let quiet = 0; quiet < 3;) {
      await idle();
      quiet = this.#sent > this.#unanswered ? 0 : quiet + 1;
      if (quiet === 0) await delay(1);
    }
  }

  get good(): string {
    return this.answer();
  }

  /** The body of a good answer, changed; `undefined` leaves a field out. */
  answer(changes: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify({
      access_token: this.canaries.accessToken,
      token_type: 'Bearer',
      expires_in: DAY_S,
      ...changes,
    });
  }

  /** Starts a server. @param knows what it may see: the names of canaries */
  async serve(script: Script, options: Parameters<typeof serve>[1] = {}, ...knows: readonly string[]): Promise<Loopback> {
    const server = await serve(script, options);
    this.#servers.push(server);
    this.#places.push(() => ({ place: `what port ${server.port} received`, text: server.received.join('\n'), knows }));
    return server;
  }

  /** The service of a tenant: what a secret is for, it may see. */
  service(script: Script, options: Parameters<typeof serve>[1] = {}): Promise<Loopback> {
    return this.serve(script, options, 'apiToken', 'clientSecret', 'accessToken');
  }

  proxy(script: Script, options: Parameters<typeof serve>[1] = {}): Promise<Loopback> {
    return this.serve(script, options, 'proxyPassword');
  }

  /** Keeps the secret of a tenant, bound to its address. */
  async keep(tenant: Tenant, secret: Secret = this.secret, vault = this.vault): Promise<string> {
    const boundTo = platformOf(tenant).exchangeUrl(tenant);
    return (await vault.add({ tenant: tenant.id, name: 'Laptop', boundTo, secret })).id;
  }

  /** What a {@link clientOf} a service sends. */
  get secret(): Secret {
    return { refreshToken: this.canaries.apiToken, clientSecret: this.canaries.clientSecret };
  }

  /**
   * A tenant with a secret, and with an access token that is good for a day.
   * @param changes of the tenant, by the address of its service
   */
  async client(changes: (origin: string) => Readonly<Record<string, unknown>> = () => ({})): Promise<Client> {
    const conversation: Conversation = { script: answers(200, this.good) };
    const service = await this.service((socket, request) => conversation.script(socket, request));
    const origin = `http://127.0.0.1:${service.port}`;
    const tenant = tenantFrom({ ...clientOf(`${origin}/token`), ...changes(origin) });
    const client = new Client(this, { service, conversation, tenant, id: await this.keep(tenant) });
    await client.takes(conversation.script);
    return client;
  }

  /** What an observer sees of a failure, for {@link assertG} to look through. */
  async failure(work: Promise<unknown>): Promise<AppError> {
    const error: unknown = await work.then(
      (value) => assert.fail(`did not fail: ${inspect(value)}`),
      (reason: unknown) => reason,
    );
    this.reported.push(error);
    assert.ok(error instanceof AppError, inspect(error));
    return error;
  }

  /** What comes of it while time passes: `ok`, or the code of an error. */
  async outcome(work: Promise<unknown>): Promise<'ok' | ErrorCode> {
    const settled = work.then(
      () => 'ok' as const,
      (error: unknown) => {
        this.reported.push(error);
        assert.ok(error instanceof AppError, inspect(error));
        return error.code;
      },
    );
    return this.until(settled);
  }

  assertG(): void {
    const observed = {
      'the log': this.log.lines,
      'what is reported': this.reported,
      globalState: [...this.globalState.values],
      files: [this.shared.contents, textsIn(this.folder)],
      'the objects': [this.#windows, this.#refreshers, this.sender],
    };
    const named = [
      ...Object.entries(this.canaries).map(([name, value]) => ({ name, value })),
      ...this.#further,
      ...this.#sandboxes.flatMap(canariesOf),
    ];
    const windows = this.#extensions.flatMap((extension) => Object.entries(extension.observed));
    assertG(named, { ...observed, ...Object.fromEntries(windows) });
    for (const { place, text, knows } of this.#places.map((look) => look())) assertG(except(named, knows), { [place]: text });
  }

  /** That people were asked what the test expects, and nothing else. */
  assertAnswered(): void {
    for (const { prompter } of this.#extensions) prompter.verify();
  }

  async close(): Promise<void> {
    for (const extension of this.#extensions) await extension.stop();
    mock.restoreAll();
    await Promise.all(this.#sandboxes.map((sandbox) => sandbox.stop()));
    for (const one of this.#refreshers) one.dispose();
    for (const { broker, vault } of this.#windows) {
      broker.dispose();
      vault.dispose();
    }
    this.sender.dispose();
    await Promise.all(this.#servers.map((server) => server.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A tenant of the settings, held to what the settings are held to. */
export function tenantFrom(settings: Readonly<Record<string, unknown>>): Tenant {
  const [entry] = readTenants([settings]);
  assert.ok(entry?.tenant, inspect(entry?.problems));
  return entry.tenant;
}

/** As the settings have it: a client whose secret is all that a client can have. */
export const clientOf = (tokenUrl: string) => ({
  id: 'acme',
  name: 'Acme',
  platform: 'oauth2',
  tokenUrl,
  grant: 'refresh_token',
  clientId: 'EXAMPLE-client',
});

const except = (canaries: readonly Canary[], names: readonly string[]): Canary[] =>
  canaries.filter(({ name }) => !names.includes(name.split('.')[0]!));

/** What its tenants are reached with, and what its services handed out. */
function canariesOf({ tenants, services }: Sandbox): Canary[] {
  const entered = tenants.flatMap(({ tenant, tokens, login }) =>
    [...tokens.flatMap(({ secret }) => Object.entries(secret)), ...(login ? [['password', login.password]] : [])].map(
      ([name, value]) => ({ name: `${name} of ${String(tenant['id'])}`, value: value! }),
    ),
  );
  const sent = Object.values(services).flatMap(({ requests }) => requests.flatMap(({ body }) => secretsIn(body)));
  return [...entered, ...sent];
}

/** Fields of requests that hold what nobody may see. */
const SECRET_FIELDS = ['access_token', 'refresh_token', 'accessToken', 'refreshToken', 'token', 'api_token'];

function secretsIn(body: string): Canary[] {
  const fields = body.startsWith('{')
    ? Object.entries(JSON.parse(body) as Record<string, unknown>)
    : [...new URLSearchParams(body)];
  return fields.flatMap(([name, value]) =>
    SECRET_FIELDS.includes(name) && typeof value === 'string' && value.length >= 12 ? [{ name, value }] : [],
  );
}

interface Conversation {
  /** What the service does with the next request. */
  script: Script;
}

interface ClientParts {
  readonly service: Loopback;
  readonly conversation: Conversation;
  readonly tenant: Tenant;
  readonly id: string;
}

/** One tenant of a {@link World}, and its API token. */
export class Client {
  readonly service: Loopback;
  readonly tenant: Tenant;
  readonly id: string;
  readonly #world: World;
  readonly #conversation: Conversation;

  constructor(world: World, { service, conversation, tenant, id }: ClientParts) {
    this.#world = world;
    this.service = service;
    this.#conversation = conversation;
    this.tenant = tenant;
    this.id = id;
  }

  /** An exchange, a minute after what was before. */
  async exchange(script: Script, options: ExchangeOptions = {}): Promise<Access> {
    await this.#world.clock.advance(MINUTE_MS);
    this.#conversation.script = script;
    return this.#world.broker.exchange(this.tenant, this.id, options);
  }

  /** An exchange that succeeds. */
  async takes(script: Script): Promise<Access> {
    const access = await this.exchange(script);
    assert.equal(access.token, this.#world.canaries.accessToken);
    return access;
  }

  /** An exchange that fails, after which everything is as it was: the secret, and the access token that is still good. */
  async refuses(script: Script, ...codes: readonly ErrorCode[]): Promise<AppError> {
    const { broker } = this.#world;
    const before = await this.#kept();
    const error = await this.#world.failure(this.exchange(script));
    assert.ok(codes.includes(error.code), inspect(error));
    assert.deepEqual(await this.#kept(), before);
    assert.equal(broker.peek(this.tenant, this.id)?.token, this.#world.canaries.accessToken);
    this.#world.reported.push(broker.status(this.tenant, this.id), broker.trace(this.id));
    return error;
  }

  async #kept() {
    const { secret, access, boundTo } = await this.#world.vault.read(this.id);
    return { secret, access, boundTo };
  }
}

/** The body of a test in a world of its own, which ends with the global assertion. */
export function inWorld(body: (world: World) => Promise<void> | void): () => Promise<void> {
  return async () => {
    const world = new World();
    try {
      await body(world);
      world.assertG();
      world.assertAnswered();
    } finally {
      await world.close();
    }
  };
}
