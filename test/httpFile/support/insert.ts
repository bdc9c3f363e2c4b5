import assert from 'node:assert/strict';
import {
  findRequest,
  findRequests,
  setHeaders,
  type Dialect,
  type FindOptions,
  type HeaderEdits,
  type HeaderToSet,
} from '../../../src/httpFile/index.js';
import { applyEdits, linesOf } from './text.js';

export const NEW: HeaderToSet = { name: 'Authorization', value: 'Bearer NEW' };

/** The platforms' headers that carry a token. */
export const CREDENTIALS = [
  'Authorization',
  'Authtoken',
  'csp-auth-token',
  'x-vcloud-authorization',
  'x-vmware-vcloud-access-token',
];

export interface Inserted extends HeaderEdits {
  readonly text: string;
}

export interface InsertOptions extends FindOptions {
  readonly at?: number;
  readonly headers?: readonly HeaderToSet[];
}

/** The text after setting the headers in the request at the cursor (line 0). Checks that a second time changes nothing. */
export function insert(text: string, dialect: Dialect, { at = 0, headers = [NEW], ...options }: InsertOptions = {}): Inserted {
  const once = insertOnce(text, dialect, at, headers, options);
  const cursor = Math.min(at, once.text.split('\n').length - 1);
  assert.deepEqual(insertOnce(once.text, dialect, cursor, headers, options).edits, [], 'a second time');
  return once;
}

function insertOnce(text: string, dialect: Dialect, at: number, headers: readonly HeaderToSet[], options: FindOptions): Inserted {
  const lines = linesOf(text);
  const { request, refused } = findRequest(lines, at, dialect, options);
  assert.ok(request, refused);
  const result = setHeaders(lines, request, headers, CREDENTIALS);
  return { ...result, text: applyEdits(text, result.edits) };
}

/** The text after setting the headers in each of its requests, from the last to the first. */
export function insertInAll(text: string, dialect: Dialect, headers: readonly HeaderToSet[] = [NEW]): string {
  return findRequests(linesOf(text), dialect).reduceRight((current, request) => {
    return applyEdits(current, setHeaders(linesOf(text), request, headers, CREDENTIALS).edits);
  }, text);
}

/** Why there is nothing to insert into. */
export function refusal(text: string, dialect: Dialect, at = 0, options: FindOptions = {}): string | undefined {
  return findRequest(linesOf(text), at, dialect, options).refused;
}
