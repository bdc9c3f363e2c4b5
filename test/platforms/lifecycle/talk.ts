import assert from 'node:assert/strict';
import { AppError, type ErrorCode, type Facts } from '../../../src/base/errors.js';
import type { HttpRequest, HttpResponse } from '../../../src/net/http.js';
import type { Conversation, TokenFormField } from '../../../src/platforms/lifecycle.js';
import { leaksIn, textOf } from '../../threats/support/canaries.js';
import { answer, htmlAnswer, SENT_AT } from '../table.js';

/** The answer of a service, or the error instead of it. */
export type Answered = HttpResponse | Error;

/** Runs a conversation with a service that gives these answers in order, to requests sent at SENT_AT. */
export function talk<T>(conversation: Conversation<T>, ...answers: readonly Answered[]): { result: T; requests: HttpRequest[] } {
  const requests: HttpRequest[] = [];
  let step = conversation.next();
  for (const response of answers) {
    assert.ok(!step.done, 'asks for less than was answered');
    requests.push(step.value);
    step = response instanceof Error ? conversation.throw(response) : conversation.next({ response, sentAt: SENT_AT });
  }
  if (!step.done) assert.fail(`asks for more: ${step.value.method} ${step.value.url}`);
  return { result: step.value, requests };
}

/** The error that ends a conversation. Checks that nothing in it that may be shown contains a secret. */
export function refusedTalk(conversation: Conversation<unknown>, secrets: readonly string[], ...answers: Answered[]): AppError {
  try {
    talk(conversation, ...answers);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const canaries = secrets.map((value, index) => ({ name: `secret ${index}`, value }));
    assert.deepEqual(leaksIn([{ place: 'the error', text: textOf(error) }], canaries), []);
    return error;
  }
  return assert.fail('did not fail');
}

export interface RefusalRow {
  readonly when: string;
  readonly response: HttpResponse;
  readonly code: ErrorCode;
  readonly facts?: Facts;
}

/** One test for each refusal: those common to all calls, and more. */
export function tellsRefusals(
  call: () => Conversation<unknown>,
  secrets: readonly string[],
  codes: { readonly 401: ErrorCode; readonly 403: ErrorCode; readonly 404: ErrorCode },
  rows: readonly RefusalRow[] = [],
  before: readonly HttpResponse[] = [],
): void {
  // Like some services, it echoes what was sent, whole and shortened to the last characters.
  const echo = { code: 'REFUSED', message: `no: ${secrets.flatMap((secret) => [secret, secret.slice(-10)]).join(' and ')}` };
  const common: RefusalRow[] = [
    { when: '400', response: answer(400, echo), code: 'request-refused', facts: { status: 400, reason: 'REFUSED' } },
    { when: '401', response: answer(401, echo), code: codes[401], facts: { status: 401 } },
    { when: '403', response: answer(403, echo), code: codes[403], facts: { status: 403 } },
    { when: '404', response: answer(404, echo), code: codes[404], facts: { status: 404 } },
    { when: 'the page of a web server that does not know the path', response: htmlAnswer(404), code: 'token-api-missing' },
    { when: '429', response: answer(429, echo, { 'retry-after': '7' }), code: 'rate-limited', facts: { retryAfter: 7 } },
    { when: '500', response: answer(500, echo), code: 'service-failed', facts: { status: 500 } },
    { when: 'a web page', response: htmlAnswer(200), code: 'web-page' },
    { when: 'the page of a firewall', response: htmlAnswer(403), code: 'web-page' },
  ];
  const reported = new Set(rows.map(({ when }) => when));
  for (const { when, response, code, facts = {} } of [...common.filter((row) => !reported.has(row.when)), ...rows])
    it(`reports ${when}: ${code}`, () => {
      const error = refusedTalk(call(), secrets, ...before, response);
      assert.equal(error.code, code);
      for (const [name, value] of Object.entries(facts)) assert.equal(error.facts[name], value, name);
    });
}

/** One test for each answer to a field: accepted, or refused with a matching message. */
export function judges(
  fields: readonly TokenFormField[] | undefined,
  rows: readonly (readonly [key: string, value: string, problem: RegExp | undefined])[],
): void {
  for (const [key, value, problem] of rows)
    it(`${problem ? 'refuses' : 'accepts'} ${value.length > 40 ? `${value.length} characters` : `“${value}”`} for ${key}`, () => {
      const field = fields?.find((one) => one.key === key);
      assert.ok(field, 'there is no such field');
      const said = field.problem?.(value, SENT_AT);
      if (problem) assert.match(said ?? '', problem);
      else assert.equal(said, undefined);
    });
}

/** The keys of the fields that are asked, given the answers so far. */
export const asked = (fields: readonly TokenFormField[] | undefined, draft: Record<string, string>): string[] =>
  (fields ?? []).filter((field) => field.isAsked?.(draft) ?? true).map(({ key }) => key);

export const bodyOf = (request: HttpRequest | undefined): unknown => JSON.parse(request?.body ?? 'null');

/** A long answer to a field. */
export const long = (length: number): string => 'x'.repeat(length);
