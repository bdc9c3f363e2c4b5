import assert from 'node:assert/strict';
import { requestLenses } from '../../src/editor/requestLenses.js';
import { literalStatus, remedyFor, type Remedy } from '../../src/editor/tokenState.js';
import { AppError } from '../../src/base/errors.js';
import type { TokenState } from '../../src/exchange/status.js';
import { assertLinear } from '../support/linear.js';
import { jwt, LATER, NOW, OURS, recognizedIn } from './support/known.js';

const ACME = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}';

describe('Lenses', () => {
  const cases: readonly (readonly [what: string, lines: readonly string[], lenses: readonly (readonly [number, string])[]])[] = [
    ['above a request', ['', 'GET https://a.example', 'X-Id: 1', ACME], [[1, 'TENANT_TOKEN_ACME']]],
    [
      'above each request',
      ['GET https://a.example', ACME, '', '###', 'GET https://a.example', ACME],
      [
        [0, 'TENANT_TOKEN_ACME'],
        [4, 'TENANT_TOKEN_ACME'],
      ],
    ],
    [
      'once for a token that a request has twice',
      ['GET https://a.example', ACME, ACME.replace('ACME', 'ACME_LAPTOP')],
      [[0, 'TENANT_TOKEN_ACME']],
    ],
    [
      'for each of several tokens',
      ['GET https://a.example', ACME, 'Authtoken: {{$processEnv TENANT_TOKEN_BACKUP}}'],
      [
        [0, 'TENANT_TOKEN_ACME'],
        [0, 'TENANT_TOKEN_BACKUP'],
      ],
    ],
    [
      'above the requests that use a definition, in their order',
      [
        `@t = {{$processEnv TENANT_TOKEN_ACME}}`,
        'GET https://a.example',
        'Authorization: Bearer {{t}}',
        '',
        '###',
        'GET https://b.example',
        ACME.replace('ACME', 'BACKUP'),
      ],
      [
        [1, 'TENANT_TOKEN_ACME'],
        [5, 'TENANT_TOKEN_BACKUP'],
      ],
    ],
    ['for a token that an exchange brought', ['GET https://a.example', `Authorization: Bearer ${OURS}`], [[0, OURS]]],
    ['for a reference that no token has', ['GET https://a.example', ACME.replace('ACME', 'NO')], [[0, 'TENANT_TOKEN_NO']]],
    ['not for a foreign token', ['GET https://a.example', `Authorization: Bearer ${jwt({ exp: LATER })}`], []],
  ];
  for (const [what, lines, lenses] of cases)
    it(what, async () => {
      const found = requestLenses(await recognizedIn(lines.join('\n')));
      assert.deepEqual(
        found.map(({ line, credential }) => [line, credential.match.text]),
        lenses,
      );
    });

  it('are few above a request with many tokens', async () => {
    const references = Array.from({ length: 40 }, (_, name) => `{{$processEnv TENANT_TOKEN_X${name}}}`);
    const lenses = requestLenses(await recognizedIn(['GET https://a.example', '', ...references].join('\n')));
    assert.deepEqual(
      lenses.map(({ credential }) => credential.match.line),
      Array.from({ length: 16 }, (_, index) => index + 2),
    );
  });

  it('take time in proportion to a document in which all requests use many definitions', async () => {
    const text = (count: number): string =>
      `@t = {{$processEnv TENANT_TOKEN_ACME}}\nGET https://acme.example/\nAuthorization: {{t}}\n\n###\n`.repeat(count);
    await assertLinear(10_000, async (count) => {
      const all = await recognizedIn(text(count));
      assert.equal(all.length, count);
      // Otherwise each had as many hosts as there are requests.
      assert.equal(new Set(all.map(({ hosts }) => hosts)).size, 1);
      assert.equal(requestLenses(all).length, count);
    });
  });
});

describe('The remedy for a token', () => {
  const remedies: readonly (readonly [TokenState, Remedy | undefined])[] = [
    ['unknown', 'exchange'],
    ['exchanging', undefined],
    ['valid', undefined],
    ['expiring', 'exchange'],
    ['expired', 'exchange'],
    ['attention', 'mend'],
  ];
  for (const [state, remedy] of remedies)
    it(`of a reference that is ${state}`, async () => {
      const [reference] = await recognizedIn(['GET https://a.example', ACME].join('\n'));
      const error = state === 'attention' ? new AppError('api-token-refused') : undefined;
      assert.equal(remedyFor(reference!, { state, access: undefined, error }), remedy);
    });

  const ends: readonly (readonly [expiresAt: number | null, Remedy | undefined])[] = [
    [NOW, 'update'],
    [NOW + 1, undefined],
    [null, undefined],
  ];
  for (const [expiresAt, remedy] of ends)
    it(`in the file that expires ${expiresAt === null ? 'never' : `in ${expiresAt - NOW} ms`}`, async () => {
      const [literal] = await recognizedIn(['GET https://a.example', `Authorization: Bearer ${OURS}`].join('\n'));
      assert.equal(remedyFor(literal!, literalStatus(expiresAt, NOW)), remedy);
    });
});
