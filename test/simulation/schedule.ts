import { AppError } from '../../src/base/errors.js';
import type { Name } from './invariants.js';
import { Machine, type Mutation, type Setting, type Window } from './machine.js';
import { Random } from './random.js';
import type { NetworkFault } from './service.js';
import type { Host, SecretsFault } from './storage.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** By then, keyrings and clocks are correct, and windows see what the others have stored. */
const SETTLE_MS = 15_000;
/** I6. If windows have only a lease, they wait for an abandoned one to expire. */
const SOON_MS = 35_000;
const SOON_WITH_LEASE_MS = 150_000;

export interface Violation {
  readonly seed: number;
  readonly name: Name;
  readonly what: string;
}

/**
 * Runs the schedule of a seed: the same one each time. Returns the violations.
 * @param tell called with each event, as a line
 */
export async function simulate(
  seed: number,
  mutate: Mutation = (parts) => parts,
  tell?: (line: string) => void,
): Promise<readonly Violation[]> {
  const random = new Random(seed);
  const machine = new Machine(settingOf(random, mutate), random, tell);
  const tokens = await begin(machine);
  const steps = random.between(6, 24);
  for (let step = 0; step < steps; step++) {
    await machine.time.pass(random.pick([0, 5, 50, 200, 1_000, 5_000, 40_000]) * random.next());
    await act(machine, tokens);
  }
  await end(machine, tokens);
  return machine.invariants.violations.map((violation) => ({ seed, ...violation }));
}

function settingOf(random: Random, mutate: Mutation): Setting {
  // Without a folder or a message, windows in a browser cannot know about each other.
  const folders = random.pick([1, 1, 1, 2, 0] as const);
  const host: Host = folders === 1 && random.chance(0.25) ? 'browser' : 'desktop';
  return {
    policy: {
      platform: random.pick(['oauth2', 'oauth2', 'commvault'] as const),
      rotates: random.chance(0.85),
      graceMs: random.pick([0, 0, 5_000, 30_000]),
      lifetimeS: random.pick([30, 60, 300, 1800, 3600]),
    },
    host,
    folders,
    mutate,
  };
}

/** Windows and tokens, as they are after a quiet start. */
async function begin(machine: Machine): Promise<Map<string, string>> {
  const { random, time } = machine;
  const first = machine.open();
  const tokens = new Map<string, string>();
  let isDone = false;
  const adding = (async () => {
    for (let n = random.between(1, 2); n > 0; n--) {
      const name = `family${n}`;
      const id = await machine.add(first, name);
      if (id !== undefined) tokens.set(id, name);
    }
    isDone = true;
  })();
  await time.passUntil(() => isDone, MINUTE);
  await adding;
  await time.pass(2_000);
  for (let n = random.between(1, 4); n > 0; n--) machine.open();
  // The others learn about windows of a new place a moment later.
  for (const place of machine.folders.keys()) machine.open(place);
  await time.pass(1_000);
  return tokens;
}

/** One thing that happens. */
async function act(machine: Machine, tokens: Map<string, string>): Promise<void> {
  const { random } = machine;
  const window = machine.alive.length > 0 ? random.pick(machine.alive) : machine.open();
  const chance = random.next();
  if (chance < 0.5) useSeveral(machine, [...tokens.keys()]);
  else if (chance < 0.6) killed(machine, window);
  else if (chance < 0.65) void window.close();
  else if (chance < 0.7) opened(machine);
  else if (chance < 0.74) slept(machine);
  else if (chance < 0.78) clockSet(machine);
  else if (chance < 0.88) forAWhile(machine, random.pick([networkFails, networkFails, networkFails, secretsFail, folderFails]));
  else if (chance < 0.91) loses(machine, random.pick([...tokens.keys()]));
  else if (chance < 0.93) machine.focused = window;
  else if (chance < 0.94) await remove(machine, window, tokens);
}

function opened(machine: Machine): void {
  if (machine.alive.length < 5) machine.open();
}

function slept(machine: Machine): void {
  const { time, random, invariants } = machine;
  const ms = random.pick([20_000, 5 * MINUTE, 8 * HOUR]) * random.next();
  const monoGoesOn = random.chance(0.4);
  if (!monoGoesOn) invariants.stoodStill.push(time.true);
  machine.tell(`sleeps ${ms} ms`);
  time.sleep(ms, monoGoesOn);
}

function clockSet(machine: Machine): void {
  const { time, random, invariants } = machine;
  const ms = random.pick([30_000, -30_000, HOUR, -HOUR, 24 * HOUR, -24 * HOUR]) * random.next();
  if (ms < 0) invariants.setBack.push(time.true);
  machine.tell(`clock set by ${ms} ms`);
  time.step(ms);
}

/** One or more windows want the same tokens at about the same time. */
function useSeveral(machine: Machine, tokens: readonly string[]): void {
  const { random, time } = machine;
  const token = random.pick(tokens);
  const afresh = random.chance(0.6);
  for (const window of machine.alive) {
    if (random.chance(0.3)) continue;
    time.after(random.chance(0.5) ? 0 : random.between(0, 400), () => {
      if (window.isAlive) void window.use(token, afresh);
    });
  }
}

/** At one of the next calls that it makes, while it does something. */
function killed(machine: Machine, window: Window): void {
  window.diesAfter = machine.random.between(0, 40);
  machine.tell(`window ${window.pid} dies after ${window.diesAfter} calls`);
  for (const token of machine.names.keys()) void window.use(token, true);
}

type Fault = (machine: Machine) => () => void;

