import type { Memento, SecretStorage } from 'vscode';
import { AppError } from '../errors.js';
import { Emitter, type Disposable, type Event } from '../event.js';
import type { Secret } from '../platforms/platform.js';
import { pause, untilSeen, type Clock } from './clock.js';
import type { Copies, Copy } from './copies.js';
import { errorCode, type SharedFolder } from './folder.js';
import { ListKeeper } from './listKeeper.js';
import type { Log } from './log.js';
import { parseRecord, type Access, type TokenRecord } from './record.js';
import { SecretStore } from './secretStore.js';
import type { StoreKey } from './storeKey.js';
import { TokenList, type TokenEntry } from './tokenList.js';

const SECRET_PREFIX = 'token.';
/** Within it, each window sees what another one has stored, if it ever does. */
const VISIBLE_MS = 5_000;
const POLL_MS = 50;
/** After it, a removal in another window is on record. */
const REMOVAL_SEEN_MS = 1_000;

type NewToken = Omit<TokenEntry, 'id' | 'addedAt'> & {
  readonly boundTo: string;
  readonly secret: Secret;
  /** The access token that came with it. */
  readonly access?: Pick<Access, 'token' | 'expiresAt'>;
};

/** What the windows share: the second copies, the key that they are encrypted with, and what the list is put right from. */
export interface Backup {
  readonly copies: Copies;
  readonly key: StoreKey;
  readonly lists: SharedFolder;
}

interface Parts {
  readonly secrets: SecretStorage;
  readonly index: Memento;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1. */
  readonly random: () => number;
  readonly backup?: Backup;
  /** Whether there are windows with the same `globalState` that share nothing else. */
  readonly areStrangers: () => boolean;
}

/**
 * Keeps API tokens: a {@link TokenList}, and one record per token in SecretStorage with a second copy in {@link Copies}. Of the
 * two, the one with more exchanges counts. The list is what tells a secret that the machine lost from one that never was.
 */
export class Vault implements Disposable {
  readonly #secrets: SecretStore;
  readonly #list: TokenList;
  readonly #keeper: ListKeeper;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #backup: Backup | undefined;
  readonly #recordChanged = new Emitter<string>();
  readonly #listChanged = new Emitter<void>();
  readonly #subscription: Disposable;
  /** Tokens that were removed in this window: an exchange that ends meanwhile must not write them back. */
  readonly #removed = new Set<string>();
  /** Tokens whose records are being put back. */
  readonly #returning = new Set<string>();
  /** Tokens of the sandbox: they end with the session, so nothing outside this object learns of them. */
  readonly #session = new Map<string, { readonly entry: TokenEntry; value: string }>();
  #isBackupTold = false;

  constructor({ secrets, index, clock, log, random, backup, areStrangers }: Parts) {
    this.#secrets = new SecretStore(secrets, clock);
    this.#list = new TokenList(index);
    this.#clock = clock;
    this.#log = log;
    this.#backup = backup;
    this.#keeper = new ListKeeper({
      list: this.#list,
      folder: backup?.lists,
      areStrangers,
      isStored: async (id) => (await this.#secrets.get(SECRET_PREFIX + id)) !== undefined,
      isRemoved: (id) => this.#isRemoved(id),
      clock,
      log,
      random,
      onMended: (gone) => {
        for (const id of gone) void this.#forget(id, true);
        this.#listChanged.fire();
      },
    });
    this.#subscription = secrets.onDidChange(({ key }) => {
      if (!key.startsWith(SECRET_PREFIX)) return;
      this.#recordChanged.fire(key.slice(SECRET_PREFIX.length));
      this.checkList();
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

