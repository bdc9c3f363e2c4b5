import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from '../../support/properties.js';
import { curlForBash, curlForCmd, curlForPowerShell } from '../../../src/handoff/copyAs/curl.js';
import { UnquotableError, type CommandRequest } from '../../../src/handoff/copyAs/request.js';
import { ACCESS_TOKEN } from '../../../src/platforms/tokenResponse.js';
import { hostile, requests } from './requests.js';
import { cmdArguments, legacyPowerShellArguments, powerShellArguments } from './windowsShells.js';

const SHELLS = { bash: curlForBash, cmd: curlForCmd, powershell: curlForPowerShell };
const CONTROL = ['\n', '\r', '\t', '\x01', '\x1b', '\x7f'];

const request: CommandRequest = {
  method: 'GET',
  url: 'https://api.example.com/x?a=1&b=2',
  headers: [{ name: 'Authorization', value: 'Bearer abc' }],
};

/** The arguments that cURL should receive. */
function expected({ method, url, headers, body }: CommandRequest): string[] {
  const options = method === 'GET' && body === undefined ? [] : method === 'HEAD' ? ['--head'] : ['--request', method];
  const globoff = /[[\]{}]/.test(url) ? ['--globoff'] : [];
  const values = headers.map(({ name, value }) => (value.trim() === '' ? `${name};` : `${name}: ${value}`));
  const isTyped = headers.some(({ name }) => name === 'Content-Type');
  const type = body !== undefined && !isTyped ? ['Content-Type:'] : [];
  const data = body === undefined ? [] : ['--data-raw', body];
  return [...options, ...globoff, '--url', url, ...[...values, ...type].flatMap((value) => ['--header', value]), ...data];
}

/** The arguments that a program named curl receives from bash, where `!` is replaced by former commands as at a prompt. */
function bashArguments(commands: readonly string[]): string[][] {
  const setUp = 'HISTFILE=/dev/null; set -o history -H; curl() { printf "%s\\0" "$#" "$@"; }';
  const output = execFileSync('bash', ['--norc'], { encoding: 'utf8', input: [setUp, ...commands, ''].join('\n') });
  const words = output.split('\0').slice(0, -1);
  const runs: string[][] = [];
  for (let at = 0; at < words.length; at += (runs.at(-1)?.length ?? 0) + 1)
    runs.push(words.slice(at + 1, at + 1 + Number(words[at])));
  return runs;
}

describe('A cURL command', () => {
  it('passes on an access token with every allowed character, in each shell', () => {
    const token = 'EXAMPLE-._~+/!#%^|:*@,;=';
    const bearer = { ...request, headers: [{ name: 'Authorization', value: `Bearer ${token}%PATH%` }] };
    assert.match(token, ACCESS_TOKEN);
    assert.deepEqual(bashArguments([curlForBash(bearer)]), [expected(bearer)]);
    assert.deepEqual(cmdArguments(curlForCmd(bearer)).slice(1), expected(bearer));
    assert.deepEqual(powerShellArguments(curlForPowerShell(bearer)).slice(1), expected(bearer));
  });

  it('is a line to paste', () => {
    const url = 'https://api.example.com/x?a=1&b=2';
    assert.equal(curlForBash(request), `curl --url '${url}' --header 'Authorization: Bearer abc'`);
    assert.equal(curlForPowerShell(request), `curl.exe --url '${url}' --header 'Authorization: Bearer abc'`);
    assert.equal(curlForCmd(request), 'curl --url ^"https://api.example.com/x?a=1^&b=2^" --header ^"Authorization: Bearer abc^"');
  });

  it('shows a body as it is where the shell has quotes for it, and quotes its quotes where it has not', () => {
    const url = 'https://a/';
    const posted = {
      method: 'POST',
      url,
      headers: [{ name: 'Content-Type', value: 'application/json' }],
      body: '{\n  "a": 1\n}',
    };
    const type = 'Content-Type: application/json';
    assert.equal(curlForBash(posted), `curl --request 'POST' --url '${url}' --header '${type}' --data-raw '{\n  "a": 1\n}'`);
    assert.equal(
      curlForPowerShell(posted),
      `& { $PSNativeCommandArgumentPassing = 'Legacy'; curl.exe --request '"POST"' --url '"${url}"' --header '"${type}"' --data-raw '"{\n  \\"a\\": 1\n}"' }`,
    );
  });

  it('names the method if cURL would use another', () => {
    assert.match(curlForBash({ ...request, method: 'DELETE' }), /^curl --request 'DELETE' --url/);
    assert.match(curlForBash({ ...request, body: '' }), /^curl --request 'GET' --url .* --data-raw ''$/);
    assert.match(curlForBash({ ...request, method: 'HEAD' }), /^curl --head --url/);
    assert.throws(() => curlForBash({ ...request, method: 'HEAD', body: 'x' }), new UnquotableError('no-form'));
  });

  it('sends brackets in a URL literally, a header without a value, and no type that the request has not', () => {
    const odd = { method: 'PUT', url: 'https://a/[1-3]', headers: [{ name: 'X-Empty', value: '' }], body: '@file' };
    assert.equal(
      curlForBash(odd),
      "curl --request 'PUT' --globoff --url 'https://a/[1-3]' --header 'X-Empty;' --header 'Content-Type:' --data-raw '@file'",
    );
  });

  it('is refused for control characters outside the body and invalid names, without repeating them', () => {
    for (const form of Object.values(SHELLS)) {
      for (const value of ['a\nb', 'a\rb', 'a\0b', 'a\tb', '\u001b[2J', '\u007f']) {
        const secret = { ...request, headers: [{ name: 'A', value }] };
        assert.throws(() => form(secret), new UnquotableError('no-form'));
        assert.throws(() => form({ ...request, url: value }), new UnquotableError('no-form'));
      }
      for (const name of ['@file', '', 'A b', 'A:'])
        assert.throws(() => form({ ...request, headers: [{ name, value: 'x' }] }), new UnquotableError('no-form'));
      assert.throws(() => form({ ...request, body: 'a\0b' }), new UnquotableError('no-form'));
    }
  });
});

