import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/**
 * A folder that all windows on one machine share. Changes are visible to all of them at once. The methods reject with file
 * system errors, except for a missing file where they say so.
 */
export interface SharedFolder {
  /** A subfolder. */
  folder(name: string): SharedFolder;
  /** The names of the entries; empty if the folder does not exist. */
  names(): Promise<readonly string[]>;
  /** Undefined if the file does not exist. */
  read(name: string): Promise<string | undefined>;
  /** Writes a new file; returns false if the name exists. */
  create(name: string, content: string): Promise<boolean>;
  /** The new content is on disk when this resolves. A crash leaves either the old or the new content, never a part. */
  replace(name: string, content: string): Promise<void>;
  /** Returns false if the file does not exist. */
  rename(from: string, to: string): Promise<boolean>;
  remove(name: string): Promise<void>;
  /** Changes {@link touchedAt}; returns false if the file does not exist. */
  touch(name: string): Promise<boolean>;
  /** Compare it only with earlier values: the file system has its own clock. Undefined if the file does not exist. */
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

  /** Readable by its owner only: the files reveal when tokens were exchanged. */
  async #make(): Promise<void> {
    await fs.mkdir(this.#path, { recursive: true, mode: 0o700 });
  }

  #in(name: string): string {
    return path.join(this.#path, name);
  }
}

/**
 * The code of a system error, such as `ENOSPC`; `error` if it has none. Use it in logs instead of the message, which may
 * name files.
 */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'error';
}

/** Resolves to undefined if `work` rejects with this code. */
async function unless<T>(code: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === code) return undefined;
    throw error;
  }
}
