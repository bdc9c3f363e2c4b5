import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redactor } from '../../src/platforms/redaction.js';
import { formsOf } from '../threats/support/canaries.js';
import { assertLinear } from '../support/linear.js';

const SECRET = 'EXAMPLE-"quoted"\\and+100%&<more>/0123456789';

describe('redaction', () => {
  const redact = redactor([SECRET]);

  for (const [form, text] of [
    ...formsOf(SECRET),
    ['as HTML', 'EXAMPLE-&quot;quoted&quot;\\and+100%&amp;&lt;more&gt;/0123456789'],
  ])
    it(`takes out a secret ${form}`, () => {
      assert.equal(redact(`before ${text} after`), 'before … after');
      assert.equal(redact(`${text}${text}`), '…');
    });

  it('takes out a part of one, wherever it begins, in upper and lower case', () => {
    for (let at = 0; at + 8 <= SECRET.length; at += 1) {
      assert.equal(redact(`|${SECRET.slice(at, at + 8).toUpperCase()}|`), '|…|');
      assert.equal(redact(`|${SECRET.slice(at, at + 8).toLowerCase()}|`), '|…|');
    }
  });

  it('takes out a secret that is shorter than what is looked for of longer ones', () => {
    assert.equal(redactor(['271828'])('the passcode 271828 is wrong: 2718'), 'the passcode … is wrong: 2718');
  });

  it('takes out each of several, also where one begins in another', () => {
    assert.equal(redactor(['EXAMPLE-one', 'one-EXAMPLE'])('x EXAMPLE-one-EXAMPLE, one-EXAMPLE y'), 'x …, … y');
  });

  it('leaves what is no secret, of whatever characters', () => {
    for (const text of ['', 'EXAMPLE', 'İ stays as long as it is', '\uD800 EXAM'.repeat(9)]) assert.equal(redact(text), text);
    assert.equal(redactor([])('EXAMPLE'), 'EXAMPLE');
    assert.equal(redactor([''])('EXAMPLE'), 'EXAMPLE');
  });

  it('leaves nothing of any secret in any text', () => {
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

  it('takes time in proportion to the text', () =>
    assertLinear(100_000, (count) => redactor(['EXAMPLE'.repeat(1000)])('EXAMPLF'.repeat(count))));
});
