import { randomUUID } from 'node:crypto';
import type { ConfigureHooks, HttpRequest, Request } from 'httpyac';
import { AppError } from '../base/errors.js';
import { hostWithPort } from '../httpFile/index.js';
import { readersOf, type Reader, type Wire } from './httpYacWire.js';

/** The source of the plugin's tokens. Names are in upper case. */
export interface ReferenceSource {
  /**
   * Whether all these readers may get the token of this name with this method; asks the person about those that are not the
   * tenant's own hosts, and about what may change something in production.
   * @returns false when the person cancelled
   * @throws AppError as {@link access}
   */
  confirmSending(name: string, readers: readonly Reader[], method: string): Promise<boolean>;
  /**
   * The access token for one of our names; undefined when the person cancelled.
   * @throws AppError, also for an unknown reference
   */
  access(name: string): Promise<string | undefined>;
  /** Called when the token of this name goes to this host (as returned by `requestHost`). */
  sent(name: string, host: string): void;
  /** Called when a service has answered 401 to this access token. */
  refused(name: string, accessToken: string): void;
  /** Called when the reference could not be resolved, to show the error. */
  failed(name: string, error: unknown): void;
}

const ID = 'tenantTokens';
const NOT_SENT = 'Not sent: ';
/** got copies this code to its own error. */
const CANCELLED = 'ERR_CANCELLED';

/**
 * What httpYac would look up in the environment, with or without a space, in any case: it would find nothing, and send an empty
 * value.
 */
const REFERENCE = /\{\{\s*\$processEnv\s*(TENANT_TOKEN_\w+)\s*\}\}/gi;

/** Values that httpYac hashes or encodes as Base64, in which a stand-in can no longer be replaced. */
const COMPUTED = /^\s*(basic|digest|aws)\s/i;

/**
 * The plugin that resolves `{{$processEnv TENANT_TOKEN_…}}` when httpYac sends a request.
 *
 * A stand-in replaces each reference in everything that httpYac handles: variables, scripts, logs, the request that it shows. The
 * token replaces the stand-in only once the actual host is known, after variables, settings and redirects, and the stand-in
 * returns when the response arrives.
 */
export function httpYacPlugin(source: ReferenceSource): ConfigureHooks {
  const standIns = new StandIns();
  return ({ hooks }) => {
    // Before each replacement: a variable may contain a reference, which the next replacer would look up.
    hooks.replaceVariable.addInterceptor({
      id: ID,
      beforeTrigger: ({ args }) => {
        if (typeof args[0] === 'string') args[0] = standIns.inPlaceOfReferences(args[0]);
        const isComputed = COMPUTED.test(String(args[0])) && standIns.namesIn({ body: args[0] }).length > 0;
        if (isComputed) throw new NotSentError('httpYac computes this kind of Authorization before the token is known');
        return Promise.resolve(true);
      },
    });
    // httpYac shows the stack of an error: reduce ours to its message, whatever got has added.
    hooks.execute.addInterceptor({
      id: ID,
      before: ['testFailed'],
      onError: (error) => {
        if (error instanceof Error && error.message.startsWith(NOT_SENT)) error.stack = error.message;
        return Promise.resolve(true);
      },
    });
    // httpYac also shows errors in a notification. A person who has cancelled needs none.
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

/** For httpYac's log, in English like the rest of it. {@link ReferenceSource} shows the error to the person. */
class NotSentError extends Error {
  override readonly name = 'NotSentError';

  readonly code: string | undefined;

  constructor(reason: string, code?: string) {
    super(`${NOT_SENT}${reason}`);
    this.code = code;
  }
}

/** One request with its retries and redirects. */
class Sending {
  readonly #request: HttpRequest;
  readonly #standIns: StandIns;
  readonly #source: ReferenceSource;
  /** The stand-ins, by the token that replaced them. */
  readonly #tokens = new Map<string, string>();
  /** The tokens that were sent, by reference name. */
  readonly #sent = new Map<string, string>();

  constructor(request: HttpRequest, standIns: StandIns, source: ReferenceSource) {
    this.#request = request;
    this.#standIns = standIns;
    this.#source = source;
  }

  attach(): void {
    const hooks = ((this.#request.options ??= {}).hooks ??= {});
    (hooks.beforeRequest ??= []).push((wire) => this.#resolve(wire));
    // Before httpYac's own hooks, which log what they see.
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
    if (this.#standIns.namesIn({ url: wire.url }).length > 0) throw new NotSentError('a URL must not contain a token');
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
      // During the exchange, the name may have become another tenant's.
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
    if (await this.#source.confirmSending(name, readers, wire.method)) return;
    throw new NotSentError(`${name} may not go to ${readers.map(textOfReader).join(', ')}`, CANCELLED);
  }

  #takeBack(wire: Wire): void {
    for (const [token, standIn] of this.#tokens) replace(wire, token, standIn);
  }

  /** On a redirect to another host, got drops only Authorization and cookies. */
  #dropHeaders(wire: Wire): void {
    const others = Object.entries(wire.headers).filter(
      ([, value]) => this.#standIns.namesIn({ headers: { value } }).length === 0,
    );
    wire.headers = Object.fromEntries(others);
  }
}

/** Replaces the headers as a whole: httpYac's own hooks have kept those without a token. */
function replace(wire: Wire, from: string, to: string): void {
  const swap = <T>(value: T) => (typeof value === 'string' ? value.replaceAll(from, () => to) : value);
  const swapAll = (value: string | string[] | undefined) => (Array.isArray(value) ? value.map(swap) : swap(value));
  wire.headers = Object.fromEntries(Object.entries(wire.headers).map(([key, value]) => [key, swapAll(value)]));
  const { body } = wire;
  if (typeof body === 'string') wire.body = swap(body);
  // Byte by byte: a body may be binary.
  else if (Buffer.isBuffer(body) && body.includes(from)) wire.body = Buffer.from(swap(body.toString('latin1')), 'latin1');
  if (wire.body !== body && wire.headers['content-length'] !== undefined)
    wire.headers['content-length'] = String(Buffer.byteLength(wire.body as string | Buffer));
}

const textOfReader = ({ host, options }: Reader): string =>
  options ? `anyone on the way to ${host} (${options.join(', ')})` : host;

/**
 * Texts that stand for tokens. Only those who have seen one in this session can write one: the response of a service, for
 * example, cannot.
 */
class StandIns {
  readonly #session = randomUUID().slice(0, 8);
  readonly #pattern = new RegExp(`\\*{3}(TENANT_TOKEN_\\w+)\\.${this.#session}\\*{3}`, 'g');

  of(name: string): string {
    return `***${name}.${this.#session}***`;
  }

  inPlaceOfReferences(text: string): string {
    return text.replaceAll(REFERENCE, (_, name: string) => this.of(name.toUpperCase()));
  }

  /** The reference names whose stand-ins occur in the parts of a request. */
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
