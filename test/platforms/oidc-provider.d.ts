/** The part of oidc-provider that the tests use; the package has no types of its own. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface Model {
    save(): Promise<string>;
  }
  interface ModelClass<Fields> {
    new (fields: Fields): Model;
    find(value: string): Promise<object | undefined>;
  }
  interface Grant extends Model {
    addOIDCScope(scope: string): void;
  }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): RequestListener;
    on(event: 'grant.success' | 'grant.revoked', listener: () => void): unknown;
    readonly Client: { find(id: string): Promise<object | undefined> };
    readonly Grant: new (fields: { accountId: string; clientId: string }) => Grant;
    readonly RefreshToken: ModelClass<{
      accountId: string;
      client: object | undefined;
      grantId: string;
      gty: string;
      scope: string;
    }>;
    readonly ClientCredentials: ModelClass<never>;
  }
}