  /** Looks whether another window has changed the list. */
  checkList(): void {
    const change = this.#list.takeChange();
    for (const { id } of change?.gone ?? []) void this.#forget(id, false);
    if (!change?.isNews) return;
    this.#keeper.noticed();
    this.#listChanged.fire();
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
   * Stores a secret, makes sure that it is there, and only then lists it. A person is told when it is {@link settled}.
   * @throws AppError `window-outdated`, `token-not-stored`
   */
  async add(token: NewToken): Promise<TokenEntry> {
    const { added, record } = this.#newcomer(token);
    try {
      await this.prepare();
      await this.#backUp((copies) => copies.write(added.id, 0, serialize(record)));
      await this.#secrets.keep(SECRET_PREFIX + added.id, serialize(record));
      await this.#keeper.keep(added);
      // Another window may have found it in between.
      await this.#updateList((kept) => [...kept.filter(({ id }) => id !== added.id), added]);
    } catch (cause) {
      // Whatever of it was kept is in no list, so nobody could ever remove it.
      await this.#deleteBoth(added.id).catch(() => undefined);
      await this.#keeper.drop(added.id);
      throw notStored(cause);
    }
    return added;
  }

  /**
   * When what this window has added is listed, and what it has removed no longer is, also if another window that did not know
   * of it has written its own list over it: about a second later.
   */
  async settled(): Promise<void> {
    await this.#keeper.settled();
  }

  /** Puts the list right: windows that are gone may have left an old one. @throws what `globalState` throws */
  async begin(): Promise<void> {
    await this.#keeper.begin();
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
      if (this.#clock.mono() - begun > VISIBLE_MS) throw new AppError('renewed-elsewhere');
      await pause(this.#clock, POLL_MS);
    }
  }

  /** The highest generation that either copy tells of, 0 where nothing can be read, Infinity for a later version's record. */
  async generation(id: string): Promise<number> {
    const held = this.#session.get(id);
    const copy = held ? undefined : await this.#backUp((copies) => copies.read(id));
    const stored = parseRecord(held?.value ?? (await this.#secrets.get(SECRET_PREFIX + id).catch(() => undefined)));
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
        await this.#secrets.keep(SECRET_PREFIX + id, value);
        // Nothing tells the next window that there is something newer than what it sees: it must not come before that.
        if (this.#backup && !isCopied) await untilSeen(this.#clock);
      } finally {
        void this.#forgetUnlisted(id);
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
      const isMissing = !parseRecord(await this.#secrets.get(SECRET_PREFIX + id));
      if (!isMissing || !this.find(id) || (await this.#isRemoved(id))) return;
      await this.#requireSeen();
      await this.#secrets.keep(SECRET_PREFIX + id, serialize(record));
      this.#log.info('a record that the key store had lost was put back');
    } catch {
      this.#log.warn('a record that the key store has lost could not be put back');
    } finally {
      this.#returning.delete(id);
    }
  }

  async rename(id: string, name: string): Promise<void> {
    const held = this.#session.get(id);
    if (held) {
      this.#session.set(id, { ...held, entry: { ...held.entry, name } });
      this.#listChanged.fire();
      return;
    }
    const entry = this.#list.find(id);
    if (!entry) return;
    await this.#keeper.keep({ ...entry, name });
    await this.#updateList((kept) => kept.map((one) => (one.id === id ? { ...one, name } : one)));
  }

  /** Puts the tokens into the order of `ids`; those not named stay behind them. */
  async reorder(ids: readonly string[]): Promise<void> {
    const place = (one: TokenEntry): number => (ids.includes(one.id) ? ids.indexOf(one.id) : ids.length);
    await this.#updateList((kept) => [...kept].sort((a, b) => place(a) - place(b)));
  }

  /**
   * The secret goes first: a crash in between leaves a row that can be removed again, never a secret that nobody sees.
   * @throws AppError `window-outdated`, `secret-store-failed`; the token is still there then
   */
  async remove(id: string): Promise<void> {
    if (this.#session.delete(id)) {
      this.#listChanged.fire();
    } else {
      this.#removed.add(id);
      const copy = await this.#backUp((copies) => copies.read(id));
      try {
        await this.#deleteBoth(id);
        await this.#list.remove(id);
      } catch (error) {
        this.#removed.delete(id);
        await this.#backUp((copies) => copies.restore(id, copy));
        throw error;
      }
      await this.#keeper.drop(id);
      this.#listChanged.fire();
      this.#keeper.changed();
    }
    this.#recordChanged.fire(id);
  }

  /** Removes every secret of the extension, also those that the list does not know. @throws AppError `secret-store-failed` */
  async removeAll(): Promise<void> {
    await this.#keeper.mend();
    const keys = await this.#secrets.keys();
    const stored = keys.filter((key) => key.startsWith(SECRET_PREFIX)).map((key) => key.slice(SECRET_PREFIX.length));
    for (const id of new Set([...this.entries.map((one) => one.id), ...stored])) await this.remove(id);
    await this.#backUp((_, key) => key.remove());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#recordChanged.dispose();
    this.#listChanged.dispose();
    this.#session.clear();
  }

  #newcomer({ boundTo, secret, access, ...rest }: NewToken): { readonly added: TokenEntry; readonly record: TokenRecord } {
    const now = this.#clock.wall();
    const added = { ...rest, id: crypto.randomUUID(), addedAt: now };
    return {
      added,
      record: { v: 1, generation: 0, boundTo, secret, ...(access && { access: { ...access, exchangedAt: now } }) },
    };
  }

  async #read(id: string): Promise<{ readonly record: TokenRecord; readonly newest: number }> {
    if (!this.find(id)) throw new AppError('token-unknown');
    const held = this.#session.get(id);
    if (held) return this.#choose(held.value, undefined);
    const copy = await this.#backUp((copies) => copies.read(id));
    if (copy === 'removed') throw new AppError('token-unknown');
    const stored = await this.#secrets.get(SECRET_PREFIX + id);
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
    if (isRemoved) await this.#deleteBoth(id);
    throw new AppError('token-unknown');
  }

  /** Here, or in another window that shares the folder. */
  async #isRemoved(id: string): Promise<boolean> {
    return this.#removed.has(id) || ((await this.#backUp((copies) => copies.isRemoved(id))) ?? false);
  }

  /** A removal in a window that does not share the folder is known a moment later. */
  async #forgetUnlisted(id: string): Promise<void> {
    await pause(this.#clock, 2 * REMOVAL_SEEN_MS);
    if (this.find(id)) return;
    try {
      // Another window may have written a list over it that does not know of this token yet.
      await this.#keeper.mend();
    } catch {
      return;
    }
    // A list that is not there says nothing.
    if (!this.find(id) && this.#list.isThere) await this.#forget(id, await this.#keeper.isGone(id));
  }

  /** Where windows have secrets of their own, what another one has removed is still in this one's. */
  async #forget(id: string, isSure: boolean): Promise<void> {
    try {
      if (isSure || (await this.#isRemoved(id))) await this.#deleteBoth(id);
    } catch {
      this.#log.warn('a secret that another window has removed could not be removed here');
    }
  }

  /**
   * The copy goes first: its mark tells the windows that still hold the record.
   * @throws AppError `window-outdated`, `secret-store-failed`
   */
  async #deleteBoth(id: string): Promise<void> {
    await this.#requireSeen();
    await this.#backUp((copies) => copies.remove(id));
    await this.#secrets.delete(SECRET_PREFIX + id);
  }

  /** Before anything in SecretStorage is changed. @throws AppError `window-outdated` */
  async #requireSeen(): Promise<void> {
    await this.#backUp((_, key) => key.requireSeen());
  }

  /** Works with the second copies. Without them there is still SecretStorage, so what goes wrong with files is only noted. */
  async #backUp<T>(work: (copies: Copies, key: StoreKey) => Promise<T>): Promise<T | undefined> {
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

  async #updateList(change: (entries: readonly TokenEntry[]) => readonly TokenEntry[]): Promise<void> {
    await this.#list.update(change);
    this.#listChanged.fire();
    this.#keeper.changed();
  }
}

/** What keeps a window from storing a new token, for a person. */
export function notStored(cause: unknown): AppError {
  return cause instanceof AppError && cause.code === 'window-outdated' ? cause : new AppError('token-not-stored', {}, cause);
}

function serialize(record: TokenRecord): string {
  return JSON.stringify(record);
}
