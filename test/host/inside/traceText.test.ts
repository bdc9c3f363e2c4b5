import assert from 'node:assert/strict';
import { AppError } from '../../../src/base/errors.js';
import type { HttpResponse } from '../../../src/net/http.js';
import { attempt, traceOf } from '../../../src/exchange/trace.js';
import { explain } from '../../../src/views/messages.js';
import { traceText } from '../../../src/views/traceText.js';

const SENT_AT = Date.UTC(2030, 0, 1, 10);
const MINUTE_MS = 60_000;

const tried = (outcome: HttpResponse | AppError, after = 0) =>
  attempt({
    request: { method: 'POST', url: 'https://id.example/token?v=1', headers: { accept: 'application/json' }, body: 'EXAMPLE' },
    secrets: ['EXAMPLE-secret'],
    sentAt: SENT_AT + after,
    endedAt: SENT_AT + after + 120,
    outcome,
  });

describe('the text of a trace', () => {
  it('has the error and each attempt, as they went over the wire', () => {
    const lost = new AppError('connection-lost', { host: 'id.example', cause: 'ECONNRESET' });
    const refused = new AppError('request-refused', { status: 400, reason: 'invalid_request' });
    const body = JSON.stringify({ error: 'invalid_request', list: ['1', '22'] });
    const answer = { status: 400, headers: { 'content-type': 'application/json' }, body };
    const text = traceText(traceOf([tried(lost), tried(answer, 500)], refused, []), { tenant: 'Acme', token: 'Laptop' });
    assert.equal(
      text,
      `The last failed exchange of the API token “Laptop” of Acme

${explain(refused, { tenant: 'Acme' }).text}
request-refused, status: 400, reason: invalid_request

This text contains no secrets, only values that are known to be harmless. It names hosts and scopes.

Attempt 1 of 2, 2030-01-01 10:00:00 UTC, 120 ms
> POST https://id.example/token?v=<redacted, 1 character>
> accept: application/json
>
> (7 bytes, not shown)
! connection-lost, host: id.example, cause: ECONNRESET

Attempt 2 of 2, 2030-01-01 10:00:00 UTC, 120 ms
> POST https://id.example/token?v=<redacted, 1 character>
> accept: application/json
>
> (7 bytes, not shown)
< 400
< content-type: application/json
<
< error: invalid_request
< list[0]: <redacted, 1 character>
< list[1]: <redacted, 2 characters>
`,
    );
  });

  for (const [what, response, line] of [
    [
      'a page',
      { status: 503, headers: { 'content-type': 'text/html' }, body: '<title>Maintenance</title>' },
      '(a web page, 26 bytes, “Maintenance”)',
    ],
    ['a page without a title', { status: 503, headers: { 'content-type': 'text/html' }, body: '<p>' }, '(a web page, 3 bytes)'],
    ['an empty object', { status: 200, headers: {}, body: '{}' }, '(no fields)'],
    [
      'many fields',
      { status: 200, headers: {}, body: JSON.stringify({ x: Array.from({ length: 50 }, () => null) }) },
      '(10 more fields)',
    ],
  ] as const)
    it(`says what else there was: ${what}`, () => {
      const text = traceText(traceOf([tried(response)], new AppError('not-json'), []), { tenant: 'Acme', token: 'Laptop' });
      assert.ok(text.endsWith(`\n< ${line}\n`), text);
      assert.match(text, /^2030-01-01 10:00:00 UTC, 120 ms$/m);
    });

  it('ends with the status where nothing followed', () => {
    const text = traceText(traceOf([tried({ status: 204, headers: {}, body: '' })], new AppError('not-json'), []), {
      tenant: 'A',
      token: 'B',
    });
    assert.ok(text.endsWith('\n< 204\n'), text);
  });
});

describe('a time to wait', () => {
  const reported = (facts: Record<string, number>): string =>
    explain(new AppError('rate-limited', facts), { tenant: 'Acme' }).text;

  it('is shown as a time of day with the remaining duration', () => {
    assert.match(
      reported({ retryAfter: 600 }),
      /^Acme allows no more requests for now\. Wait until .*\d:\d\d.* \((10|9)m\), then try again\.$/,
    );
    assert.match(reported({ until: Date.now() + 30 * MINUTE_MS }), /Wait until .*\d:\d\d.* \((30|29)m\)/);
    assert.match(
      explain(new AppError('service-failed', { status: 503, retryAfter: 600 }), { tenant: 'Acme' }).text,
      /Wait until/,
    );
  });

  it('is over when it is over', () => {
    assert.match(reported({ retryAfter: 600, until: Date.now() - 1 }), /for now\. Try again\.$/);
  });
});
