import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/**
 * A folder that all windows on one machine have in common. What is done in it is done at once for all of them. Its methods
 * reject with the errors of the file system, except where they say what is not there.
 */
export interface SharedFolder {
  /** The folder of this name in it. */
  folder(name: string): SharedFolder;
  /** The files in it; none if it is not there. */
  names(): Promise<readonly string[]>;
  /** Undefined if there is no such file. */
  read(name: string): Promise<string | undefined>;
  /** Writes a new file; false if one of that name is there. */
  create(name: string, content: string): Promise<boolean>;
  /** On the disk when it resolves: the whole new content or, after a crash, the old one. */
  replace(name: string, content: string): Promise<void>;
  /** False if there is no such file. */
  rename(from: string, to: string): Promise<boolean>;
  remove(name: string): Promise<void>;
  /** Makes {@link touchedAt} tell another time; false if there is no such file. */
  touch(name: string): Promise<boolean>;
  /** To be compared with itself only: the file system's clock is none of ours. Undefined if there is no such file. */
  touchedAt(name: string): Promise<number | undefined>;
}

export class DiskFolder implements SharedFolder {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = folder;
  }

  folder(name: string): SharedFolder {
    return new DiskFolder(this.#in(name));
  }

  async names(): Promise<readonly string[]> {
    return (await unless('ENOENT', fs.readdir(this.#path))) ?? [];
  }

  async read(name: string): Promise<string | undefined> {
    return unless('ENOENT', fs.readFile(this.#in(name), 'utf8'));
  }

  async create(name: string, content: string): Promise<boolean> {
    await this.#make();
    const made = fs.writeFile(this.#in(name), content, { flag: 'wx', mode: 0o600 }).then(() => true);
    return (await unless('EEXIST', made)) ?? false;
  }

  async replace(name: string, content: string): Promise<void> {
    await this.#make();
    const draft = this.#in(`${name}.${randomUUID()}`);
    try {
      const file = await fs.open(draft, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await fs.rename(draft, this.#in(name));
    } catch (error) {
      await fs.rm(draft, { force: true });
      throw error;
    }
  }

  async rename(from: string, to: string): Promise<boolean> {
    return (
      (await unless(
        'ENOENT',
        fs.rename(this.#in(from), this.#in(to)).then(() => true),
      )) ?? false
    );
  }

  async remove(name: string): Promise<void> {
    await fs.rm(this.#in(name), { force: true });
  }

  async touch(name: string): Promise<boolean> {
    const now = new Date();
    return (
      (await unless(
        'ENOENT',
        fs.utimes(this.#in(name), now, now).then(() => true),
      )) ?? false
    );
  }

  async touchedAt(name: string): Promise<number | undefined> {
    return (await unless('ENOENT', fs.stat(this.#in(name))))?.mtimeMs;
  }

  /** What is in it tells when tokens were exchanged: nobody else's business. */
  async #make(): Promise<void> {
    await fs.mkdir(this.#path, { recursive: true, mode: 0o700 });
  }

  #in(name: string): string {
    return path.join(this.#path, name);
  }
}

/** The code of an error of the system, `ENOSPC` or the like; `error` for what has none. Its message may name files. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'error';
}

/** Undefined in the place of the error with this code. */
async function unless<T>(code: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === code) return undefined;
    throw error;
  }
}
