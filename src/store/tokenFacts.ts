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
  /** For an entry: when the token got its name, epoch ms. */
  readonly at: number;
}

const KINDS: ReadonlyMap<string, Fact['of']> = new Map([
  ['token', 'record'],
  ['entry', 'entry'],
  ['removed', 'removal'],
]);

/** What the keys of SecretStorage say about tokens, by id. */
export interface StoredIds {
  /** Tokens whose record is stored. */
  readonly records: ReadonlySet<string>;
  /** When each token got the name in its stored entry, epoch ms. */
  readonly entries: ReadonlyMap<string, number>;
  /** Removed tokens. */
  readonly removed: ReadonlySet<string>;
}

/**
 * Records which API tokens exist and which were removed, with a separate value for each token, in SecretStorage and in the
 * folder that the windows share. Facts are only added, so no window can undo another one's change. SecretStorage reaches
 * windows with another folder; the folder reaches windows that do not see each other's secrets (in a browser). The key of an
 * entry contains the time of the token's name, so that only new names need reading.
 */
export class TokenFacts {
  readonly #secrets: SecretStore;
  readonly #folder: SharedFolder | undefined;

  /** @param folder contains a folder for each token */
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

  /** The ids of the tokens that may have a copy in the folder; empty if it cannot be read. */
  async copied(): Promise<readonly string[]> {
    const names = await this.#folder?.names().catch(() => undefined);
    return (names ?? []).filter(isId);
  }

  /**
   * The entry with the newest name; undefined for a token of version 0.1.0 that no later version has listed.
   * @throws AppError `secret-store-failed`
   */
  async entry(id: string, { entries }: StoredIds): Promise<TokenEntry | undefined> {
    const at = entries.get(id);
    const stored = at === undefined ? undefined : await this.#secrets.get(keyOf(id, at));
    return laterOf(await this.filedEntry(id), parseEntry(stored, id));
  }

  /** The entry in the folder, without reading SecretStorage. Undefined also if the folder cannot be read. */
  async filedEntry(id: string): Promise<TokenEntry | undefined> {
    const content = await this.#folder
      ?.folder(id)
      .read(FILE)
      .catch(() => undefined);
    return parseEntry(content, id);
  }

  /**
   * Writes an entry to both places; ignores an unusable folder.
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

  /**
   * Whether SecretStorage records a removal.
   * @throws AppError `secret-store-failed`
   */
  async isRemoved(id: string): Promise<boolean> {
    return (await this.#secrets.get(REMOVED_PREFIX + id)) !== undefined;
  }

  /**
   * Records a removal.
   * @throws AppError `secret-store-failed`
   */
  async remove(id: string): Promise<void> {
    await this.#secrets.store(REMOVED_PREFIX + id, '{"v":1}');
  }

  /**
   * Undoes a {@link remove} that failed.
   * @throws AppError `secret-store-failed`
   */
  async restore(id: string): Promise<void> {
    await this.#secrets.delete(REMOVED_PREFIX + id);
  }

  /**
   * Deletes all entries of a removed token.
   * @throws AppError `secret-store-failed`
   */
  async forget(id: string): Promise<void> {
    await this.#folder
      ?.folder(id)
      .remove(FILE)
      .catch(() => undefined);
    for (const key of await this.#secrets.keys()) if (key.startsWith(`${ENTRY_PREFIX}${id}.`)) await this.#secrets.delete(key);
  }

  /** Parses a key of SecretStorage; undefined for a key that does not belong to a token. */
  static parseKey(key: string): Fact | undefined {
    const [, kind = '', id = '', at = '0'] = /^(token|entry|removed)\.(.+?)(?:\.(\d+(?:\.\d+)?))?$/.exec(key) ?? [];
    const of = KINDS.get(kind);
    return of && { id, of, at: Number(at) };
  }
}

function keyOf(id: string, at: number): string {
  return `${ENTRY_PREFIX}${id}.${at}`;
}
