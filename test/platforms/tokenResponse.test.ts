import assert from 'node:assert/strict';
import type { HttpResponse } from '../../src/net/http.js';
import { clockSkewMs } from '../../src/platforms/tokenResponse.js';
import { brightPattern } from '../../src/platforms/brightPattern/platform.js';
import { cloudDirector } from '../../src/platforms/cloudDirector/platform.js';
import { cloudServices } from '../../src/platforms/cloudServices/platform.js';
import { commvault } from '../../src/platforms/commvault/platform.js';
import { identityServices } from '../../src/platforms/identityServices/platform.js';
import { oauth2 } from '../../src/platforms/oauth2/platform.js';
import type { Exchanged } from '../../src/platforms/platform.js';
import type { ErrorCode } from '../../src/base/errors.js';
import { answer, failure, htmlAnswer, jwtOf, OAUTH_ERRORS, SENT_AT, SENT_AT_SECONDS } from './table.js';
import { leaksIn } from '../threats/support/canaries.js';

const base = { id: 'one', name: 'One' };
const at = { ...base, url: 'https://service.example' };
const secret = 'EXAMPLEapiTokenOfThirtyTwoChars0';

const newRefreshToken = 'EXAMPLE-refresh-2';

interface Reader {
  readonly read: (response: HttpResponse) => Exchanged;
  /** The fields of the access token and the refresh token. */
  readonly token: string;
  readonly refresh?: string;
  readonly expiry: object;
  /** Whether an answer without `token_type` is accepted. */
  readonly tokenType: 'required' | 'optional' | 'unknown';
}

/** Each platform's reader, with the fields of its valid answer that differ. */
const readers: Readonly<Record<string, Reader>> = {
  'cloud-director': {
    read: (response) =>
      cloudDirector.readExchange(
        response,
        { ...at, platform: 'cloud-director', organization: 'acme' },
        { apiToken: secret },
        SENT_AT,
      ),
    token: 'access_token',
    expiry: { expires_in: 3600 },
    tokenType: 'required',
  },
  'cloud-services': {
    read: (response) =>
      cloudServices.readExchange(response, { ...at, platform: 'cloud-services' }, { apiToken: secret }, SENT_AT),
    token: 'access_token',
    expiry: { expires_in: 3600 },
    tokenType: 'optional',
  },
  commvault: {
    read: (response) =>
      commvault.readExchange(
        response,
        { ...at, platform: 'commvault' },
        { accessToken: secret, refreshToken: 'EXAMPLE-refresh' },
        SENT_AT,
      ),
    token: 'accessToken',
    refresh: 'refreshToken',
    expiry: { tokenExpiryTimestamp: SENT_AT_SECONDS + 3600 },
    tokenType: 'unknown',
  },
  'identity-services': {
    read: (response) =>
      identityServices.readExchange(
        response,
        { ...at, platform: 'identity-services', tenant: 'CUSTOMER' },
        { apiToken: secret },
        SENT_AT,
      ),
    token: 'access_token',
    expiry: { expires_in: 3600 },
    tokenType: 'required',
  },
  'bright-pattern': {
    read: (response) =>
      brightPattern.readExchange(response, { ...at, platform: 'bright-pattern', loginId: 'ada' }, { apiSecret: secret }, SENT_AT),
    token: 'access_token',
    expiry: { expires_in: '3600' },
    tokenType: 'required',
  },
  oauth2: {
    read: (response) =>
      oauth2.readExchange(
        response,
        { ...base, platform: 'oauth2', tokenUrl: 'https://service.example/token', grant: 'refresh_token' },
        { refreshToken: secret, clientSecret: 'EXAMPLE-client-secret' },
        SENT_AT,
      ),
    token: 'access_token',
    expiry: { expires_in: 3600 },
    tokenType: 'required',
  },
};

const html = { 'content-type': 'text/html; charset=utf-8' };

