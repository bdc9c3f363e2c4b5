import { fenceAt, fences } from '../fences.js';
import type { FindOptions } from '../find.js';
import { indexed, indexOf } from '../lineIndex.js';
import type { LinesOfKind } from '../lines.js';
import { wholeOf, type Lines, type Span } from '../lines.js';
import { addTo } from '../maps.js';
import { eachInOrder, placeIn } from '../ordered.js';
import { referenceName } from '../references.js';
import { namesIn } from './requestNames.js';
import { readingRequest, type RestClientRequest } from './request.js';
import { restClientPlaceholders, RestClientVariables, rootOf } from './variables.js';
import { finish, isPause, type Work } from '../work.js';

/** One of our environment variables that REST Client would look up, or carry along from where it looked it up. */
export interface RestClientUse {
  /** Its name as written; undefined if it may be any: REST Client's settings or a file decide. */
  readonly name: string | undefined;
  /** The line that uses it or, in a request that is not understood, the line that prevents it. */
  readonly line: number;
  /** The request that sends it to its host; undefined if that is not certain. */
  readonly request: RestClientRequest | undefined;
}

/** A variable with more names than this may hold any: nobody writes that, and tracing it would take too long. */
const MAX_NAMES = 8;

const LOOKUP = '$processEnv';
const OURS = /TENANT_TOKEN_\w+/gi;

/**
 * Every use of our environment variables that REST Client makes in a document. Counts each line that mentions one, and each that
 * could carry one along: through file variables, through what REST Client remembers of a named request, and in a file that is
 * sent with its variables replaced. A token that the document writes belongs in headers only. Leaves out only what REST Client
 * never sends: comments, the text around Markdown fences, and definitions above a request, whose uses count instead.
 */
export const restClientUses = (lines: Lines, options: FindOptions): RestClientUse[] => finish(findingUses(lines, options));

/** {@link restClientUses}, in pieces. */
export function* findingUses(given: Lines, { markdown = false }: FindOptions): Work<RestClientUse[]> {
  const lines = indexed(given);
  return yield* new Tracing(lines, markdown, yield* RestClientVariables.reading(lines)).uses();
}

/** The names of ours that a text looks up. */
function lookedUp(text: string): readonly (string | undefined)[] {
  if (!text.includes(LOOKUP)) return [];
  const ours = text.match(OURS) ?? [];
  return /\$processEnv\s%/.test(text) ? [...ours, undefined] : ours;
}

/** False if one of our names stands in any form but `{{$processEnv NAME}}`: REST Client also finds it among other words. */
function isExact(text: string): boolean {
  if (!text.includes(LOOKUP)) return true;
  let left = text.match(OURS)?.length ?? 0;
  for (const placeholder of restClientPlaceholders(text)) if (referenceName(placeholder) !== undefined) left--;
  return left === 0;
}

type Names = Set<string | undefined>;

class Tracing {
  readonly #lines: Lines;
  readonly #index: LinesOfKind;
  readonly #variables: RestClientVariables;
  readonly #regions: RestClientRegions;
  readonly #requests: Requests;
  /** The names that reach each line, variable and region. */
  readonly #atLine = new Map<number, Names>();
  readonly #inVariable = new Map<string, Names>();
  readonly #inRegion = new Map<number, Names>();
  /** Variables and names of requests, with a name that their users do not have yet. */
  readonly #carried: (readonly [variable: string, name: string | undefined])[] = [];

  constructor(lines: Lines, markdown: boolean, variables: RestClientVariables) {
    this.#lines = lines;
    this.#index = indexOf(lines);
    this.#variables = variables;
    this.#regions = new RestClientRegions(lines, { markdown });
    this.#requests = new Requests(lines, this.#regions, this.#variables);
  }

