import assert from 'node:assert/strict';
import { redacted } from '../../../src/handoff/copyAs/redacted.js';
import { assertLinear } from '../../support/linear.js';

const request = { method: 'POST', url: 'https://a/', headers: [] };
const same = (text: string): string => text;

describe('A request for a ticket', () => {
  for (const [given, shown] of [
    ['Authorization: Bearer <access token>', 'Authorization: Bearer <access token>'],
    ['Authorization: Bearer EXAMPLE', 'Authorization: Bearer <removed>'],
    ['Proxy-Authorization: Basic EXAMPLE', 'Proxy-Authorization: Basic <removed>'],
    ['Authtoken: QSDK EXAMPLE', 'Authtoken: <removed>'],
    ['Cookie: a=EXAMPLE', 'Cookie: <removed>'],
    ['X-Api-Key: ', 'X-Api-Key: '],
    ['Accept: */*', 'Accept: */*'],
  ] as const)
    it(`has the header ${given} as ${shown}`, () => {
      const [name = '', value = ''] = given.split(/: (.*)/);
      assert.deepEqual(
        redacted({ ...request, headers: [{ name, value }] }, same).headers.map((one) => `${one.name}: ${one.value}`),
        [shown],
      );
    });

  for (const [given, shown] of [
    ['{"password": "EXAMPLE", "a": "b"}', '{"password": "<removed>", "a": "b"}'],
    ['[{"clientSecret":"EXAMPLE \\" x","n":1}]', '[{"clientSecret":"<removed>","n":1}]'],
    ['{"token": "", "apiKey": 1234, "b": true}', '{"token": "", "apiKey": "<removed>", "b": true}'],
    ['{"access_token": "<access token>"}', '{"access_token": "<access token>"}'],
    ['grant_type=refresh_token&refresh_token=EXAMPLE&x=1', 'grant_type=refresh_token&refresh_token=<removed>&x=1'],
    ['just text', 'just text'],
  ] as const)
    it(`has the body ${given} as ${shown}`, () => {
      assert.equal(redacted({ ...request, body: given }, same).body, shown);
    });

  it('has no credential in its address, and no token anywhere', () => {
    const url = 'https://a/x?sessionId=EXAMPLE&page=2&q=TOKEN#key=EXAMPLE';
    const without = (text: string): string => text.replaceAll('TOKEN', '<access token>');
    assert.equal(
      redacted({ ...request, url }, without).url,
      'https://a/x?sessionId=<removed>&page=2&q=<access token>#key=<removed>',
    );
    assert.equal(redacted({ ...request, body: 'x TOKEN' }, without).body, 'x <access token>');
  });

  it('is made in linear time', async () => {
    for (const part of ['"key', 'key', '"key":"\\\\', '&key', '"key" '])
      for (const start of ['{', ''])
        await assertLinear(100_000, (size) => redacted({ ...request, body: start + part.repeat(size / part.length) }, same));
  });
});
