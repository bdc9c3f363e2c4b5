import type { SharedFolder } from '../../src/store/folder.js';
import type { WindowParts } from '../../src/exchange/tokenServices.js';
import { MemoryFolder } from '../support/memory.js';
import type { Name } from './invariants.js';
import type { Mutation } from './machine.js';

/** A folder with other methods, and so each folder in it. */
function withMethods(folder: SharedFolder, methods: (folder: SharedFolder) => Partial<SharedFolder>): SharedFolder {
  const own: SharedFolder = {
    folder: (name) => withMethods(folder.folder(name), methods),
    names: () => folder.names(),
    read: (name) => folder.read(name),
    create: (name, content) => folder.create(name, content),
    replace: (name, content) => folder.replace(name, content),
    rename: (from, to) => folder.rename(from, to),
    remove: (name) => folder.remove(name),
    touch: (name) => folder.touch(name),
    touchedAt: (name) => folder.touchedAt(name),
  };
  return { ...own, ...methods(folder) };
}

function withFolder(parts: WindowParts, methods: (folder: SharedFolder) => Partial<SharedFolder>): WindowParts {
  return { ...parts, folder: parts.folder && withMethods(parts.folder, methods) };
}

/** Breaks the list of tokens: additions, renames and removals exist only in the list that any window overwrites. */
export const FORGETS_FACTS: Mutation = (parts) => {
  const { secrets } = parts;
  const isFact = (key: string): boolean => key.startsWith('entry.') || key.startsWith('removed.');
  return {
    ...withFolder(parts, (folder) => ({
      replace: (name, content) => (name === 'entry' ? Promise.resolve() : folder.replace(name, content)),
    })),
    secrets: {
      onDidChange: secrets.onDidChange,
      keys: () => secrets.keys(),
      get: (key) => secrets.get(key),
      delete: (key) => secrets.delete(key),
      store: (key, value) => (isFact(key) ? Promise.resolve() : secrets.store(key, value)),
    },
  };
};

/** Mutations that each break one invariant: the simulation must detect it. */
export const MUTATIONS: Readonly<Record<Name, { readonly what: string; readonly mutate: Mutation }>> = {
  I1: {
    what: 'each window has locks of its own',
    mutate: (parts) =>
      withFolder(parts, () => {
        const own = new MemoryFolder();
        return {
          names: () => own.names(),
          create: (name, content) => own.create(name, content),
          rename: (from, to) => own.rename(from, to),
          touchedAt: (name) => own.touchedAt(name),
        };
      }),
  },
  I2: {
    what: 'there is a lock, and nothing tells that there is a newer record than the one that is seen',
    mutate: (parts) =>
      withFolder(parts, (folder) => ({
        read: (name) => (name === 'record' ? Promise.resolve(undefined) : folder.read(name)),
      })),
  },
  I3: {
    what: 'what is stored is not stored',
    mutate: (parts) => {
      const kept = new Map<string, string>();
      const { secrets } = parts;
      return {
        ...withFolder(parts, (folder) => ({
          replace: (name, content) => (name === 'record' ? Promise.resolve() : folder.replace(name, content)),
        })),
        secrets: {
          keys: () => secrets.keys(),
          onDidChange: secrets.onDidChange,
          delete: (key) => secrets.delete(key),
          get: async (key) => kept.get(key) ?? (await secrets.get(key)),
          store: async (key, value) => {
            const isNew = (await secrets.get(key)) === undefined || !key.startsWith('token.');
            if (isNew) await secrets.store(key, value);
            else kept.set(key, value);
          },
        },
      };
    },
  },
  I4: {
    what: 'time stands still',
    mutate: (parts) => {
      const { clock } = parts;
      const [wall, mono] = [clock.wall(), clock.mono()];
      return { ...parts, clock: { wall: () => wall, mono: () => mono, after: (ms, call) => clock.after(ms, call) } };
    },
  },
  I5: {
    what: 'what is sent is logged',
    mutate: (parts) => ({
      ...parts,
      send: (request) => {
        parts.log.debug(`${request.method} ${request.url} ${request.body}`);
        return parts.send(request);
      },
    }),
  },
  I7: {
    what: 'it is not noted that an API token is sent',
    mutate: (parts) =>
      withFolder(parts, (folder) => ({
        replace: (name, content) => (name === 'sent' ? Promise.resolve() : folder.replace(name, content)),
      })),
  },
  I6: {
    what: 'a lock is never taken from the dead',
    mutate: (parts) => withFolder({ ...parts, isAlive: () => true }, () => ({ touchedAt: () => Promise.resolve(Math.random()) })),
  },
};
