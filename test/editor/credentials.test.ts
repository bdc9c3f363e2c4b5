import assert from 'node:assert/strict';
import fc from '../support/properties.js';
import { findCredentials, credentialAt } from '../../src/editor/credentials.js';
import { findRequests, requestHost } from '../../src/httpFile/index.js';
import { assertLinear } from '../support/linear.js';
import { jwt, known, LATER, linesOf, NOW, OURS, recognizedIn } from './support/known.js';

const REQUEST = 'GET https://acme.example/x';
const reference = (name: string): string => `Authorization: Bearer {{$processEnv ${name}}}`;

describe('Recognizing tokens in a document', () => {
  const cases: readonly (readonly [what: string, header: string, token: string | undefined, problem?: string])[] = [
    ['the reference of a tenant with one token', reference('TENANT_TOKEN_ACME'), 'Laptop'],
    ['the reference of a token by its name', reference('TENANT_TOKEN_ACME_LAPTOP'), 'Laptop'],
    ['a reference in small letters', reference('tenant_token_acme'), 'Laptop'],
    ['a reference that no token has', reference('TENANT_TOKEN_NOBODY'), undefined, 'unknown'],
    ['a reference that matches two tokens', reference('TENANT_TOKEN_BILLING_X'), undefined, 'ambiguous'],
    ['a token that an exchange brought', `Authorization: Bearer ${OURS}`, 'Laptop'],
    ['a foreign JWT', `Authorization: Bearer ${jwt({ exp: LATER })}`, undefined],
  ];
  for (const [what, header, token, problem] of cases)
    it(what, async () => {
      const [one, ...others] = await recognizedIn([REQUEST, header].join('\n'));
      assert.deepEqual(others, []);
      assert.equal(one?.referred?.token.name, token);
      assert.equal(one?.problem, problem);
      assert.deepEqual(one?.hosts, ['acme.example']);
    });

  const dropped: readonly (readonly [what: string, header: string])[] = [
    ['a word that nobody knows', 'Authorization: Bearer EXAMPLE-some-other-opaque-token'],
    ['a variable of the environment that is not ours', 'Authorization: Bearer {{$processEnv HOME}}'],
    ['a reference in a comment', `# ${reference('TENANT_TOKEN_ACME')}`],
  ];
  for (const [what, header] of dropped)
    it(`not ${what}`, async () => {
      assert.deepEqual(await recognizedIn([REQUEST, header].join('\n')), []);
    });

  it('takes the expiry from the exchange or, failing that, from the token', async () => {
    const ends = async (token: string, issuedUntil: number | null = NOW) =>
      (await recognizedIn([REQUEST, `Authorization: Bearer ${token}`].join('\n'), { issuedUntil })).map((one) => one.expiresAt);
    assert.deepEqual(await ends(OURS), [NOW]);
    assert.deepEqual(await ends(OURS, null), [null]);
    assert.deepEqual(await ends(jwt({ exp: LATER })), [LATER * 1000]);
    assert.deepEqual(await ends(jwt({ sub: 'x' })), [null]);
  });

  it('returns the hosts of all requests that use a definition', async () => {
    const text = [
      '@t = {{$processEnv TENANT_TOKEN_ACME}}',
      '@b = b.example',
      'GET https://a.example',
      'Authorization: Bearer {{t}}',
    ];
    const [one] = await recognizedIn([...text, '', '###', 'GET {{b}}/x', 'Authorization: Bearer {{t}}', ''].join('\n'));
    assert.deepEqual(one?.hosts, ['a.example', 'b.example:80']);
  });

  it('reads only the fences of Markdown', async () => {
    const text = [reference('TENANT_TOKEN_ACME'), '```http', REQUEST, reference('TENANT_TOKEN_ACME'), '```'].join('\n');
    const found = await recognizedIn(text, { markdown: true });
    assert.deepEqual(
      found.map(({ match }) => match.line),
      [3],
    );
  });

  it('returns the same hosts as reading the whole document for each', async () => {
    const model = await known();
    const line = fc.constantFrom(
      '@h = a.example',
      '@h=b.example',
      '@g = {{h}}',
      '###',
      'GET {{h}}/x',
      'GET https://{{g}}',
      '',
      'X-Id: 1',
    );
    const use = reference('TENANT_TOKEN_ACME');
    const dialect = fc.constantFrom('httpyac' as const, 'rest-client' as const);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), dialect, (some, client) => {
        const lines = linesOf(some.flatMap((text) => (text.startsWith('GET') ? [text, use] : [text])).join('\n'));
        const expected = new Map(findRequests(lines, client).map((request) => [request.line, requestHost(lines, request)]));
        for (const { match, hosts } of findCredentials(lines, client, false, model))
          assert.deepEqual(
            hosts,
            match.requests.map((request) => expected.get(request.line)),
          );
      }),
    );
  });

  it('takes no longer for each of thousands of requests, with one variable or as many', async () => {
    const request = ['GET {{base}}/x', reference('TENANT_TOKEN_ACME'), '', '###', ''].join('\n');
    const through = (one: string, at: number): string =>
      `@base${at} = https://acme.example\n${one.replace('{{base}}', `{{base${at}}}`)}`;
    const texts = (count: number): readonly string[] => [
      `@base = https://acme.example\n${request.repeat(count)}`,
      Array.from({ length: count }, (_, at) => through(request, at)).join(''),
    ];
    await assertLinear(10_000, async (count) => {
      for (const text of texts(count)) assert.equal((await recognizedIn(text)).length, count);
    });
  });

  it('finds the credential at a place or, failing that, in its header', async () => {
    const text = [REQUEST, 'X-Id: 1', reference('TENANT_TOKEN_ACME'), ''].join('\n');
    const all = await recognizedIn(text);
    const at = (line: number, character: number) => credentialAt(all, line, character)?.match.text;
    assert.equal(at(2, 0), 'TENANT_TOKEN_ACME');
    assert.equal(at(2, reference('TENANT_TOKEN_ACME').length), 'TENANT_TOKEN_ACME');
    assert.equal(at(1, 0), undefined);
    assert.equal(at(0, 5), undefined);
  });
});
