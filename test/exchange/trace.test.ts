import assert from 'node:assert/strict';
import fc from '../support/properties.js';
import { AppError } from '../../src/base/errors.js';
import { MAX_RESPONSE_BYTES, type HttpRequest, type HttpResponse } from '../../src/net/http.js';
import { platformOf } from '../../src/platforms/index.js';
import type { Tenant } from '../../src/platforms/tenant.js';
import { attempt, traceOf, type Attempt, type Body } from '../../src/exchange/trace.js';
import { answer, htmlAnswer, jwtOf } from '../platforms/table.js';
import { ACME } from '../support/acme.js';
import { canary, formsOf, leaksIn } from '../threats/support/canaries.js';
import { assertLinear } from '../support/linear.js';

const SENT_AT = Date.UTC(2030, 0, 1);
const FORM = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };

const REQUEST: HttpRequest = { method: 'POST', url: 'https://id.example/oauth/token', headers: FORM, body: 'grant_type=EXAMPLE' };

const tried = (outcome: HttpResponse | AppError, secrets: string[] = [], request = REQUEST): Attempt =>
  attempt({ request, secrets, sentAt: SENT_AT, endedAt: SENT_AT + 120, outcome });

/** What is shown of fields: `name: shown`, and how much is not. */
const linesOf = (body: Body): string[] =>
  body.kind === 'fields'
    ? body.fields.map(({ name, shown, hidden }) => `${name}: ${[shown, hidden > 0 && `+${hidden}`].filter(Boolean).join(' ')}`)
    : [];

const answered = (outcome: Attempt['outcome']) => {
  assert.ok('status' in outcome);
  return outcome;
};
const bodyOf = (response: HttpResponse, secrets: string[] = []): Body => answered(tried(response, secrets).outcome).body;

function assertNoSecret(shown: unknown, values: readonly string[]): void {
  const places = [{ place: 'the trace', text: JSON.stringify(shown) }];
  assert.deepEqual(
    leaksIn(
      places,
      values.map((value) => ({ name: 'a secret', value })),
    ),
    [],
    JSON.stringify(shown, undefined, 1),
  );
}

