import type * as z from 'zod/mini';
import { isRecord } from './jwt.js';

/** True only of what a schema takes as it is. False says nothing: then the schema itself has to be asked. */
export type QuickCheck = (value: unknown) => boolean;

/** What else is said of a value of the right type. */
interface Refinements {
  min: number;
  max: number;
  readonly tests: QuickCheck[];
}

const ask: QuickCheck = () => false;

/**
 * A check that goes along with a schema and is several times as fast, because it has nothing to tell but that all is well: with
 * thousands of tenants, of which nearly all are, that is what reading the setting costs. It knows what the schemas of what
 * there are thousands of are mostly made of, and vouches for nothing else.
 */
export function quickCheck(schema: z.core.$ZodType): QuickCheck {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const { checks = [] } = def;
  // What has a format of its own (an address, a date) is its own check, and not among the others.
  if (def.type === 'string') return 'format' in def ? ask : text(refinements(checks));
  if (def.type === 'object') return fields(def.shape, refinements(checks));
  // Of the others none is refined.
  if (checks.length > 0) return ask;
  switch (def.type) {
    case 'optional':
      return quickCheck(def.innerType);
    case 'nullable': {
      const check = quickCheck(def.innerType);
      return (value) => value === null || check(value);
    }
    case 'array': {
      const check = quickCheck(def.element);
      return (value) => Array.isArray(value) && value.every(check);
    }
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'number':
      return 'format' in def ? ask : Number.isFinite;
    case 'literal':
      return oneOf(def.values);
    case 'enum':
      return oneOf(Object.values(def.entries));
    default:
      return ask;
  }
}

function refinements(checks: readonly z.core.$ZodCheck[]): Refinements {
  const found: Refinements = { min: 0, max: Infinity, tests: [] };
  for (const check of checks) {
    const { def } = (check as unknown as z.core.$ZodChecks | z.core.$ZodCustom)._zod;
    if (def.check === 'min_length') found.min = Math.max(found.min, def.minimum);
    else if (def.check === 'max_length') found.max = Math.min(found.max, def.maximum);
    else found.tests.push(testOf(def));
  }
  return found;
}

function testOf(def: (z.core.$ZodChecks | z.core.$ZodCustom)['_zod']['def']): QuickCheck {
  // What does more than to say yes or no has no function here.
  if (def.check === 'custom') return (def.fn as QuickCheck | undefined) ?? ask;
  const pattern = def.check === 'string_format' ? def.pattern : undefined;
  return pattern ? (value) => pattern.test(value as string) : ask;
}

/** A loop: this is called for each text of each tenant, and a method that calls back takes twice as long. */
function passes(value: unknown, tests: readonly QuickCheck[]): boolean {
  for (const test of tests) if (!test(value)) return false;
  return true;
}

const text =
  ({ min, max, tests }: Refinements): QuickCheck =>
  (value) =>
    typeof value === 'string' && value.length >= min && value.length <= max && passes(value, tests);

/** Each field is known and in order, and none is missing that is needed. */
function fields(shape: z.core.$ZodShape, { tests }: Refinements): QuickCheck {
  const known = new Map(
    Object.entries(shape).map(([key, field]) => [key, { check: quickCheck(field), isNeeded: !mayBeMissing(field) }]),
  );
  const needed = [...known.values()].filter(({ isNeeded }) => isNeeded).length;
  return (value) => {
    if (!isRecord(value)) return false;
    let missing = needed;
    for (const key in value) {
      const field = known.get(key);
      if (!field?.check(value[key])) return false;
      if (field.isNeeded) missing--;
    }
    return missing === 0 && passes(value, tests);
  };
}

/** Optional, and not given another value when it is missing. */
function mayBeMissing(field: z.core.$ZodType): boolean {
  const { def } = (field as z.core.$ZodTypes)._zod;
  return def.type === 'optional' && def.innerType._zod.optin === undefined;
}

const oneOf =
  (values: readonly unknown[]): QuickCheck =>
  (value) =>
    values.includes(value);
