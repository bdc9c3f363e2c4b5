import { Definitions } from '../definitions.js';
import type { Lines } from '../lines.js';
import { masked, placeholders, referenceName } from '../references.js';
import type { RequestBlock } from '../request.js';
import { RestClientVariables } from '../restClient/variables.js';
import { finish } from '../work.js';
import { stop } from './obstacles.js';

/** Longer than any chain that a person writes; stops circular ones. */
const MAX_STEPS = 64;

/** A definition that httpYac and JetBrains read as it looks: without quotes, further signs and scopes. */
const AS_IT_LOOKS = /^\s*@[A-Za-z_]\w*\s*:?=\s*(?:[^\s="].*)?$/;

/** The file variables of a document, as the client of a request reads them. */
export class FileValues {
  readonly #lines: Lines;
  readonly #block: RequestBlock;
  readonly #definitions: Definitions;
  readonly #restClient: RestClientVariables | undefined;

  constructor(lines: Lines, block: RequestBlock) {
    this.#lines = lines;
    this.#block = block;
    this.#definitions = finish(Definitions.reading(lines));
    this.#restClient = block.dialect === 'rest-client' ? finish(RestClientVariables.reading(lines)) : undefined;
  }

  /**
   * The text with the file's variables replaced; references stay as they are.
   * @throws ObstacleError for anything else in braces
   */
  resolve(given: string, line: number): string {
    let text = given;
    for (let step = 0; step < MAX_STEPS; step++) {
      const all = placeholders(text);
      const next = all.find((placeholder) => referenceName(placeholder) === undefined);
      if (!next) {
        const rest = masked(text, all, ' ');
        return rest.includes('{{') || rest.includes(String.raw`\{`) ? stop({ kind: 'braces', line }) : text;
      }
      const value = this.#valueOf(next.expression);
      if (value === undefined) stop({ kind: 'variable', name: next.expression, line });
      text = text.slice(0, next.start) + value + text.slice(next.end);
    }
    return stop({ kind: 'braces', line });
  }

  /** Undefined if the document does not determine it. */
  #valueOf(name: string): string | undefined {
    if (this.#restClient) return this.#restClient.valueOf(name);
    const isClear = this.#definitions.of(name).every(({ line }) => AS_IT_LOOKS.test(this.#lines.lineAt(line)));
    return isClear ? this.#definitions.valueOf(name, this.#block) : undefined;
  }
}
