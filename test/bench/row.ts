import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a row of the table is: something that is measured in one unit, ours beside what people would use instead. Less is better in each. */
export interface Row {
  /** Its name in the table and on the command line: the measure it belongs to, as `B1`, or a part of it, as `B1 over broker`. */
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly targets: readonly Target[];
  /** How often each subject has its turn; 12 unless told. One is enough for what is counted, and does not vary. */
  readonly rounds?: number;
  /** Opens what the subjects need. A row has a process to itself, with `gc` at hand. */
  open(): Promise<Bench>;
}

export type Unit = 'ns' | 'µs' | 'ms' | 'B' | 'kB' | 'count' | 'ratio';

export interface Bench {
  /** Ours first. */
  readonly subjects: readonly Subject[];
  close?(): Promise<void>;
}

export interface Subject {
  /** With the version of the package, as `oauth4webapi 3.8.8`. */
  readonly name: string;
  /** Has its turn, and returns what it measured: one figure or many, in the row's unit. The first turn of each is for warming up. */
  round(): Promise<readonly number[]> | readonly number[];
}

/** What ours should not exceed, in the row's unit, or as a multiple of a subject whose name begins with `versus`. */
export interface Target {
  readonly figure: 'p50' | 'p95';
  readonly versus?: string;
  readonly atMost: number;
  readonly moonshot?: number;
}

/** A row of what is counted, and does not vary. */
export function counted(id: string, title: string, atMost: number, subjects: readonly Subject[]): Row {
  return {
    id,
    title,
    unit: 'count',
    targets: [{ figure: 'p50', atMost }],
    rounds: 1,
    open: () => Promise.resolve({ subjects }),
  };
}

/** A subject with a shorter first turn, whose figures are dropped. */
export function warmed(name: string, first: () => Figure, turn: () => Figure): Subject {
  let next = first;
  return {
    name,
    async round() {
      const figure = await next();
      next = turn;
      return [figure];
    },
  };
}

type Figure = Promise<number> | number;

/** The name of an installed package with its version. */
export function titled(name: string): string {
  const manifest = readFileSync(join(__dirname, '../../node_modules', name, 'package.json'), 'utf8');
  return `${name} ${(JSON.parse(manifest) as { version: string }).version}`;
}
