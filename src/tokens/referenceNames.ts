import type { Disposable } from '../base/event.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Tenants } from '../tenants/tenants.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import type { Vault } from '../store/vault.js';

const PREFIX = 'TENANT_TOKEN_';

/** The token that a reference stands for. */
export interface Referred {
  readonly tenant: Tenant;
  readonly token: TokenEntry;
}

interface Names {
  readonly byName: ReadonlyMap<string, Referred | 'ambiguous'>;
  readonly byToken: ReadonlyMap<string, string>;
}

/**
 * The names by which files refer to tokens. `TENANT_TOKEN_ACME` is the oldest token of the tenant `acme`,
 * `TENANT_TOKEN_ACME_LAPTOP` its token named Laptop. The names derive from the tenant's id and the token's name, so that people
 * who share settings can share files. A name that matches two tokens refers to neither: a token that is added later must never
 * turn it into another tenant's token.
 */
export class ReferenceNames implements Disposable {
  readonly #tenants: Tenants;
  readonly #vault: Vault;
  readonly #subscriptions: readonly Disposable[];
  #names: Names | undefined;

  constructor(tenants: Tenants, vault: Vault) {
    this.#tenants = tenants;
    this.#vault = vault;
    const forget = (): void => {
      this.#names = undefined;
    };
    this.#subscriptions = [tenants.onDidChange(forget), vault.onDidChangeList(forget)];
  }

  /**
   * The name to write for a token: the tenant's own name while it has only this token, so that replacing the token keeps the
   * name. Undefined for a token that does not exist or whose tenant is invalid.
   */
  nameOf(id: string): string | undefined {
    return this.#read().byToken.get(id);
  }

  /** Finds the token of a name, ignoring case, as environment variables on Windows do. */
  find(name: string): Referred | 'ambiguous' | undefined {
    return this.#read().byName.get(name.toUpperCase());
  }

  /** Every token with the name to write for it, in the order of the tenants. */
  get all(): readonly (Referred & { readonly name: string })[] {
    const { byToken, byName } = this.#read();
    return [...byToken.values()].flatMap((name) => {
      const referred = byName.get(name);
      return referred && referred !== 'ambiguous' ? { ...referred, name } : [];
    });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #read(): Names {
    this.#names ??= this.#assign();
    return this.#names;
  }

  #assign(): Names {
    const byName = new Map<string, Referred | 'ambiguous'>();
    const claim = (name: string, referred: Referred): void => {
      const other = byName.get(name);
      const isTaken = other === 'ambiguous' || (other && other.token.id !== referred.token.id);
      byName.set(name, isTaken ? 'ambiguous' : referred);
    };
    const tokensOf = Map.groupBy(this.#vault.entries, ({ tenant }) => tenant);
    const all = this.#tenants.all.map((tenant) => ({ tenant, tokens: tokensOf.get(tenant.id) ?? [] }));
    for (const { tenant, tokens } of all) {
      const [first] = byAge(tokens);
      for (const token of tokens) {
        const { ofTenant, ofToken } = namesOf(tenant, token);
        for (const name of [...(token === first ? [ofTenant] : []), ...ofToken]) claim(name, { tenant, token });
      }
    }
    const byToken = new Map<string, string>();
    for (const { tenant, tokens } of all)
      for (const token of tokens) {
        const { ofTenant, ofToken } = namesOf(tenant, token);
        const names = tokens.length === 1 ? [ofTenant, ...ofToken] : ofToken;
        const name = names.find((candidate) => byName.get(candidate) !== 'ambiguous');
        if (name) byToken.set(token.id, name);
      }
    return { byName, byToken };
  }
}

/** Oldest first. Not the order in the tree, which people change at will: it must not decide which token a reference means. */
export const byAge = (tokens: readonly TokenEntry[]): readonly TokenEntry[] => tokens.toSorted((a, b) => a.addedAt - b.addedAt);

/** The tenant's name, which its oldest token has, and the token's own names: by its name, and by its id, which is unique. */
function namesOf(tenant: Tenant, token: TokenEntry): { readonly ofTenant: string; readonly ofToken: readonly string[] } {
  const ofTenant = `${PREFIX}${wordOf(tenant.id)}`;
  const words = [wordOf(token.name), wordOf(token.id)].filter((word) => word !== '');
  return { ofTenant, ofToken: words.map((word) => `${ofTenant}_${word}`) };
}

/** Turns a text into a part of an environment variable's name: REST Client accepts `\w+`. */
const wordOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
