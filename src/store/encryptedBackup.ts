import * as z from 'zod/mini';
import type { SharedFolder } from './folder.js';
import type { Sealed, StoreKey } from './storeKey.js';

const FILE = 'record';
const REMOVED = 'removed';

const file = z.union([
  z.object({ v: z.literal(1), removed: z.literal(true), key: z.string(), data: z.string() }),
  z.object({ v: z.literal(1), generation: z.int(), key: z.string(), data: z.string() }),
]);

type Found = z.infer<typeof file>;

/** The second copy of a record. Its generation can be read without the key. */
export type Copy = 'removed' | { readonly generation: number; readonly value: string | undefined };

/**
 * A second copy of each record in a folder that the windows share, encrypted with a key from SecretStorage. The copy is on
 * disk and visible to other windows before the exchange ends. A value in SecretStorage becomes visible to them about 300 ms
 * later, or never (in a browser, windows overwrite each other's secrets), and until then a crash can lose it.
 */
export class EncryptedBackup {
  readonly #folder: SharedFolder;
  readonly #key: StoreKey;

  /** @param folder contains a folder for each token */
  constructor(folder: SharedFolder, key: StoreKey) {
    this.#folder = folder;
    this.#key = key;
  }

  /** Undefined if the copy is missing or this version cannot read it. Rejects with errors of the file system. */
  async read(id: string): Promise<Copy | undefined> {
    const found = await this.#find(id);
    if (!found) return undefined;
    if ('removed' in found) return (await this.#isMark(id, found)) ? 'removed' : undefined;
    return { generation: found.generation, value: await this.#key.open(found, contextOf(id, found.generation)) };
  }

  /**
   * Whether {@link remove} has left its mark. Rejects with errors of the file system.
   * @throws AppError `secret-store-failed`
   */
  async isRemoved(id: string): Promise<boolean> {
    const found = await this.#find(id);
    return found !== undefined && 'removed' in found && this.#isMark(id, found);
  }

  /**
   * Rejects with errors of the file system.
   * @returns false if there is no key, and nothing was written
   */
  async write(id: string, generation: number, value: string): Promise<boolean> {
    const sealed = await this.#key.seal(value, contextOf(id, generation));
    if (sealed) await this.#folder.folder(id).replace(FILE, JSON.stringify({ v: 1, generation, ...sealed }));
    return sealed !== undefined;
  }

  /**
   * Replaces the copy with a mark, so that a window that still holds the record does not restore it. The mark is encrypted,
   * so that nobody can remove a token without the key. Without a key the file is deleted: no copy could be decrypted anyway.
   */
  async remove(id: string): Promise<void> {
    const sealed = await this.#key.seal(REMOVED, contextOf(id, REMOVED));
    const folder = this.#folder.folder(id);
    await (sealed ? folder.replace(FILE, JSON.stringify({ v: 1, removed: true, ...sealed })) : folder.remove(FILE));
  }

  async #find(id: string): Promise<Found | undefined> {
    return parse(await this.#folder.folder(id).read(FILE));
  }

  async #isMark(id: string, sealed: Sealed): Promise<boolean> {
    return (await this.#key.open(sealed, contextOf(id, REMOVED))) === REMOVED;
  }
}

/** Binds a copy to its token and generation, so that it cannot be swapped for another token's or an older one. */
function contextOf(id: string, generation: number | typeof REMOVED): string {
  return `${id} ${generation}`;
}

function parse(content: string | undefined): Found | undefined {
  try {
    return file.safeParse(JSON.parse(content ?? '')).data;
  } catch {
    return undefined;
  }
}
