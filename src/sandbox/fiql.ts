import { Refusal } from './message.js';

/** A condition on the fields that a filter may name. */
type Condition = (fields: Readonly<Record<string, string>>) => boolean;

/**
 * Parses a filter of the Cloud Director OpenAPI: `name==x`, joined by `;` (and) and `,` (or), with parentheses. `;` binds
 * more tightly (FIQL).
 * @throws Refusal for a filter that it does not understand
 */
export function fiql(filter: string): Condition {
  const tokens = filter.match(/[();,]|[^();,]+/g) ?? [];
  const refuse = (): never => {
    throw new Refusal(400, 'INVALID_FILTER', 'The filter is not understood');
  };

  const either = (): Condition => joined(',', () => joined(';', one, every), some);
  const one = (): Condition => {
    const token = tokens.shift() ?? refuse();
    if (token === '(') {
      const inner = either();
      return tokens.shift() === ')' ? inner : refuse();
    }
    const [, name = '', value] = /^([\w.]+)==(.+)$/.exec(token) ?? refuse();
    return (fields) => (name in fields ? fields[name] === value : refuse());
  };
  const joined = (separator: string, part: () => Condition, join: (conditions: Condition[]) => Condition): Condition => {
    const conditions = [part()];
    while (tokens[0] === separator) {
      tokens.shift();
      conditions.push(part());
    }
    return join(conditions);
  };

  const condition = either();
  return tokens.length > 0 ? refuse() : condition;
}

const every =
  (conditions: readonly Condition[]): Condition =>
  (fields) =>
    conditions.every((condition) => condition(fields));
const some =
  (conditions: readonly Condition[]): Condition =>
  (fields) =>
    conditions.some((condition) => condition(fields));
