import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import process from 'node:process';
import type { Memento, SecretStorage } from 'vscode';
import type { Send } from '../net/http.js';
import { readDigests, type ReadDigests } from '../net/trust.js';
import { Broker } from './broker.js';
import { systemClock, type Clock } from '../base/clock.js';
import { EncryptedBackup } from '../store/encryptedBackup.js';
import { Exclusion } from '../windows/exclusion.js';
import { FileLock, type Holder } from '../windows/fileLock.js';
import { errorCode, type SharedFolder } from '../store/folder.js';
import { Lease } from '../windows/lease.js';
import type { Log } from '../base/log.js';
import { SecretStore } from '../store/secretStore.js';
import { SentNotes } from '../store/sentNotes.js';
import { StoreKey } from '../store/storeKey.js';
import { PeersOutsideFolder } from '../windows/peersOutsideFolder.js';
import { Vault } from '../store/vault.js';
import { RetryAfterStore } from './retryAfterStore.js';

/** What a window has in common with the others, and what it reaches the services with. */
export interface WindowParts {
  readonly secrets: SecretStorage;
  readonly index: Memento;
  /** Undefined: the windows share only SecretStorage. */
  readonly folder: SharedFolder | undefined;
  readonly send: Send;
  /** Undefined: from the disk. */
  readonly readDigests?: ReadDigests;
  readonly log: Log;
  readonly clock: Clock;
  /** When the extension host began, epoch ms, where a window sees only the secrets that were there when it was loaded. */
  readonly hostBeganAt?: number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly self: Holder;
  /** Whether a process of this machine runs. */
  readonly isAlive: (pid: number) => boolean;
  /** Whether a tenant is in the settings: what another profile has stored is not shown here. */
  readonly knowsTenant: (tenant: string) => boolean;
}

/** The parts of a window that are the same wherever it runs. */
export type ProcessParts = Pick<WindowParts, 'clock' | 'random' | 'self' | 'isAlive'>;

export const processDefaults: ProcessParts = {
  clock: systemClock,
  random: Math.random,
  self: { pid: process.pid, session: randomUUID(), host: hostname() },
  isAlive(pid) {
    try {
      // Signal 0 only asks.
      return process.kill(pid, 0);
    } catch (error) {
      return errorCode(error) === 'EPERM';
    }
  },
};

/** Builds what keeps and exchanges the tokens in one window. */
export function createTokenServices(parts: WindowParts): { readonly vault: Vault; readonly broker: Broker } {
  const { secrets, index, folder, clock, log, random } = parts;
  const store = new SecretStore(secrets, clock);
  const tokens = folder?.folder('tokens');
  const key = folder && new StoreKey(store, folder, clock, parts.hostBeganAt);
  const peersOutside = new PeersOutsideFolder(folder, index, clock);
  const vault = new Vault({
    secrets,
    index,
    clock,
    log,
    ...(tokens && key && { backup: { folder: tokens, key, copies: new EncryptedBackup(tokens, key) } }),
    knowsTenant: parts.knowsTenant,
  });
  peersOutside.announce().catch(() => log.warn('could not register this window for cross-window locking'));
  void vault.begin();
  const exclusion = new Exclusion(
    {
      lock: new FileLock(clock, parts.self, parts.isAlive),
      lease: new Lease(store, clock, random),
      folder: tokens,
      peersOutside,
      clock,
    },
    log,
  );
  const broker = new Broker({
    ...{ vault, exclusion, clock, log, random },
    sent: new SentNotes(tokens, log),
    retryAfter: new RetryAfterStore(index, clock),
    send: parts.send,
    readDigests: parts.readDigests ?? readDigests,
  });
  return { vault, broker };
}
