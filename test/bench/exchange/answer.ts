export const LIFETIME_MS = 3600_000;

/** Of 1.2 kB, as access tokens that are JWTs often are. */
export const ACCESS_TOKEN = `EXAMPLE.${'ACCESS-TOKEN-'.repeat(92)}EXAMPLE`;
export const REFRESH_TOKEN = `EXAMPLE-REFRESH-TOKEN-${'0123456789'.repeat(4)}`;

/** What the service answers (RFC 6749 §5.1). It keeps the refresh token, so that any number of exchanges is the same. */
export const ANSWER = JSON.stringify({
  access_token: ACCESS_TOKEN,
  token_type: 'Bearer',
  expires_in: LIFETIME_MS / 1000,
  refresh_token: REFRESH_TOKEN,
  scope: 'invoices',
});
