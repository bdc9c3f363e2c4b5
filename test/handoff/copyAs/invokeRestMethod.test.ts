import assert from 'node:assert/strict';
import fc from '../../support/properties.js';
import { invokeRestMethod } from '../../../src/handoff/copyAs/invokeRestMethod.js';
import type { CommandRequest } from '../../../src/handoff/copyAs/request.js';
import { hostile, requests } from './requests.js';
import { powerShellTokens } from './windowsShells.js';

const request: CommandRequest = {
  method: 'POST',
  url: 'https://a/x',
  headers: [
    { name: 'Authorization', value: 'Bearer abc' },
    { name: 'content-type', value: 'application/json' },
  ],
  body: `{"a": 'b'}`,
};

/** The text without its strings, and the strings: what PowerShell parses, and what it passes on. */
function parts(command: string): { readonly syntax: string; readonly strings: readonly string[] } {
  const tokens = powerShellTokens(command);
  return {
    syntax: tokens.map(({ kind, text }) => (kind === 'string' ? '…' : text)).join(' '),
    strings: tokens.flatMap(({ kind, text }) => (kind === 'string' ? text : [])),
  };
}

describe('Invoke-RestMethod', () => {
  it('is a command to paste, with the type as a parameter and the body as bytes', () => {
    assert.equal(
      invokeRestMethod(request),
      "Invoke-RestMethod -Method 'POST' -Uri 'https://a/x' -Headers @{ 'Authorization' = 'Bearer abc' } " +
        `-ContentType 'application/json' -Body ([Text.Encoding]::UTF8.GetBytes('{"a": ''b''}')) -MaximumRedirection 0`,
    );
    assert.equal(
      invokeRestMethod({ method: 'PURGE', url: 'https://a/', headers: [] }),
      "Invoke-RestMethod -CustomMethod 'PURGE' -Uri 'https://a/' -MaximumRedirection 0",
    );
  });

  it('combines headers of one name, because a hash table has each name once', () => {
    const headers = [
      { name: 'A', value: '1' },
      { name: 'a', value: '2' },
      { name: 'Cookie', value: 'x=1' },
      { name: 'Cookie', value: 'y=2' },
    ];
    assert.match(invokeRestMethod({ ...request, headers }), /-Headers @\{ 'A' = '1, 2'; 'Cookie' = 'x=1; y=2' \} -Body/);
  });

  it('passes on every text unchanged, and nothing in a text is syntax', () => {
    fc.assert(
      fc.property(requests(hostile(['\n', '\r', '\t', '\x01', '\x1b'])), (given) => {
        const one = {
          ...given,
          headers: given.headers.filter(({ name }, at, all) => all.findIndex((other) => other.name === name) === at),
        };
        const { syntax, strings } = parts(invokeRestMethod(one));
        const own = one.headers.filter(({ name }) => name !== 'Content-Type');
        const type = one.headers.find(({ name }) => name === 'Content-Type');
        assert.deepEqual(strings, [
          one.method,
          one.url,
          ...own.flatMap(({ name, value }) => [name, value]),
          ...(type ? [type.value] : []),
          ...(one.body === undefined ? [] : [one.body]),
        ]);
        const expected = [
          'Invoke-RestMethod',
          one.method === 'X$Y' ? '-CustomMethod …' : '-Method …',
          '-Uri …',
          ...(own.length > 0 ? [`-Headers @ { ${own.map(() => '… = …').join(' ; ')} }`] : []),
          ...(type ? ['-ContentType …'] : []),
          ...(one.body === undefined ? [] : ['-Body ( [Text.Encoding]::UTF8.GetBytes ( … ) )']),
          '-MaximumRedirection 0',
        ];
        assert.equal(syntax, expected.join(' '));
      }),
      { numRuns: 300 },
    );
  });
});
