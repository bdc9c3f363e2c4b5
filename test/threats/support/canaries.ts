import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { inspect } from 'node:util';

/** A fake secret, to be searched for where no secret may be. */
export interface Canary {
  readonly name: string;
  readonly value: string;
}

/** Something that an observer can see. */
export interface Place {
  readonly place: string;
  readonly text: string;
}

/** One of its kind, and unlike any other in its last characters too. */
export const canary = (kind: string): string => `EXAMPLE-CANARY-${kind}-${randomBytes(12).toString('hex')}`;

/** Enough to identify a secret, and what people and programs leave when they shorten one. */
const TAIL_LENGTH = 8;

/** A secret as it might be written down: as it is, encoded, and by its end. */
export function formsOf(value: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(value);
  const forms = new Map([
    ['clear', value],
    ['percent-encoded', encodeURIComponent(value)],
    ['form-encoded', new URLSearchParams({ v: value }).toString().slice(2)],
    ['JSON-escaped', JSON.stringify(value).slice(1, -1)],
    ['JSON-escaped twice', JSON.stringify(JSON.stringify(value)).slice(3, -3)],
    ['hexadecimal', bytes.toString('hex')],
    ['bytes', bytes.toString('hex').replaceAll(/..(?=.)/g, '$& ')],
    ['last characters', value.slice(-TAIL_LENGTH)],
  ]);
  // Inside a longer text the secret may begin at any of three places of a group, and the first and last digits depend on
  // what is beside it.
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inside = encoded.slice(before === 0 ? 0 : before + 1, (before + bytes.length) % 3 === 0 ? undefined : -1);
    forms.set(`base64 at ${before}`, inside);
    forms.set(`base64url at ${before}`, inside.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

/** Where secrets are found, as `what (how) in where`. */
export function leaksIn(places: readonly Place[], canaries: readonly Canary[]): string[] {
  return canaries.flatMap(({ name, value }) =>
    [...formsOf(value)].flatMap(([form, text]) =>
      places.filter((place) => place.text.includes(text)).map(({ place }) => `${name} (${form}) in ${place}`),
    ),
  );
}

/** All that can be got out of a value by printing it, in whatever way. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const printed = inspect(value, { depth: 10, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity });
  return [printed, value instanceof Error ? value.stack : '', jsonOf(value)].join('\n');
}

/** Circular values have no JSON. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** What any process exposes about itself. */
const ownPlaces = (): Place[] => [
  { place: 'the environment', text: JSON.stringify(process.env) },
  { place: 'the arguments', text: JSON.stringify([process.argv, process.execArgv]) },
];

/**
 * The global assertion G of the threat model: no secret, in any form, in anything that an observer can see.
 * @param observed by the name of the place; what is no text is printed in every way
 */
export function assertG(canaries: readonly Canary[], observed: Readonly<Record<string, unknown>>): void {
  assert.ok(canaries.length > 0, 'there is nothing to look for');
  const places = Object.entries(observed).map(([place, value]) => ({ place, text: textOf(value) }));
  assert.deepEqual(leaksIn([...places, ...ownPlaces()], canaries), []);
}
