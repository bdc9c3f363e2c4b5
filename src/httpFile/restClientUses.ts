import { fences } from './fences.js';
import type { FindOptions } from './find.js';
import { indexed, indexOf } from './lineIndex.js';
import type { LinesOfKind } from './lines.js';
import { wholeOf, type Lines, type Span } from './lines.js';
import { addTo } from './maps.js';
import { placeIn } from './ordered.js';
import { referenceName } from './references.js';
import { namesIn } from './requestNames.js';
import { restClientRequest, type RestClientRequest } from './restClientRequest.js';
import { restClientPlaceholders, RestClientVariables, rootOf } from './restClientVariables.js';
import { finish, type Work } from './work.js';

/** An environment variable of ours that REST Client would look up, or bring along from where it was looked up. */
export interface RestClientUse {
  /** Its name as written; undefined where any may be meant: REST Client's settings or a file say which. */
  readonly name: string | undefined;
  /** Where it is used; in a request that is not understood, the line because of which it is not. */
  readonly line: number;
  /** The request that takes it to its host; undefined where that is not certain. */
  readonly request: RestClientRequest | undefined;
}

/** Variables with more names than this may hold any: no person writes that, and it would take a time of its own. */
const MAX_NAMES = 8;

const LOOKUP = '$processEnv';
const OURS = /TENANT_TOKEN_\w+/gi;

/**
 * Every use of our environment variables that REST Client makes of a document. Each line that mentions one counts, and each
 * that could bring one along: through file variables, through what REST Client remembers of a request that has a name, and in
 * a file that is sent with its variables replaced. A token that the document writes is for headers only. Only what it never sends is left out: comments, the text around the fences
 * of Markdown, and definitions above a request, whose uses count instead.
 */
export const restClientUses = (lines: Lines, options: FindOptions): RestClientUse[] => finish(findingUses(lines, options));

/** {@link restClientUses}, in pieces. */
export function* findingUses(given: Lines, { markdown = false }: FindOptions): Work<RestClientUse[]> {
  const lines = indexed(given);
  return yield* new Tracing(lines, markdown, yield* RestClientVariables.reading(lines)).uses();
}

/** Ours in a text, as far as it looks anything up. */
function lookedUp(text: string): (string | undefined)[] {
  if (!text.includes(LOOKUP)) return [];
  const ours = Array.from(text.matchAll(OURS), ([name]) => name);
  return /\$processEnv\s%/.test(text) ? [...ours, undefined] : ours;
}

/** False where a name of ours stands otherwise than as `{{$processEnv NAME}}`: REST Client finds it among other words, too. */
const isExact = (text: string): boolean =>
  !text.includes(LOOKUP) || Array.from(text.matchAll(OURS)).length === restClientPlaceholders(text).filter(referenceName).length;

type Waiting = readonly [name: string | undefined, line: number];

class Tracing {
  readonly #lines: Lines;
  readonly #index: LinesOfKind;
  readonly #variables: RestClientVariables;
  readonly #regions: Regions;
  readonly #definedAt: ReadonlyMap<number, string>;
  /** By line, variable and region, what comes there. */
  readonly #atLine = new Map<number, Set<string | undefined>>();
  readonly #inVariable = new Map<string, Set<string | undefined>>();
  readonly #inRegion = new Map<number, Set<string | undefined>>();
  readonly #found: RestClientUse[] = [];
  #users: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(lines: Lines, markdown: boolean, variables: RestClientVariables) {
    this.#lines = lines;
    this.#index = indexOf(lines);
    this.#variables = variables;
    this.#regions = new Regions(lines, markdown, this.#variables);
    this.#definedAt = new Map(this.#variables.definitions.map(({ line, name }) => [line, name]));
  }

  *uses(): Work<RestClientUse[]> {
    const { wild, unclear } = this.#variables;
    for (const line of wild) this.#found.push({ name: undefined, line, request: undefined });
    for (const line of this.#index.lines('file', wholeOf(this.#lines))) yield* this.#bring(undefined, line);
    for (const line of new Set([...this.#index.lines('token', wholeOf(this.#lines)), ...unclear.keys()]))
      for (const name of lookedUp(this.#lines.lineAt(line))) yield* this.#bring(name, line);
    for (const [line, names] of this.#atLine) {
      yield;
      for (const name of names) this.#tell(name, line);
    }
    return this.#found.sort((one, other) => one.line - other.line);
  }

  /** A name comes to a line, and on to what takes it from there. */
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

  /** To the lines that use a variable, or anything of a request with that name. */
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
        // REST Client is to encode the value of `{{%name}}` for a URL.
        for (const variable of new Set([expression, expression.replace(/^%/, ''), rootOf(expression)]))
          addTo(users, variable, line);
    }
    return users;
  }

  /** Whether a line says that a token stands there, itself or by a file variable; what a request has brought may stand anywhere. */
  #isWritten(line: number): boolean {
    return restClientPlaceholders(this.#lines.lineAt(line)).some((variable) => {
      const name = variable.expression.replace(/^%/, '');
      return referenceName(variable) !== undefined || (this.#inVariable.has(name) && this.#variables.defines(name));
    });
  }

  #tell(name: string | undefined, line: number): void {
    const isCertain = isExact(this.#lines.lineAt(line)) && !this.#variables.unclear.has(line);
    const request = this.#regions.requestAt(line);
    // What is above the request defines a variable and is not sent, and so is what is in no request.
    if (isCertain && (request === undefined || line < request.line)) return;
    const odd = request?.oddLine ?? request?.computedLine;
    const isSent = isCertain && odd === undefined && (isWithin(line, request?.headers) || !this.#isWritten(line));
    this.#found.push(isSent ? { name, line, request } : { name, line: odd ?? line, request: undefined });
  }
}

const isWithin = (line: number, span: Span | undefined): boolean => span !== undefined && span.start <= line && line < span.end;

/** @returns what was added, if it is new; more than a few names are any */
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

/** What stands between separators or, in Markdown, inside of fences: each is read once, and only if somebody asks. */
class Regions {
  readonly #lines: Lines;
  readonly #variables: RestClientVariables;
  readonly #fences: readonly Span[] | undefined;
  readonly #fenceEnds: readonly number[];
  readonly #separators: readonly number[];
  readonly #requests = new Map<number, RestClientRequest | undefined>();

  constructor(lines: Lines, markdown: boolean, variables: RestClientVariables) {
    this.#lines = lines;
    this.#variables = variables;
    this.#fences = markdown ? fences(lines) : undefined;
    this.#fenceEnds = this.#fences?.map(({ end }) => end) ?? [];
    this.#separators = markdown ? [] : indexOf(lines).lines('separator', wholeOf(lines));
  }

  at(line: number): Span | undefined {
    if (this.#fences) {
      const fence = this.#fences[placeIn(this.#fenceEnds, line + 1)];
      return fence && fence.start <= line ? fence : undefined;
    }
    const place = placeIn(this.#separators, line);
    return { start: (this.#separators[place - 1] ?? -1) + 1, end: this.#separators[place] ?? this.#lines.lineCount };
  }

  requestAt(line: number): RestClientRequest | undefined {
    const span = this.at(line);
    if (!span) return undefined;
    if (!this.#requests.has(span.start)) this.#requests.set(span.start, restClientRequest(this.#lines, span, this.#variables));
    return this.#requests.get(span.start);
  }
}
