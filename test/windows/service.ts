import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Settings } from './machine.js';

/**
 * An authorization server with one API token, which each exchange replaces. The use of one that was replaced revokes everything
 * (RFC 9700 §4.14.2), unless it is the last of these and the service takes it once more, as FAPI 2.0 §5.3.2.1 wants it.
 */
export class Service {
  /** Answers that gave a token. */
  exchanges = 0;
  isRevoked = false;
  readonly #takesReplaced: boolean;
  readonly #server: Server;
  #current = 0;

  private constructor(server: Server, takesReplaced: boolean) {
    this.#server = server;
    this.#takesReplaced = takesReplaced;
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        const { status, answer } = this.#exchange(new URLSearchParams(body).get('refresh_token') ?? '');
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
  }

  static async start({ takesReplaced }: { readonly takesReplaced: boolean }): Promise<Service> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Service(server, takesReplaced);
  }

  get settings(): Settings {
    const { port } = this.#server.address() as AddressInfo;
    const id = `service-${port}`;
    return { id, name: id, platform: 'oauth2', grant: 'refresh_token', tokenUrl: `http://127.0.0.1:${port}/token` };
  }

  readonly secret = { refreshToken: tokenOf(0) };

  /** When it has given so many tokens. */
  async hasGiven(exchanges: number): Promise<void> {
    while (this.exchanges < exchanges) await new Promise((resolve) => setImmediate(resolve));
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #exchange(token: string) {
    const isCurrent = token === tokenOf(this.#current);
    const isRepeat = this.#takesReplaced && token === tokenOf(this.#current - 1);
    if (this.isRevoked || !(isCurrent || isRepeat)) {
      this.isRevoked = true;
      return { status: 400, answer: { error: 'invalid_grant' } };
    }
    if (isCurrent) this.#current++;
    const access_token = `EXAMPLE-access-${this.exchanges++}`;
    return {
      status: 200,
      answer: { access_token, token_type: 'Bearer', expires_in: 3600, refresh_token: tokenOf(this.#current) },
    };
  }
}

function tokenOf(index: number): string {
  return `EXAMPLE-refresh-${index}`;
}
