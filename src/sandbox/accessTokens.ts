/** The access tokens that a service has issued, with their holders. */
export class AccessTokens<Holder> {
  readonly #now: () => number;
  readonly #issued = new Map<string, { readonly holder: Holder; readonly expiresAt: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(token: string, holder: Holder, lifetimeSeconds: number): string {
    for (const [old, { expiresAt }] of this.#issued) if (expiresAt <= this.#now()) this.#issued.delete(old);
    this.#issued.set(token, { holder, expiresAt: this.#now() + lifetimeSeconds * 1000 });
    return token;
  }

  /** The holder of a token; undefined if the token is unknown, expired or revoked. */
  holder(token: string | undefined): Holder | undefined {
    return this.find(token)?.holder;
  }

  /** The holder of a token and its expiry, epoch ms; undefined if the token is unknown, expired or revoked. */
  find(token: string | undefined): { readonly holder: Holder; readonly expiresAt: number } | undefined {
    const issued = token === undefined ? undefined : this.#issued.get(token);
    return issued && issued.expiresAt > this.#now() ? issued : undefined;
  }

  /** Revokes one token. */
  end(token: string): void {
    this.#issued.delete(token);
  }

  /** Revokes all tokens of a holder. */
  revoke(holder: Holder): void {
    for (const [token, issued] of this.#issued) if (issued.holder === holder) this.#issued.delete(token);
  }
}
