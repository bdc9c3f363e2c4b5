import assert from 'node:assert/strict';
import { Session as Inspector, type Runtime } from 'node:inspector';
import { mock } from 'node:test';
import { AppError } from '../../../src/base/errors.js';
import type { HttpRequest, HttpResponse } from '../../../src/net/http.js';
import { Sender } from '../../../src/net/send.js';
import { platformOf } from '../../../src/platforms/index.js';
import type { TokenForm, TokenFormField } from '../../../src/platforms/lifecycle.js';
import type { Tenant } from '../../../src/platforms/tenant.js';
import type { Behaviour, SandboxOptions, SandboxService } from '../../../src/sandbox/index.js';
import { readTenants } from '../../../src/tenants/tenants.js';
import { TokenManager, type ManagementFlow } from '../../../src/management/tokenManager.js';
import { TokenNotes } from '../../../src/tokens/tokenNotes.js';
import { get, START, useSandbox } from '../../sandbox/client.js';
import { serviceOf } from '../../support/entries.js';
import { idle, stepDeadlines, SteppedClock, whetherSettled } from '../../support/clock.js';
import { MemoryFolder, MemoryLog, MemoryMemento, MemorySecrets, memoryWindow } from '../../support/memory.js';
import { assertG, textOf, type Canary } from '../../threats/support/canaries.js';

export const DAY_MS = 24 * 3600_000;

/** The fields with secrets in requests and responses. */
const SECRET_FIELDS =
  /^(access_?token|refresh_?token|token|token_?value|api_?token|auth_?token|assertion|password|client_?secret|id_token)$/i;

export type World = ReturnType<typeof openWorld>;

/**
 * A window over memory and the sandbox services, with real sockets between them: new ones for each test of the suite, all on one
 * clock. When a test has ended, no secret that went over the wire is in anything that it has left.
 */
export function useWorld(options: SandboxOptions = {}): { readonly at: (id: string, changed?: Settings) => At } {
  let clock = new SteppedClock(START);
  let world: World | undefined;
  beforeEach(() => {
    clock = new SteppedClock(START);
  });
  const sandbox = useSandbox({ now: () => clock.wall(), ...options });
  beforeEach(() => {
    world = openWorld(clock);
  });
  afterEach(() => {
    mock.restoreAll();
    world?.close();
  });
  return {
    at: (id, changed) => {
      assert.ok(world, 'only within a test');
      return new At(world, sandbox, id, changed);
    },
  };
}

type Settings = Readonly<Record<string, unknown>>;

