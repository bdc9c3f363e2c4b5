/**
 * A window in its own process: what the extension builds, with a real folder and real sockets. {@link Machine} starts it,
 * provides its SecretStorage and `globalState`, and asks it for tokens.
 */
import process from 'node:process';
import type { Memento, SecretStorage, SecretStorageChangeEvent } from 'vscode';
import { AppError } from '../../src/base/errors.js';
import { Emitter } from '../../src/base/event.js';
import { DEFAULT_NETWORK } from '../../src/net/proxy.js';
import { Sender } from '../../src/net/send.js';
import type { Secret } from '../../src/platforms/tenant.js';
import { platformOf } from '../../src/platforms/index.js';
import { readTenants } from '../../src/tenants/tenants.js';
import { systemClock } from '../../src/base/clock.js';
import { DiskFolder, type SharedFolder } from '../../src/store/folder.js';
import { createTokenServices, processDefaults } from '../../src/exchange/tokenServices.js';
import { hookedFolder } from '../support/hookedFolder.js';
import { MemoryFolder, MemoryLog } from '../support/memory.js';
import type { Mutation, State, Step } from './machine.js';
import { Peer } from './peer.js';

const [place, initialState, mutation] = process.argv.slice(2) as [string, string, Mutation?];

/** The step at which this window is killed, for its only token. */
let lastStep: Step | undefined;

/** How far the clock was moved since this window started, ms. */
let passed = 0;

const state = { all: JSON.parse(initialState) as State };
const changed = new Emitter<SecretStorageChangeEvent>();

const machine = new Peer(
  process as typeof process & Required<Pick<typeof process, 'send'>>,
  {
    secretChanged: (key: string) => changed.fire({ key }),
    stateChanged: (all: State) => void (state.all = all),
    add: async (settings: object, secret: Secret) => {
      const tenant = tenantOf(settings);
      const boundTo = platformOf(tenant).exchangeUrl(tenant);
      return (await vault.add({ tenant: tenant.id, name: tenant.name, boundTo, secret })).id;
    },
    knows: (id: string) =>
      vault.read(id).then(
        () => true,
        () => false,
      ),
    access: async (settings: object, id: string) => (await broker.access(tenantOf(settings), id)).token,
    pass: (ms: number) => void (passed += ms),
    endAt: (step: Step) => void (lastStep = step),
    log: () => log.lines,
  },
  (error) => (error instanceof AppError ? error.code : String(error)),
);
process.on('disconnect', () => process.exit());

function tenantOf(settings: object) {
  const tenant = readTenants([settings])[0]?.tenant;
  if (!tenant) throw new Error('not a tenant');
  return tenant;
}

/** Continues, unless the window must end at this step: then it waits for the machine to kill it. */
async function at(step: Step): Promise<void> {
  if (step === lastStep) await machine.call('reached', step);
}

const secrets: SecretStorage = {
  onDidChange: changed.event as SecretStorage['onDidChange'],
  keys: () => machine.call('keys'),
  get: (key) => machine.call('get', key),
  async store(key, value) {
    await machine.call('store', key, value);
    if (key.startsWith('token.')) await at('stored');
  },
  delete: (key) => machine.call('delete', key),
};

const index: Memento = {
  keys: () => Object.keys(state.all),
  get: <T>(key: string, otherwise?: T): T => (state.all[key] ?? otherwise) as T,
  update(key, value) {
    state.all = { ...state.all, [key]: value as unknown };
    return machine.call('update', state.all);
  },
};

const isOfLock = (name: string): boolean => /^\d+$/.test(name);

/** The folder, which reports the steps of an exchange that are visible in it. */
function withSteps(folder: SharedFolder): SharedFolder {
  return hookedFolder(folder, async ({ when, method, name }) => {
    if (method === 'create' && isOfLock(name)) await at(when === 'before' ? 'before the lock' : 'locked');
    if (method === 'rename' && isOfLock(name)) await at(when === 'before' ? 'before the release' : 'released');
    if (method === 'replace' && name === 'record' && when === 'after') await at('copied');
  });
}

/** Faults that make windows lose tokens, to show that the tests detect them. */
function mutated(folder: SharedFolder): SharedFolder {
  const changedBelow = { ...folder, folder: (name: string) => mutated(folder.folder(name)) };
  if (mutation === 'no lock') {
    // Each window has its own lock.
    const own = new MemoryFolder();
    return {
      ...changedBelow,
      names: () => own.names(),
      create: (name, content) => (isOfLock(name) ? own : folder).create(name, content),
      rename: (from, to) => own.rename(from, to),
    };
  }
  if (mutation === 'no copies')
    return { ...changedBelow, read: (name) => (name === 'record' ? Promise.resolve(undefined) : folder.read(name)) };
  return folder;
}

const sender = new Sender(() => DEFAULT_NETWORK, {});
const log = new MemoryLog();

const { vault, broker } = createTokenServices({
  ...processDefaults,
  clock: { ...systemClock, wall: () => systemClock.wall() + passed, mono: () => systemClock.mono() + passed },
  secrets,
  index,
  log,
  folder: mutated(withSteps(new DiskFolder(place))),
  knowsTenant: () => true,
  async send(request) {
    await at('before it is sent');
    const sending = sender.send(request);
    sending.catch(() => undefined);
    await at('sent');
    const response = await sending;
    await at('answered');
    return response;
  },
});
void machine.call('opened');
