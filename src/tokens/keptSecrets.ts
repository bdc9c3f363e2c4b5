import { createHash, randomBytes } from 'node:crypto';
import type { TokenEntry } from '../store/tokenEntry.js';
import type { Vault } from '../store/vault.js';

/** Recognizes the secrets that are kept here. */
export interface SecretFinder {
  /** The API token that a text is a secret of, or was until the last exchange replaced it. */
  find(text: string): TokenEntry | undefined;
}

/** Prepares searches for the secrets that are kept here. */
export class KeptSecrets {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /**
   * Reads all secrets once. The finder holds hashes with a salt of its own, in memory only: nothing that a short secret could be
   * guessed from is stored, and no secret is held longer than the reading takes. A token that cannot be read is not recognized.
   * @throws `signal.reason`
   */
  async finder(signal: AbortSignal): Promise<SecretFinder> {
    const salt = randomBytes(16);
    const hashOf = (text: string): string => createHash('sha256').update(salt).update(text).digest('base64url');
    const known = new Map<string, TokenEntry>();
    for (const entry of this.#vault.entries) {
      signal.throwIfAborted();
      for (const secret of await this.#secretsOf(entry)) known.set(hashOf(secret), entry);
    }
    return { find: (text) => (known.size > 0 ? known.get(hashOf(text)) : undefined) };
  }

  async #secretsOf({ id }: TokenEntry): Promise<readonly string[]> {
    try {
      const { secret, previous } = await this.#vault.read(id);
      return [...Object.values(previous?.secret ?? {}), ...Object.values(secret)];
    } catch {
      return [];
    }
  }
}