  *uses(): Work<RestClientUse[]> {
    const { wild, unclear } = this.#variables;
    let count = 0;
    for (const line of this.#index.lines('file', wholeOf(this.#lines))) {
      if (isPause(count++)) yield;
      this.#bring(undefined, line);
    }
    for (const lines of [this.#index.lines('token', wholeOf(this.#lines)), unclear.keys()])
      for (const line of lines) {
        if (isPause(count++)) yield;
        for (const name of lookedUp(this.#lines.lineAt(line))) this.#bring(name, line);
      }
    if (this.#carried.length > 0) yield* this.#carryOn();
    const found: RestClientUse[] = wild.map((line) => ({ name: undefined, line, request: undefined }));
    for (const [line, names] of this.#atLine) {
      if (isPause(count++)) yield;
      yield* this.#report(line, names, found);
    }
    return found.sort((one, other) => one.line - other.line);
  }

  /** Adds a name to a line, and to what carries it on from there. */
  #bring(name: string | undefined, line: number): void {
    const added = add(this.#atLine, line, name);
    if (!added) return;
    const defined = this.#variables.definedAt(line);
    if (defined !== undefined) this.#carry(defined, added.name);
    for (const variable of this.#variables.unclear.get(line) ?? []) this.#carry(variable, added.name);
    const region = this.#regions.at(line);
    const inRegion = region && add(this.#inRegion, region.start, added.name);
    if (inRegion) for (const requestName of this.#namesIn(region)) this.#carry(requestName, inRegion.name);
  }

  #carry(variable: string, name: string | undefined): void {
    const added = add(this.#inVariable, variable, name);
    if (added) this.#carried.push([variable, added.name]);
  }

  /** Passes names on to the lines that use a variable, or any part of a request with that name. */
  *#carryOn(): Work<void> {
    const users = yield* this.#readUsers();
    let count = 0;
    for (let next = this.#carried.pop(); next; next = this.#carried.pop())
      for (const line of users.get(next[0]) ?? []) {
        if (isPause(count++)) yield;
        this.#bring(next[1], line);
      }
  }

  #namesIn(region: Span): string[] {
    return this.#index.lines('name', region).flatMap((line) => namesIn(this.#lines.lineAt(line)));
  }

  *#readUsers(): Work<ReadonlyMap<string, readonly number[]>> {
    const users = new Map<string, number[]>();
    const placeholders = this.#index.lines('placeholder', wholeOf(this.#lines));
    let count = 0;
    for (const line of eachInOrder([...placeholders, ...this.#variables.unclear.keys()])) {
      if (isPause(count++)) yield;
      for (const { expression } of restClientPlaceholders(this.#lines.lineAt(line)))
        for (const variable of variablesIn(expression)) addTo(users, variable, line);
    }
    return users;
  }

  /** Whether a line names a token itself or through a file variable; what a request carries along may stand anywhere. */
  #isWritten(text: string): boolean {
    return restClientPlaceholders(text).some((variable) => {
      if (referenceName(variable) !== undefined) return true;
      const name = unencoded(variable.expression);
      return this.#inVariable.has(name) && this.#variables.defines(name);
    });
  }

  *#report(line: number, names: Names, found: RestClientUse[]): Work<void> {
    const text = this.#lines.lineAt(line);
    const isCertain = isExact(text) && !this.#variables.unclear.has(line);
    const request = yield* this.#requests.at(line);
    // Lines above the request define variables and are not sent; nor are lines outside requests.
    if (isCertain && (request === undefined || line < request.line)) return;
    const odd = request?.oddLine ?? request?.computedLine;
    const isSent = isCertain && odd === undefined && (isWithin(line, request?.headers) || !this.#isWritten(text));
    for (const name of names) found.push(isSent ? { name, line, request } : { name, line: odd ?? line, request: undefined });
  }
}

/** `{{%name}}` makes REST Client URL-encode the value. */
const unencoded = (expression: string): string => (expression.startsWith('%') ? expression.slice(1) : expression);

/** What a placeholder may stand for. */
const variablesIn = (expression: string): Iterable<string> =>
  /[%.]/.test(expression) ? new Set([expression, unencoded(expression), rootOf(expression)]) : [expression];

const isWithin = (line: number, span: Span | undefined): boolean => span !== undefined && span.start <= line && line < span.end;

/** @returns what was added, if it is new; beyond a few names, any name */
function add<Key>(to: Map<Key, Names>, key: Key, name: string | undefined): { readonly name: string | undefined } | undefined {
  const names = to.get(key);
  if (!names) to.set(key, new Set([name]));
  const added = !names || names.size < MAX_NAMES ? name : undefined;
  if (names?.has(added)) return undefined;
  names?.add(added);
  return { name: added };
}

/** The lines between separators or, in Markdown, inside fences. */
export class RestClientRegions {
  readonly #lineCount: number;
  readonly #fences: readonly Span[] | undefined;
  readonly #separators: readonly number[];
  #last: Span | undefined;

  constructor(lines: Lines, { markdown = false }: FindOptions) {
    this.#lineCount = lines.lineCount;
    this.#fences = markdown ? fences(lines) : undefined;
    this.#separators = markdown ? [] : indexOf(lines).lines('separator', wholeOf(lines));
  }

  at(line: number): Span | undefined {
    if (this.#fences) {
      const fence = fenceAt(this.#fences, line);
      return fence && fence.start <= line && line < fence.end ? fence : undefined;
    }
    if (this.#last && this.#last.start <= line && line < this.#last.end) return this.#last;
    const place = placeIn(this.#separators, line);
    this.#last = { start: (this.#separators[place - 1] ?? -1) + 1, end: this.#separators[place] ?? this.#lineCount };
    return this.#last;
  }
}

/** Reads the request of each region once, and only on demand. */
class Requests {
  readonly #lines: Lines;
  readonly #variables: RestClientVariables;
  readonly #regions: RestClientRegions;
  readonly #requests = new Map<number, RestClientRequest | undefined>();

  constructor(lines: Lines, regions: RestClientRegions, variables: RestClientVariables) {
    this.#lines = lines;
    this.#regions = regions;
    this.#variables = variables;
  }

  *at(line: number): Work<RestClientRequest | undefined> {
    const span = this.#regions.at(line);
    if (!span) return undefined;
    if (!this.#requests.has(span.start))
      this.#requests.set(span.start, yield* readingRequest(this.#lines, span, this.#variables));
    return this.#requests.get(span.start);
  }
}

/** The lines that may import another file, whatever surrounds them: HttpKeeper also looks into bodies. */
export const importLines = (lines: Lines): readonly number[] => indexOf(lines).lines('import', wholeOf(lines));
