import { constructEnd } from '../dialects/constructs.js';
import { grammarOf } from '../dialects/dialects.js';
import type { Grammar } from '../dialects/grammar.js';
import { REQUEST_METHODS } from '../dialects/methods.js';
import { fences } from '../fences.js';
import type { FindOptions } from '../find.js';
import { indexed, indexOf } from '../lineIndex.js';
import { isBlank, isComment, wholeOf, type Lines, type Span } from '../lines.js';
import { placeholders, masked, referenceName } from '../references.js';
import { readingRegion } from '../regions.js';
import type { HeaderLine, RequestBlock } from '../request.js';
import { finish } from '../work.js';
import { readBody } from './body.js';
import { checkDirective } from './directives.js';
import { ObstacleError, stop, type Obstacle } from './obstacles.js';
import { FileValues } from './values.js';

/** A request with the file's variables replaced. Only its headers and body may contain references. */
export interface PlainRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly PlainHeader[];
  readonly body: string | undefined;
  /** The environment names of the references, as written. */
  readonly references: readonly string[];
}

export interface PlainHeader {
  readonly name: string;
  readonly value: string;
}

export type PlainReading =
  | { readonly request: PlainRequest; readonly obstacle?: undefined }
  | { readonly request?: undefined; readonly obstacle: Obstacle };

/** A URL whose host nothing after it can change. */
const ADDRESS = /^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?#][^\\\t]*)?$/i;
/** The connection sets them, or clients act on them themselves. */
const RESERVED =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|upgrade|expect|te|trailer|http2-settings|proxy-.*|x-request-type|.*clientcert)$/i;
/** Values of Authorization that clients leave as they are. They compute `Basic user password`, `Digest …`, `AWS …`, `oauth2` and others. */
const AS_WRITTEN = /^(?!(?:oauth2|openid)\b)(?:bearer\s+\S+|basic\s+[\w+/=-]+|\S+)$/i;

/**
 * Reads what a client sends for a request, by a grammar that is smaller than that of any client: what it accepts, the client
 * of the block's dialect sends in the same way. What it does not describe is an obstacle.
 */
export function readPlainRequest(given: Lines, block: RequestBlock, options: FindOptions = {}): PlainReading {
  try {
    return { request: new Reader(indexed(given), block, options).read() };
  } catch (error) {
    if (error instanceof ObstacleError) return { obstacle: error.obstacle };
    throw error;
  }
}

/** The text with each reference replaced. @param tokenOf the access token of a name, as written */
export function withTokens(text: string, tokenOf: (name: string) => string): string {
  return placeholders(text).reduceRight((filled, placeholder) => {
    const name = referenceName(placeholder);
    return name === undefined ? filled : filled.slice(0, placeholder.start) + tokenOf(name) + filled.slice(placeholder.end);
  }, text);
}

class Reader {
  readonly #lines: Lines;
  readonly #block: RequestBlock;
  readonly #values: FileValues;
  readonly #grammar: Grammar;
  readonly #spans: readonly Span[];

  constructor(lines: Lines, block: RequestBlock, { markdown = false }: FindOptions) {
    this.#lines = lines;
    this.#block = block;
    this.#grammar = grammarOf(block.dialect, markdown);
    this.#spans = markdown ? fences(lines) : [wholeOf(lines)];
    this.#values = new FileValues(lines, block);
  }

  read(): PlainRequest {
    const { kind, line, method, headers, warnings, region } = this.#block;
    if (kind === 'curl') stop({ kind: 'curl', line });
    const [doubt] = warnings.filter((warning) => warning.kind !== 'commented-header');
    if (doubt) stop({ kind: 'doubt', warning: doubt.kind, line: doubt.line });
    this.#checkAbove(region);
    if (this.#block.dialect === 'httpyac') this.#checkElsewhere();
    if (!REQUEST_METHODS.has(method)) stop({ kind: 'method', name: method, line });
    const url = this.#url();
    const plain = this.#headers(headers);
    const type = plain.find(({ name }) => name.toLowerCase() === 'content-type')?.value.toLowerCase() ?? '';
    const body = readBody(this.#lines, this.#block, this.#grammar, this.#values, type);
    const texts = [...plain.map(({ value }) => value), body ?? ''];
    const references = new Set(texts.flatMap((text) => placeholders(text).flatMap((one) => referenceName(one) ?? [])));
    return { method, url, headers: plain, body, references: [...references] };
  }

  /** Nothing but comments and variables may stand above the request, and no directive among its headers. */
  #checkAbove({ start }: Span): void {
    const { line: first, headersEnd } = this.#block;
    for (let line = start; line < first;)
      line = this.#skip(line, first) ?? stop({ kind: 'doubt', warning: 'second-request', line });
    for (let line = first; line < headersEnd; line++) {
      const text = this.#lines.lineAt(line);
      if (isComment(text)) checkDirective(text, line);
    }
  }

  /** Scripts outside of requests, and those that say so, run before every request of the file in httpYac. */
  #checkElsewhere(): void {
    const lines = this.#lines;
    for (const span of this.#spans) {
      for (const line of indexOf(lines).lines('placeholder', span))
        if (/^\s*\{\{(?:@js\s+)?\+/.test(lines.lineAt(line))) stop({ kind: 'script', line });
      for (let start = span.start; start < span.end;) {
        const { requests, end } = finish(readingRegion(lines, start, span.end, this.#grammar));
        for (let line = start; requests.length === 0 && line < end;) line = this.#skip(line, end) ?? line + 1;
        start = end + 1;
      }
    }
  }

  /** @returns the line below a comment, a variable or a blank line; undefined for text. @throws ObstacleError */
  #skip(line: number, limit: number): number | undefined {
    const text = this.#lines.lineAt(line);
    if (isComment(text)) checkDirective(text, line);
    if (isComment(text) || isBlank(text) || this.#grammar.isDefinition(text)) return line + 1;
    const past = finish(constructEnd(this.#lines, line, limit, this.#grammar, false));
    const trimmed = text.trim();
    if (past !== undefined && trimmed === '/*') return past;
    if (past !== undefined) stop({ kind: /^(?:import|run|proto|gql)\b/.test(trimmed) ? 'import' : 'script', line });
    return undefined;
  }

  #url(): string {
    const { url: written, line } = this.#block;
    const url = this.#values.resolve(written, line);
    if (placeholders(url).length > 0) stop({ kind: 'token-in-address', line });
    const parsed = ADDRESS.test(url) ? URL.parse(url) : null;
    return parsed ? parsed.href : stop({ kind: 'address', line });
  }

  #headers(written: readonly HeaderLine[]): readonly PlainHeader[] {
    const names = new Set<string>();
    return written.map(({ name, value: given, line }) => {
      const key = name.toLowerCase();
      if (!/^[\w!$%&'*+.^`|~-]+$/.test(name) || RESERVED.test(name)) stop({ kind: 'header', name, line });
      if (names.has(key)) stop({ kind: 'repeated-header', name, line });
      names.add(key);
      const value = this.#values.resolve(given, line).trim();
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) stop({ kind: 'header-value', name, line });
      const shape = masked(value, placeholders(value), 'x');
      if (key === 'authorization' && !AS_WRITTEN.test(shape)) stop({ kind: 'credentials', line });
      return { name, value };
    });
  }
}
