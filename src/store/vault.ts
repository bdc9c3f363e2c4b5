import type { Memento, SecretStorage } from 'vscode';
import { AppError } from '../base/errors.js';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import { STORE_MS } from '../base/timeLimits.js';
import type { Secret } from '../platforms/tenant.js';
import { pause, waitForPropagation, type Clock } from '../base/clock.js';
import type { Binding } from './binding.js';
import type { EncryptedBackup, Copy } from './encryptedBackup.js';
import { errorCode, type SharedFolder } from './folder.js';
import type { Log } from '../base/log.js';
import { parseRecord, type Access, type TokenRecord } from './record.js';
import { reviewList } from './reviewList.js';
import { SecretStore } from './secretStore.js';
import type { StoreKey } from './storeKey.js';
import type { TokenEntry } from './tokenEntry.js';
import { RECORD_PREFIX, TokenFacts } from './tokenFacts.js';
import { TokenList } from './tokenList.js';

const POLL_MS = 50;
/** After it, a removal in another window is on record. */
const REMOVAL_SEEN_MS = 1_000;

type NewToken = Omit<TokenEntry, 'id' | 'addedAt'> &
  Binding & {
    readonly secret: Secret;
    /** The access token that came with it. */
    readonly access?: Pick<Access, 'token' | 'expiresAt'>;
  };

/** What the windows share: a folder for each token, the second copies in it, and the key that they are encrypted with. */
export interface Backup {
  readonly folder: SharedFolder;
  readonly copies: EncryptedBackup;
  readonly key: StoreKey;
}

interface Parts {
  readonly secrets: SecretStorage;
  readonly index: Memento;
  readonly clock: Clock;
  readonly log: Log;
  readonly backup?: Backup;
  /** Whether a tenant is in the settings. */
  readonly knowsTenant: (tenant: string) => boolean;
}

/**
 * Keeps API tokens: one record per token in SecretStorage with a second copy in {@link EncryptedBackup}. Of the two, the one with more
 * exchanges counts. A token is there when its record is, and {@link TokenFacts} do not say that it was removed; the
 * {@link TokenList} is what this window shows of that.
 */
export class Vault implements Disposable {
  readonly #secrets: SecretStore;
  readonly #list: TokenList;
  readonly #facts: TokenFacts;
  readonly #knowsTenant: (tenant: string) => boolean;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #backup: Backup | undefined;
  readonly #recordChanged = new Emitter<string>();
  readonly #listChanged = new Emitter<void>();
  readonly #subscription: Disposable;
  /** Tokens whose records are being put back. */
  readonly #returning = new Set<string>();
  /** Tokens that are being removed. */
  readonly #removing = new Set<string>();
  /** Tokens of the sandbox: they end with the session, so nothing outside this object learns of them. */
  readonly #session = new Map<string, { readonly entry: TokenEntry; value: string }>();
  /** The entries that listeners know of. */
  #shownEntries: readonly TokenEntry[];
  #reviewing: Promise<void> | undefined;
  #isReviewWanted = false;
  #isBackupTold = false;

