import { readFile } from 'node:fs/promises';
import type * as Undici from 'undici';
import type { Agent, Dispatcher } from 'undici';
import { AppError, type ErrorCode } from '../errors.js';
import { MAX_RESPONSE_BYTES, type HttpRequest, type HttpResponse, type Send } from './http.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** For the whole of a request: the limits of undici start anew with each byte. */
const DEADLINE_MS = 10_000;
/** Some firewalls refuse what does not name itself. Names no tenant and no version of the machine. */
const USER_AGENT = 'Mozilla/5.0 (compatible; tenant-tokens)';

/** By undici's, Node's and OpenSSL's codes. Whatever is not listed has lost its connection on the way. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'unreachable',
  UND_ERR_HEADERS_TIMEOUT: 'timed-out',
  UND_ERR_BODY_TIMEOUT: 'timed-out',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'response-too-large',
  UND_ERR_HEADERS_OVERFLOW: 'response-too-large',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-refused',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-refused',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-refused',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-refused',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-refused',
  CERT_HAS_EXPIRED: 'certificate-refused',
  CERT_NOT_YET_VALID: 'certificate-refused',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-refused',
  EPROTO: 'certificate-refused',
};

/** One agent per certificate authority file; loading undici is put off until something is sent. */
export class Sender {
  readonly #agents = new Map<string, Promise<Agent>>();

  readonly send: Send = async (request, signal) => {
    const { host } = new URL(request.url);
    // Outside of what is explained as a failure of the network.
    const undici = await import('undici');
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    try {
      return await this.#exchange(undici, request, signal ? AbortSignal.any([signal, deadline]) : deadline, host);
    } catch (error) {
      if (error instanceof AppError || signal?.aborted) throw error;
      throw toAppError(error, host, deadline.aborted);
    }
  };

  async dispose(): Promise<void> {
    const agents = await Promise.allSettled(this.#agents.values());
    this.#agents.clear();
    await Promise.all(agents.map(async (agent) => agent.status === 'fulfilled' && agent.value.destroy()));
  }

  async #exchange(undici: typeof Undici, request: HttpRequest, signal: AbortSignal, host: string): Promise<HttpResponse> {
    const response = await undici.request(request.url, {
      method: request.method,
      headers: { 'user-agent': USER_AGENT, 'accept-encoding': 'identity', 'cache-control': 'no-store', ...request.headers },
      body: request.body ?? null,
      dispatcher: await this.#agent(undici, request.caFile),
      signal,
      // A connection of its own for each: one that the service closed while idle looks like a lost answer.
      reset: true,
    });
    const headers = singleHeaders(response.headers);
    const refused = refuse(response.statusCode, headers, host);
    if (refused) {
      response.body.on('error', () => undefined).destroy();
      throw refused;
    }
    return { status: response.statusCode, headers, body: await readText(response.body, host) };
  }

  #agent(undici: typeof Undici, caFile = ''): Promise<Agent> {
    const known = this.#agents.get(caFile);
    if (known) return known;
    const agent = createAgent(undici, caFile);
    this.#agents.set(caFile, agent);
    agent.catch(() => this.#agents.delete(caFile));
    return agent;
  }
}

async function createAgent({ Agent }: typeof Undici, caFile: string): Promise<Agent> {
  return new Agent({
    allowH2: false,
    pipelining: 0,
    headersTimeout: DEADLINE_MS,
    bodyTimeout: DEADLINE_MS,
    maxResponseSize: MAX_RESPONSE_BYTES,
    // VCF Automation answers with more than a hundred Link headers.
    maxHeaderSize: MAX_RESPONSE_BYTES,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      // Said aloud, because the environment can turn it off silently (NODE_TLS_REJECT_UNAUTHORIZED).
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(caFile && { ca: await readCa(caFile) }),
    },
  });
}

async function readCa(caFile: string): Promise<string> {
  try {
    return await readFile(caFile, 'utf8');
  } catch (cause) {
    throw new AppError('tenant-invalid', { problem: `caFile ${caFile} cannot be read` }, cause);
  }
}

/** A redirect would carry the secret elsewhere, and what is encoded may grow without bound: neither is followed. */
function refuse(status: number, headers: HttpResponse['headers'], host: string): AppError | undefined {
  if (status >= 300 && status < 400) return new AppError('redirected', { host, status });
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding.toLowerCase() === 'identity' ? undefined : new AppError('encoded-response', { host });
}

async function readText(body: Dispatcher.ResponseData['body'], host: string): Promise<string> {
  const bytes = await body.bytes();
  if (bytes.byteLength > MAX_RESPONSE_BYTES) throw new AppError('response-too-large', { host });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('not-json', { host }, cause);
  }
}

function singleHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

/** Errors without a code are not the network's: they stay what they are. */
function toAppError(error: unknown, host: string, late: boolean): unknown {
  const raw = error instanceof Error && 'code' in error ? error.code : undefined;
  const code = typeof raw === 'string' ? raw : '';
  if (late) return new AppError('timed-out', { host });
  if (!code) return error;
  // Only the code is kept: the error itself may hold the request.
  return new AppError(CODES[code] ?? (code.startsWith('ERR_SSL') ? 'certificate-refused' : 'connection-lost'), {
    host,
    cause: code,
  });
}
