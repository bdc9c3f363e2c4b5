import assert from 'node:assert/strict';
import { AppError, type ErrorCode, type Facts } from '../../src/base/errors.js';
import type { HttpResponse } from '../../src/net/http.js';
import type { Exchanged, Platform } from '../../src/platforms/platform.js';
import type { Secret, Tenant } from '../../src/platforms/tenant.js';

/** When the requests of the tables were sent. */
export const SENT_AT = Date.UTC(2030, 0, 1);
export const SENT_AT_SECONDS = SENT_AT / 1000;

export const FORM = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };

/** The errors that RFCs define (6749 §5.2 and §4.1.2.1, 8628 §3.5), with our codes for them below status 500. */
export const OAUTH_ERRORS = [
  ['invalid_request', 'request-refused'],
  ['invalid_scope', 'request-refused'],
  ['unsupported_grant_type', 'request-refused'],
  ['invalid_client', 'client-refused'],
  ['unauthorized_client', 'client-refused'],
  ['invalid_grant', 'api-token-refused'],
  ['temporarily_unavailable', 'service-failed'],
  ['server_error', 'service-failed'],
  ['slow_down', 'rate-limited'],
  ['authorization_pending', 'rate-limited'],
] as const satisfies readonly (readonly [error: string, code: ErrorCode])[];

/** An answer of a service: JSON unless the body is a string. */
export const answer = (status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const htmlAnswer = (status: number): HttpResponse =>
  answer(status, '<!DOCTYPE html><html><head><title>Sign in</title></head></html>', { 'content-type': 'text/html' });

export const jwtOf = (claims: unknown): string =>
  [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.EXAMPLE';

interface ReadCase {
  readonly when: string;
  readonly response: HttpResponse;
}
/** The expected result of an answer, or the code (and some facts) of the error. */
export type ReadRow = ReadCase &
  ({ readonly gives: Exchanged } | { readonly fails: ErrorCode; readonly facts?: Readonly<Record<string, string | number>> });

/** One test for each row: reads the answer to an exchange. Nothing that a person might see contains a secret. */
export function readsAnswers<T extends Tenant, Field extends string>(
  platform: Platform<T, Field>,
  tenant: T,
  secret: Secret<Field>,
  rows: readonly ReadRow[],
): void {
  for (const row of rows)
    it(`reads ${row.when}`, () => {
      const read = () => platform.readExchange(row.response, tenant, secret, SENT_AT);
      if ('gives' in row) {
        assert.deepEqual(read(), row.gives);
        return;
      }
      const error = failure(read);
      assert.equal(error.code, row.fails);
      assertFacts(error.facts, row.facts ?? {});
      const shown = JSON.stringify([error.message, error.facts]);
      for (const value of Object.values<string>(secret)) assert.ok(!shown.includes(value), `${shown} quotes a secret`);
    });
}

/** One test for each row: whether a tenant in the settings is accepted, or which field is invalid. */
export function validatesTenants(
  platform: Platform,
  valid: Readonly<Record<string, unknown>>,
  rows: readonly (readonly [changed: Readonly<Record<string, unknown>>, blamed: string | undefined])[],
): void {
  for (const [changed, blamed] of rows)
    it(`${blamed === undefined ? 'accepts' : 'refuses'} a tenant with ${JSON.stringify(changed)}`, () => {
      const { success, error } = platform.tenantSchema.safeParse({ ...valid, ...changed });
      assert.equal(success, blamed === undefined, JSON.stringify(error?.issues));
      if (blamed !== undefined)
        assert.ok(
          error?.issues.some(({ path, ...issue }) => path[0] === blamed || JSON.stringify(issue).includes(`"${blamed}"`)),
        );
    });
}

/** The AppError that a call throws. */
export function failure(call: () => unknown): AppError {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'did not fail' });
}

function assertFacts(facts: Facts, expected: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(expected)) assert.equal(facts[name], value, name);
}
