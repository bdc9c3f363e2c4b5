import { AppError } from '../../src/base/errors.js';
import type { HttpRequest, HttpResponse } from '../../src/net/http.js';
import { TokenFamily } from '../support/rotatingService.js';
import type { Window } from './machine.js';
import type { Random } from './random.js';
import type { Time } from './time.js';

/** How the service treats an API token. */
export interface Policy {
  readonly platform: 'oauth2' | 'commvault';
  readonly rotates: boolean;
  /** How long a replaced token is still accepted, ms; after that, using it revokes the family. */
  readonly graceMs: number;
  readonly lifetimeS: number;
}

/** What can go wrong between a window and the service, for a while. */
export type NetworkFault =
  'none' | 'unreachable' | 'request lost' | 'answer lost' | 'answer cut' | 'hangs' | '500' | '429' | 'web page';

export class Family extends TokenFamily {
  readonly name: string;

  constructor(name: string, { rotates, graceMs }: Policy, time: Time) {
    super({ graceMs, now: () => time.true });
    this.name = name;
    this.rotates = rotates;
  }
}

/** A request as the service sees it. */
export interface Presented {
  readonly family: Family;
  readonly index: number;
  /** The service has accepted it, and this is the current token. */
  readonly answered: number | undefined;
}

interface Delivery {
  readonly presented: (presented: Presented) => void;
  /** The response has reached the window, which learns this token from it. */
  readonly delivered: (family: Family, index: number) => void;
  readonly window: Window;
}

interface Issued {
  readonly at: number;
  readonly endsAt: number;
  readonly window: Window;
  /** It states its expiry, and the machine's clock is behind. */
  readonly clockWasSlow: boolean;
}

export const API_TOKEN = /EXAMPLE-CANARY-RT-(\w+)-(\d+)-/;
/** Every secret of the simulation begins like this. */
export const CANARY = 'EXAMPLE-CANARY-';

export function apiToken(family: string, index: number): string {
  return `${CANARY}RT-${family}-${index}-xxxxxxxx`;
}

const DEADLINE_MS = 10_000;

/**
 * An authorization server whose API tokens are single-use, if it rotates, and that revokes a family when an old one is used
 * again.
 */
export class Service {
  fault: NetworkFault = 'none';
  readonly families = new Map<string, Family>();
  /** The access tokens, in true time. */
  readonly issued = new Map<string, Issued>();
  readonly #policy: Policy;
  readonly #time: Time;
  readonly #random: Random;
  #issued = 0;

  constructor(policy: Policy, time: Time, random: Random) {
    this.#policy = policy;
    this.#time = time;
    this.#random = random;
  }

  add(name: string): Family {
    const family = new Family(name, this.#policy, this.#time);
    this.families.set(name, family);
    return family;
  }

  /** Sends one request over the network as it is now. */
  async send(request: HttpRequest, delivery: Delivery): Promise<HttpResponse> {
    const { fault } = this;
    const host = new URL(request.url).host;
    await this.#wait(this.#random.between(1, 50));
    if (fault === 'unreachable') throw new AppError('unreachable', { host, cause: 'ECONNREFUSED' });
    if (fault === 'request lost') throw new AppError('connection-lost', { host, cause: 'ECONNRESET' });
    const response = this.#answer(fault, request, delivery);
    await this.#wait(this.#random.between(1, this.#random.chance(0.1) ? 3_000 : 300));
    if (fault === 'hangs') {
      await this.#wait(DEADLINE_MS);
      throw new AppError('timed-out', { host });
    }
    if (fault === 'answer lost' || fault === 'answer cut') throw new AppError('connection-lost', { host, cause: 'ECONNRESET' });
    const found = API_TOKEN.exec(response.body);
    const family = found && this.families.get(found[1]!);
    if (family && delivery.window.isAlive) delivery.delivered(family, Number(found[2]));
    return response;
  }

  #answer(fault: NetworkFault, request: HttpRequest, { presented, window }: Delivery): HttpResponse {
    if (fault === '500') return answer(500, { error: 'server_error' });
    if (fault === '429') return answer(429, {}, { 'retry-after': String(this.#random.between(0, 8)) });
    if (fault === 'web page') return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };
    const [, name = '', index = ''] = API_TOKEN.exec(decodeURIComponent(request.body ?? '')) ?? [];
    const family = this.families.get(name);
    if (!family) return answer(400, { error: 'invalid_request' });
    const answered = family.exchange(Number(index));
    presented({ family, index: Number(index), answered });
    return answered === undefined ? answer(400, { error: 'invalid_grant' }) : this.#issue(family, answered, window);
  }

  #issue(family: Family, index: number, window: Window): HttpResponse {
    const token = `${CANARY}AT-${family.name}-${this.#issued++}-xxxxxxxx`;
    const end = this.#time.true + this.#policy.lifetimeS * 1000;
    this.issued.set(token, {
      at: this.#time.true,
      endsAt: end,
      window,
      clockWasSlow: this.#policy.platform === 'commvault' && this.#time.wall() < this.#time.true,
    });
    const refresh = apiToken(family.name, index);
    if (this.#policy.platform === 'commvault')
      return answer(200, { accessToken: token, refreshToken: refresh, tokenExpiryTimestamp: Math.floor(end / 1000) });
    return answer(200, {
      access_token: token,
      token_type: 'Bearer',
      expires_in: this.#policy.lifetimeS,
      ...(this.#policy.rotates && { refresh_token: refresh }),
    });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#time.after(ms, resolve));
  }
}

function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