for (const [id, { read, token, refresh = 'refresh_token', expiry, tokenType }] of Object.entries(readers))
  describe(`${id}: rules for every answer`, () => {
    const good = { token_type: 'Bearer', ...expiry };

    for (const [name, response] of [
      ['a byte order mark', answer(200, `\uFEFF${JSON.stringify({ ...good, [token]: 'EXAMPLE-1' })}`)],
      ['another JSON media type', answer(200, { ...good, [token]: 'EXAMPLE-1' }, { 'content-type': 'application/hal+json' })],
      ['plain text that is JSON', answer(200, { ...good, [token]: 'EXAMPLE-1' }, { 'content-type': 'text/plain' })],
      ['no media type', { status: 200, headers: {}, body: JSON.stringify({ ...good, [token]: 'EXAMPLE-1' }) }],
      ['a lower-case token type', answer(200, { ...good, token_type: 'bearer', [token]: 'EXAMPLE-1' })],
      [
        'unknown fields',
        answer(
          200,
          JSON.stringify({ ...good, [token]: 'EXAMPLE-1', other: { deep: [1] } }).replace('{', '{"__proto__":{"x":1},'),
        ),
      ],
    ] as const)
      it(`accepts an answer with ${name}`, () => {
        const { accessToken, expiresAt } = read(response);
        assert.deepEqual([accessToken, expiresAt], ['EXAMPLE-1', SENT_AT + 3_600_000]);
        assert.equal(({} as { x?: number }).x, undefined);
      });

    for (const [name, response, code] of [
      ['a web page with status 200', htmlAnswer(200), 'web-page'],
      ['a web page with status 403, as a firewall shows', htmlAnswer(403), 'web-page'],
      ['a web page with status 404', htmlAnswer(404), 'web-page'],
      ['HTML that says it is JSON', answer(200, '<html><body>Sign in</body></html>'), 'web-page'],
      ['JSON that says it is HTML', answer(200, { ...good, [token]: 'EXAMPLE-1' }, html), 'web-page'],
      ['an empty body', answer(200, '', { 'content-length': '0' }), 'not-json'],
      ['no body before the connection ended', answer(200, ''), 'connection-lost'],
      ['a trailing comma', answer(200, `{ "${token}": "EXAMPLE-1", }`), 'not-json'],
      ['half an object, which the connection ended', answer(200, `{ "${token}": "EXAMPLE-1"`), 'connection-lost'],
      ['half an object of its full length', answer(200, `{ "${token}": "EXAMPLE-1"`, { 'content-length': '23' }), 'not-json'],
      ['half an object in chunks', answer(200, `{ "${token}": "x"`, { 'transfer-encoding': 'chunked' }), 'not-json'],
      ['a list', answer(200, [good]), 'not-json'],
      ['a bare text', answer(200, '"EXAMPLE"'), 'not-json'],
      ['null', answer(200, 'null'), 'not-json'],
      ['no token', answer(200, good), 'unexpected-answer'],
      ['202 with a token', answer(202, { ...good, [token]: 'EXAMPLE-1' }), 'unexpected-answer'],
      ['204', answer(204, ''), 'unexpected-answer'],
      ['206 with a token', answer(206, { ...good, [token]: 'EXAMPLE-1' }), 'unexpected-answer'],
      ['404', answer(404, {}), 'not-found'],
      ['400 without a reason', answer(400, {}), 'request-refused'],
      ['415', answer(415, { message: 'Unsupported media type' }), 'request-refused'],
      ['500 as JSON', answer(500, { message: 'oops' }), 'service-failed'],
      ['502 as a web page', htmlAnswer(502), 'service-failed'],
      ['503 as JSON with invalid_grant in it', answer(503, { error: 'invalid_grant' }), 'service-failed'],
      ['429', answer(429, { error: 'too_many' }), 'rate-limited'],
      ['429 as a web page', htmlAnswer(429), 'rate-limited'],
    ] as const satisfies readonly (readonly [string, HttpResponse, ErrorCode])[])
      it(`calls ${name} ${code}`, () => assert.equal(failure(() => read(response)).code, code));

    it('accepts status 201', () => {
      const body = { ...good, [token]: 'EXAMPLE-1' };
      assert.deepEqual(read(answer(201, body)), read(answer(200, body)));
    });

    it('reports another status as the problem', () => {
      assert.deepEqual(failure(() => read(answer(202, { ...good, [token]: 'EXAMPLE-1' }))).facts, {
        status: 202,
        reason: 'status is not 200',
      });
    });

    it('remarks on JSON without its media type, and on nothing else in a valid answer', () => {
      const body = { ...good, [token]: 'EXAMPLE-1' };
      assert.equal(read(answer(200, body)).remarks, undefined);
      for (const type of ['text/plain', 'TEXT/PLAIN; charset=utf-8', ''])
        assert.deepEqual(read(answer(200, body, { 'content-type': type })).remarks, ['json-undeclared'], type);
    });

    it('does not accept a secret, sent or received, as the access token', () => {
      for (const [fields, whose] of [
        [{ [token]: secret }, 'sent'],
        [{ [token]: newRefreshToken, [refresh]: newRefreshToken }, 'received'],
      ] as const) {
        const error = failure(() => read(answer(200, { ...good, ...fields })));
        assert.equal(error.code, 'unexpected-answer', whose);
        assert.equal(error.facts['reason'], 'the access token equals a stored secret');
      }
    });

    for (const type of [undefined, null, '', 'null'])
      it(`${tokenType === 'required' ? 'refuses' : 'accepts'} an answer whose token type is ${JSON.stringify(type)}`, () => {
        const response = answer(200, { ...good, [token]: 'EXAMPLE-1', token_type: type });
        if (tokenType === 'required') {
          const { code, facts } = failure(() => read(response));
          assert.deepEqual([code, String(facts['reason']).split(';')[0]], ['unexpected-answer', 'token_type is missing']);
          return;
        }
        assert.deepEqual(read(response).remarks, tokenType === 'optional' ? ['token-type-missing'] : undefined);
      });

    if (tokenType !== 'unknown')
      for (const type of ['mac', 'DPoP', 'Bearer ', 'N_A', 1, true, ['bearer'], {}])
        it(`refuses the token type ${JSON.stringify(type)}`, () => {
          const { code, facts } = failure(() => read(answer(200, { ...good, [token]: 'EXAMPLE-1', token_type: type })));
          assert.deepEqual([code, String(facts['reason']).split(';')[0]], ['unexpected-answer', 'token_type is not bearer']);
        });

    for (const [reason, code] of OAUTH_ERRORS)
      for (const status of [200, 400, 401, 404])
        it(`calls ${reason} with status ${status} ${code}`, () => {
          // ServiceNow returns server_error with 401 for an invalid refresh token.
          const expected = status === 401 && reason === 'server_error' ? 'api-token-refused' : code;
          assert.equal(failure(() => read(answer(status, { error: reason }))).code, expected);
          assert.equal(failure(() => read(answer(500, { error: reason }))).code, 'service-failed');
        });

    for (const reason of ['odd', 'constructor', '__proto__', 'toString'])
      it(`calls ${reason} with status 400 request-refused`, () => {
        const { code, facts } = failure(() => read(answer(400, { error: reason })));
        assert.deepEqual([code, facts['reason']], ['request-refused', reason]);
      });

    it('respects the time in a temporary failure, whatever its status', () => {
      const read400 = (error: string, headers = {}) => failure(() => read(answer(400, { error }, headers))).facts['retryAfter'];
      assert.equal(read400('temporarily_unavailable', { 'retry-after': '7' }), 7);
      assert.equal(read400('temporarily_unavailable'), undefined);
      assert.equal(read400('slow_down', { 'retry-after': '7' }), 7);
      assert.equal(read400('slow_down'), 60);
      assert.equal(read400('invalid_grant', { 'retry-after': '7' }), undefined);
    });

    it('treats an error with status 200 as an error, even beside a token', () => {
      for (const rest of [{}, { [token]: 'EXAMPLE-1' }])
        assert.equal(
          failure(() => read(answer(200, { ...good, ...rest, error: 'invalid_grant' }))).code,
          'api-token-refused',
          JSON.stringify(rest),
        );
    });

    for (const [value, seconds] of [
      ['2', 2],
      ['0', 1],
      ['3600', 3600],
      ['99999999', 3600],
      ['-5', 60],
      ['soon', 60],
      ['', 60],
      [undefined, 60],
    ] as const)
      it(`waits ${seconds} s after Retry-After ${JSON.stringify(value)}`, () => {
        const headers = value === undefined ? {} : { 'retry-after': value };
        assert.equal(failure(() => read(answer(429, {}, headers))).facts['retryAfter'], seconds);
      });

    for (const value of [
      'EXAMPLE',
      'a',
      'A0-._~+/',
      'EXAMPLE==',
      'v^1.1#i^1#p^3',
      'Atza|EXAMPLE',
      '00D!EXAMPLE',
      'AAAA%2FEXAMPLE',
      jwtOf({ sub: 'ada' }),
      'x'.repeat(16 * 1024),
    ])
      it(`accepts the access token ${value.slice(0, 12)} of ${value.length} characters`, () => {
        assert.equal(read(answer(200, { ...good, [token]: value })).accessToken, value);
      });

    for (const value of ['', 'null', 'undefined', null, 1, true, ['EXAMPLE'], { token: 'EXAMPLE' }])
      it(`finds no access token in ${JSON.stringify(value)}`, () => {
        assert.equal(failure(() => read(answer(200, { ...good, [token]: value }))).code, 'unexpected-answer');
      });

    for (const value of [
      'EXAMPLE 1',
      ' EXAMPLE',
      'EXAMPLE\n',
      'EXAMPLE\r\nX-Injected: 1',
      'EXAMPLE\t',
      'EXAMPLE\u007F',
      'EXÀMPLE',
      "{{require('child_process').execSync('id')}}",
      '{{$processEnv HOME}}',
      '<script>',
      '$(id)',
      '`id`',
      '"EXAMPLE"',
      'x'.repeat(16 * 1024 + 1),
    ])
      it(`refuses the access token ${JSON.stringify(value.slice(0, 40))}`, () => {
        const error = failure(() => read(answer(200, { ...good, [token]: value })));
        assert.equal(error.code, 'access-token-unsafe');
        assert.ok(!JSON.stringify([error.message, error.facts]).includes(value));
      });
  });

