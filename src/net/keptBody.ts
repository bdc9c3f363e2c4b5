import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { AppError } from '../base/errors.js';

/** The content codings that {@link KeptBody} decodes (RFC 9110 §8.4.1), for `Accept-Encoding`. */
export const CODINGS = 'gzip, deflate, br';

/**
 * Reads the body of an answer, keeps its beginning and counts the rest. A body with a content coding is decoded until enough is
 * kept, so that a small body that decodes to an endless one costs no more than any other.
 */
export class KeptBody {
  /** Bytes that have arrived, before decoding. */
  received = 0;
  /** Whether there is more than is kept. */
  isCut = false;
  /** The content coding that was not decoded. */
  readonly unknownCoding: string | undefined;
  readonly #limit: number;
  readonly #coding: string;
  readonly #changed: () => void;
  readonly #kept: Buffer[] = [];
  #size = 0;
  #decoder: Transform | undefined;
  #flaw: Error | undefined;

  /**
   * @param limit how many bytes to keep, decoded
   * @param coding the Content-Encoding of the answer
   * @param changed called when there is more to see
   */
  constructor(limit: number, coding = '', changed: () => void = () => undefined) {
    this.#limit = limit;
    this.#coding = coding
      .trim()
      .toLowerCase()
      .replace(/^identity$/, '');
    this.#changed = changed;
    this.unknownCoding = this.#coding === '' || Object.hasOwn(DECODERS, this.#coding) ? undefined : this.#coding;
  }

  /** What is kept, decoded. */
  get bytes(): Buffer {
    return Buffer.concat(this.#kept);
  }

  /** @throws AppError `answer-damaged` if the body does not decode, and whatever the body throws; what was kept stays */
  async read(body: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const chunk of body) {
        this.received += chunk.length;
        await this.#take(chunk);
      }
      await this.#finish();
    } finally {
      this.#decoder?.destroy();
    }
  }

  async #take(chunk: Buffer): Promise<void> {
    if (this.#coding === '' || this.unknownCoding !== undefined) {
      this.#keep(chunk);
      return;
    }
    if (this.isCut) return;
    this.#decoder ??= this.#open(chunk);
    const decoder = this.#decoder;
    await new Promise<void>((resolve) => {
      // A decoder that is destroyed, because enough is kept, never calls back.
      decoder.once('close', resolve);
      decoder.write(chunk, () => {
        decoder.off('close', resolve);
        resolve();
      });
    });
    if (this.#flaw) throw new AppError('answer-damaged', { coding: this.#coding }, this.#flaw);
  }

  async #finish(): Promise<void> {
    const decoder = this.#decoder;
    if (!decoder || decoder.destroyed) return;
    await new Promise((resolve) => decoder.once('close', resolve).end());
    if (this.#flaw) throw new AppError('answer-damaged', { coding: this.#coding }, this.#flaw);
  }

  #open(first: Buffer): Transform {
    const decoder = DECODERS[this.#coding as keyof typeof DECODERS](first);
    decoder.on('data', (decoded: Buffer) => {
      this.#keep(decoded);
      if (this.isCut) decoder.destroy();
    });
    decoder.on('error', (error) => {
      this.#flaw = error;
    });
    return decoder;
  }

  #keep(chunk: Buffer): void {
    const room = this.#limit - this.#size;
    if (chunk.length > room) this.isCut = true;
    if (room <= 0) return;
    // A copy: a slice would hold on to all of the chunk.
    const kept = chunk.length > room ? Buffer.from(chunk.subarray(0, room)) : chunk;
    this.#kept.push(kept);
    this.#size += kept.length;
    this.#changed();
  }
}

/** Gives what each chunk decodes to at once: more may never come. */
const AT_ONCE = { flush: constants.Z_SYNC_FLUSH };

/** By content coding, with the first bytes of the body. */
const DECODERS = {
  gzip: () => createGunzip(AT_ONCE),
  'x-gzip': () => createGunzip(AT_ONCE),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  // Some services send deflate without the zlib header that RFC 9110 §8.4.1.2 asks for.
  deflate: (first: Buffer) => ((first[0] ?? 0) % 16 === 8 ? createInflate(AT_ONCE) : createInflateRaw(AT_ONCE)),
};