describe('the trace of an attempt', () => {
  it('shows what was asked for and what came back', () => {
    const request: HttpRequest = {
      method: 'POST',
      url: 'https://user:EXAMPLE-password@id.example:8443/oauth/token?api-version=1&key=EXAMPLE-key#part',
      headers: { ...FORM, authorization: 'Basic EXAMPLE' },
      body: 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&refresh_token=EXAMPLE-secret&scope=a+b&username=ada',
    };
    const response = answer(
      400,
      { error: 'unsupported_grant_type', error_description: 'Use another grant', trace_id: 'EXAMPLE-trace', nothing: null },
      {
        'content-type': 'application/json;charset=UTF-8',
        date: 'Tue, 01 Jan 2030 00:00:00 GMT',
        server: 'nginx/1.25.3 (Ubuntu)',
        'www-authenticate': 'Bearer realm="EXAMPLE"',
        'set-cookie': 'session=EXAMPLE',
      },
    );
    const hidden = (name: string, length: number) => ({ name, shown: '', hidden: length });
    const shown = (name: string, value: string, length = 0) => ({ name, shown: value, hidden: length });
    assert.deepEqual(tried(response, ['EXAMPLE-secret'], request), {
      sentAt: SENT_AT,
      durationMs: 120,
      request: {
        method: 'POST',
        url: 'https://id.example:8443/oauth/token',
        parameters: [hidden('api-version', 1), hidden('key', 11)],
        headers: [
          shown('accept', 'application/json'),
          shown('content-type', 'application/x-www-form-urlencoded'),
          shown('authorization', 'Basic', 8),
        ],
        body: {
          kind: 'fields',
          fields: [
            shown('grant_type', 'urn:ietf:params:oauth:grant-type:jwt-bearer'),
            hidden('refresh_token', 14),
            shown('scope', 'a b'),
            hidden('username', 3),
          ],
          omitted: 0,
        },
      },
      outcome: {
        status: 400,
        headers: [
          shown('content-type', 'application/json;charset=UTF-8'),
          shown('date', 'Tue, 01 Jan 2030 00:00:00 GMT'),
          shown('server', 'nginx/1.25.3', 9),
          shown('www-authenticate', 'Bearer', 16),
          hidden('set-cookie', 15),
        ],
        body: {
          kind: 'fields',
          fields: [
            shown('error', 'unsupported_grant_type'),
            shown('error_description', 'Use another grant'),
            hidden('trace_id', 13),
            shown('nothing', 'null'),
          ],
          omitted: 0,
        },
      },
    });
  });

  it('shows the error where there was no answer, and a clock that went back as no time', () => {
    const error = new AppError('timed-out', { host: 'id.example' });
    const shown = attempt({ request: REQUEST, secrets: [], sentAt: SENT_AT, endedAt: SENT_AT - 5, outcome: error });
    assert.deepEqual(shown.outcome, { code: 'timed-out', facts: { host: 'id.example' } });
    assert.equal(shown.durationMs, 0);
  });

  it('names the fields of JSON by their places', () => {
    const request = { ...REQUEST, headers: { 'content-type': 'application/json' }, body: '{"refreshToken":"EXAMPLE"}' };
    assert.deepEqual(linesOf(tried(answer(200, {}), [], request).request.body), ['refreshToken: +7']);
    const nested = {
      error: { errorCode: 5, errorMessage: 'No such user' },
      errors: [{ code: 'a' }, { code: 'b', path: '/x' }],
      renewableUntilTimestamp: 1_893_456_000,
      tokenInfo: { isRenewable: true },
    };
    assert.deepEqual(linesOf(bodyOf(answer(400, nested))), [
      'error.errorCode: 5',
      'error.errorMessage: No such user',
      'errors[0].code: a',
      'errors[1].code: b',
      'errors[1].path: +2',
      'renewableUntilTimestamp: +10',
      'tokenInfo.isRenewable: true',
    ]);
  });

  it('cleans a service’s words as messages do', () => {
    const description = `The grant\r\nis \u202Ereversed\u2028 and ${jwtOf({})} ${'long '.repeat(100)}`;
    const [code, words] = linesOf(bodyOf(answer(400, { error: 'bad "quoted\nword', error_description: description })));
    assert.equal(code, 'error: bad quotedword');
    assert.match(words ?? '', /^error_description: The grant is +reversed +and … long /);
    assert.ok((words ?? '').length <= 220);
  });

  it('shows of other answers only what they are', () => {
    assert.deepEqual(bodyOf(htmlAnswer(503)), { kind: 'web-page', bytes: 63, title: 'Sign in' });
    assert.deepEqual(bodyOf(answer(200, 'é', { 'content-type': 'text/plain' })), { kind: 'other', bytes: 2 });
    assert.deepEqual(bodyOf(answer(200, '[1]')), { kind: 'other', bytes: 3 });
    assert.deepEqual(bodyOf(answer(200, '')), { kind: 'none' });
    assert.deepEqual(bodyOf(answer(200, '{}')), { kind: 'fields', fields: [], omitted: 0 });
    const deep = `${'{"error":'.repeat(40)}1${'}'.repeat(40)}`;
    assert.deepEqual(bodyOf(answer(200, deep)), { kind: 'other', bytes: deep.length });
  });

  it('stays short, and shows no header or name that looks like nothing known', () => {
    const many = bodyOf(answer(200, Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`field${at}`, at]))));
    assert.ok(many.kind === 'fields');
    assert.deepEqual([many.fields.length, many.omitted], [40, 60]);
    const long = tried(
      answer(
        200,
        { ['x'.repeat(70)]: 1, 'some words': 1, 'a\nb': 1, '': 1, '\u202E': 1 },
        {
          date: 'x'.repeat(33),
          'content-length': '1e9',
          server: 'EXAMPLE0123456789EXAMPLE',
          'retry-after': '60\t',
        },
      ),
    );
    assert.deepEqual(
      linesOf(answered(long.outcome).body),
      Array.from({ length: 5 }, () => '…: +1'),
    );
    assert.deepEqual(
      answered(long.outcome).headers.map(({ name, shown }) => [name, shown]),
      [
        ['content-type', 'application/json'],
        ['date', ''],
        ['content-length', ''],
        ['server', ''],
        ['retry-after', ''],
      ],
    );
  });

  it('is made of the worst answers in a time that grows with them', () =>
    assertLinear(MAX_RESPONSE_BYTES / 2, (half) => {
      for (const body of ['[', '{"token":', '"', '{"message":"x1 '].map((text) => text.repeat(half / text.length)))
        bodyOf(answer(200, body));
      bodyOf(answer(200, { token: Array.from({ length: half }, () => 1) }));
      bodyOf(answer(200, { message: 'x1 '.repeat(half / 2) }), ['EXAMPLE'.repeat(1000)]);
      bodyOf(answer(200, `<title ${'<title '.repeat(half / 8)}`, { 'content-type': 'text/html' }));
    }));
});

