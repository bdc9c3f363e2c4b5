import { randomUUID } from 'node:crypto';
import type { ConfigureHooks, HttpRequest, Request } from 'httpyac';
import { AppError } from '../base/errors.js';
import { hostWithPort } from '../httpFile/index.js';
import { readersOf, type Reader, type Wire } from './httpYacWire.js';

/** Where the plugin gets tokens from. Names are in upper case. */
export interface ReferenceSource {
  /**
   * Whether all of these may read the token of this name; asks the person about those that are not the tenant's own hosts.
   * @returns false when the person cancelled
   * @throws AppError as {@link access}
   */
  confirmDestination(name: string, readers: readonly Reader[]): Promise<boolean>;
  /**
   * The access token for a name of ours; undefined when the person cancelled.
   * @throws AppError where there is no such reference, too
   */
  access(name: string): Promise<string | undefined>;
  /** The token of this name goes to this host (as `requestHost` gives it). */
  sent(name: string, host: string): void;
  /** A service has answered 401 to this access token. */
  refused(name: string, accessToken: string): void;
  /** The reference could not be resolved: tells the person. */
  failed(name: string, error: unknown): void;
}

const ID = 'tenantTokens';
const NOT_SENT = 'Not sent: ';
/** got puts the code of an error on its own. */
const CANCELLED = 'ERR_CANCELLED';

/** What httpYac would look up in the environment, with or without a space, in any case: it would find nothing, and send that. */
const REFERENCE = /\{\{\s*\$processEnv\s*(TENANT_TOKEN_\w+)\s*\}\}/gi;

/** Values that httpYac makes a hash or Base64 of, out of which nothing can be taken back. */
const COMPUTED = /^\s*(basic|digest|aws)\s/i;

/**
 * The plugin that resolves `{{$processEnv TENANT_TOKEN_…}}` when httpYac sends a request.
 *
 * A stand-in takes the place of each reference in all that httpYac handles: variables, scripts, logs, the request that it
 * shows. The token takes the place of the stand-in only when the host is known that the request really goes to, after
 * variables, settings and redirects, and gives it back when the answer is there.
 */
export function httpYacPlugin(source: ReferenceSource): ConfigureHooks {
  const standIns = new StandIns();
  return ({ hooks }) => {
    // Before each replacement: a variable may hold a reference, and the next one in the row would look it up.
    hooks.replaceVariable.addInterceptor({
      id: ID,
      beforeTrigger: ({ args }) => {
        if (typeof args[0] === 'string') args[0] = standIns.inPlaceOfReferences(args[0]);
        const isComputed = COMPUTED.test(String(args[0])) && standIns.namesIn({ body: args[0] }).length > 0;
        if (isComputed) throw new NotSentError('httpYac computes this kind of Authorization, and a token is not known by then');
        return Promise.resolve(true);
      },
    });
    // httpYac shows the stack of an error to the person: this one is a sentence, whatever got has made of it.
    hooks.execute.addInterceptor({
      id: ID,
      before: ['testFailed'],
      onError: (error) => {
        if (error instanceof Error && error.message.startsWith(NOT_SENT)) error.stack = error.message;
        return Promise.resolve(true);
      },
    });
    // httpYac shows an error in a notification, too. Who has cancelled knows it.
    hooks.execute.addInterceptor({
      id: `${ID}Cancelled`,
      before: ['errorNotification'],
      onError: (error) => Promise.resolve(!(error instanceof Error && 'code' in error && error.code === CANCELLED)),
    });
    hooks.onRequest.addHook(ID, (request) => {
      if (isHttp(request)) new Sending(request, standIns, source).attach();
      else if (standIns.namesIn(request).length > 0) throw new NotSentError('References to tokens work in HTTP requests only');
    });
  };
}

const isHttp = (request: Request): request is HttpRequest => request.protocol === 'HTTP';

/** In httpYac's own language and log. The person hears of it from {@link ReferenceSource}. */
class NotSentError extends Error {
  override readonly name = 'NotSentError';

  readonly code: string | undefined;

  constructor(reason: string, code?: string) {
    super(`${NOT_SENT}${reason}`);
    this.code = code;
  }
}

/** One request with its repetitions and redirects. */
class Sending {
  readonly #request: HttpRequest;
  readonly #standIns: StandIns;
  readonly #source: ReferenceSource;
  /** The stand-ins by the tokens that took their place. */
  readonly #tokens = new Map<string, string>();
  /** The tokens that were sent, by the names that stood for them. */
  readonly #sent = new Map<string, string>();

  constructor(request: HttpRequest, standIns: StandIns, source: ReferenceSource) {
    this.#request = request;
    this.#standIns = standIns;
    this.#source = source;
  }

