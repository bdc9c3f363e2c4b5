import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';

/** As far away as a service is: what two windows send meets there. */
const LATENCY_MS = 100;
/** So short that the next exchange is never saved by it. */
const LIFETIME_S = 1;

/** A refresh token and all that have replaced it. */
interface Family {
  readonly name: string;
  generation: number;
  isRevoked: boolean;
}

/**
 * A token endpoint that replaces the refresh token with each exchange (RFC 6749 §6). One that was used before revokes all
 * that came of it (RFC 9700 §4.14.2).
 */
export interface RotatingService {
  /** The families that a used refresh token has ended, and what was presented that never was one. */
  readonly misused: readonly string[];
  /** A tenant of it, as the settings have it. */
  tenant(id: string, name: string): Readonly<Record<string, unknown>>;
  /** The first refresh token of a new family. */
  issue(name: string): string;
  /** How often refresh tokens of a family were exchanged. */
  exchanges(name: string): number;
  close(): void;
}

export async function startRotatingService(): Promise<RotatingService> {
  const families = new Map<string, Family>();
  const misused: string[] = [];
  const tokenOf = ({ name, generation }: Family) => `EXAMPLE-refresh-token-${name}-${generation}`;

  const exchange = (presented: string): Family | undefined => {
    const family = families.get(/^EXAMPLE-refresh-token-(.+)-\d+$/.exec(presented)?.[1] ?? '');
    if (!family || family.isRevoked || presented !== tokenOf(family)) {
      misused.push(`${presented} when ${family ? tokenOf(family) : 'nothing'} was due`);
      if (family) family.isRevoked = true;
      return undefined;
    }
    family.generation++;
    return family;
  };

  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const family = exchange(new URLSearchParams(body).get('refresh_token') ?? '');
      const granted = family && {
        access_token: `EXAMPLE-access-token-${family.name}-${family.generation}`,
        token_type: 'Bearer',
        expires_in: LIFETIME_S,
        refresh_token: tokenOf(family),
      };
      await delay(LATENCY_MS);
      response.writeHead(granted ? 200 : 400, { 'content-type': 'application/json' });
      response.end(JSON.stringify(granted ?? { error: 'invalid_grant' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    misused,
    tenant: (id, name) => ({
      id,
      name,
      platform: 'oauth2',
      tokenUrl: `http://127.0.0.1:${port}/token`,
      grant: 'refresh_token',
      clientId: id,
      clientAuthentication: 'none',
    }),
    issue: (name) => {
      const family: Family = { name, generation: 0, isRevoked: false };
      families.set(name, family);
      return tokenOf(family);
    },
    exchanges: (name) => families.get(name)?.generation ?? 0,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
