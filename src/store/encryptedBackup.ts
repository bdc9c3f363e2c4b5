import * as z from 'zod/mini';
import type { SharedFolder } from './folder.js';
import type { Sealed, StoreKey } from './storeKey.js';

const FILE = 'record';
const REMOVED = 'removed';

const file = z.union([
  z.object({ v: z.literal(1), removed: z.literal(true), key: z.string(), data: z.string() }),
  z.object({ v: z.literal(1), generation: z.number(), key: z.string(), data: z.string() }),
]);

type Found = z.infer<typeof file>;

/** What the second copy of a record tells. Its generation can be read without the key. */
export type Copy = 'removed' | { readonly generation: number; readonly value: string | undefined };

/**
 * A second copy of each record, encrypted with a key that SecretStorage holds, in a folder that the windows share. It is on
 * the disk, and seen by the other windows, before the exchange ends; what goes into SecretStorage is seen by them 300 ms
 * later, or never (in a browser, windows overwrite each other's secrets), and can be lost in a crash until then.
 */
export class EncryptedBackup {
  readonly #folder: SharedFolder;
  readonly #key: StoreKey;

  /** @param folder holds a folder for each token */
  constructor(folder: SharedFolder, key: StoreKey) {
    this.#folder = folder;
    this.#key = key;
  }

  /** Undefined where there is none, or one that this version cannot read. Rejects with errors of the file system. */
  async read(id: string): Promise<Copy | undefined> {
    const found = await this.#find(id);
    if (!found) return undefined;
    if ('removed' in found) return (await this.#isMark(id, found)) ? 'removed' : undefined;
    return { generation: found.generation, value: await this.#key.open(found, contextOf(id, found.generation)) };
  }

  /** Whether {@link remove} has left its mark. Rejects with errors of the file system. @throws AppError `secret-store-failed` */
  async isRemoved(id: string): Promise<boolean> {
    const found = await this.#find(id);
    return found !== undefined && 'removed' in found && this.#isMark(id, found);
  }

  /** True if it was written; false where there is no key. Rejects with errors of the file system. */
  async write(id: string, generation: number, value: string): Promise<boolean> {
    const sealed = await this.#key.seal(value, contextOf(id, generation));
    if (sealed) await this.#folder.folder(id).replace(FILE, JSON.stringify({ v: 1, generation, ...sealed }));
    return sealed !== undefined;
  }

  /** Puts back what {@link read} has returned, where it could be opened. Rejects with errors of the file system. */
  async restore(id: string, copy: Copy | undefined): Promise<void> {
    if (copy !== 'removed' && copy?.value !== undefined) await this.write(id, copy.generation, copy.value);
  }

  /**
   * Leaves a mark in its place: a window that still holds the record must not bring it back. The mark is sealed, so that nobody
   * without the key can take a token away by it. Where there is no key, no copy can be opened either, and the file goes.
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

/** So that no copy can stand in for that of another token, or for a newer one of its own. */
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
