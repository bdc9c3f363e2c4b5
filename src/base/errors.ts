/**
 * Every failure that a person should see. views/messages.ts holds the message and the button for each code; no other room
 * below it shows anything to people.
 */
export type ErrorCode =
  // the tenant or its settings
  | 'tenant-unknown'
  | 'tenant-invalid'
  | 'address-changed'
  | 'trust-changed'
  // the stored tokens and settings
  | 'token-unknown'
  | 'secret-lost'
  | 'store-emptied'
  | 'secret-unreadable'
  | 'secret-not-kept'
  | 'secret-store-failed'
  | 'removal-unfinished'
  | 'token-not-stored'
  | 'settings-not-written'
  // other windows
  | 'busy-elsewhere'
  | 'renewed-elsewhere'
  | 'window-outdated'
  // the connection to the service
  | 'unreachable'
  | 'timed-out'
  | 'connection-lost'
  | 'renewal-uncertain'
  | 'tls-failed'
  | 'certificate-refused'
  | 'certificate-changed'
  | 'client-certificate-needed'
  | 'client-certificate-refused'
  | 'proxy-invalid'
  | 'proxy-failed'
  | 'proxy-unauthorized'
  | 'proxy-refused'
  | 'redirected'
  | 'response-too-large'
  | 'encoded-response'
  // the service's answer
  | 'web-page'
  | 'not-json'
  | 'unexpected-answer'
  | 'api-token-refused'
  | 'token-revoked'
  | 'client-refused'
  | 'request-refused'
  | 'forbidden'
  | 'not-found'
  | 'rate-limited'
  | 'service-failed'
  | 'passcode-needed'
  | 'exchange-needed'
  | 'already-expired'
  | 'single-use-spent'
  | 'access-token-unsafe'
  // managing API tokens at the service
  | 'login-refused'
  | 'session-refused'
  | 'rights-missing'
  | 'name-taken'
  | 'token-api-missing'
  | 'token-gone'
  | 'creation-uncertain'
  | 'creation-half-done'
  | 'regeneration-uncertain'
  | 'not-manageable'
  // a request that a person tries
  | 'not-plain'
  | 'not-answered'
  | 'answer-damaged'
  // the document
  | 'no-editor'
  | 'no-request'
  | 'file-not-shown'
  | 'read-only'
  | 'document-changed'
  | 'edit-refused'
  | 'reference-unknown'
  | 'reference-ambiguous'
  // handing tokens to other programs
  | 'not-focused'
  | 'not-quotable';

/** What a message may quote: names, hosts, numbers. Never a secret, a response body or a header value. */
export type Facts = Readonly<Record<string, string | number>>;

/** The only error class: a code from a closed set, the facts that a message may quote, and the cause for the log. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly facts: Facts;

  constructor(code: ErrorCode, facts: Facts = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = facts;
  }
}

/** For `catch` of a promise. @throws any other error */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  throw error;
}

/** @returns the code of an error of ours, or the class of a foreign one: its message may quote what was sent */
export function describeError(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
