import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A token endpoint that a test makes up: it says whatever the test wants, and when. */
export interface OwnService {
  readonly origin: string;
  readonly requests: readonly Asked[];
  /** What is answered from now on, with status 200. A promise keeps the service silent until it is settled. */
  answer: unknown;
  close(): void;
}

export async function startOwnService(): Promise<OwnService> {
  const requests: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      response.setHeader('content-type', 'application/json').end(JSON.stringify(await service.answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const service: OwnService = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: {},
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return service;
}

/** A tenant of the service, which exchanges a client secret. */
export const tenantOf = ({ origin }: Pick<OwnService, 'origin'>, id: string, name: string): Record<string, unknown> => ({
  id,
  name,
  platform: 'oauth2',
  tokenUrl: `${origin}/token`,
  grant: 'client_credentials',
  clientId: id,
});