const relative = Object.entries(readers).filter(([id]) => id !== 'commvault');

describe('expires_in', () => {
  const YEAR_S = 365 * 24 * 3600;
  const usable: readonly (readonly [raw: string, seconds: number])[] = [
    ['3599', 3599],
    ['"3599"', 3599],
    ['3599.7', 3599],
    ['1', 1],
    ['"1"', 1],
    ['"0003599"', 3599],
    ['2592000', 2_592_000],
    [String(YEAR_S), YEAR_S],
    [String(YEAR_S + 1), YEAR_S],
    ['2147483648', YEAR_S],
    ['"9999999999"', YEAR_S],
    ['9e15', YEAR_S],
  ];
  const unusable = [
    ...['-1', '-3600', '0.5', 'true', '[3599]', '{}', '1e400', '-1e400'],
    ...['""', '" "', '" 3599"', '"3599abc"', '"1e3"', '"0x10"', '"-1"', '"+1"', '"3599.7"', '"99999999999"', '"NaN"', '"0"'],
  ];

  const untold: readonly (string | undefined)[] = ['null', undefined];

  for (const [id, { read, token }] of relative) {
    const body = (accessToken: string, raw: string | undefined) =>
      `{"${token}":"${accessToken}","token_type":"Bearer"${raw === undefined ? '' : `,"expires_in":${raw}`}}`;

    for (const [raw, seconds] of usable)
      it(`${id}: ${raw} is ${seconds} s from the moment of sending`, () => {
        const { expiresAt, remarks } = read(answer(200, body('EXAMPLE', raw)));
        assert.equal(expiresAt, SENT_AT + seconds * 1000);
        assert.deepEqual(remarks, Number(raw.replaceAll('"', '')) >= seconds + 1 ? ['expiry-capped'] : undefined);
      });

    for (const raw of [...unusable, ...(id === 'identity-services' ? [] : ['0']), ...untold])
      it(`${id}: ${raw ?? 'nothing'} leaves the expiry to the token itself, or unknown`, () => {
        const { expiresAt, remarks } = read(answer(200, body('EXAMPLE', raw)));
        assert.equal(expiresAt, null);
        // The identity broker documents −1 as unknown.
        const isTold = untold.includes(raw) || (id === 'identity-services' && raw === '-1');
        assert.deepEqual(remarks, isTold ? undefined : ['expiry-unusable']);
        // The token’s lifetime counts, not its clock.
        const token = jwtOf({ iat: 1_000_000_000, exp: 1_000_001_800 });
        assert.equal(read(answer(200, body(token, raw))).expiresAt, SENT_AT + 1_800_000);
      });

    for (const claims of [
      { iat: 1000 },
      { exp: 1000 },
      { iat: 1000, exp: 1000 },
      { iat: 1800, exp: 0 },
      { iat: '0', exp: '1800' },
      { iat: null, exp: true },
      [0, 1800],
      'text',
      null,
    ])
      it(`${id}: a token that says ${JSON.stringify(claims)} does not tell its expiry`, () => {
        assert.equal(read(answer(200, body(jwtOf(claims), '-1'))).expiresAt, null);
      });

    it(`${id}: a token that only looks like a JWT does not tell its expiry`, () => {
      for (const token of ['a.b.c', 'EXAMPLE.EXAMPLE', jwtOf({ iat: 0, exp: 1800 }) + '.more', 'e30.!!.e30'.replace('!!', '__')])
        assert.equal(read(answer(200, body(token, '-1'))).expiresAt, null);
    });
  }
});

