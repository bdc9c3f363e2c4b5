import type { CommandRequest } from './request.js';

/** Stands for an access token. */
export const ACCESS_TOKEN_HERE = '<access token>';
/** Stands for an API token. */
export const API_TOKEN_HERE = '<API token>';
const REMOVED = '<removed>';

/** Names of headers, parameters and fields whose values are nobody's business. */
const NAMES = 'token|secret|key|auth|cookie|session|passw|credential';
const NAME = new RegExp(NAMES, 'i');
/** The names are short, so that a long text is read in linear time. */
const JSON_FIELD = new RegExp(String.raw`("[^"\\]{0,64}(?:${NAMES})[^"\\]{0,64}"\s*:\s*)("(?:[^"\\]|\\.)*"|[\w.+-]+)`, 'gi');
const FORM_FIELD = new RegExp(String.raw`(^|[?&#])([^=&?#]{0,64}(?:${NAMES})[^=&?#]{0,64}=)([^&#]*)`, 'gi');
/** The word before a credential that says what it is (RFC 9110 §11.4). */
const SCHEME = /^(?:basic|bearer|digest|negotiate)\s+/i;

/**
 * The request without credentials, to show it to others: those that have a name of the usual kind, and every token that is found.
 * @param withoutTokens puts what stands for it in place of each token in a text
 */
export function redacted(
  { method, url, headers, body }: CommandRequest,
  withoutTokens: (text: string) => string,
): CommandRequest {
  return {
    method,
    url: fieldsRemoved(withoutTokens(url)),
    headers: headers.map(({ name, value }) => ({ name, value: headerRemoved(name, withoutTokens(value)) })),
    ...(body !== undefined && { body: bodyRemoved(withoutTokens(body)) }),
  };
}

function headerRemoved(name: string, value: string): string {
  if (!NAME.test(name) || value.includes(ACCESS_TOKEN_HERE) || value === '') return value;
  return (SCHEME.exec(value)?.[0] ?? '') + REMOVED;
}

const fieldsRemoved = (text: string): string =>
  text.replaceAll(FORM_FIELD, (field, before: string, name: string, value: string) =>
    value === '' || value.includes(ACCESS_TOKEN_HERE) ? field : before + name + REMOVED,
  );

const bodyRemoved = (text: string): string =>
  /^\s*[[{]/.test(text)
    ? text.replaceAll(JSON_FIELD, (field, name: string, value: string) =>
        value === '""' || value.includes(ACCESS_TOKEN_HERE) ? field : `${name}"${REMOVED}"`,
      )
    : fieldsRemoved(text);