  attach(): void {
    const hooks = ((this.#request.options ??= {}).hooks ??= {});
    (hooks.beforeRequest ??= []).push((wire) => this.#resolve(wire));
    // Before httpYac's own, which log what they see.
    (hooks.beforeRedirect ??= []).unshift((wire, response) => {
      this.#takeBack(wire);
      if (hostWithPort(wire.url) !== hostWithPort(new URL(response.url))) this.#dropHeaders(wire);
    });
    (hooks.afterResponse ??= []).unshift((response) => {
      if (response.statusCode === 401) for (const [name, token] of this.#sent) this.#source.refused(name, token);
      this.#takeBack(response.request.options);
      return response;
    });
    (hooks.beforeError ??= []).unshift((error) => {
      this.#takeBack(error.options);
      return error;
    });
  }

  async #resolve(wire: Wire): Promise<void> {
    if (this.#standIns.namesIn({ url: wire.url }).length > 0) throw new NotSentError('an address is no place for a token');
    const resolved = new Map<string, string>();
    for (const name of this.#standIns.namesIn(wire)) {
      const token = await this.#tokenFor(name, wire);
      resolved.set(this.#standIns.of(name), token);
      this.#sent.set(name, token);
    }
    for (const [standIn, token] of resolved) {
      this.#tokens.set(token, standIn);
      replace(wire, standIn, token);
    }
  }

  async #tokenFor(name: string, wire: Wire): Promise<string> {
    try {
      await this.#ensureMayGo(name, wire);
      const token = await this.#source.access(name);
      if (token === undefined) throw new NotSentError('cancelled', CANCELLED);
      // An exchange takes its time, in which the name may have become another tenant's.
      await this.#ensureMayGo(name, wire);
      this.#source.sent(name, hostWithPort(wire.url) ?? '');
      return token;
    } catch (error) {
      if (error instanceof NotSentError) throw error;
      this.#source.failed(name, error);
      throw new NotSentError(`${name} could not be resolved (${error instanceof AppError ? error.code : 'error'})`);
    }
  }

  async #ensureMayGo(name: string, wire: Wire): Promise<void> {
    const readers = readersOf(wire, this.#request.proxy);
    if (await this.#source.confirmDestination(name, readers)) return;
    throw new NotSentError(`${name} may not go to ${readers.map(textOfReader).join(', ')}`, CANCELLED);
  }

  #takeBack(wire: Wire): void {
    for (const [token, standIn] of this.#tokens) replace(wire, token, standIn);
  }

  /** got drops only Authorization and cookies when a redirect leads to another host. */
  #dropHeaders(wire: Wire): void {
    const others = Object.entries(wire.headers).filter(
      ([, value]) => this.#standIns.namesIn({ headers: { value } }).length === 0,
    );
    wire.headers = Object.fromEntries(others);
  }
}

/** The headers are replaced as a whole: httpYac's own hooks have kept those without a token. */
function replace(wire: Wire, from: string, to: string): void {
  const swap = <T>(value: T) => (typeof value === 'string' ? value.replaceAll(from, () => to) : value);
  const swapAll = (value: string | string[] | undefined) => (Array.isArray(value) ? value.map(swap) : swap(value));
  wire.headers = Object.fromEntries(Object.entries(wire.headers).map(([key, value]) => [key, swapAll(value)]));
  const { body } = wire;
  if (typeof body === 'string') wire.body = swap(body);
  // Byte by byte: a body need not be text.
  else if (Buffer.isBuffer(body) && body.includes(from)) wire.body = Buffer.from(swap(body.toString('latin1')), 'latin1');
  if (wire.body !== body && wire.headers['content-length'] !== undefined)
    wire.headers['content-length'] = String(Buffer.byteLength(wire.body as string | Buffer));
}

const textOfReader = ({ host, options }: Reader): string =>
  options ? `anyone on the way to ${host} (${options.join(', ')})` : host;

/** Texts that stand for tokens. Nobody can write one who has not seen it in this session: a service's answer cannot, for one. */
class StandIns {
  readonly #session = randomUUID().slice(0, 8);
  readonly #pattern = new RegExp(`\\*{3}(TENANT_TOKEN_\\w+)\\.${this.#session}\\*{3}`, 'g');

  of(name: string): string {
    return `***${name}.${this.#session}***`;
  }

  inPlaceOfReferences(text: string): string {
    return text.replaceAll(REFERENCE, (_, name: string) => this.of(name.toUpperCase()));
  }

  /** The names that the parts of a request stand for. */
  namesIn({ url = '', headers = {}, body }: Parts): readonly string[] {
    const texts = [url.toString(), ...Object.values(headers).flat(), ...[body].flat()].map(textOf);
    return [...new Set(texts.flatMap((text) => [...text.matchAll(this.#pattern)].map(([, name = '']) => name)))];
  }
}

interface Parts {
  readonly url?: string | URL;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  return Buffer.isBuffer(part) ? part.toString('latin1') : '';
}
