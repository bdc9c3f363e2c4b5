import { parseRegExpLiteral, type AST } from '@eslint-community/regexpp';

/** Goes on with the rest of an expression from a place in the text. */
type Rest = (at: number) => boolean;
type Matcher = (at: number, rest: Rest) => boolean;

class TooMany extends Error {}

/**
 * How many characters a backtracking matcher looks at until an expression has found all that it finds in a text. It is what
 * V8 does at worst, and the same on every machine; stops at `limit`.
 * @throws Error for what no expression here has: references to groups, and looking behind
 */
export function stepsOf(expression: RegExp, text: string, limit = Infinity): number {
  const { flags, pattern } = parseRegExpLiteral(expression);
  const characters = flags.unicode ? Array.from(text) : Array.from({ length: text.length }, (_, at) => text.charAt(at));
  let steps = 0;
  const look = (): void => {
    if (++steps > limit) throw new TooMany();
  };

  const alternatives = (all: readonly AST.Alternative[]): Matcher => {
    const matchers = all.map(({ elements }) => sequence(elements.map(element)));
    return (at, rest) => matchers.some((matcher) => matcher(at, rest));
  };
  const sequence = (all: readonly Matcher[]): Matcher =>
    all.reduceRight<Matcher>(
      (following, matcher) => (at, rest) => matcher(at, (next) => following(next, rest)),
      (at, rest) => rest(at),
    );
  const element = (node: AST.Element): Matcher => {
    switch (node.type) {
      case 'Group':
      case 'CapturingGroup':
        return alternatives(node.alternatives);
      case 'Quantifier':
        return repeated(node);
      case 'Assertion':
        return assertion(node);
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
        return single(node.raw);
      default:
        throw new Error(`cannot count the steps of ${node.raw}`);
    }
  };
  const single = (raw: string): Matcher => {
    const one = new RegExp(`^${raw}$`, flags.raw.replaceAll(/[gym]/g, ''));
    const known = new Map<string | undefined, boolean>([[undefined, false]]);
    return (at, rest) => {
      look();
      const character = characters[at];
      let fits = known.get(character);
      if (fits === undefined) known.set(character, (fits = one.test(character!)));
      return fits && rest(at + 1);
    };
  };
  const repeated = ({ min, max, greedy, element: inner }: AST.Quantifier): Matcher => {
    const matcher = element(inner);
    const from =
      (count: number): Matcher =>
      (at, rest) => {
        // What matches nothing is not repeated for ever.
        const more: Rest = (next) => (next > at || count < min) && from(count + 1)(next, rest);
        if (count < min) return matcher(at, more);
        if (count >= max) return rest(at);
        return greedy ? matcher(at, more) || rest(at) : rest(at) || matcher(at, more);
      };
    return from(0);
  };
  const assertion = (node: AST.Assertion): Matcher => {
    const isWord = (at: number): boolean => /^\w$/.test(characters[at] ?? '');
    const isBreak = (at: number): boolean => flags.multiline && characters[at] === '\n';
    if (node.kind === 'start') return (at, rest) => (at === 0 || isBreak(at - 1)) && rest(at);
    if (node.kind === 'end') return (at, rest) => (at === characters.length || isBreak(at)) && rest(at);
    if (node.kind === 'word') return (at, rest) => (isWord(at - 1) !== isWord(at)) !== node.negate && rest(at);
    if (node.kind !== 'lookahead') throw new Error(`cannot count the steps of ${node.raw}`);
    const ahead = alternatives(node.alternatives);
    return (at, rest) => ahead(at, () => true) !== node.negate && rest(at);
  };

  const whole = alternatives(pattern.alternatives);
  const isAnchored = pattern.alternatives.every(({ elements: [first] }) => first?.type === 'Assertion' && first.kind === 'start');
  try {
    for (let at = 0; at <= characters.length; at++) {
      let end = -1;
      if (whole(at, (next) => ((end = next), true))) {
        if (!flags.global) break;
        at = Math.max(at, end - 1);
      }
      if (isAnchored && !flags.multiline) break;
    }
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
  }
  return steps;
}

/** A repetition without an end, or with one so far off that its steps are many. */
const isLong = ({ max }: AST.Quantifier): boolean => max > 9;

/** Texts that make trouble for an expression whose repetitions overlap, about `size` characters each. */
export function* attacksOn(expression: RegExp, size: number): Generator<string, undefined> {
  const letters = new Set(['a', '\n']);
  const beginnings = new Set<string>();
  const visit = (node: AST.Element, before: string): string => {
    switch (node.type) {
      case 'Character':
        return take(String.fromCodePoint(node.value), before);
      case 'CharacterSet':
      case 'CharacterClass': {
        const one = new RegExp(`^${node.raw}$`);
        return take([...letters, ...Array.from('0 /-"<A=~\\')].find((letter) => one.test(letter)) ?? '', before);
      }
      case 'Group':
      case 'CapturingGroup':
        return node.alternatives.map(({ elements }) => all(elements, before))[0] ?? before;
      case 'Quantifier': {
        if (isLong(node)) beginnings.add(before);
        const once = visit(node.element, before);
        return node.min === 0 ? before : once;
      }
      default:
        return before;
    }
  };
  const take = (letter: string, before: string): string => {
    if (letter !== '') letters.add(letter);
    return before + letter;
  };
  const all = (elements: readonly AST.Element[], before: string): string =>
    elements.reduce((text, one) => visit(one, text), before);
  for (const { elements } of parseRegExpLiteral(expression).pattern.alternatives) all(elements, '');
  // Without a long repetition the steps from each place are few.
  if (beginnings.size === 0) return;
  const some = [...letters].slice(0, 10);
  const units = some.flatMap((one) => some.map((other) => (one === other ? one : one + other)));
  const fill = (unit: string): string => unit.repeat(Math.ceil(size / unit.length));
  for (const beginning of beginnings)
    for (const unit of units)
      for (const end of ['\u0001', '\n']) {
        yield beginning + fill(unit) + end;
        if (beginning !== '') yield fill(beginning + unit) + end;
      }
}
