import type { HeaderPair } from '../net/http.js';

/** Two ways to write an address: plain, and with the slashes as JSON may escape them. */
const WRITINGS = [(address: string): string => address, (address: string): string => address.replaceAll('/', '\\/')];
/** What may follow an origin in a longer one: `https://a.example` is not the origin of `https://a.example.evil`. */
const GOES_ON = /[\w.:@-]/;
/** Encodings whose bytes below 128 are ASCII. */
const ASCII_LIKE = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d)$/i;

/** Replaces an origin by an address of the gateway wherever it stands in a text: at once, or while the text arrives. */
export class AddressRewriter {
  readonly #pairs: readonly (readonly [from: string, to: string])[];
  readonly #longest: number;

  /**
   * @param origin of the service
   * @param address what stands for it, without a slash at its end
   */
  constructor(origin: string, address: string) {
    const url = new URL(origin);
    const port = url.protocol === 'https:' ? '443' : '80';
    // The same origin with its standard port spelled out. The longer one first.
    const origins = url.port === '' ? [`${url.origin}:${port}`, url.origin] : [url.origin];
    this.#pairs = WRITINGS.flatMap((write) => origins.map((one) => [write(one), write(address)] as const));
    this.#longest = Math.max(...this.#pairs.map(([from]) => from.length));
  }

  /** Rewrites a whole text. */
  rewrite(text: string): string {
    return this.#rewrite(text, true).done;
  }

  /** Rewrites a body while it arrives. Holds back only what may be the beginning of an address. */
  async *stream(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let held = '';
    for await (const chunk of body) {
      // One character for each byte: what is not ASCII stays as it is.
      const { done, rest } = this.#rewrite(held + chunk.toString('latin1'), false);
      held = rest;
      if (done !== '') yield Buffer.from(done, 'latin1');
    }
    if (held !== '') yield Buffer.from(this.#rewrite(held, true).done, 'latin1');
  }

  #rewrite(text: string, isWhole: boolean): { readonly done: string; readonly rest: string } {
    let done = '';
    let at = 0;
    for (;;) {
      const found = this.#next(text, at);
      if (!found) break;
      const end = found.start + found.from.length;
      const next = text[end];
      if (!isWhole && (next === undefined || this.#isBegun(text.slice(found.start))))
        return { done: done + text.slice(at, found.start), rest: text.slice(found.start) };
      const isOrigin = next === undefined || !GOES_ON.test(next);
      done += text.slice(at, found.start) + (isOrigin ? found.to : found.from);
      at = end;
    }
    const held = isWhole ? text.length : this.#begun(text, at);
    return { done: done + text.slice(at, held), rest: text.slice(held) };
  }

  #next(text: string, at: number): { readonly start: number; readonly from: string; readonly to: string } | undefined {
    let best: { start: number; from: string; to: string } | undefined;
    for (const [from, to] of this.#pairs) {
      const start = text.indexOf(from, at);
      if (start >= 0 && (!best || start < best.start)) best = { start, from, to };
    }
    return best;
  }

  /** Where the text ends with what may be the beginning of an address; else its end. */
  #begun(text: string, from: number): number {
    for (let at = Math.max(from, text.length - this.#longest); at < text.length; at++)
      if (this.#isBegun(text.slice(at))) return at;
    return text.length;
  }

  #isBegun(tail: string): boolean {
    return this.#pairs.some(([origin]) => origin.startsWith(tail));
  }
}

/** Whether addresses in the body of an answer can be found: JSON, XML or text, without a content coding. */
export function isRewritable(headers: readonly HeaderPair[]): boolean {
  const valueOf = (wanted: string): string => headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
  const coding = valueOf('content-encoding').trim().toLowerCase();
  const [type = '', ...parameters] = valueOf('content-type').slice(0, 256).split(';');
  const charset = parameters.map((one) => /^\s*charset\s*=\s*"?([\w-]+)/i.exec(one)?.[1]).find((one) => one !== undefined);
  return (
    (coding === '' || coding === 'identity') &&
    /^(text\/[\w.+-]+|application\/([\w.-]+\+)?(json|xml))$/i.test(type.trim()) &&
    (charset === undefined || ASCII_LIKE.test(charset))
  );
}
