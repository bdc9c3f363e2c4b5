import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** What is read before a request is sent, bytes: a body up to this size can be sent once more. */
export const REPEATABLE_BYTES = 1024 * 1024;

/** The body of a request to forward. */
export interface Body {
  /** Undefined: the request has none. */
  readonly content: Buffer | Readable | undefined;
  /** Its length if it is known, in bytes. */
  readonly length: number | undefined;
}

/** Reads the beginning of a body: all of it if it is short, else the rest follows while it arrives. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const { 'content-length': declared, 'transfer-encoding': coding } = request.headers;
  if (declared === undefined && coding === undefined) return { content: undefined, length: undefined };
  const chunks: Buffer[] = [];
  let size = 0;
  const arriving = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  for (;;) {
    const next = await arriving.next();
    if (next.done === true) return { content: Buffer.concat(chunks), length: size };
    chunks.push(next.value);
    size += next.value.length;
    if (size > REPEATABLE_BYTES) break;
  }
  const length = declared === undefined ? undefined : Number(declared);
  return { content: Readable.from(joined(chunks, arriving), { objectMode: false, highWaterMark: 64 * 1024 }), length };
}

async function* joined(chunks: Buffer[], arriving: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) yield chunk;
  yield* { [Symbol.asyncIterator]: () => arriving };
}
