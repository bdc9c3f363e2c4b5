import { pause, untilSeen, type Clock } from './clock.js';
import { errorCode, type SharedFolder } from './folder.js';
import type { Log } from './log.js';
import { isId, parseEntry, type TokenEntry, type TokenList } from './tokenList.js';

/** After it, the list of another window that did not know of a change has come, if there is one. */
const SETTLED_MS = 1_000;
const MAX_TRIED = 10;
/** In the folder of a list: that a window of this folder has given it its id. */
const OWN_FILE = 'own';

interface Parts {
  readonly list: TokenList;
  /** Undefined: there is none that the windows share. */
  readonly folder: SharedFolder | undefined;
  /** Whether there are windows that change the list and do not share the folder. */
  readonly areStrangers: () => boolean;
  /** Whether SecretStorage has a token's secret. */
  readonly isStored: (id: string) => Promise<boolean>;
  readonly isRemoved: (id: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1. */
  readonly random: () => number;
  /** Called when the list was put right, with those that were taken off it. */
  readonly onMended: (gone: ReadonlySet<string>) => void;
}

/**
 * Puts the {@link TokenList} right where a window has written one over it that does not know of a token, or of a removal: each
 * window writes all of its `globalState` at once, be it for something else, and the last one to write counts. So there is a
 * file for each token in the folder that the windows share: none takes another one along. It holds nothing secret.
 *
 * What windows with another folder remove leaves no mark in this one. So files count only while the list has an id that a window
 * of this folder has given it, and no others are about: whoever begins elsewhere gives it another one, for good.
 */
export class ListKeeper {
  readonly #parts: Parts;
  /** By this window just now, by their ids: where the files do not tell, it is the one to know. */
  readonly #added = new Map<string, TokenEntry>();
  #settled: Promise<unknown> = Promise.resolve();
  #looking = 0;
  /** The last one that {@link #ownId} has found. */
  #own: string | undefined;
  #isTold = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** When a window begins: those that are gone may have left an old list. @throws what `globalState` throws */
  async begin(): Promise<void> {
    if ((await this.#ownId()) === undefined) await this.#identify();
    await this.mend();
  }

  /** Before a token is listed, or listed with another name. */
  async keep(entry: TokenEntry): Promise<void> {
    this.#added.set(entry.id, entry);
    await this.#file(entry);
  }

  /** After a token was removed from the list, or could not be added to it. */
  async drop(id: string): Promise<void> {
    this.#added.delete(id);
    await this.#withFiles((files) => files.remove(id));
  }

  /** After this window has changed the list: looks for what another one may write over it. */
  changed(): void {
    this.#settled = Promise.all([this.#settled, this.#untilRight()]);
  }

  /** Another window has changed the list. */
  noticed(): void {
    if (this.#looking === 0) this.changed();
  }

  /** When what {@link changed} looks for has come and is put right, about a second later. */
  async settled(): Promise<void> {
    await this.#settled;
  }

  /** Puts the list right. False where it was. @throws what `globalState` throws */
  async mend(): Promise<boolean> {
    const filed = await this.#filed();
    const missing = await this.#missing(filed);
    const gone = filed ? await this.#gone(filed) : new Set<string>();
    const { list, onMended } = this.#parts;
    if (missing.length === 0 && gone.size === 0 && !list.hasRemoved) return false;
    // Another window may have listed what was missing meanwhile.
    const replaced = new Set([...gone, ...missing.map(({ id }) => id)]);
    await list.update((kept) => [...kept.filter(({ id }) => !replaced.has(id)), ...missing]);
    onMended(gone);
    return true;
  }

  /** Whether what is not listed was surely removed: not where it may have a file that cannot be read now. */
  async isGone(id: string): Promise<boolean> {
    const { folder, areStrangers } = this.#parts;
    if (!folder || areStrangers()) return true;
    return (await this.#withFiles(async (files) => (await files.read(id)) === undefined)) ?? false;
  }

  /** Several windows that begin may each give the list an id, and the last one to write it counts. */
  async #identify(): Promise<void> {
    const { list, clock } = this.#parts;
    for (let tried = 0; tried < MAX_TRIED; tried++) {
      const id = crypto.randomUUID();
      await this.#tried((lists) => lists.folder(id).create(OWN_FILE, ''));
      // Also where it could not be claimed: what others have in their files may be removed here.
      await list.identify(id);
      await untilSeen(clock);
      if (list.id === id || (await this.#ownId()) !== undefined) return;
    }
  }

  /** The id of the list, where a window of this folder has given it. */
  async #ownId(): Promise<string | undefined> {
    const { id } = this.#parts.list;
    if (id === undefined || id === this.#own) return id;
    const isOwn = (await this.#tried((lists) => lists.folder(id).read(OWN_FILE))) !== undefined;
    return isOwn ? (this.#own = id) : undefined;
  }

  async #untilRight(): Promise<void> {
    const { clock, random, log } = this.#parts;
    this.#looking++;
    try {
      for (let tried = 0; tried < MAX_TRIED; tried++) {
        // Not in step with the others, who mend theirs.
        await pause(clock, SETTLED_MS * (1 + tried * random()));
        if (!(await this.mend())) return;
      }
    } catch {
      log.warn('the list of tokens could not be put right');
    } finally {
      if (--this.#looking === 0) this.#added.clear();
    }
  }

  /** The ids of the tokens that any window has added. Undefined where that is not to be known. */
  async #filed(): Promise<ReadonlySet<string> | undefined> {
    // What else is in the folder is a file that is being written.
    return this.#withFiles(async (files) => new Set((await files.names()).filter(isId)));
  }

  /** What is not listed and should be. Where no file tells, that takes a secret which nobody has removed. */
  async #missing(filed: ReadonlySet<string> | undefined): Promise<readonly TokenEntry[]> {
    const { list, isStored, isRemoved } = this.#parts;
    const missing: TokenEntry[] = [];
    for (const id of new Set([...(filed ?? []), ...this.#added.keys()])) {
      if (list.find(id)) continue;
      if (await isRemoved(id)) await this.drop(id);
      else if (filed?.has(id) || (await isStored(id))) missing.push(...(await this.#entry(id)));
    }
    return missing;
  }

  async #entry(id: string): Promise<readonly TokenEntry[]> {
    const content = await this.#withFiles((files) => files.read(id));
    const filed = parseEntry(content ?? '');
    const entry = filed?.id === id ? filed : this.#added.get(id);
    return entry ? [entry] : [];
  }

  /** What is listed and was removed. What else has no file is of an earlier version, or could not be written. */
  async #gone(filed: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const gone = new Set<string>();
    for (const entry of this.#parts.list.entries) {
      if (filed.has(entry.id)) continue;
      if (!(await this.#file(entry))) gone.add(entry.id);
    }
    return gone;
  }

  /** False for what was removed, maybe meanwhile: the mark is there before the file is taken away, so it is looked for last. */
  async #file(entry: TokenEntry): Promise<boolean> {
    await this.#withFiles((files) => files.replace(entry.id, JSON.stringify(entry)));
    if (!(await this.#parts.isRemoved(entry.id))) return true;
    await this.drop(entry.id);
    return false;
  }

  /** Those of this list. Undefined where they cannot be used, or do not count. */
  async #withFiles<T>(work: (files: SharedFolder) => Promise<T>): Promise<T | undefined> {
    const { list, areStrangers } = this.#parts;
    const own = areStrangers() ? undefined : await this.#ownId();
    // It may have got another one meanwhile.
    return own !== undefined && own === list.id ? this.#tried((lists) => work(lists.folder(own))) : undefined;
  }

  /** Undefined where there is no folder, or it cannot be used. */
  async #tried<T>(work: (lists: SharedFolder) => Promise<T>): Promise<T | undefined> {
    const { folder, log } = this.#parts;
    if (!folder) return undefined;
    try {
      return await work(folder);
    } catch (error) {
      if (!this.#isTold) log.warn(`the list of tokens cannot be kept in files (${errorCode(error)})`);
      this.#isTold = true;
      return undefined;
    }
  }
}
