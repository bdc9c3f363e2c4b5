import type { Socket } from 'node:net';
import { response, type Script } from '../faults/loopback.js';

/** How a service treats API tokens that each exchange replaces. */
interface Treatment {
  /** For how long it takes one that it has replaced once more, as FAPI 2.0 §5.3.2.1 wants it, ms. */
  readonly graceMs: number;
  /** The time by which that passes, ms. */
  readonly now: () => number;
}

/**
 * The API tokens that came of one login, each in place of the one before. The use of one that was replaced revokes them all
 * (RFC 9700 §4.14.2).
 */
export class TokenFamily {
  /** The index of the one that is valid. */
  current = 0;
  isRevoked = false;
  /** It may also keep to the API token that it has. */
  rotates = true;
  /** Whether the use of a replaced API token revokes all. */
  revokes = true;
  readonly graceMs: number;
  readonly #now: () => number;
  #replacedAt = -Infinity;

  constructor({ graceMs, now }: Treatment) {
    this.graceMs = graceMs;
    this.#now = now;
  }

  /**
   * @param index of the API token that is presented
   * @returns the index of the one that is valid from now on; undefined: refused
   */
  exchange(index: number): number | undefined {
    const isRepeat = index === this.current - 1 && this.graceMs > 0 && this.#now() - this.#replacedAt <= this.graceMs;
    if (!isRepeat && index >= 0 && index < this.current) this.isRevoked ||= this.revokes;
    if (this.isRevoked || (index !== this.current && !isRepeat)) return undefined;
    if (!isRepeat && this.rotates) {
      this.current++;
      this.#replacedAt = this.#now();
    }
    return this.current;
  }
}

/** A request with an API token. */
interface Presented {
  readonly token: string;
  /** By the clock of the service, ms. */
  readonly at: number;
  readonly isTaken: boolean;
}

interface Options extends Treatment {
  /** Makes secrets; without it they are counted. */
  readonly secretOf?: (kind: 'apiToken' | 'accessToken') => string;
}

/** A login at a {@link RotatingService}. */
export class Login {
  readonly family: TokenFamily;
  readonly tokens: string[];
  readonly #make: (index: number) => string;

  constructor(family: TokenFamily, first: string, make: (index: number) => string) {
    this.family = family;
    this.tokens = [first];
    this.#make = make;
  }

  /** The API token that is valid now. */
  get token(): string {
    return this.tokens[this.family.current]!;
  }

  /** @returns the API token that is valid from now on; undefined: refused */
  exchange(token: string): string | undefined {
    const next = this.family.exchange(this.tokens.indexOf(token));
    if (next === undefined) return undefined;
    if (next === this.tokens.length) this.tokens.push(this.#make(next));
    return this.tokens[next];
  }

  /** The service has lost what it did last: it no longer knows the API token that it gave, and takes the one before. */
  rollBack(): void {
    this.tokens.pop();
    this.family.current--;
  }
}

/** A token endpoint (RFC 6749 §6) that replaces the refresh token with each exchange. */
export class RotatingService {
  readonly presented: Presented[] = [];
  /** Of new access tokens, s. */
  lifetimeS = 3600;
  /** What becomes of a request that it does not read. */
  unheard: ((socket: Socket) => void) | undefined;
  /** What becomes of an answer. */
  deliver: (socket: Socket, answer: Buffer) => void = end;
  readonly #options: Options;
  readonly #logins: Login[] = [];
  #accessTokens = 0;

  constructor(options: Partial<Options> = {}) {
    this.#options = { graceMs: 0, now: () => performance.now(), ...options };
  }

  /** @param first its first API token */
  logIn(first: string): Login {
    const make = (index: number) => this.#options.secretOf?.('apiToken') ?? `${first}-${index}`;
    const login = new Login(new TokenFamily(this.#options), first, make);
    this.#logins.push(login);
    return login;
  }

  /** The requests that it gave a token for. */
  get given(): number {
    return this.presented.filter(({ isTaken }) => isTaken).length;
  }

  readonly script: Script = (socket, request) => {
    if (this.unheard) {
      this.unheard(socket);
      return;
    }
    const token = new URLSearchParams(request.slice(request.indexOf('\r\n\r\n') + 4)).get('refresh_token') ?? '';
    const login = this.#logins.find(({ tokens }) => tokens.includes(token));
    const isTaken = login?.exchange(token) !== undefined;
    this.presented.push({ token, at: this.#options.now(), isTaken });
    this.deliver(socket, isTaken ? this.#answer(login) : response(400, '{"error":"invalid_grant"}'));
  };

  #answer({ family, token }: Login): Buffer {
    const access_token = this.#options.secretOf?.('accessToken') ?? `EXAMPLE-access-token-${this.#accessTokens++}`;
    const answer = { access_token, token_type: 'Bearer', expires_in: this.lifetimeS };
    return response(200, JSON.stringify({ ...answer, ...(family.rotates && { refresh_token: token }) }));
  }
}

export function end(socket: Socket, answer: Buffer): void {
  socket.end(answer);
}

/** A tenant of such a service, as the settings have it. */
export const rotatingTenant = (port: number, id: string, name = id): Readonly<Record<string, unknown>> => ({
  id,
  name,
  platform: 'oauth2',
  tokenUrl: `http://127.0.0.1:${port}/token`,
  grant: 'refresh_token',
  clientId: id,
  clientAuthentication: 'none',
});
