import assert from 'node:assert/strict';
import { foundTokens, textKindOf, type TextKind } from '../../src/editor/foundTokens/foundTokens.js';
import { assertLinear } from '../support/linear.js';
import { jwt, known, LATER, NOW, OURS, SOONER } from './support/known.js';

const REFERENCE = '{{$processEnv TENANT_TOKEN_ACME}}';

async function find(text: string, kind: TextKind = 'requests', without: { token?: true; tenant?: true } = {}) {
  const { tenants, vault, names, issued, laptop } = await known();
  if (without.token) await vault.remove(laptop.id);
  const some = without.tenant ? { all: tenants.all.slice(1) } : tenants;
  const found = foundTokens(text, kind, { tenants: some, names, issued, dialects: { current: 'httpyac' } });
  const lines = text.split(/\r\n|\r|\n/);
  return found.map(({ line, start, end, ...rest }) => ({ text: lines[line]?.slice(start, end), line, ...rest }));
}

describe('the access tokens in a text', () => {
  it('are those that were issued, in a request with the reference that can replace them', async () => {
    assert.deepEqual(await find(`GET https://acme.example\nAuthorization: Bearer ${OURS}\n`), [
      { text: OURS, line: 1, owner: 'Acme', expiresAt: NOW, reference: REFERENCE },
    ]);
  });

  it('include text that looks like one, with the expiry that it states', async () => {
    const vidb = `vidb_${'EXAMPLE'.repeat(8)}`;
    const text = `a ${jwt({ exp: LATER })} b\r\n"${jwt({ exp: SOONER })}"\r\n${jwt({ sub: 'ada' })} ${vidb}`;
    assert.deepEqual(
      (await find(text, 'other')).map(({ text: _, ...rest }) => rest),
      [
        { line: 0, shape: 'jwt', expiresAt: LATER * 1000 },
        { line: 1, shape: 'jwt', expiresAt: SOONER * 1000 },
        { line: 2, shape: 'jwt', expiresAt: null },
        { line: 2, shape: 'vidb', expiresAt: null },
      ],
    );
  });

  for (const [where, text] of [
    ['JSON', `{"headers":{"Authorization":"Bearer ${OURS}"}}`],
    ['.env', `TOKEN=${OURS}`],
    ['quoted .env', `export TOKEN='${OURS}' # ours`],
    ['a query', `https://acme.example/x?token=${OURS}&n=1`],
    ['a URL-encoded header', `Bearer%20${OURS}`],
  ] as const)
    it(`are found in ${where}${where.startsWith('a URL') ? ' only by their shape' : ', where no reference can replace them'}`, async () => {
      const expected = where.startsWith('a URL') ? [] : [{ text: OURS, line: 0, owner: 'Acme', expiresAt: NOW }];
      assert.deepEqual(await find(text, 'other'), expected);
    });

  it('are found in a path by their shape', async () => {
    const token = jwt({ exp: LATER });
    assert.deepEqual(await find(`https://acme.example/${token}/x`, 'other'), [
      { text: token, line: 0, shape: 'jwt', expiresAt: LATER * 1000 },
    ]);
  });

  it('are found in comments and responses too, without a reference to replace them', async () => {
    const text = `# ${OURS}\nGET https://acme.example\nAuthorization: Bearer ${OURS}\n\n###\nHTTP/1.1 200 OK\n\n"${OURS}"`;
    assert.deepEqual(
      (await find(text)).map(({ line, reference }) => ({ line, reference })),
      [
        { line: 0, reference: undefined },
        { line: 2, reference: REFERENCE },
        { line: 7, reference: undefined },
      ],
    );
  });

  it('can be replaced in Markdown only inside request fences', async () => {
    const text = `${OURS}\n\`\`\`http\nGET https://acme.example\nAuthorization: Bearer ${OURS}\n\`\`\`\n`;
    assert.deepEqual(
      (await find(text, 'markdown')).map(({ reference }) => reference),
      [undefined, REFERENCE],
    );
  });

  it('can be replaced in definitions', async () => {
    const text = `@token = ${OURS}\nGET https://acme.example\nAuthorization: Bearer {{token}}\n`;
    assert.deepEqual(
      (await find(text)).map(({ reference }) => reference),
      [REFERENCE],
    );
  });

  it('cannot be replaced when the API token is removed, but keep their owner', async () => {
    const text = `GET https://acme.example\nAuthorization: Bearer ${OURS}\n`;
    assert.deepEqual(await find(text, 'requests', { token: true }), [{ text: OURS, line: 1, owner: 'Acme', expiresAt: NOW }]);
    assert.deepEqual(await find(text, 'requests', { token: true, tenant: true }), [
      { text: OURS, line: 1, owner: 'acme', expiresAt: NOW },
    ]);
  });

  it('are an empty list in a text without tokens', async () => {
    for (const text of ['', '\n', 'GET https://acme.example/a-rather-long-path/of-a-file', `Authorization: Bearer ${REFERENCE}`])
      assert.deepEqual(await find(text), []);
  });

  it('are found in a line of a megabyte, in time proportional to the line', () =>
    assertLinear(1_600_000, async (size) => {
      const text = `${'x'.repeat(size / 3)}.${'eyJ'.repeat(size / 9)} ${OURS} ${'vidb_'.repeat(size / 15)}`;
      assert.ok((await find(text, 'other')).some((one) => one.text === OURS));
    }));
});

describe('the kind of a file', () => {
  for (const [path, kind] of [
    ['/a/b.http', 'requests'],
    ['/a/B.REST', 'requests'],
    ['/a/readme.md', 'markdown'],
    ['/a/.env', 'other'],
    ['/a/.env.production', 'other'],
    ['/a/dev.env', 'other'],
    ['/a/.vscode/settings.json', 'other'],
    ['/a/x.code-workspace', 'other'],
    ['/a/http', undefined],
    ['/a.http/x.ts', undefined],
    ['/a/environment.ts', undefined],
  ] as const)
    it(`${path}: ${kind ?? 'none'}`, () => {
      assert.equal(textKindOf(path), kind);
    });
});
