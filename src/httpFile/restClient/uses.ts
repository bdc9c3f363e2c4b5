import { fenceAt, fences } from '../fences.js';
import type { FindOptions } from '../find.js';
import { indexed, indexOf } from '../lineIndex.js';
import type { LinesOfKind } from '../lines.js';
import { wholeOf, type Lines, type Span } from '../lines.js';
import { addTo } from '../maps.js';
import { placeIn } from '../ordered.js';
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
function lookedUp(text: string): (string | undefined)[] {
  if (!text.includes(LOOKUP)) return [];
  const ours = Array.from(text.matchAll(OURS), ([name]) => name);
  return /\$processEnv\s%/.test(text) ? [...ours, undefined] : ours;
}

/** False if one of our names stands in any form but `{{$processEnv NAME}}`: REST Client also finds it among other words. */
const isExact = (text: string): boolean =>
  !text.includes(LOOKUP) || Array.from(text.matchAll(OURS)).length === restClientPlaceholders(text).filter(referenceName).length;

type Waiting = readonly [name: string | undefined, line: number];

class Tracing {
  readonly #lines: Lines;
  readonly #index: LinesOfKind;
  readonly #variables: RestClientVariables;
  readonly #regions: RestClientRegions;
  readonly #requests: Requests;
  readonly #definedAt: ReadonlyMap<number, string>;
  /** The names that reach each line, variable and region. */
  readonly #atLine = new Map<number, Set<string | undefined>>();
  readonly #inVariable = new Map<string, Set<string | undefined>>();
  readonly #inRegion = new Map<number, Set<string | undefined>>();
  readonly #found: RestClientUse[] = [];
  #users: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(lines: Lines, markdown: boolean, variables: RestClientVariables) {
    this.#lines = lines;
    this.#index = indexOf(lines);
    this.#variables = variables;
    this.#regions = new RestClientRegions(lines, { markdown });
    this.#requests = new Requests(lines, this.#regions, this.#variables);
    this.#definedAt = new Map(this.#variables.definitions.map(({ line, name }) => [line, name]));
  }

  *uses(): Work<RestClientUse[]> {
    const { wild, unclear } = this.#variables;
    for (const line of wild) this.#found.push({ name: undefined, line, request: undefined });
    for (const line of this.#index.lines('file', wholeOf(this.#lines))) yield* this.#bring(undefined, line);
    let count = 0;
    for (const line of new Set([...this.#index.lines('token', wholeOf(this.#lines)), ...unclear.keys()])) {
      if (isPause(count++)) yield;
      for (const name of lookedUp(this.#lines.lineAt(line))) yield* this.#bring(name, line);
    }
    for (const [line, names] of this.#atLine) {
      yield;
      for (const name of names) yield* this.#report(name, line);
    }
    return this.#found.sort((one, other) => one.line - other.line);
  }

  /** Adds a name to a line, and to everything that takes it from there. */
  *#bring(name: string | undefined, line: number): Work<void> {
    const waiting: Waiting[] = [[name, line]];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      yield;
      const isNew = add(this.#atLine, next[1], next[0]);
      if (!isNew) continue;
      const [, at] = next;
      const defined = this.#definedAt.get(at);
      if (defined !== undefined) yield* this.#toUsers(defined, isNew.name, waiting);
      for (const variable of this.#variables.unclear.get(at) ?? []) yield* this.#toUsers(variable, isNew.name, waiting);
      const region = this.#regions.at(at);
      const inRegion = region && add(this.#inRegion, region.start, isNew.name);
      if (inRegion) for (const requestName of this.#namesIn(region)) yield* this.#toUsers(requestName, inRegion.name, waiting);
    }
  }

  /** Passes a name on to the lines that use a variable, or any part of a request with that name. */
  *#toUsers(variable: string, brought: string | undefined, waiting: Waiting[]): Work<void> {
    const isNew = add(this.#inVariable, variable, brought);
    if (!isNew) return;
    this.#users ??= yield* this.#readUsers();
    for (const user of this.#users.get(variable) ?? []) waiting.push([isNew.name, user]);
  }

  #namesIn(region: Span): string[] {
    return this.#index.lines('name', region).flatMap((line) => namesIn(this.#lines.lineAt(line)));
  }

  *#readUsers(): Work<ReadonlyMap<string, readonly number[]>> {
    const users = new Map<string, number[]>();
    const lines = new Set([...this.#index.lines('placeholder', wholeOf(this.#lines)), ...this.#variables.unclear.keys()]);
    for (const line of lines) {
      yield;
      for (const { expression } of restClientPlaceholders(this.#lines.lineAt(line)))
        // `{{%name}}` makes REST Client URL-encode the value.
        for (const variable of new Set([expression, expression.replace(/^%/, ''), rootOf(expression)]))
          addTo(users, variable, line);
    }
    return users;
  }

  /** Whether a line names a token itself or through a file variable; what a request carries along may stand anywhere. */
  #isWritten(line: number): boolean {
    return restClientPlaceholders(this.#lines.lineAt(line)).some((variable) => {
      const name = variable.expression.replace(/^%/, '');
      return referenceName(variable) !== undefined || (this.#inVariable.has(name) && this.#variables.defines(name));
    });
  }

  *#report(name: string | undefined, line: number): Work<void> {
    const isCertain = isExact(this.#lines.lineAt(line)) && !this.#variables.unclear.has(line);
    const request = yield* this.#requests.at(line);
    // Lines above the request define variables and are not sent; nor are lines outside requests.
    if (isCertain && (request === undefined || line < request.line)) return;
    const odd = request?.oddLine ?? request?.computedLine;
    const isSent = isCertain && odd === undefined && (isWithin(line, request?.headers) || !this.#isWritten(line));
    this.#found.push(isSent ? { name, line, request } : { name, line: odd ?? line, request: undefined });
  }
}

const isWithin = (line: number, span: Span | undefined): boolean => span !== undefined && span.start <= line && line < span.end;

/** @returns what was added, if it is new; beyond a few names, any name */
function add<Key>(
  to: Map<Key, Set<string | undefined>>,
  key: Key,
  name: string | undefined,
): { readonly name: string | undefined } | undefined {
  const names = to.get(key) ?? new Set();
  to.set(key, names);
  const added = names.size < MAX_NAMES ? name : undefined;
  if (names.has(added)) return undefined;
  names.add(added);
  return { name: added };
}

/** The lines between separators or, in Markdown, inside fences. */
export class RestClientRegions {
  readonly #lineCount: number;
  readonly #fences: readonly Span[] | undefined;
  readonly #separators: readonly number[];

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
    const place = placeIn(this.#separators, line);
    return { start: (this.#separators[place - 1] ?? -1) + 1, end: this.#separators[place] ?? this.#lineCount };
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
