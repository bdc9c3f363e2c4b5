import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { AddressRewriter, isRewritable } from '../../src/gateway/addresses.js';
import fc from '../support/properties.js';

const ORIGIN = 'https://cloud.example.net';
const HERE = 'http://127.0.0.1:4000/cap/acme';
const rewriter = new AddressRewriter(ORIGIN, HERE);

async function streamed(chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of rewriter.stream(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))))
    parts.push(part.toString('latin1'));
  return parts;
}

describe('addresses in answers', () => {
  for (const [what, text, expected] of [
    ['in JSON', `{"href":"${ORIGIN}/api/org"}`, `{"href":"${HERE}/api/org"}`],
    [
      'in JSON with escaped slashes',
      '{"href":"https:\\/\\/cloud.example.net\\/api"}',
      '{"href":"http:\\/\\/127.0.0.1:4000\\/cap\\/acme\\/api"}',
    ],
    ['in XML', `<Org href="${ORIGIN}/api"/>`, `<Org href="${HERE}/api"/>`],
    ['with the standard port', `"${ORIGIN}:443/api"`, `"${HERE}/api"`],
    ['alone', ORIGIN, HERE],
    ['twice', `${ORIGIN}/a ${ORIGIN}/b`, `${HERE}/a ${HERE}/b`],
  ] as const)
    it(`are rewritten ${what}`, async () => {
      assert.equal(rewriter.rewrite(text), expected);
      assert.equal((await streamed([text])).join(''), expected);
    });

  for (const text of [
    'https://cloud.example.net.evil.example/x',
    'https://cloud.example.net:8443/x',
    'https://cloud.example.network/x',
    'https://cloud.example.net@evil.example/x',
    'http://cloud.example.net/x',
    'https://other.example.net/x',
  ])
    it(`stay as they are where the origin is another one: ${text}`, async () => {
      assert.equal(rewriter.rewrite(text), text);
      assert.equal((await streamed(Array.from(text))).join(''), text);
    });

  it('are rewritten wherever the body is cut into pieces', async () => {
    const piece = fc.constantFrom(ORIGIN, `${ORIGIN}:443`, `${ORIGIN}:8443`, 'https://cloud.exam', '"', '/x', 'é', 'https:', ' ');
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece), sizes, async (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = cuts[turn % cuts.length]!;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        assert.equal((await streamed(chunks)).join(''), Buffer.from(rewriter.rewrite(pieces.join(''))).toString('latin1'));
      }),
    );
  });

  it('hold back no more than the beginning of an address: an event arrives whole', async () => {
    assert.deepEqual(await streamed(['data: 1\n\n', `data: ${ORIGIN}/x\n\n`, 'data: https', '://x\n\n']), [
      'data: 1\n\n',
      `data: ${HERE}/x\n\n`,
      'data: ',
      'https://x\n\n',
    ]);
  });

  for (const [expected, headers] of [
    [true, { 'content-type': 'application/json' }],
    [true, { 'content-type': 'application/vnd.vmware.vcloud.org+xml;version=39.0; charset=UTF-8' }],
    [true, { 'content-type': 'text/event-stream' }],
    [true, { 'content-type': 'text/xml; charset="iso-8859-1"', 'content-encoding': 'identity' }],
    [false, { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    [false, { 'content-type': 'text/plain; charset=utf-16' }],
    [false, { 'content-type': 'application/octet-stream' }],
    [false, {}],
  ] as const)
    it(`are ${expected ? '' : 'not '}looked for in ${JSON.stringify(headers)}`, () => {
      assert.equal(isRewritable(Object.entries(headers)), expected);
    });
});
