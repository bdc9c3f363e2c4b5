import * as z from 'zod/mini';
import { errorCode, type SharedFolder } from './folder.js';
import type { Log } from '../base/log.js';

const FILE = 'sent';

const sent = z.object({
  /** Of the record whose secret was sent. A record with another one has come after an answer. */
  generation: z.number(),
  /** When it was sent first, epoch ms. */
  at: z.number(),
  /** How often, as far as nobody knows whether the service has acted. */
  times: z.number(),
});

/** That a secret was sent which the service may have replaced. */
export type Sent = Readonly<z.infer<typeof sent>>;

/**
 * Notes in the folder that windows share, beside the second copies: what is written before a secret is sent tells the window
 * that comes after one which has died that the service may have replaced it. Where the folder cannot be used, there is no note.
 */
export class SentNotes {
  readonly #folder: SharedFolder | undefined;
  readonly #log: Log;
  #isLogged = false;

  /** @param folder holds a folder for each token */
  constructor(folder: SharedFolder | undefined, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** The last note, which may be of an earlier generation. */
  async read(id: string): Promise<Sent | undefined> {
    return parse(await this.#tried(id, (folder) => folder.read(FILE)));
  }

  /** It is on the disk when this resolves. */
  async write(id: string, note: Sent): Promise<void> {
    await this.#tried(id, (folder) => folder.replace(FILE, JSON.stringify(note)));
  }

  /** For what the service has not acted on. */
  async remove(id: string): Promise<void> {
    await this.#tried(id, (folder) => folder.remove(FILE));
  }

  async #tried<T>(id: string, work: (folder: SharedFolder) => Promise<T>): Promise<T | undefined> {
    try {
      return this.#folder && (await work(this.#folder.folder(id)));
    } catch (error) {
      if (!this.#isLogged) this.#log.warn(`cannot note for other windows that an API token is sent (${errorCode(error)})`);
      this.#isLogged = true;
      return undefined;
    }
  }
}

function parse(content: string | undefined): Sent | undefined {
  try {
    return sent.safeParse(JSON.parse(content ?? '')).data;
  } catch {
    return undefined;
  }
}