function forAWhile(machine: Machine, fault: Fault): void {
  const mend = fault(machine);
  machine.tell(
    `fault: network ${machine.service.fault}, secrets ${machine.secretsFault}, folders broken ${machine.areFoldersBroken}`,
  );
  machine.time.after(machine.random.pick([300, 3_000, 30_000]), mend);
}

const networkFails: Fault = ({ service, random }) => {
  const faults: NetworkFault[] = ['unreachable', 'request lost', 'answer lost', 'answer cut', 'hangs', '500', '429', 'web page'];
  service.fault = random.pick(faults);
  return () => (service.fault = 'none');
};

const secretsFail: Fault = (machine) => {
  // At least one of the two places works at a time: without both, nothing can be stored.
  if (!machine.areFoldersBroken) machine.secretsFault = machine.random.pick<SecretsFault>(['rejects', 'hangs', 'forgets']);
  return () => (machine.secretsFault = 'none');
};

/** A full disk, or one that cannot be written. */
const folderFails: Fault = (machine) => {
  // In a browser, windows without a folder have nothing in common.
  if (machine.secretsFault !== 'none' || machine.setting.host === 'browser') return () => undefined;
  machine.areFoldersBroken = true;
  machine.wereFoldersBroken = true;
  for (const folder of machine.folders) folder.failing = ['create', 'replace'];
  return () => {
    machine.areFoldersBroken = false;
    for (const folder of machine.folders) folder.failing = [];
  };
};

/** The keyring could not decrypt a value, so VS Code has deleted it silently. */
function loses(machine: Machine, token: string): void {
  if (machine.folders.length !== 1 || machine.areFoldersBroken) return;
  machine.tell(`the keyring loses ${machine.names.get(token)}`);
  machine.keyringLost.add(machine.names.get(token) ?? '');
  machine.secrets.lose(`token.${token}`, machine.random.chance(0.5) ? undefined : '{"v":1,');
}

async function remove(machine: Machine, window: Window, tokens: Map<string, string>): Promise<void> {
  if (tokens.size < 2 || machine.secretsFault !== 'none') return;
  const token = machine.random.pick([...tokens.keys()]);
  let isDone = false;
  machine.tell(`window ${window.pid} removes ${tokens.get(token)}`);
  const removing = window.vault.remove(token).then(
    () => (isDone = true),
    () => (isDone = true),
  );
  const isThere = (): boolean => machine.alive.includes(window);
  await machine.time.passUntil(() => isDone || !isThere(), 10_000);
  tokens.delete(token);
  if (!isThere()) return;
  await removing;
  await machine.time.pass(500);
  // If a window crashes before it has announced the removal, the removal is lost.
  if (isThere()) machine.removed.add(token);
}

/** The result of an exchange: `ok` or a code. */
async function ask(machine: Machine, window: Window, token: string): Promise<string> {
  let outcome: string | undefined;
  const asking = window.exchange(token).then(
    () => (outcome = 'ok'),
    (error: unknown) => (outcome = error instanceof AppError ? error.code : String(error)),
  );
  await machine.time.passUntil(() => outcome !== undefined, 5 * MINUTE);
  if (outcome === undefined) return 'no end';
  await asking;
  return outcome;
}

/** After recovery: is everything there? */
async function end(machine: Machine, tokens: ReadonlyMap<string, string>): Promise<void> {
  const { time, service, invariants, setting } = machine;
  machine.tell('all is well again');
  if (time.wall() > time.true) invariants.setBack.push(time.true);
  time.step(time.true - time.wall());
  service.fault = 'none';
  machine.secretsFault = 'none';
  machine.areFoldersBroken = false;
  for (const folder of machine.folders) folder.failing = [];
  for (const window of machine.alive) window.diesAfter = Infinity;
  await time.pass(SETTLE_MS);
  const window = machine.open();
  await time.pass(1_000);
  for (const [token, name] of tokens) {
    const family = service.families.get(name)!;
    const isKnown = invariants.newestKnown(family, window) >= family.current;
    const wasRevoked = family.isRevoked;
    const begun = time.mono();
    let outcome = await ask(machine, window, token);
    while ((outcome === 'busy-elsewhere' || outcome === 'rate-limited') && time.mono() - begun < 5 * MINUTE) {
      await time.pass(1_000);
      outcome = await ask(machine, window, token);
    }
    // As the message says, a retry may work.
    if (outcome === 'renewal-uncertain') outcome = await ask(machine, window, token);
    if (wasRevoked || !isKnown) continue;
    // Another window may have presented what was all that it could know (I2), and so have it revoked.
    if (outcome !== 'ok' && !family.isRevoked) invariants.violated('I3', `${name} is lost: ${outcome}`);
    const soon = setting.folders === 1 && !machine.wereFoldersBroken ? SOON_MS : SOON_WITH_LEASE_MS;
    if (time.mono() - begun > soon) invariants.violated('I6', `${name} took ${time.mono() - begun} ms`);
  }
  await time.pass(SETTLE_MS);
  for (const token of tokens.keys())
    if (!machine.secrets.main.has(`token.${token}`)) invariants.violated('I3', 'a secret was deleted');
  // In a browser, a window that was not looked at since has the secret still, and writes it with its own. Without a folder in
  // common, one whose exchange ends after the removal, and that closes before it learns of it, leaves its result behind.
  const isKnownAtOnce = setting.host === 'desktop' && setting.folders === 1;
  for (const token of isKnownAtOnce ? machine.removed : [])
    if (machine.secrets.main.has(`token.${token}`)) invariants.violated('I3', 'a secret that was removed is back');
  invariants.tellNothing();
}
