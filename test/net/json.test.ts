import assert from 'node:assert/strict';
import { isCutOff, jsonFlaw } from '../../src/net/json.js';
import { assertLinear } from '../support/linear.js';

describe('the flaws of JSON', () => {
  for (const text of [
    '{}',
    '[]',
    '"a"',
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}',
    '{"a":"a","b":"a"}',
    '{"a":["b","b"],"b":"b"}',
    '{"a":"\\"b\\":1,{","b":1}',
    '{"a\\"":1,"a":2}',
    '{"a\\\\":1,"a":2}',
    ' { "a" : [ ] , "b" : { } , "c" : -1.5e3 } ',
    '{"__proto__":1,"constructor":2,"":3}',
    `${'['.repeat(32)}${']'.repeat(32)}`,
    `{"a":[${'[[]],'.repeat(1000)}1]}`,
  ])
    it(`finds none in ${text.slice(0, 60)}`, () => {
      JSON.parse(text);
      assert.equal(jsonFlaw(text), undefined);
    });

  for (const text of [
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"a":{"b":[1,{"c":1}],"d":1},"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"\\/":1,"/":2}',
    '{"x":{"a":1,"a":2}}',
    '[{"a":1},{"a":1,"a":2}]',
    '{"":1,"":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"a":"}","b":["]"],"a":1}',
  ])
    it(`finds the repeated name in ${text}`, () => {
      JSON.parse(text);
      assert.equal(jsonFlaw(text), 'a field occurs twice');
    });

  it('finds deep nesting quickly', () => {
    for (const text of [`${'['.repeat(33)}${']'.repeat(33)}`, `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, '['.repeat(32 * 1024)])
      assert.equal(jsonFlaw(text), 'too deeply nested');
  });

  it('takes time in proportion to the text', () =>
    assertLinear(1024 * 1024, (size) => {
      assert.equal(jsonFlaw(JSON.stringify('\\"'.repeat(size / 4))), undefined);
      assert.equal(jsonFlaw(JSON.stringify({ a: 'x'.repeat(size) })), undefined);
      const names = Array.from({ length: size / 16 }, (_, at) => [`name${at}`, at]);
      assert.equal(jsonFlaw(JSON.stringify(Object.fromEntries(names))), undefined);
    }));
});

describe('truncated JSON', () => {
  for (const text of [
    '{"a":1}',
    '{"a\\"}":"{[\\\\","b":[{},[true,-1.5e3]],"c":null}',
    ' {"\\u0061":"}"} ',
    '{"a":{"b":{"c":"}}}"}}}',
  ])
    it(`is every prefix of ${text}, but not the whole`, () => {
      JSON.parse(text);
      const end = text.trimEnd().length;
      for (let length = text.indexOf('{') + 1; length < end; length++)
        assert.ok(isCutOff(text.slice(0, length)), text.slice(0, length));
      assert.ok(!isCutOff(text));
    });

  for (const text of ['', ' ', '[', '[{"a":1', '"a', 'x{', '<html', '{"a":1,}', '{}{', '{"a":1]'])
    it(`is not ${JSON.stringify(text)}, which is not an object or is complete`, () => assert.ok(!isCutOff(text)));

  it('takes time in proportion to the text', () =>
    assertLinear(1024 * 1024, (size) => {
      for (const text of [
        `{"a":"${'\\"'.repeat(size / 4)}\\\n`,
        `{"${'\\\n"'.repeat(size / 4)}`,
        `{${'"\\\n'.repeat(size / 4)}`,
        `{"${'x'.repeat(size)}`,
      ])
        assert.ok(isCutOff(text));
    }));
});