describe('a service’s message is shown without secrets', () => {
  for (const [id, { read }] of Object.entries(readers))
    for (const [name, body] of [
      ['a message that echoes the API token', { message: `invalid_grant: Invalid refresh token: ${secret}` }],
      ['an error code that is the API token', { error: secret }],
      ['an errorCode that holds the API token', { errorCode: `bad ${secret}` }],
      ['a message that contains the last characters of the API token', { message: `No token ${secret.slice(-8)}` }],
      ['an error code that is the API token, encoded', { error: Buffer.from(secret).toString('base64') }],
      ['a description that holds something like a token', { error: 'invalid_request', error_description: `no ${jwtOf({})}` }],
    ] as const)
      it(`${id}: ${name}`, () => {
        const { facts } = failure(() => read(answer(400, body)));
        const places = [{ place: 'the facts', text: JSON.stringify(facts) }];
        const values = [secret, jwtOf({})].map((value) => ({ name: 'a secret', value }));
        assert.deepEqual(leaksIn(places, values), []);
      });

  it('keeps the sentence on one line, at a limited length', () => {
    const { read } = readers['oauth2']!;
    const description = `The grant\r\nis \u202Ereversed\u2028 and ${'long '.repeat(100)}`;
    const { facts } = failure(() => read(answer(400, { error: 'invalid_request', error_description: description })));
    assert.match(String(facts['detail']), /^The grant is +reversed +and long /);
    assert.ok(String(facts['detail']).length <= 200);
    assert.equal(facts['reason'], 'invalid_request');
  });
});

