import type { Memento } from 'vscode';
import { pause, type Clock } from '../base/clock.js';
import { AppError } from '../base/errors.js';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import { KeyedMutex } from '../base/keyedMutex.js';
import type { Log } from '../base/log.js';
import type { TokenRecord } from './record.js';
import type { RecordStore } from './recordStore.js';
import { reviewList } from './reviewList.js';
import type { TokenEntry } from './tokenEntry.js';
import type { TokenFacts } from './tokenFacts.js';
import { TokenList } from './tokenList.js';

/** After this time, a removal by another window is on record. */
export const REMOVAL_SEEN_MS = 1_000;
/** What removals and reviews have in common: the list. */
const LIST = 'list';

interface Parts {
  readonly index: Memento;
  readonly facts: TokenFacts;
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a tenant is in the settings. */
  readonly knowsTenant: (tenant: string) => boolean;
}

/**
 * Which API tokens are stored. A token exists if its record does and {@link TokenFacts} has no removal of it;
 * {@link TokenList} is this window's view of that.
 */
export class TokenRegistry implements Disposable {
  /** The tokens in their order. */
  readonly list: TokenList;
  readonly #parts: Parts;
  readonly #changed = new Emitter<void>();
  readonly #removed = new Emitter<string>();
  /** Tokens that are being removed, which may still fail. */
  readonly #removing = new Set<string>();
  /** Runs one removal or review at a time: a review of facts that a failed removal has withdrawn would delete the token. */
  readonly #alone = new KeyedMutex();
  /** The entries at the last change event. */
  #shownEntries: readonly TokenEntry[];
  #reviewing: Promise<void> | undefined;
  #isReviewWanted = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.list = new TokenList(parts.index);
    this.#shownEntries = this.list.entries;
  }

  /** Fires when tokens were added, renamed, reordered or removed. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Fires the id of a token that this window has removed. */
  get onDidRemove(): Event<string> {
    return this.#removed.event;
  }

  /** Checks whether another window has changed the list: `globalState` at once, the facts soon after. */
  check(): void {
    this.#fireIfChanged();
    void this.#review(false);
  }

  /** Corrects the list at startup, because another window may have left an old one. Never rejects. */
  async begin(): Promise<void> {
    await this.#review(true);
  }

  /**
   * Stores a secret, verifies it, and only then lists the token.
   * @throws AppError `window-outdated`, `token-not-stored`
   */
  async add(entry: TokenEntry, record: TokenRecord): Promise<void> {
    const { facts, records } = this.#parts;
    try {
      await records.prepare();
      await facts.keep(entry);
      await records.add(entry.id, record);
      this.list.show(entry);
    } catch (cause) {
      this.list.drop(entry.id);
      // Delete whatever was stored: an unlisted token could never be removed.
      await this.#deleteAll(entry.id).catch(() => undefined);
      throw notStored(cause);
    }
    await this.#save();
  }

  /** @throws AppError `window-outdated`, `secret-store-failed` */
  async rename(entry: TokenEntry, name: string): Promise<void> {
    const { facts, records, clock } = this.#parts;
    const renamed = { ...entry, name, renamedAt: Math.max(clock.wall(), (entry.renamedAt ?? entry.addedAt) + 1) };
    await records.requireSeen();
    await facts.keep(renamed, entry);
    this.list.show(renamed);
    await this.#save();
  }

  /** Sorts the tokens by `ids`; the others follow. */
  async reorder(ids: readonly string[]): Promise<void> {
    await this.#save(ids);
  }

  /**
   * Records the removal first, so that after a crash the next window deletes the secret.
   * @throws AppError `window-outdated`, `secret-store-failed`: the token remains; `removal-unfinished`: it is removed, and its
   * secret is deleted later
   */
  async remove(id: string): Promise<void> {
    await this.#alone.run(LIST, () => this.#remove(id));
    await this.#save();
    this.#removed.fire(id);
  }

  /**
   * Removes all tokens, also unlisted ones. What was removed before stays as it is.
   * @throws AppError `secret-store-failed`, `removal-unfinished`
   */
  async removeAll(): Promise<void> {
    const { facts, records } = this.#parts;
    const stored = await facts.stored();
    const copied = await facts.copied();
    for (const id of new Set([...this.list.entries.map((one) => one.id), ...stored.records, ...copied])) {
      const copy = await records.copy(id);
      const isStored = stored.records.has(id) || (copy !== undefined && copy !== 'removed');
      if (this.list.find(id) || (isStored && !stored.removed.has(id))) await this.remove(id);
      else if (isStored) await this.#deleteAll(id);
    }
  }

  /**
   * Deletes a record that was written while its token was being removed.
   * @throws AppError `token-unknown`
   */
  async requireThere(id: string): Promise<void> {
    const wasBeingRemoved = this.#removing.has(id);
    const isRemoved = await this.#isMarkedRemoved(id);
    if (!isRemoved && this.list.find(id)) return;
    if (isRemoved && !wasBeingRemoved && !this.#removing.has(id)) await this.#deleteAll(id);
    throw new AppError('token-unknown');
  }

  /** Whether any window has removed the token. @throws AppError `secret-store-failed` */
  async isRemoved(id: string): Promise<boolean> {
    return (await this.#isMarkedRemoved(id)) || this.#parts.facts.isRemoved(id);
  }

  /** Deletes a record that was written while another window was removing its token, once that removal is visible. */
  async forgetRemoved(id: string): Promise<void> {
    await pause(this.#parts.clock, 2 * REMOVAL_SEEN_MS);
    try {
      await this.#alone.run(LIST, async () => {
        if (await this.isRemoved(id)) await this.#deleteAll(id);
      });
    } catch {
      this.#parts.log.warn('could not delete a secret that another window has removed');
    }
  }

  dispose(): void {
    this.#changed.dispose();
    this.#removed.dispose();
  }

  /**
   * Whether the token was removed here or in a window that shares the folder. Does not use SecretStorage, which no longer
   * answers in a closing window.
   */
  async #isMarkedRemoved(id: string): Promise<boolean> {
    return this.list.isDropped(id) || (await this.#parts.records.isMarkedRemoved(id));
  }

  /** Runs one review at a time; a request during a review causes another one. */
  async #review(isFirst: boolean): Promise<void> {
    this.#isReviewWanted = true;
    await (this.#reviewing ??= this.#reviewUntilDone(isFirst).finally(() => (this.#reviewing = undefined)));
  }

  async #reviewUntilDone(isFirst: boolean): Promise<void> {
    const { facts, records, knowsTenant, log } = this.#parts;
    try {
      while (this.#isReviewWanted) {
        this.#isReviewWanted = false;
        await this.#alone.run(LIST, async () => {
          const leftovers = await reviewList({ list: this.list, facts, records, knowsTenant }, isFirst);
          for (const id of leftovers) await this.#deleteAll(id);
        });
        await this.#save();
      }
    } catch {
      log.warn('could not compare the list of tokens with the stored records');
    }
  }

  /** @throws AppError as {@link remove} */
  async #remove(id: string): Promise<void> {
    this.#removing.add(id);
    this.list.drop(id);
    try {
      await this.#parts.records.requireSeen();
      await this.#putRemovalOnRecord(id);
    } catch (error) {
      this.list.restore(id);
      throw error;
    } finally {
      this.#removing.delete(id);
    }
    // From here on, the next review deletes what is left, in whichever window.
    await this.#deleteAll(id).catch((cause: unknown) => {
      throw new AppError('removal-unfinished', {}, cause);
    });
  }

  /** @throws AppError `secret-store-failed` */
  async #putRemovalOnRecord(id: string): Promise<void> {
    const { facts } = this.#parts;
    try {
      await facts.remove(id);
    } catch (error) {
      // A store that is late may keep it still.
      await facts.restore(id).catch(() => undefined);
      throw error;
    }
  }

  /** @throws AppError `window-outdated`, `secret-store-failed` */
  async #deleteAll(id: string): Promise<void> {
    await this.#parts.records.remove(id);
    await this.#parts.facts.forget(id);
  }

  /** Keeps the list for the first paint of the next session. A failure loses only the order: the facts restore the tokens. */
  async #save(order?: readonly string[]): Promise<void> {
    await this.list.save(order).catch(() => this.#parts.log.warn('could not save the order of the tokens'));
    this.#fireIfChanged();
  }

  #fireIfChanged(): void {
    const { entries } = this.list;
    if (entries === this.#shownEntries) return;
    const isNews = JSON.stringify(entries) !== JSON.stringify(this.#shownEntries);
    this.#shownEntries = entries;
    if (isNews) this.#changed.fire();
  }
}

/** The error to show when a new token could not be stored. */
export function notStored(cause: unknown): AppError {
  return cause instanceof AppError && cause.code === 'window-outdated' ? cause : new AppError('token-not-stored', {}, cause);
}
