/** What is used of it; the package has no types. */
declare module 'simple-oauth2' {
  interface Token {
    readonly access_token?: unknown;
    readonly refresh_token?: unknown;
    readonly expires_at?: Date;
  }

  interface AccessToken {
    readonly token: Token;
    refresh(): Promise<AccessToken>;
  }

  export class AuthorizationCode {
    constructor(options: {
      client: { id: string; secret: string };
      auth: { tokenHost: string; tokenPath: string; refreshPath: string };
    });
    createToken(token: { refresh_token: string }): AccessToken;
  }
}