describe('no secret is in the trace', () => {
  // What a service may have made of it, with characters that each encoding changes.
  const apiToken = `${canary('RT')}"\\&<%+/=`;
  const passcode = '271828';
  const secrets = [apiToken, passcode];
  const forms = secrets.flatMap((value) => [...formsOf(value).values()]);

  const request = (change: Partial<HttpRequest>): Attempt => tried(answer(400, {}), secrets, { ...REQUEST, ...change });
  const response = (body: unknown, headers: Record<string, string> = {}): Attempt => tried(answer(400, body, headers), secrets);
  const html = { 'content-type': 'text/html' };
  const places: Readonly<Record<string, (text: string) => Attempt>> = {
    'the path of the URL': (text) => request({ url: `https://id.example/${encodeURI(text)}/token` }),
    'a parameter of the URL': (text) => request({ url: `https://id.example/?${new URLSearchParams({ key: text }).toString()}` }),
    'the name of a parameter': (text) =>
      request({ url: `https://id.example/?${new URLSearchParams({ [text]: '1' }).toString()}` }),
    'the user in the URL': (text) => request({ url: `https://${encodeURIComponent(text)}:x@id.example/` }),
    'a header of the request': (text) => request({ headers: { ...FORM, authtoken: text } }),
    'the authorization': (text) => request({ headers: { ...FORM, authorization: `Bearer ${text}` } }),
    'an authorization without a scheme': (text) => request({ headers: { ...FORM, authorization: text } }),
    'a media type': (text) => request({ headers: { accept: `application/${text}`, 'content-type': `${text}/x` } }),
    'a form': (text) => request({ body: new URLSearchParams({ refresh_token: text }).toString() }),
    'the grant type': (text) => request({ body: new URLSearchParams({ grant_type: text }).toString() }),
    'the scope': (text) => request({ body: new URLSearchParams({ scope: `a ${text}` }).toString() }),
    'the name of a form’s field': (text) => request({ body: new URLSearchParams({ [text]: '1' }).toString() }),
    'JSON that is sent': (text) =>
      request({ headers: { 'content-type': 'application/json' }, body: JSON.stringify({ accessToken: text, [text]: text }) }),
    'another body': (text) => request({ headers: {}, body: text }),
    'a header of the answer': (text) => response({}, { 'x-echo': text, server: text, date: text, 'retry-after': text }),
    'the name of a header': (text) => response({}, { [`x-${text.toLowerCase()}`]: '1', [text]: '1' }),
    'the scheme of a challenge': (text) => response({}, { 'www-authenticate': text }),
    'the beginning of a server’s name': (text) => response({}, { server: `nginx/${text}` }),
    'an error code': (text) => response({ error: text, code: `E-${text}` }),
    'a sentence': (text) => response({ error_description: `Not known: ${text}.`, message: text }),
    'a nested sentence': (text) => response({ errors: [{ message: text }, { error: { text } }] }),
    'an unknown field': (text) => response({ echo: text, list: [text, [text]] }),
    'a name': (text) => response({ [text]: { [`x.${text}`]: 1 } }),
    'a name of a list': (text) => response({ [text]: [{ error: 1 }] }),
    'the title of a page': (text) => response(`<html><title>No ${text}</title>`, html),
    'a page': (text) => response(`<html><body>${text}</body>`, html),
    'another answer': (text) => response(text),
    'the facts of an error': (text) => tried(new AppError('unreachable', { host: `${text}.example`, cause: text }), secrets),
  };

  for (const [place, put] of Object.entries(places))
    it(`from ${place}, in any form`, () => {
      for (const text of forms) assertNoSecret(put(text), secrets);
    });

  it('from the facts of the error that it all ended in', () => {
    for (const text of forms) {
      const error = new AppError('api-token-refused', { status: 400, reason: text, detail: `No ${text}` });
      assertNoSecret(traceOf([], error, secrets), secrets);
    }
    const kept = traceOf([], new AppError('api-token-refused', { status: 400, detail: 'Some words' }), secrets);
    assert.deepEqual(kept, { attempts: [], error: { code: 'api-token-refused', facts: { status: 400, detail: 'Some words' } } });
  });

  it('also not what is issued and nobody has seen before', () => {
    const issued = canary('AT');
    const unseen = (body: unknown, headers: Record<string, string> = {}): Attempt => tried(answer(400, body, headers));
    for (const echo of [issued, issued.slice(-8), `of ${Buffer.from(issued).toString('base64')}`]) {
      for (const field of ['access_token', 'refresh_token', 'id_token', 'accessToken', 'clientSecret'])
        assertNoSecret(unseen({ [field]: issued, message: `made ${echo}`, error: echo, [echo]: 1 }), [issued]);
      assertNoSecret(unseen({ data: { token: [{ value: issued }] }, message: echo }), [issued]);
      assertNoSecret(unseen({ message: echo }, { 'set-cookie': issued, server: echo }), [issued]);
      assertNoSecret(unseen(`access_token=${issued}&error=${echo}`, FORM), [issued]);
    }
    // Where no name tells that it is one, its looks do.
    assertNoSecret(unseen({ [issued]: 1, error: issued, message: issued, x: { code: issued } }), [issued]);
    // A part that is known takes nothing from how long the rest is.
    const related = `${canary('AT').slice(0, 30)}${apiToken.slice(0, 30)}-EXAMPLE`;
    assertNoSecret(response({ error: related, message: related }), [related]);
  });

  const all: readonly (readonly [settings: Record<string, unknown>, secret: Record<string, string>])[] = [
    [ACME, { apiToken }],
    [{ platform: 'cloud-services', url: 'https://a.example', passcode: true }, { apiToken }],
    [{ platform: 'aria-automation', url: 'https://a.example' }, { apiToken }],
    [
      { platform: 'commvault', url: 'https://a.example', renewWith: 'bearer' },
      { accessToken: canary('AT'), refreshToken: apiToken },
    ],
    [{ platform: 'identity-services', url: 'https://a.example', tenant: 'CUSTOMER' }, { apiToken }],
    [{ platform: 'bright-pattern', url: 'https://a.example', loginId: 'ada' }, { apiSecret: apiToken }],
    ...['basic', 'post'].map(
      (clientAuthentication) =>
        [
          { platform: 'oauth2', tokenUrl: 'https://a.example/t', grant: 'refresh_token', clientId: 'ada', clientAuthentication },
          { refreshToken: apiToken, clientSecret: canary('CS') },
        ] as const,
    ),
  ];
  for (const [settings, secret] of all)
    it(`of an exchange of ${String(settings['platform'])} whose answer says all that was sent`, () => {
      const tenant = { id: 'one', name: 'One', ...settings } as unknown as Tenant;
      const sent = platformOf(tenant).exchange(tenant, secret, passcode);
      const values = [...Object.values(secret), passcode];
      const echo = `${sent.body ?? ''} ${JSON.stringify(sent.headers)}`;
      const shown = tried(answer(400, { error: 'invalid_request', error_description: echo, [echo]: echo }), values, sent);
      assertNoSecret(shown, values);
      assert.ok(linesOf(shown.request.body).length > 0);
      assert.ok(linesOf(answered(shown.outcome).body).includes('error: invalid_request'));
    });

  it('wherever it stands in whatever JSON', () => {
    const names = ['error', 'error_description', 'message', 'code', 'status', 'access_token', 'x'];
    const hidden = fc
      .tuple(fc.string({ maxLength: 12 }), fc.constantFrom(...forms), fc.string({ maxLength: 12 }))
      .map((parts) => parts.join(''));
    const text = fc.oneof(fc.string(), hidden);
    const json = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), tie('list'), tie('object')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      object: fc.dictionary(fc.oneof(fc.constantFrom(...names), text), tie('value'), { maxKeys: 6 }),
    })).object;
    fc.assert(
      fc.property(json, fc.boolean(), (value, isSent) => {
        const shown = isSent
          ? request({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })
          : response(value);
        assertNoSecret(shown, secrets);
      }),
      { numRuns: 2000 },
    );
  });
});