  constructor({ secrets, index, clock, log, backup, knowsTenant }: Parts) {
    this.#secrets = new SecretStore(secrets, clock);
    this.#list = new TokenList(index);
    this.#shownEntries = this.#list.entries;
    this.#facts = new TokenFacts(this.#secrets, backup?.folder);
    this.#knowsTenant = knowsTenant;
    this.#clock = clock;
    this.#log = log;
    this.#backup = backup;
    this.#subscription = secrets.onDidChange(({ key }) => {
      const fact = TokenFacts.parseKey(key);
      if (!fact) return;
      if (fact.of === 'record') this.#recordChanged.fire(fact.id);
      if (fact.of !== 'record' || !this.find(fact.id)) this.checkList();
    });
  }

  /** Fires the id of a token whose record was written or removed, in this window or another. */
  get onDidChangeRecord(): Event<string> {
    return this.#recordChanged.event;
  }

  /** Fires when tokens were added, renamed, reordered or removed. */
  get onDidChangeList(): Event<void> {
    return this.#listChanged.event;
  }

  /** All tokens, in their order. Reads no secret. */
  get entries(): readonly TokenEntry[] {
    return [...this.#list.entries, ...this.#ofSession()];
  }

  /** Looks whether another window has changed the list: at what `globalState` has now at once, and at the facts soon. */
  checkList(): void {
    this.#fireIfChanged();
    void this.#review(false);
  }

  /** Puts the list right when a window begins: others may have left an old one. Never rejects. */
  async begin(): Promise<void> {
    await this.#review(true);
  }

  /** The ids of the tenants whose tokens these are. */
  get tenants(): Iterable<string> {
    if (this.#session.size === 0) return this.#list.tenants;
    return new Set([...this.#list.tenants, ...this.#ofSession().map((held) => held.tenant)]);
  }

  of(tenant: string): readonly TokenEntry[] {
    return [...this.#list.of(tenant), ...this.#ofSession().filter((held) => held.tenant === tenant)];
  }

  find(id: string | undefined): TokenEntry | undefined {
    if (id === undefined) return undefined;
    return this.#session.get(id)?.entry ?? this.#list.find(id);
  }

  /** True for what ends with this session, as the sandbox's tokens do. */
  isForSession(id: string): boolean {
    return this.#session.has(id);
  }

  /**
   * Stores a secret, makes sure that it is there, and only then lists it.
   * @throws AppError `window-outdated`, `token-not-stored`
   */
  async add(token: NewToken): Promise<TokenEntry> {
    const { added, record } = this.#newcomer(token);
    try {
      await this.prepare();
      await this.#facts.keep(added);
      await this.#backUp((copies) => copies.write(added.id, 0, serialize(record)));
      await this.#secrets.keep(RECORD_PREFIX + added.id, serialize(record));
      this.#list.show(added);
    } catch (cause) {
      this.#list.drop(added.id);
      // Whatever of it was kept is in no list, so nobody could ever remove it.
      await this.#deleteAll(added.id).catch(() => undefined);
      throw notStored(cause);
    }
    await this.#saveList();
    return added;
  }

  /** Like {@link add}, for as long as this object lives, and kept nowhere. */
  addForSession(token: NewToken): TokenEntry {
    const { added, record } = this.#newcomer(token);
    this.#session.set(added.id, { entry: added, value: serialize(record) });
    this.#listChanged.fire();
    return added;
  }

  /**
   * Makes sure that what this window stores takes nothing away from another one: to be called before a secret is sent that
   * the service may replace. @throws AppError `window-outdated`, and what kept the key from being stored
   */
  async prepare(): Promise<void> {
    await this.#backUp((_, key) => key.prepare());
  }

  /**
   * The record as this window sees it at this moment: the newer of both copies. What SecretStorage has lost is put back.
   * @throws AppError `token-unknown`, `secret-lost` (listed and not there), `store-emptied` (and so is all else that was stored),
   * `window-outdated` (another window has stored it, and this one does not see it), `secret-unreadable` (damaged, or a later
   * version's), `secret-store-failed`
   */
  async read(id: string): Promise<TokenRecord> {
    return (await this.#read(id)).record;
  }

  /**
   * The record as the last window has left it, for whoever keeps the others out meanwhile: waits until it is seen.
   * @throws AppError as {@link read}; `renewed-elsewhere` when it is not seen within 5 s
   */
  async readNewest(id: string): Promise<TokenRecord> {
    const begun = this.#clock.mono();
    for (;;) {
      const { record, newest } = await this.#read(id);
      if (record.generation >= newest) return record;
      if (this.#clock.mono() - begun > STORE_MS) throw new AppError('renewed-elsewhere');
      await pause(this.#clock, POLL_MS);
    }
  }

  /** The highest generation that either copy tells of, 0 where nothing can be read, Infinity for a later version's record. */
  async generation(id: string): Promise<number> {
    const held = this.#session.get(id);
    const copy = held ? undefined : await this.#backUp((copies) => copies.read(id));
    const stored = parseRecord(held?.value ?? (await this.#secrets.get(RECORD_PREFIX + id).catch(() => undefined)));
    if (stored === 'later') return Infinity;
    return Math.max(stored?.generation ?? 0, copy && copy !== 'removed' ? copy.generation : 0);
  }

  /**
   * Replaces the record of a listed token, in both copies, and reads it back: a store that resolves has not always kept it.
   * @throws AppError `token-unknown` if it was removed meanwhile, `renewed-elsewhere` if there is a newer one, `secret-not-kept`
   */
  async write(id: string, record: TokenRecord): Promise<void> {
    if ((await this.generation(id)) > record.generation) throw new AppError('renewed-elsewhere');
    await this.overwrite(id, record);
  }

  /** {@link write}, whatever is there: for what a person has entered. @throws AppError `token-unknown`, `secret-not-kept` */
  async overwrite(id: string, record: TokenRecord): Promise<void> {
    const value = serialize(record);
    const held = this.#session.get(id);
    if (held) {
      held.value = value;
    } else {
      await this.#requireThere(id);
      await this.#requireSeen();
      try {
        // The copy first: it is safe, and seen by others, at once.
        const isCopied = await this.#backUp((copies) => copies.write(id, record.generation, value));
        await this.#secrets.keep(RECORD_PREFIX + id, value);
        // Nothing tells the next window that there is something newer than what it sees: it must not come before that.
        if (this.#backup && !isCopied) await waitForPropagation(this.#clock);
      } finally {
        void this.#forgetRemoved(id);
        await this.#requireThere(id);
      }
    }
    this.#recordChanged.fire(id);
  }

  /**
   * Stores again what SecretStorage has lost, unless it turns out within a second that another window has removed it. That it
   * fails is no news: what is there is as it was.
   */
  async putBack(id: string, record: TokenRecord): Promise<void> {
    if (this.#returning.has(id)) return;
    this.#returning.add(id);
    try {
      await pause(this.#clock, REMOVAL_SEEN_MS);
      const isMissing = !parseRecord(await this.#secrets.get(RECORD_PREFIX + id));
      if (!isMissing || !this.find(id) || (await this.#isRemoved(id)) || (await this.#facts.isRemoved(id))) return;
      await this.#requireSeen();
      await this.#secrets.keep(RECORD_PREFIX + id, serialize(record));
      this.#log.info('a record that the key store had lost was put back');
    } catch {
      this.#log.warn('a record that the key store has lost could not be put back');
    } finally {
      this.#returning.delete(id);
    }
  }

  /** @throws AppError `window-outdated`, `secret-store-failed` */
  async rename(id: string, name: string): Promise<void> {
    const held = this.#session.get(id);
    const entry = this.#list.find(id);
    if (held) {
      this.#session.set(id, { ...held, entry: { ...held.entry, name } });
      this.#listChanged.fire();
    } else if (entry) {
      const renamed = { ...entry, name, renamedAt: Math.max(this.#clock.wall(), (entry.renamedAt ?? entry.addedAt) + 1) };
      await this.#requireSeen();
      await this.#facts.keep(renamed, entry);
      this.#list.show(renamed);
      await this.#saveList();
    }
  }

  /** Puts the tokens into the order of `ids`; those not named stay behind them. */
  async reorder(ids: readonly string[]): Promise<void> {
    await this.#saveList(ids);
  }

  /**
   * The removal is on record first: a crash in between leaves a secret that the next window deletes.
   * @throws AppError `window-outdated`, `secret-store-failed`; the token is still there then
   */
  async remove(id: string): Promise<void> {
    if (this.#session.delete(id)) {
      this.#listChanged.fire();
    } else {
      await this.#remove(id);
      await this.#saveList();
    }
    this.#recordChanged.fire(id);
  }

  /** Removes every secret of the extension, also those that the list does not know. @throws AppError `secret-store-failed` */
  async removeAll(): Promise<void> {
    const { records } = await this.#facts.stored();
    const copied = await this.#facts.copied();
    for (const id of new Set([...this.entries.map((one) => one.id), ...records, ...copied])) await this.remove(id);
    await this.#backUp((_, key) => key.remove());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#recordChanged.dispose();
    this.#listChanged.dispose();
    this.#session.clear();
  }

  #newcomer({ boundTo, trust, secret, access, ...rest }: NewToken): { readonly added: TokenEntry; readonly record: TokenRecord } {
    const now = this.#clock.wall();
    const added = { ...rest, id: crypto.randomUUID(), addedAt: now };
    return {
      added,
      record: {
        v: 1,
        generation: 0,
        boundTo,
        ...(trust && { trust }),
        secret,
        ...(access && { access: { ...access, exchangedAt: now } }),
      },
    };
  }

  async #read(id: string): Promise<{ readonly record: TokenRecord; readonly newest: number }> {
    if (!this.find(id)) throw new AppError('token-unknown');
    const held = this.#session.get(id);
    if (held) return this.#choose(held.value, undefined);
    const copy = await this.#backUp((copies) => copies.read(id));
    if (copy === 'removed') throw new AppError('token-unknown');
    const stored = await this.#secrets.get(RECORD_PREFIX + id);
    const chosen = await this.#choose(stored, copy);
    // What is there and older is on its way, or another window's own; writing over it could undo what comes.
    if (!chosen.isStored) void this.putBack(id, chosen.record);
    return chosen;
  }

  /** @throws AppError for what {@link read} cannot read */
  async #choose(stored: string | undefined, copy: Exclude<Copy, 'removed'> | undefined) {
    const [first, second] = [parseRecord(stored), parseRecord(copy?.value)];
    if (first === 'later' || second === 'later') throw new AppError('secret-unreadable');
    const record = second && second.generation > (first?.generation ?? -1) ? second : first;
    if (record) return { record, isStored: first !== undefined, newest: Math.max(record.generation, copy?.generation ?? 0) };
    if (stored !== undefined) throw new AppError('secret-unreadable');
    if (copy) await this.#requireSeen();
    throw new AppError((await this.#backUp((_, key) => key.isLost())) ? 'store-emptied' : 'secret-lost');
  }

  /** What was written while its token was removed goes too. @throws AppError `token-unknown` */
  async #requireThere(id: string): Promise<void> {
    const isRemoved = await this.#isRemoved(id);
    if (!isRemoved && this.find(id)) return;
    if (isRemoved && !this.#removing.has(id)) await this.#deleteAll(id);
    throw new AppError('token-unknown');
  }

  /** Here, or in a window that shares the folder. Asks SecretStorage nothing: a window that is closing has no answer any more. */
  async #isRemoved(id: string): Promise<boolean> {
    return this.#list.isDropped(id) || (await this.#isMarkedRemoved(id));
  }

  async #isMarkedRemoved(id: string): Promise<boolean> {
    return (await this.#backUp((copies) => copies.isRemoved(id))) ?? false;
  }

  /** What was written while its token was removed elsewhere goes too, when that is known. */
  async #forgetRemoved(id: string): Promise<void> {
    await pause(this.#clock, 2 * REMOVAL_SEEN_MS);
    try {
      if ((await this.#isRemoved(id)) || (await this.#facts.isRemoved(id))) await this.#deleteAll(id);
    } catch {
      this.#log.warn('a secret that another window has removed could not be removed here');
    }
  }

  /** One review at a time; what comes meanwhile is in the next one. */
  async #review(isFirst: boolean): Promise<void> {
    this.#isReviewWanted = true;
    await (this.#reviewing ??= this.#reviewUntilDone(isFirst).finally(() => (this.#reviewing = undefined)));
  }

  async #reviewUntilDone(isFirst: boolean): Promise<void> {
    try {
      while (this.#isReviewWanted) {
        this.#isReviewWanted = false;
        const leftovers = await reviewList(this.#reviewParts(), isFirst);
        for (const id of leftovers) if (!this.#removing.has(id)) await this.#deleteAll(id);
        await this.#saveList();
      }
    } catch {
      this.#log.warn('the list of tokens could not be compared with what is stored');
    }
  }

  #reviewParts(): Parameters<typeof reviewList>[0] {
    return {
      list: this.#list,
      facts: this.#facts,
      knowsTenant: this.#knowsTenant,
      requireSeen: () => this.#requireSeen(),
      isMarkedRemoved: (id) => this.#isMarkedRemoved(id),
      isBeingRemoved: (id) => this.#removing.has(id),
      hasCopy: async (id) => {
        const copy = await this.#backUp((copies) => copies.read(id));
        return copy !== undefined && copy !== 'removed' && copy.value !== undefined;
      },
    };
  }

  /** Takes a token away, or leaves all as it was. @throws AppError `window-outdated`, `secret-store-failed` */
  async #remove(id: string): Promise<void> {
    this.#removing.add(id);
    this.#list.drop(id);
    const copy = await this.#backUp((copies) => copies.read(id));
    let isOnRecord = false;
    try {
      await this.#requireSeen();
      await this.#facts.remove(id);
      isOnRecord = true;
      await this.#deleteAll(id);
    } catch (error) {
      this.#list.restore(id);
      await this.#backUp((copies) => copies.restore(id, copy));
      if (isOnRecord) await this.#facts.restore(id).catch(() => undefined);
      await this.#saveList();
      throw error;
    } finally {
      this.#removing.delete(id);
    }
  }

  /**
   * The copy goes first: its mark tells the windows that still hold the record.
   * @throws AppError `window-outdated`, `secret-store-failed`
   */
  async #deleteAll(id: string): Promise<void> {
    await this.#requireSeen();
    await this.#backUp((copies) => copies.remove(id));
    await this.#secrets.delete(RECORD_PREFIX + id);
    await this.#facts.forget(id);
  }

  /** Before anything in SecretStorage is changed. @throws AppError `window-outdated` */
  async #requireSeen(): Promise<void> {
    await this.#backUp((_, key) => key.requireSeen());
  }

  /** Works with the second copies. Without them there is still SecretStorage, so what goes wrong with files is only noted. */
  async #backUp<T>(work: (copies: EncryptedBackup, key: StoreKey) => Promise<T>): Promise<T | undefined> {
    if (!this.#backup) return undefined;
    try {
      return await work(this.#backup.copies, this.#backup.key);
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (!this.#isBackupTold) this.#log.warn(`second copies of the records cannot be kept (${errorCode(error)})`);
      this.#isBackupTold = true;
      return undefined;
    }
  }

  #ofSession(): TokenEntry[] {
    return Array.from(this.#session.values(), ({ entry }) => entry);
  }

  /** The list is for the first paint of the next session: what cannot be kept of it comes back from the facts. */
  async #saveList(order?: readonly string[]): Promise<void> {
    await this.#list.save(order).catch(() => this.#log.warn('the order of the tokens could not be kept'));
    this.#fireIfChanged();
  }

  #fireIfChanged(): void {
    const { entries } = this.#list;
    if (entries === this.#shownEntries) return;
    const isNews = JSON.stringify(entries) !== JSON.stringify(this.#shownEntries);
    this.#shownEntries = entries;
    if (isNews) this.#listChanged.fire();
  }
}

/** What keeps a window from storing a new token, for a person. */
export function notStored(cause: unknown): AppError {
  return cause instanceof AppError && cause.code === 'window-outdated' ? cause : new AppError('token-not-stored', {}, cause);
}

function serialize(record: TokenRecord): string {
  return JSON.stringify(record);
}
