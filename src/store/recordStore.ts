import { AppError } from '../base/errors.js';
import { waitForPropagation, type Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import type { Copy, EncryptedBackup } from './encryptedBackup.js';
import { errorCode, type SharedFolder } from './folder.js';
import { parseRecord, type TokenRecord } from './record.js';
import type { SecretStore } from './secretStore.js';
import type { StoreKey } from './storeKey.js';
import { RECORD_PREFIX } from './tokenFacts.js';

/** What the windows share: a folder for each token, the second copies in it, and their encryption key. */
export interface Backup {
  readonly folder: SharedFolder;
  readonly copies: EncryptedBackup;
  readonly key: StoreKey;
}

interface Parts {
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly backup?: Backup | undefined;
}

interface Reading {
  readonly record: TokenRecord;
  /** False if SecretStorage has lost it. */
  readonly isStored: boolean;
  /** The highest generation of both copies; that one may not be visible here yet. */
  readonly newest: number;
}

/**
 * Both copies of each record: one in SecretStorage, and one in {@link EncryptedBackup}. The copy with the higher generation
 * counts. It does not know which tokens exist.
 */
export class RecordStore {
  readonly #secrets: SecretStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #backup: Backup | undefined;
  #isBackupFailureLogged = false;

  constructor({ secrets, clock, log, backup }: Parts) {
    this.#secrets = secrets;
    this.#clock = clock;
    this.#log = log;
    this.#backup = backup;
  }

  /**
   * Ensures that storing here overwrites nothing of another window.
   * @throws AppError `window-outdated`, and any error from storing the key
   */
  async prepare(): Promise<void> {
    await this.#backUp((_, key) => key.prepare());
  }

  /**
   * Call before changing anything in SecretStorage.
   * @throws AppError `window-outdated`
   */
  async requireSeen(): Promise<void> {
    await this.#backUp((_, key) => key.requireSeen());
  }

  /** @throws AppError as `Vault.read` */
  async read(id: string): Promise<Reading> {
    const copy = await this.copy(id);
    if (copy === 'removed') throw new AppError('token-unknown');
    return this.#choose(await this.#secrets.get(RECORD_PREFIX + id), copy);
  }

  /** The highest generation of both copies; 0 if neither can be read, Infinity for a record of a later version. */
  async generation(id: string): Promise<number> {
    const copy = await this.copy(id);
    const stored = parseRecord(await this.#secrets.get(RECORD_PREFIX + id).catch(() => undefined));
    if (stored === 'later') return Infinity;
    return Math.max(stored?.generation ?? 0, copy && copy !== 'removed' ? copy.generation : 0);
  }

  /**
   * Writes both copies of a new token, and reads back the one in SecretStorage.
   * @throws AppError `window-outdated`, `secret-not-kept`
   */
  async add(id: string, record: TokenRecord): Promise<void> {
    await this.#writeCopy(id, record);
    await this.store(id, record);
  }

  /**
   * Replaces both copies, and reads back the one in SecretStorage.
   * @throws AppError `secret-not-kept`
   */
  async replace(id: string, record: TokenRecord): Promise<void> {
    // Write the copy first: it is safe, and visible to other windows, at once.
    const isCopied = await this.#writeCopy(id, record);
    await this.store(id, record);
    // Without a copy, the next window could not know that a newer record exists. Hold the lock until it is visible.
    if (this.#backup && !isCopied) await waitForPropagation(this.#clock);
  }

  /** Whether SecretStorage has a record that can be read. @throws AppError `secret-store-failed` */
  async isStored(id: string): Promise<boolean> {
    return parseRecord(await this.#secrets.get(RECORD_PREFIX + id)) !== undefined;
  }

  /** Writes the record to SecretStorage alone. @throws AppError `secret-not-kept` */
  async store(id: string, record: TokenRecord): Promise<void> {
    await this.#secrets.keep(RECORD_PREFIX + id, JSON.stringify(record));
  }

  /** The second copy; undefined if no copy can be read. */
  copy(id: string): Promise<Copy | undefined> {
    return this.#backUp((copies) => copies.read(id));
  }

  /** Whether a window that shares the folder has removed the token. Does not use SecretStorage. */
  async isMarkedRemoved(id: string): Promise<boolean> {
    return (await this.#backUp((copies) => copies.isRemoved(id))) ?? false;
  }

  /**
   * Removes the copy first: its mark informs windows that still hold the record.
   * @throws AppError `window-outdated`, `secret-store-failed`
   */
  async remove(id: string): Promise<void> {
    await this.requireSeen();
    await this.#backUp((copies) => copies.remove(id));
    await this.#secrets.delete(RECORD_PREFIX + id);
  }

  /** For *Remove All Data*. */
  async removeKey(): Promise<void> {
    await this.#backUp((_, key) => key.remove());
  }

  /** @throws AppError as {@link read} */
  async #choose(stored: string | undefined, copy: Exclude<Copy, 'removed'> | undefined): Promise<Reading> {
    const [first, second] = [parseRecord(stored), parseRecord(copy?.value)];
    if (first === 'later' || second === 'later') throw new AppError('secret-unreadable');
    const record = second && second.generation > (first?.generation ?? -1) ? second : first;
    if (record) return { record, isStored: first !== undefined, newest: Math.max(record.generation, copy?.generation ?? 0) };
    if (stored !== undefined) throw new AppError('secret-unreadable');
    if (copy) await this.requireSeen();
    throw new AppError((await this.#backUp((_, key) => key.isLost())) ? 'store-emptied' : 'secret-lost');
  }

  #writeCopy(id: string, record: TokenRecord): Promise<boolean | undefined> {
    return this.#backUp((copies) => copies.write(id, record.generation, JSON.stringify(record)));
  }

  /** Runs `work` on the second copies. Only logs file errors, because SecretStorage still works without the copies. */
  async #backUp<T>(work: (copies: EncryptedBackup, key: StoreKey) => Promise<T>): Promise<T | undefined> {
    if (!this.#backup) return undefined;
    try {
      return await work(this.#backup.copies, this.#backup.key);
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (!this.#isBackupFailureLogged) this.#log.warn(`second copies of the records cannot be kept (${errorCode(error)})`);
      this.#isBackupFailureLogged = true;
      return undefined;
    }
  }
}
