import type { Dispatcher } from 'undici';
import { openClient, type Route } from './dispatcher.js';
import type { HeaderPair, StreamRequest, StreamResponse } from './http.js';
import type * as Undici from './undici.js';

/** Deadline for the head of an answer, ms: a service may work on it for a while, and whoever waits can cancel. */
export const HEAD_MS = 120_000;
/** Reading pauses while more than this waits for the reader, bytes. */
const MAX_WAITING = 256 * 1024;

/** An answer whose body arrives. */
export interface Opened {
  readonly response: StreamResponse;
  /** Makes the body throw, after all that has arrived. */
  readonly fail: (error: Error) => void;
}

/**
 * Sends a request over a connection of its own.
 * @param opened called with the head of the answer; the body arrives afterwards
 * @returns once the answer is complete, or its reader has left
 */
export function openStream(
  undici: typeof Undici,
  { origin, pathname, search }: URL,
  route: Route,
  { method, headers, body }: StreamRequest,
  signal: AbortSignal,
  opened: (stream: Opened) => void,
): Promise<void> {
  const client = openClient(undici, origin, route, signal, false);
  const request: Dispatcher.DispatchOptions = {
    method,
    path: pathname + search,
    headers: headers.flat(),
    body: body ?? null,
    reset: true,
  };
  return new Promise((resolve, reject) => {
    let arriving: Arriving | undefined;
    client.dispatch(request, {
      onRequestStart: () => undefined,
      onResponseStart(controller, status, received, reason = '') {
        if (status < 200) return;
        const stream = new Arriving(controller, resolve);
        arriving = stream;
        opened({
          response: { status, reason, headers: pairsOf(received), body: stream },
          fail: (error) => stream.end(error),
        });
      },
      onResponseData: (_, chunk) => arriving?.add(chunk),
      onResponseEnd() {
        arriving?.end();
        resolve();
      },
      onResponseError: (_, error) => reject(error),
    });
  });
}

/** undici passes the names in lower case. */
function pairsOf(headers: Readonly<Record<string, string | string[] | undefined>>): HeaderPair[] {
  return Object.entries(headers).flatMap(([name, value]) => [value ?? ''].flat().map((one): HeaderPair => [name, one]));
}

/** The body of an answer. Unlike Node's streams, it delivers what has arrived before it reports that the rest did not. */
class Arriving implements AsyncIterable<Buffer> {
  readonly #controller: Dispatcher.DispatchController;
  readonly #left: () => void;
  readonly #chunks: Buffer[] = [];
  #waiting = 0;
  #end: { readonly error: Error | undefined } | undefined;
  #wake: () => void = () => undefined;

  /** @param left called when the reader leaves */
  constructor(controller: Dispatcher.DispatchController, left: () => void) {
    this.#controller = controller;
    this.#left = left;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting > MAX_WAITING) this.#controller.pause();
    this.#wake();
  }

  /** @param error what the body throws; undefined: it is complete */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk) {
          this.#waiting -= chunk.length;
          yield chunk;
        } else if (this.#end) {
          if (this.#end.error) throw this.#end.error;
          return;
        } else {
          this.#controller.resume();
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      if (!this.#end) this.#controller.abort(new Error('The reader has left'));
      this.#left();
    }
  }
}
