import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { AppError } from '../base/errors.js';
import { pause, type Clock } from '../base/clock.js';
import { STORE_MS } from '../base/timeLimits.js';
import type { SharedFolder } from './folder.js';
import type { SecretStore } from './secretStore.js';

const SECRET = 'key';
const FILE = 'key';
const LOST_FILE = 'key.lost';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const POLL_MS = 50;
/** Longer than a window takes from loading to starting its extension host. */
const LOADING_MS = 30_000;

const key = z.object({ id: z.string(), key: z.string() });
type Key = Readonly<z.infer<typeof key>>;

export interface Sealed {
  /** The id of the key: random, with the time of its creation in front. */
  readonly key: string;
  readonly data: string;
}

/**
 * The key of the second copies: a secret in SecretStorage, whose id is in a file beside the copies. It is also a canary: if
 * the file of an earlier session exists but the secret does not, this machine has lost its secrets.
 */
export class StoreKey {
  readonly #secrets: SecretStore;
  readonly #folder: SharedFolder;
  readonly #clock: Clock;
  /** The id of the key from before this session. This window would see that key if SecretStorage still had it. */
  readonly #atStart: Promise<string | undefined>;
  #key: Key | undefined;
  #making: Promise<Key> | undefined;
  /** A key of this window that SecretStorage has not accepted yet. Its file exists, so no other window makes a key. */
  #unkept: Key | undefined;
  /** The id of a key that this window has waited for without success. */
  #unseen: string | undefined;
  #wasLost = false;

  /**
   * @param hostBeganAt when the extension host started, epoch ms, if a window sees only the secrets from when it was loaded
   * (in a browser). The extension may start much later.
   */
  constructor(secrets: SecretStore, folder: SharedFolder, clock: Clock, hostBeganAt?: number) {
    this.#secrets = secrets;
    this.#folder = folder;
    this.#clock = clock;
    const seenUntil = hostBeganAt === undefined ? Infinity : hostBeganAt - LOADING_MS;
    this.#atStart = folder.read(FILE).then(
      (id) => (id !== undefined && madeAt(id) < seenUntil ? id : undefined),
      () => undefined,
    );
  }

  /**
   * Whether the key of an earlier session is gone, which means that SecretStorage has lost everything.
   * @throws AppError `secret-store-failed`
   */
  async isLost(): Promise<boolean> {
    return this.#wasLost || ((await this.#atStart) !== undefined && (await this.#current()) === undefined);
  }

  /**
   * Ensures that a key exists before something that depends on it is stored.
   * @throws AppError `window-outdated` if another window has made a key that this window cannot see, so that storing here
   * would overwrite that window's secrets; `secret-store-failed`, `secret-not-kept`, and errors of the file system
   */
  async prepare(): Promise<void> {
    if (await this.#current()) return;
    await (this.#making ??= this.#make().finally(() => (this.#making = undefined)));
  }

  /**
   * Call before changing SecretStorage, also before a deletion. In a browser, each window keeps a copy of all secrets from
   * when it was loaded, and writes that copy as a whole.
   * @throws AppError `window-outdated` as {@link prepare}, and errors of the file system
   */
  async requireSeen(): Promise<void> {
    if (await this.#current()) return;
    const now = await this.#folder.read(FILE);
    const isOurs = now === undefined || now === this.#unkept?.id;
    if (!isOurs && now !== (await this.#atStart)) await this.#await();
  }

  /**
   * Encrypts a text; undefined without a key.
   * @param context what the text belongs to: {@link open} needs the same one
   */
  async seal(text: string, context: string): Promise<Sealed | undefined> {
    const current = await this.#current();
    if (!current) return undefined;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, Buffer.from(current.key, 'base64'), nonce).setAAD(Buffer.from(context));
    const data = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { key: current.id, data: data.toString('base64') };
  }

  /** Decrypts a text; undefined if it was sealed with another key or context, or is damaged. */
  async open(sealed: Sealed, context: string): Promise<string | undefined> {
    const current = await this.#current(sealed.key);
    if (current?.id !== sealed.key) return undefined;
    const data = Buffer.from(sealed.data, 'base64');
    try {
      const options = { authTagLength: TAG_BYTES };
      const decipher = createDecipheriv(CIPHER, Buffer.from(current.key, 'base64'), data.subarray(0, NONCE_BYTES), options);
      decipher.setAAD(Buffer.from(context)).setAuthTag(data.subarray(-TAG_BYTES));
      return decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined;
    }
  }

  /** For *Remove All Data*. */
  async remove(): Promise<void> {
    this.#key = this.#unkept = undefined;
    await this.#secrets.delete(SECRET);
    await this.#folder.remove(FILE);
  }

  /** @param wanted reads SecretStorage again unless the known key has this id */
  async #current(wanted?: string): Promise<Key | undefined> {
    if (!this.#key || (wanted !== undefined && this.#key.id !== wanted))
      this.#key = parse(await this.#secrets.get(SECRET)) ?? this.#key;
    return this.#key;
  }

  async #make(): Promise<Key> {
    const made = (this.#unkept ??= await this.#claim());
    if (!made) return this.#await();
    await this.#secrets.keep(SECRET, JSON.stringify(made));
    this.#unkept = undefined;
    this.#key = made;
    return made;
  }

  /**
   * Makes a key if this window is the one to do so: the one that moves the lost key's file away, or that creates the first
   * file.
   */
  async #claim(): Promise<Key | undefined> {
    const now = await this.#folder.read(FILE);
    const isLost = now !== undefined && now === (await this.#atStart);
    const made: Key = { id: `${this.#clock.wall()}-${randomUUID()}`, key: randomBytes(32).toString('base64') };
    const isMine =
      (now === undefined || (isLost && (await this.#folder.rename(FILE, LOST_FILE)))) &&
      (await this.#folder.create(FILE, made.id));
    if (!isMine) return undefined;
    this.#wasLost = isLost;
    return made;
  }

  async #await(): Promise<Key> {
    const awaited = await this.#folder.read(FILE);
    const begun = this.#clock.mono();
    while (awaited !== this.#unseen && this.#clock.mono() - begun < STORE_MS) {
      const seen = await this.#current();
      if (seen) return seen;
      await pause(this.#clock, POLL_MS);
    }
    this.#unseen = awaited;
    throw new AppError('window-outdated');
  }
}

/** Epoch ms. */
function madeAt(id: string): number {
  return Number(id.split('-')[0]);
}

function parse(value: string | undefined): Key | undefined {
  try {
    return key.safeParse(JSON.parse(value ?? '')).data;
  } catch {
    return undefined;
  }
}