describe('A cURL command for bash', () => {
  it('gives cURL what it was given', () => {
    const all = fc.sample(requests(hostile(CONTROL)), { numRuns: 300 });
    assert.deepEqual(bashArguments(all.map(curlForBash)), all.map(expected));
  });

  it('is refused if the system would not take an argument of that length', () => {
    const body = (length: number) => ({ ...request, method: 'POST', body: 'é'.repeat(length / 2) });
    const longest = body(131_070);
    assert.deepEqual(bashArguments([curlForBash(longest)]), [expected(longest)]);
    assert.throws(() => curlForBash(body(131_072)), new UnquotableError('too-long'));
  });
});

describe('A cURL command for cmd', () => {
  it('gives cURL what it was given', () => {
    fc.assert(
      fc.property(requests(hostile()), (one) => assert.deepEqual(cmdArguments(curlForCmd(one)), ['curl', ...expected(one)])),
      { numRuns: 300 },
    );
  });

  it('expands no variable, in quotes or out of them', () => {
    for (const value of ['%PATH%', '100%', '%%', '%PATH:~0,3%', '"%PATH%"', 'a%20b%20c', '%"PATH"%', '^%PATH^%', '!PATH!']) {
      const one = { ...request, url: `https://a/${value}`, headers: [{ name: 'A', value }], body: value };
      assert.deepEqual(cmdArguments(curlForCmd(one)), ['curl', ...expected(one)]);
    }
  });

  it('is refused for a line break in the body, for other control characters, and if the line is too long', () => {
    for (const body of ['a\nb', 'a\r\nb'])
      assert.throws(() => curlForCmd({ ...request, body }), new UnquotableError('line-break'));
    assert.throws(() => curlForCmd({ ...request, body: 'a\tb' }), new UnquotableError('no-form'));
    const long = (length: number) => ({ ...request, headers: [{ name: 'A', value: 'x'.repeat(length) }] });
    assert.doesNotThrow(() => curlForCmd(long(8000)));
    assert.throws(() => curlForCmd(long(8190)), new UnquotableError('too-long'));
    assert.doesNotThrow(() => curlForPowerShell(long(8190)));
  });
});

describe('A cURL command for PowerShell', () => {
  const gives = (one: CommandRequest) => {
    const command = curlForPowerShell(one);
    assert.deepEqual(powerShellArguments(command), ['curl.exe', ...expected(one)]);
    assert.deepEqual(legacyPowerShellArguments(command), ['curl.exe', ...expected(one)]);
  };

  it('gives cURL what it was given, in the versions that pass on quotes and in those that do not', () => {
    fc.assert(fc.property(requests(hostile(CONTROL)), gives), { numRuns: 300 });
  });

  it('gives cURL the texts that the versions pass on differently', () => {
    for (const value of ['a "b"', '"', 'a\\', 'a b\\\\', '', '--%', '\\"', '" "'])
      gives({ ...request, headers: [{ name: 'A', value }], body: value });
  });

  it('is refused if the line is too long for Windows', () => {
    assert.throws(() => curlForPowerShell({ ...request, body: 'x'.repeat(32_700) }), new UnquotableError('too-long'));
  });
});
