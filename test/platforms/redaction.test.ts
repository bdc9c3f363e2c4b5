import assert from 'node:assert/strict';
import fc from '../support/properties.js';
import { redactor } from '../../src/platforms/redaction.js';
import { Random } from '../simulation/random.js';
import { assertLinear } from '../support/linear.js';
import { formsOf } from '../threats/support/canaries.js';

const SECRET = 'EXAMPLE-"quoted"\\and+100%&<more>/0123456789';

describe('redaction', () => {
  const redact = redactor([SECRET]);

  for (const [form, text] of [
    ...formsOf(SECRET),
    ['as HTML', 'EXAMPLE-&quot;quoted&quot;\\and+100%&amp;&lt;more&gt;/0123456789'],
  ])
    it(`removes a secret ${form}`, () => {
      assert.equal(redact(`before ${text} after`), 'before … after');
      assert.equal(redact(`${text}${text}`), '…');
    });

  const reversed = Array.from(SECRET).reverse().join('');
  const bytes = Buffer.from(SECRET);
  const fullWidth = SECRET.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
  for (const [disguise, text] of [
    ['as references to characters', [...bytes].map((code) => `&#${code};`).join('')],
    ['as hexadecimal references', [...bytes].map((code) => `&#x${code.toString(16)};`).join('')],
    ['as JSON escapes', [...bytes].map((code) => `\\u${code.toString(16).padStart(4, '0')}`).join('')],
    ['percent-encoded twice', [...bytes].map((code) => `%25${code.toString(16)}`).join('')],
    ['as numbers', [...bytes].join(', ')],
    ['as hexadecimal numbers', [...bytes].map((code) => `0x${code.toString(16)}`).join(', ')],
    ['in base64 with blanks in it', bytes.toString('base64').replace(/.{6}/g, '$& ')],
    ['reversed', reversed],
    ['reversed, in base64', Buffer.from(reversed).toString('base64')],
    ['in full width', fullWidth],
    ['spelled', Array.from(SECRET).join(' ')],
    ['spelled with dashes', Array.from(SECRET).join('-')],
    ['in halves of each half', SECRET.replace(/.{7}/g, '$& and then ')],
    ['in pieces of four', SECRET.replace(/.{4}/g, '<b>$&</b> ')],
    [
      'in pieces in another order',
      SECRET.match(/.{1,5}/g)!
        .reverse()
        .join(', '),
    ],
    ['with invisible characters in it', Array.from(SECRET).join('\u200B')],
  ])
    it(`withholds a text in which a secret is ${disguise}`, () => {
      for (const sentence of [`before ${text} after`, `The token ${text}`, `${text}`])
        assert.ok(!/[a-z0-9]/i.test(redact(sentence).replace(/^before|after$/g, '')), redact(sentence));
    });

  it('leaves a text that shares some words or digits with a secret', () => {
    const secrets = ['k3Jq0ZpX9sVb7TnM2wLc8RyD', 'vidb_ZXhhbXBsZQ', '0f0b7c3e-5a1d-4d5e-9a77-3f1f6c2b8e10'];
    for (const sentence of [
      'The client secret is wrong for this application, request 0123456',
      'For example, quote the token & send it again in 100 s',
      'Invalid refresh token. The token has expired or was revoked (code 216004, trace 6789-ABCDEF).',
    ])
      assert.equal(redactor(secrets)(sentence), sentence);
  });

  it('removes a part of a secret, wherever it begins, in upper and lower case', () => {
    for (let at = 0; at + 8 <= SECRET.length; at += 1) {
      assert.equal(redact(`|${SECRET.slice(at, at + 8).toUpperCase()}|`), '|…|');
      assert.equal(redact(`|${SECRET.slice(at, at + 8).toLowerCase()}|`), '|…|');
    }
  });

  it('removes a secret that is shorter than the pieces of longer ones', () => {
    assert.equal(redactor(['271828'])('the passcode 271828 is wrong: 2718'), 'the passcode … is wrong: 2718');
  });

  it('removes each of several secrets, also overlapping ones', () => {
    assert.equal(redactor(['EXAMPLE-one', 'one-EXAMPLE'])('x EXAMPLE-one-EXAMPLE, one-EXAMPLE y'), 'x …, … y');
  });

  it('keeps other text, whatever its characters', () => {
    for (const text of ['', 'EXAMPLE', 'İ stays as long as it is', '\uD800 EXAM'.repeat(9)]) assert.equal(redact(text), text);
    assert.equal(redactor([])('EXAMPLE'), 'EXAMPLE');
    assert.equal(redactor([''])('EXAMPLE'), 'EXAMPLE');
  });

  it('leaves no part of any secret in any text', () => {
    const secret = fc.string({ minLength: 8, maxLength: 60, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), fc.nat(), (value, before, after, choice) => {
        const forms = [...formsOf(value).values()];
        const form = forms[choice % forms.length]!;
        const clean = redactor([value])(before + form + after);
        for (let at = 0; at + 8 <= form.length; at += 1) assert.ok(!clean.includes(form.slice(at, at + 8)), clean);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes time in proportion to the text', () => {
    const redactLong = redactor(['EXAMPLE'.repeat(1000)]);
    return assertLinear(20_000, (size) => redactLong('EXAMPLF'.repeat(size / 7)));
  });

  it('takes time in proportion to the secret', () =>
    assertLinear(20_000, (size) => redactor(['EXAMPLE'.repeat(size / 7)])('The EXAMPLF is wrong')));

  it('keeps ids that resemble a secret by chance', () => {
    const random = new Random(1);
    const text = (length: number, digits: string) =>
      Array.from({ length }, () => digits[random.between(0, digits.length - 1)]).join('');
    const redact = redactor(
      Array.from({ length: 50 }, () => text(40, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')),
    );
    const ids = Array.from({ length: 2_000 }, () => `urn:vcloud:token:${text(32, '0123456789abcdef')}`);
    assert.deepEqual(
      ids.filter((id) => redact(id) !== id),
      [],
    );
  });
});