function openWorld(clock: SteppedClock) {
  const [index, secrets, log, folder] = [new MemoryMemento(), new MemorySecrets(), new MemoryLog(), new MemoryFolder()];
  let sent: readonly string[] = [];
  const sender = new Sender();
  const canaries = new Map<string, Canary>();
  const reported: unknown[] = [];
  const urls: string[] = [];
  const tenants: Tenant[] = [];
  const watch = (values: readonly string[]): void => {
    for (const value of values) canaries.set(value, { name: `secret ${canaries.size}`, value });
  };
  const send = async (request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> => {
    sent = secretsOfRequest(request);
    watch(sent);
    urls.push(request.url);
    const response = await sender.send(request, signal);
    watch(secretsOfResponse(response));
    return response;
  };
  const { vault, broker } = memoryWindow({ clock, index, secrets, folder, log, send });
  const notes = new TokenNotes(index, vault, broker);
  const manager = new TokenManager({ vault, broker, notes, send, clock, log, isForSession: () => false });
  return {
    clock,
    index,
    secrets,
    log,
    vault,
    broker,
    notes,
    manager,
    reported,
    tenants,
    watch,
    /** The content of the last request. */
    sent: () => sent,
    /** Everything stored outside SecretStorage, where no secret may be in clear. */
    stored: () => [...secrets.values.values(), ...Object.values(folder.contents)].join('\n'),
    /** From everything sent and received so far. */
    canaries: () => [...canaries.values()],
    close(): void {
      const listings = tenants.map((tenant) => manager.remote(tenant));
      const observed = {
        'the log': log.lines,
        globalState: [...index.values],
        'the keys of SecretStorage': [...secrets.values.keys()],
        'shared files': Object.entries(folder.contents),
        'errors shown to people': reported,
        'details from services': [...listings, ...vault.entries.map(({ id }) => [notes.of(id), manager.details(id)])],
        URLs: urls,
      };
      for (const part of [manager, notes, broker, vault, sender]) part.dispose();
      if (canaries.size > 0) assertG([...canaries.values()], observed);
    },
  };
}

/** The actions of a test at one sandbox tenant. */
export class At {
  readonly world: World;
  readonly tenant: Tenant;
  readonly service: SandboxService;
  readonly #sandbox: ReturnType<typeof useSandbox>;
  readonly #id: string;

  constructor(world: World, sandbox: ReturnType<typeof useSandbox>, id: string, changed: Settings = {}) {
    const [entry] = readTenants([{ ...sandbox.tenant(id).tenant, ...changed }]);
    assert.ok(entry?.tenant, `${id}: ${JSON.stringify(entry?.problems)}`);
    this.world = world;
    this.tenant = entry.tenant;
    world.tenants.push(entry.tenant);
    this.service = serviceOf(sandbox.current(), this.tenant);
    this.#sandbox = sandbox;
    this.#id = id;
  }

  /** Signs in somebody who may manage API tokens: with the login of the tenant, or with an access token of the stored token. */
  async signIn(which: 'login' | 'readOnlyLogin' = 'login'): Promise<ManagementFlow> {
    const { user, password } = this.#sandbox.login(this.#id, which);
    this.world.watch([password, Buffer.from(password).toString('base64')]);
    return this.world.manager.signIn(this.tenant, { user, password });
  }

  /** Signs in with a wrong password. */
  signInWrongly(): Promise<ManagementFlow> {
    const password = 'EXAMPLE-wrong-password-0123456789';
    this.world.watch([password]);
    return this.world.manager.signIn(this.tenant, { user: this.#sandbox.login(this.#id).user, password });
  }

  /** Signs in to manage API tokens, in the way that the platform requires. */
  async flow(): Promise<ManagementFlow> {
    if (platformOf(this.tenant).lifecycle?.authority === 'login') return this.signIn();
    return this.world.manager.withAccessOf(this.tenant, await this.keep());
  }

  /** Stores a sandbox token by its name; the first one by default. Returns its id in the vault. */
  async keep(name?: string): Promise<string> {
    const secret = this.#sandbox.secret(this.#id, name);
    const boundTo = platformOf(this.tenant).exchangeUrl(this.tenant);
    const entry = await this.world.vault.add({ tenant: this.tenant.id, name: name ?? 'Kept', boundTo, secret });
    return entry.id;
  }

  /** The values of a form: the defaults, unless a test says otherwise. Each field must accept its value. */
  draft(answers: TokenForm = {}): TokenForm {
    const now = this.world.clock.wall();
    let draft: TokenForm = {};
    for (const field of platformOf(this.tenant).lifecycle?.createFields ?? []) {
      if (field.isAsked?.(draft) === false) continue;
      const answer = answers[field.key] ?? field.initial?.(now) ?? '';
      if (answer === '') {
        assert.ok(field.optional, `${field.key} is needed`);
        continue;
      }
      assert.equal(field.problem?.(answer, now), undefined, field.key);
      draft = { ...draft, [field.key]: answer };
    }
    assert.deepEqual(
      Object.keys(answers).filter((key) => !(key in draft)),
      [],
      'is not asked',
    );
    return draft;
  }

  /** The validation message of a field of the creation form. */
  problem(key: string, answer: string): string | undefined {
    const field: TokenFormField | undefined = platformOf(this.tenant).lifecycle?.createFields?.find((one) => one.key === key);
    assert.ok(field, `${key} is no field`);
    return field.problem?.(answer, this.world.clock.wall());
  }

  /** The stored secret. */
  async secretOf(id: string): Promise<Readonly<Record<string, string>>> {
    return (await this.world.vault.read(id)).secret;
  }

  /** The vault ids of all tokens stored here. */
  get kept(): string[] {
    return this.world.vault.of(this.tenant.id).map(({ id }) => id);
  }

  /** The error of a promise. People see it, so it must not contain a secret. */
  async errorOf(pending: Promise<unknown>): Promise<AppError> {
    const error: unknown = await pending.then(
      () => assert.fail('did not fail'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof AppError, textOf(error));
    this.world.reported.push(error);
    return error;
  }

  async codeOf(pending: Promise<unknown>): Promise<string> {
    return (await this.errorOf(pending)).code;
  }

  /** The service's response to an access token of a stored API token. */
  async statusOf(id: string, accessToken: string): Promise<number> {
    const headers = this.world.broker.headers(this.tenant, id, accessToken).map(({ name, value }) => [name, value] as const);
    return this.statusWith(Object.fromEntries(headers));
  }

  /** The service's response to a request with these headers. */
  async statusWith(headers: Record<string, string>): Promise<number> {
    const [, url = ''] = /^GET (\S+)$/m.exec(this.#sandbox.tenant(this.#id).sample) ?? [];
    return (await get(url, headers)).status;
  }

  /** Makes the next request that manages API tokens fail. */
  fail(behaviour: Behaviour, times = 1): void {
    this.service.answerNext(behaviour, times, 'manage');
  }

  /** Makes the store refuse everything from the next request that manages API tokens on. */
  failStoreMeanwhile(): void {
    this.fail((due) => {
      this.world.secrets.failing = 'store';
      return due;
    });
  }

  /** The requests since, as `METHOD path`, without queries. */
  watchRequests(): () => string[] {
    const before = this.service.requests.length;
    return () => this.service.requests.slice(before).map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
  }

  /**
   * Ends the wait for a silent service: when its request has arrived, the deadline passes at once.
   * @param requests how many arrive until then
   */
  async untilDeadline<T>(begin: () => Promise<T>, requests = 1): Promise<T> {
    const { clock } = this.world;
    stepDeadlines(clock);
    const asked = this.watchRequests();
    const pending = begin();
    const isSettled = whetherSettled(pending);
    while (asked().length < requests && !isSettled()) await idle();
    await clock.advance(10_000);
    return pending;
  }
}

/** What a debugger sees of an object, including private fields, but not what it shares with the rest of the window. */
export function innerTextOf(flow: ManagementFlow): string {
  const inspector = new Inspector();
  inspector.connect();
  const holder: { object: unknown; found: unknown[] } = { object: flow, found: [] };
  Object.assign(globalThis, { holder });
  try {
    const { objectId } = evaluated(inspector, 'globalThis.holder.object');
    for (const { name, value } of privateFields(inspector, objectId))
      if (name !== '#parts' && value?.objectId !== undefined) {
        const functionDeclaration = 'function () { globalThis.holder.found.push(this); }';
        inspector.post('Runtime.callFunctionOn', { functionDeclaration, objectId: value.objectId });
      }
    return textOf(holder.found);
  } finally {
    inspector.disconnect();
    Reflect.deleteProperty(globalThis, 'holder');
  }
}

function evaluated(inspector: Inspector, expression: string): Runtime.RemoteObject {
  let result: Runtime.RemoteObject | undefined;
  inspector.post('Runtime.evaluate', { expression }, (_error, answer) => (result = answer.result));
  assert.ok(result, 'the inspector answers at once');
  return result;
}

/** As in the protocol; the types lack it. */
interface PrivateField {
  readonly name: string;
  readonly value?: Runtime.RemoteObject;
}

function privateFields(inspector: Inspector, objectId = ''): readonly PrivateField[] {
  let fields: readonly PrivateField[] = [];
  inspector.post('Runtime.getProperties', { objectId, ownProperties: true }, (_error, answer) => {
    fields = (answer as { readonly privateProperties?: readonly PrivateField[] }).privateProperties ?? [];
  });
  assert.notEqual(fields.length, 0, 'the inspector shows private fields');
  return fields;
}

function secretsOfRequest({ headers, body = '' }: HttpRequest): string[] {
  const authorizations = Object.entries(headers)
    .filter(([name]) => /^(authorization|authtoken)$/i.test(name))
    .flatMap(([, value]) => {
      const credentials = value.replace(/^\S+ /, '');
      return value.startsWith('Basic ') ? [credentials, passwordIn(credentials)] : [credentials];
    });
  return [...authorizations, ...secretsOfBody(body)];
}

/** RFC 7617. */
const passwordIn = (credentials: string): string =>
  Buffer.from(credentials, 'base64')
    .toString()
    .replace(/^[^:]*:/, '');

function secretsOfResponse({ headers, body }: HttpResponse): string[] {
  const session = headers['x-vmware-vcloud-access-token'];
  return [...(session === undefined ? [] : [session]), ...secretsOfBody(body)];
}

/** The values of the fields that hold secrets, of JSON and of forms. */
function secretsOfBody(body: string): string[] {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    json = Object.fromEntries(new URLSearchParams(body));
  }
  return secretsOfJson(json);
}

function secretsOfJson(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'string' && SECRET_FIELDS.test(name) && value.length >= 8
      ? [value.replace(/^QSDK /, '')]
      : secretsOfJson(value),
  );
}
