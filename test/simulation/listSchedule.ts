import { AppError } from '../../src/base/errors.js';
import type { TokenEntry } from '../../src/store/tokenEntry.js';
import { Machine, type Mutation, type Window } from './machine.js';
import { Random } from './random.js';
import { SimulatedMemento, type Host } from './storage.js';

/** The delay until another window sees a stored value, ms. */
const SEEN_MS = 500;
const SETTLE_MS = 15_000;

/** A person's action on a token. A window that closes in the middle may leave it undone. */
interface Known {
  /** In the order of the renames; if windows rename at once, either may win. */
  readonly names: Set<string>;
  isRenamed: boolean;
  isRemoved: boolean;
}

/**
 * Runs a schedule in which windows add, remove and rename tokens at once, die, and write old lists over each other's.
 * @returns the errors in the list of a window that opens afterwards
 */
export async function simulateList(seed: number, mutate: Mutation = (parts) => parts): Promise<readonly string[]> {
  const random = new Random(seed);
  const folders = random.pick([0, 1, 1, 2] as const);
  const host: Host = 'desktop';
  const policy = { platform: 'oauth2', rotates: true, graceMs: 0, lifetimeS: 3600 } as const;
  const machine = new Machine({ policy, host, folders, mutate }, random, undefined);
  const known = new Map<string, Known>();
  for (const place of [0, 0, folders === 2 ? 1 : 0]) machine.open(place);
  await machine.time.pass(2_000);
  for (let deed = 0; deed < 25; deed++) {
    act(machine, known, deed);
    await machine.time.pass(random.pick([0, 20, 200, 1_000]) * random.next());
  }
  await machine.time.pass(SETTLE_MS);
  const window = machine.open(0);
  await machine.time.pass(SETTLE_MS);
  return mistakesOf(window.vault.entries, known).map((mistake) => `seed ${seed}: ${mistake}`);
}

function act(machine: Machine, known: Map<string, Known>, deed: number): void {
  const { random } = machine;
  const window = random.pick(machine.alive);
  const chance = random.next();
  const entry = window.vault.entries.length > 0 ? random.pick(window.vault.entries) : undefined;
  if (chance < 0.4 || !entry) void add(machine, window, known, `Token ${deed}`);
  else if (chance < 0.55) void remove(window, known, entry.id);
  else if (chance < 0.75) void rename(window, known, entry.id, `Name ${deed}`);
  else if (chance < 0.85) void writeOldList(machine);
  else if (machine.alive.length > 2 && random.chance(0.5)) void window.close();
  else machine.open(random.between(0, Math.max(0, machine.folders.length - 1)));
}

async function add(machine: Machine, window: Window, known: Map<string, Known>, name: string): Promise<void> {
  const { id } = await window.vault.add({
    tenant: machine.tenant.id,
    name,
    boundTo: 'https://id.example/token',
    secret: { refreshToken: 'EXAMPLE' },
  });
  known.set(id, { names: new Set([name]), isRenamed: false, isRemoved: false });
}

async function remove(window: Window, known: Map<string, Known>, id: string): Promise<void> {
  await window.vault.remove(id).catch(expected);
  const token = known.get(id);
  if (token) token.isRemoved = true;
}

async function rename(window: Window, known: Map<string, Known>, id: string, name: string): Promise<void> {
  const token = known.get(id);
  token?.names.add(name);
  await window.vault.rename(id, name).catch(expected);
  if (token) token.isRenamed = true;
}

/** The actions of a window that has learned nothing since it opened, like one of version 0.1.0. */
async function writeOldList({ state, time }: Machine): Promise<void> {
  const memento = new SimulatedMemento(state.open());
  const list = memento.get<readonly TokenEntry[]>('tokens', []);
  await new Promise<void>((resolve) => time.after(3 * SEEN_MS, resolve));
  await memento.update('tokens', list.slice(1));
}

function mistakesOf(entries: readonly TokenEntry[], known: ReadonlyMap<string, Known>): readonly string[] {
  const listed = new Map(entries.map((one) => [one.id, one.name]));
  return [...known].flatMap(([id, { names, isRenamed, isRemoved }]) => {
    const name = listed.get(id);
    if (isRemoved) return name === undefined ? [] : [`${name} was removed and is listed`];
    if (name === undefined) return [`${[...names].join(' or ')} is not listed`];
    const isOld = isRenamed && name === [...names][0];
    return isOld || !names.has(name) ? [`${name} is listed, which is now ${[...names].slice(1).join(' or ')}`] : [];
  });
}

function expected(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}
