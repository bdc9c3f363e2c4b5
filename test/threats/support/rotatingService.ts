import type { Socket } from 'node:net';
import type { Tenant } from '../../../src/platforms/platform.js';
import { response, type Script } from '../../faults/loopback.js';
import { clientOf, tenantFrom, type World } from '../../support/world.js';

const LIFETIME_S = 3600;

/** A request that an API token came with. */
interface Presented {
  readonly token: string;
  /** By the clock that nobody sets, ms. */
  readonly at: number;
  readonly isTaken: boolean;
}

/**
 * A service whose API tokens are good once. One that was replaced is taken for some time more, as FAPI 2.0 §5.3.2.1 wants it;
 * later its use revokes everything (RFC 9700 §4.14.2).
 */
export class RotatingService {
  readonly tenant: Tenant;
  readonly id: string;
  readonly presented: Presented[] = [];
  /** It may also keep to the API token that it has. */
  rotates = true;
  /** What a new access token's life is, s. */
  lifetimeS = LIFETIME_S;
  graceMs: number;
  /** Whether the use of a spent API token ends everything. */
  revokes = true;
  isRevoked = false;
  /** What becomes of a request that it does not read. */
  unheard: ((socket: Socket) => void) | undefined;
  /** What becomes of an answer. */
  deliver: (socket: Socket, answer: Buffer) => void = end;
  readonly #world: World;
  #current: string;
  #previous = { token: '', replacedAt: -Infinity };
  readonly #spent = new Set<string>();

  private constructor(world: World, tenant: Tenant, id: string, graceMs: number) {
    this.#world = world;
    this.#current = world.canaries.apiToken;
    this.graceMs = graceMs;
    this.tenant = tenant;
    this.id = id;
  }

  /** @param graceMs for how long an API token that was replaced is taken */
  static async start(world: World, graceMs: number, vault = world.vault): Promise<RotatingService> {
    const { port } = await world.service((...args) => service.#answer(...args));
    const tenant = tenantFrom(clientOf(`http://127.0.0.1:${port}/token`));
    const service = new RotatingService(world, tenant, await world.keep(tenant, world.secret, vault), graceMs);
    return service;
  }

  /** The API token that is good now. */
  get current(): string {
    return this.#current;
  }

  /** How often a token was given. */
  get given(): number {
    return this.presented.filter(({ isTaken }) => isTaken).length;
  }

  /** It has lost what it did last: the API token that it gave is unknown to it, and the one before is good. */
  rollBack(): void {
    this.#current = this.#previous.token;
    this.#spent.delete(this.#current);
  }

  /** Gives another API token to somebody else who has this one. */
  readonly giveElsewhere = (): string => this.#exchange(this.#current)!;

  readonly #answer: Script = (socket, request) => {
    if (this.unheard) {
      this.unheard(socket);
      return;
    }
    const token = new URLSearchParams(request.slice(request.indexOf('\r\n\r\n') + 4)).get('refresh_token') ?? '';
    const next = this.#exchange(token);
    this.presented.push({ token, at: this.#world.clock.mono(), isTaken: next !== undefined });
    const given = {
      access_token: this.#world.secretOf('accessToken'),
      token_type: 'Bearer',
      expires_in: this.lifetimeS,
      ...(this.rotates && { refresh_token: next }),
    };
    const answer = next === undefined ? response(400, '{"error":"invalid_grant"}') : response(200, JSON.stringify(given));
    this.deliver(socket, answer);
  };

  /** The API token that is good from now on; undefined: refused. */
  #exchange(token: string): string | undefined {
    const now = this.#world.clock.mono();
    const isRepeat = token === this.#previous.token && now - this.#previous.replacedAt < this.graceMs;
    if (this.#spent.has(token) && !isRepeat) this.isRevoked = this.revokes;
    if (this.isRevoked || (token !== this.#current && !isRepeat)) return undefined;
    if (!isRepeat && this.rotates) {
      this.#spent.add(token);
      this.#previous = { token, replacedAt: now };
      this.#current = this.#world.secretOf('apiToken');
    }
    return this.#current;
  }
}

export function end(socket: Socket, answer: Buffer): void {
  socket.end(answer);
}
