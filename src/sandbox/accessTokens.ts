/** The access tokens that a service has given out, and to whom. */
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

  /** Whose token this is; undefined when it is unknown, has run out or was revoked. */
  holder(token: string | undefined): Holder | undefined {
    return this.find(token)?.holder;
  }

  /** Whose token this is, and until when, epoch ms; undefined when it is unknown, has run out or was revoked. */
  find(token: string | undefined): { readonly holder: Holder; readonly expiresAt: number } | undefined {
    const issued = token === undefined ? undefined : this.#issued.get(token);
    return issued && issued.expiresAt > this.#now() ? issued : undefined;
  }

  /** Ends one token. */
  end(token: string): void {
    this.#issued.delete(token);
  }

  /** Ends everything that was given to a holder. */
  revoke(holder: Holder): void {
    for (const [token, issued] of this.#issued) if (issued.holder === holder) this.#issued.delete(token);
  }
}
