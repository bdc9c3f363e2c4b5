import { readDefinition } from './definitions.js';
import { indexOf } from './lineIndex.js';
import { wholeOf, type Lines } from './lines.js';
import { addTo } from './maps.js';
import { placeholders } from './references.js';
import type { RequestBlock } from './request.js';
import { isPause, type Work } from './work.js';

/** Longer than any chain of definitions that a person writes; stops circular ones. */
const MAX_STEPS = 32;

/** Which requests use definitions, directly or through other definitions. */
export class DefinitionUses {
  /** Lines outside definitions with the names that they use, if a definition of interest is behind these. */
  readonly byLine = new Map<number, string[]>();
  readonly #names: readonly string[];
  /** The names of the definitions that use a name. */
  readonly #dependents = new Map<string, Set<string>>();
  readonly #users = new Map<string, RequestBlock[]>();
  /** How often a use may still be followed. */
  #left = 0;

  private constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** @param names of the definitions of interest */
  static *reading(lines: Lines, names: readonly string[]): Work<DefinitionUses> {
    const uses = new DefinitionUses(names);
    if (names.length > 0) yield* uses.#read(lines);
    return uses;
  }

  *#read(lines: Lines): Work<void> {
    const users: { readonly line: number; readonly name: string }[] = [];
    let count = 0;
    for (const line of indexOf(lines).lines('placeholder', wholeOf(lines))) {
      if (isPause(count++)) yield;
      const text = lines.lineAt(line);
      const definition = readDefinition(text, line);
      for (const { expression } of placeholders(text)) {
        this.#left += MAX_STEPS;
        if (definition) this.#dependents.set(expression, (this.#dependents.get(expression) ?? new Set()).add(definition.name));
        // `{{%name}}` makes REST Client URL-encode the value.
        else users.push({ line, name: expression.startsWith('%') ? expression.slice(1) : expression });
      }
    }
    const known = this.#behind(this.#names);
    for (const { line, name } of users) {
      if (isPause(count++)) yield;
      if (known.has(name)) addTo(this.byLine, line, name);
    }
  }

  /** Call it for each line of {@link byLine} that belongs to a request. */
  enter(line: number, [request]: readonly RequestBlock[]): void {
    for (const name of this.byLine.get(line) ?? [])
      if (request && this.#users.get(name)?.at(-1) !== request) addTo(this.#users, name, request);
  }

  /**
   * The requests that use each of the names, in order. Where following each name would take too long, which nobody's file
   * does, all have the requests that use any of them.
   */
  *requests(): Work<ReadonlyMap<string, readonly RequestBlock[]>> {
    const found = new Map<string, readonly RequestBlock[]>();
    for (const name of this.#names) {
      yield;
      found.set(name, this.#usersOf([name]));
      if (this.#left >= 0) continue;
      const all = this.#usersOf(this.#names);
      return new Map(this.#names.map((one) => [one, all]));
    }
    return found;
  }

  #usersOf(names: readonly string[]): readonly RequestBlock[] {
    const requests = new Set<RequestBlock>();
    for (const used of this.#behind(names))
      for (const request of this.#users.get(used) ?? []) {
        this.#left--;
        requests.add(request);
      }
    return [...requests].sort((one, other) => one.line - other.line);
  }

  /** The names, and those whose definition uses them, directly or not. */
  #behind(names: readonly string[]): ReadonlySet<string> {
    const found = new Set(names);
    let last: string[] = [...names];
    for (let step = 0; step < MAX_STEPS && last.length > 0; step++) {
      const next: string[] = [];
      for (const name of last)
        for (const other of this.#dependents.get(name) ?? []) {
          this.#left--;
          if (found.has(other)) continue;
          found.add(other);
          next.push(other);
        }
      last = next;
    }
    return found;
  }
}