describe('the clock of a service', () => {
  const skew = (date: string | undefined, sentAt = SENT_AT, receivedAt = SENT_AT + 1500) =>
    clockSkewMs({ status: 200, headers: date === undefined ? {} : { date }, body: '' }, sentAt, receivedAt);
  const at = (ms: number) => new Date(SENT_AT + ms).toUTCString();

  for (const [name, date, expected] of [
    ['is ours while its date lies within the exchange', at(1000), 0],
    ['is ours in the second in which the request was sent', at(0), 0],
    ['is ahead by what lies after the answer', at(90_000), 88_500],
    ['is behind by what lies before the request', at(-90_000), -89_001],
    ['is not known without a date', undefined, undefined],
    ['is not known from what is no date', 'soon', undefined],
    ['is not known from a date of another form', new Date(SENT_AT).toISOString(), undefined],
  ] as const)
    it(name, () => assert.equal(skew(date), expected));

  it('is ours if the request was sent late in a second', () => {
    assert.equal(skew(at(0), SENT_AT + 900, SENT_AT + 950), 0);
  });

  it('dates Retry-After; without a Date header, our clock does', () => {
    const { read } = readers['oauth2']!;
    const retryAfter = (headers: Record<string, string>) => failure(() => read(answer(429, {}, headers))).facts['retryAfter'];
    assert.equal(retryAfter({ 'retry-after': at(7_290_000), date: at(7_200_000) }), 90);
    assert.equal(retryAfter({ 'retry-after': at(90_000) }), 90);
    assert.equal(retryAfter({ 'retry-after': at(90_000), date: 'soon' }), 90);
    assert.equal(retryAfter({ 'retry-after': at(-90_000) }), 1);
    assert.equal(retryAfter({ 'retry-after': at(90_000_000) }), 3600);
  });
});
