import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, Refusal, type Answer } from './message.js';
import { router, type Route } from './router.js';

const MAX_BODY_BYTES = 64 * 1024;
const MAX_RECORDED = 500;

/**
 * How a service misbehaves. `cut-off` (half an answer) and `lost` (no answer) close the connection after the request has
 * taken effect. `dropped`, `silent` (no answer, connection open) and the others apply before it takes effect. A function
 * changes the due answer.
 */
export type Behaviour =
  | 'rate-limited'
  | 'service-failed'
  | 'web-page'
  | 'redirect'
  | 'dropped'
  | 'silent'
  | 'cut-off'
  | 'lost'
  | ((due: Answer) => Answer);

/** Requests that exchange secrets, that manage API tokens, and all others: resources, signing in and out. */
export type RequestKind = 'exchange' | 'manage' | 'resource';

export interface SeenRequest {
  readonly method: string;
  /** As received, with the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The status of the answer; 0 without a complete answer. */
  readonly status: number;
}

export interface SandboxService {
  readonly origin: string;
  /** The requests received, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Makes the next requests of a kind fail. */
  answerNext(behaviour: Behaviour, times?: number, where?: RequestKind): void;
}

export interface RunningService extends SandboxService {
  stop(): Promise<void>;
}

const WEB_PAGE: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html><html><head><title>Scheduled maintenance</title></head><body><h1>We will be back soon</h1></body></html>\n',
};

/**
 * Listens on its own loopback port until stopped.
 *
 * @param envelope writes a refusal in the platform's format
 */
export async function startService(
  now: () => number,
  routes: readonly Route[],
  envelope: (refusal: Refusal) => unknown,
): Promise<RunningService> {
  const requests: SeenRequest[] = [];
  const due: Record<RequestKind, Behaviour[]> = { exchange: [], manage: [], resource: [] };
  const find = router(routes);
  const refuse = (refusal: Refusal): Answer => json(envelope(refusal), refusal.status, refusal.headers);

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `http://${authority}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === 'gone') return;
    const { method = '', url: path = '/', headers } = request;
    const record = (status: number): void => {
      requests.push({ method, path, headers, body: body.text, status });
      if (requests.length > MAX_RECORDED) requests.shift();
    };
    const finish = (answer: Answer): void => {
      record(answer.status);
      // The Date header also uses the injected clock.
      response.sendDate = false;
      response.writeHead(answer.status, { date: new Date(now()).toUTCString(), 'cache-control': 'no-store', ...answer.headers });
      response.end(answer.body);
    };
    const breakOff = ({ status, headers: answered, body: whole }: Answer): void => {
      record(0);
      response.writeHead(status, { ...answered, 'content-length': Buffer.byteLength(whole) });
      response.write(whole.slice(0, Math.floor(whole.length / 2)), () => request.socket.destroy());
    };
    const { route, parameters } = find(method, path);
    const answerWhatIsDue = (): Answer => {
      try {
        const query = new URLSearchParams(path.replace(/^[^?]*/, ''));
        return route.answer({ parameters, query, headers, body: body.text });
      } catch (error) {
        return refuse(error instanceof Refusal ? error : new Refusal(500, 'server_error', 'Internal error'));
      }
    };

    // The Host header exposes a web page whose name resolves to this machine (DNS rebinding).
    if (headers.host !== authority) {
      finish(refuse(new Refusal(421, 'misdirected_request', 'This host is not served here')));
      return;
    }
    if (body.tooLarge) {
      finish(refuse(new Refusal(413, 'invalid_request', 'The body is too large')));
      return;
    }
    const behaviour = due[kindOf(route)].shift();
    switch (behaviour) {
      case undefined:
        finish(answerWhatIsDue());
        break;
      case 'rate-limited':
        finish(refuse(new Refusal(429, 'too_many_requests', 'Too many requests', { 'retry-after': '2' })));
        break;
      case 'service-failed':
        finish(refuse(new Refusal(503, 'temporarily_unavailable', 'Try again later')));
        break;
      case 'web-page':
        finish(WEB_PAGE);
        break;
      case 'redirect':
        finish({ status: 307, headers: { location: `${origin}/moved` }, body: '' });
        break;
      case 'dropped':
        record(0);
        request.socket.destroy();
        break;
      case 'silent':
        record(0);
        break;
      case 'cut-off':
        breakOff(answerWhatIsDue());
        break;
      case 'lost':
        answerWhatIsDue();
        record(0);
        request.socket.destroy();
        break;
      default:
        finish(behaviour(answerWhatIsDue()));
    }
  }

  return {
    origin,
    requests,
    answerNext: (behaviour, times = 1, where = 'exchange') => {
      for (let time = 0; time < times; time += 1) due[where].push(behaviour);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const kindOf = ({ exchange, manage }: Route): RequestKind => (exchange ? 'exchange' : manage ? 'manage' : 'resource');

/** `gone`: the client disconnected before it had sent everything. */
async function readBody(request: IncomingMessage): Promise<'gone' | { readonly text: string; readonly tooLarge: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    }
  } catch {
    return 'gone';
  }
  return { text: Buffer.concat(chunks).toString('utf8'), tooLarge: size > MAX_BODY_BYTES };
}
