/** What is used of it; the package has no types. */
declare module 'simple-oauth2' {
  import type { Agent } from 'node:http';

  interface Token {
    readonly access_token?: unknown;
    readonly refresh_token?: unknown;
    readonly expires_at?: Date;
  }

  interface AccessToken {
    readonly token: Token;
    expired(): boolean;
    refresh(): Promise<AccessToken>;
  }

  export class AuthorizationCode {
    constructor(options: {
      client: { id: string; secret: string };
      auth: { tokenHost: string; tokenPath: string; refreshPath: string };
      options?: { authorizationMethod: 'header' | 'body' };
      http?: { agent: Agent };
    });
    createToken(token: { access_token?: string; refresh_token: string; expires_in?: number }): AccessToken;
  }
}
