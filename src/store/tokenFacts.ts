import type { SharedFolder } from './folder.js';
import type { SecretStore } from './secretStore.js';
import { isId, laterOf, namedAt, parseEntry, type TokenEntry } from './tokenEntry.js';

export const RECORD_PREFIX = 'token.';
const ENTRY_PREFIX = 'entry.';
const REMOVED_PREFIX = 'removed.';
const FILE = 'entry';

interface Fact {
  /** The id of a token. */
  readonly id: string;
  readonly of: 'record' | 'entry' | 'removal';
  /** When it got its name, epoch ms, for an entry. */
  readonly at: number;
}

const KINDS: ReadonlyMap<string, Fact['of']> = new Map([
  ['token', 'record'],
  ['entry', 'entry'],
  ['removed', 'removal'],
]);

/** What the keys of SecretStorage say, by the ids of tokens. */
export interface StoredIds {
  /** Tokens whose record is stored. */
  readonly records: ReadonlySet<string>;
  /** When tokens got the names in their stored entries, epoch ms. */
  readonly entries: ReadonlyMap<string, number>;
  /** Tokens that were removed. */
  readonly removed: ReadonlySet<string>;
}

/**
 * Which API tokens there are, and which were removed: a value of its own for each token, in SecretStorage and in the folder
 * that the windows share. Facts are only added, so no window can undo what another one has done. SecretStorage reaches windows
 * that use another folder, the folder those that do not see each other's secrets (a browser's). The key of an entry says when the
 * token got its name, so that only a new name is read.
 */
export class TokenFacts {
  readonly #secrets: SecretStore;
  readonly #folder: SharedFolder | undefined;

  /** @param folder holds a folder for each token; undefined where there is none */
  constructor(secrets: SecretStore, folder: SharedFolder | undefined) {
    this.#secrets = secrets;
    this.#folder = folder;
  }

  /** @throws AppError `secret-store-failed` */
  async stored(): Promise<StoredIds> {
    const keys = await this.#secrets.keys();
    const facts = keys.flatMap((key) => TokenFacts.parseKey(key) ?? []);
    const idsOf = (kind: Fact['of']): Set<string> => new Set(facts.flatMap(({ id, of }) => (of === kind ? [id] : [])));
    const entries = new Map<string, number>();
    for (const { id, of, at } of facts) if (of === 'entry') entries.set(id, Math.max(at, entries.get(id) ?? 0));
    return { records: idsOf('record'), entries, removed: idsOf('removal') };
  }

  /** The ids of the tokens that the folder may hold a copy of; none where it cannot be read. */
  async copied(): Promise<readonly string[]> {
    const names = await this.#folder?.names().catch(() => undefined);
    return (names ?? []).filter(isId);
  }

  /**
   * The entry with the newest name; undefined for a token of version 0.1.0 that no window has listed since.
   * @throws AppError `secret-store-failed`
   */
  async entry(id: string, { entries }: StoredIds): Promise<TokenEntry | undefined> {
    const at = entries.get(id);
    const stored = at === undefined ? undefined : await this.#secrets.get(keyOf(id, at));
    return laterOf(await this.filedEntry(id), parseEntry(stored, id));
  }

  /** {@link entry} as the folder has it: opens nothing in SecretStorage. Undefined where it cannot be read, too. */
  async filedEntry(id: string): Promise<TokenEntry | undefined> {
    const content = await this.#folder
      ?.folder(id)
      .read(FILE)
      .catch(() => undefined);
    return parseEntry(content, id);
  }

  /**
   * Writes an entry where all windows find it; a folder that cannot be used is done without.
   * @param before the entry with the former name
   * @throws AppError `secret-store-failed`
   */
  async keep(entry: TokenEntry, before?: TokenEntry): Promise<void> {
    const { id } = entry;
    const value = JSON.stringify(entry);
    await this.#folder
      ?.folder(id)
      .replace(FILE, value)
      .catch(() => undefined);
    await this.#secrets.store(keyOf(id, namedAt(entry)), value);
    if (before) await this.#secrets.delete(keyOf(id, namedAt(before)));
  }

  /** Whether a removal is on record in SecretStorage. @throws AppError `secret-store-failed` */
  async isRemoved(id: string): Promise<boolean> {
    return (await this.#secrets.get(REMOVED_PREFIX + id)) !== undefined;
  }

  /** Puts a removal on record. @throws AppError `secret-store-failed` */
  async remove(id: string): Promise<void> {
    await this.#secrets.store(REMOVED_PREFIX + id, '{"v":1}');
  }

  /** Takes {@link remove} back, where the removal did not come about. @throws AppError `secret-store-failed` */
  async restore(id: string): Promise<void> {
    await this.#secrets.delete(REMOVED_PREFIX + id);
  }

  /** Deletes the entry of a token that was removed, under each of its names. @throws AppError `secret-store-failed` */
  async forget(id: string): Promise<void> {
    await this.#folder
      ?.folder(id)
      .remove(FILE)
      .catch(() => undefined);
    for (const key of await this.#secrets.keys()) if (key.startsWith(`${ENTRY_PREFIX}${id}.`)) await this.#secrets.delete(key);
  }

  /** What a key of SecretStorage is about; undefined for one that says nothing of tokens. */
  static parseKey(key: string): Fact | undefined {
    const [, kind = '', id = '', at = '0'] = /^(token|entry|removed)\.(.+?)(?:\.(\d+(?:\.\d+)?))?$/.exec(key) ?? [];
    const of = KINDS.get(kind);
    return of && { id, of, at: Number(at) };
  }
}

function keyOf(id: string, at: number): string {
  return `${ENTRY_PREFIX}${id}.${at}`;
}
