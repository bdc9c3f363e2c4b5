import * as z from 'zod/mini';
import { errorCode, type SharedFolder } from './folder.js';
import type { Log } from '../base/log.js';

const FILE = 'sent';

const sent = z.object({
  /** Generation of the record whose secret was sent. A record with another generation was written after an answer. */
  generation: z.number(),
  /** When the secret was first sent, epoch ms. */
  at: z.number(),
  /** How many times it was sent without knowing whether the service acted on it. */
  times: z.number(),
});

/** Notes that a secret was sent, and that the service may have replaced it. */
export type Sent = Readonly<z.infer<typeof sent>>;

/**
 * Notes in the folder that windows share, beside the second copies. A window writes a note before it sends a secret. If it
 * dies, the next window learns from the note that the service may have replaced the secret. Without a usable folder there
 * are no notes.
 */
export class SentNotes {
  readonly #folder: SharedFolder | undefined;
  readonly #log: Log;
  #isLogged = false;

  /** @param folder contains a folder for each token */
  constructor(folder: SharedFolder | undefined, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** The last note, which may belong to an earlier generation. */
  async read(id: string): Promise<Sent | undefined> {
    return parse(await this.#tried(id, (folder) => folder.read(FILE)));
  }

  /** The note is on disk when this resolves. */
  async write(id: string, note: Sent): Promise<void> {
    await this.#tried(id, (folder) => folder.replace(FILE, JSON.stringify(note)));
  }

  /** Call when the service has not acted on the secret. */
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
