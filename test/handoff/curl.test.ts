import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from '../support/properties.js';
import { curlCommand, UnquotableError, type CurlRequest, type Shell } from '../../src/handoff/curl.js';
import { ACCESS_TOKEN } from '../../src/platforms/tokenResponse.js';
import { cmdArguments, legacyPowerShellArguments, powerShellArguments } from './windowsShells.js';

const SHELLS: readonly Shell[] = ['bash', 'cmd', 'powershell'];

const request: CurlRequest = {
  method: 'GET',
  url: 'https://api.example.com/x?a=1&b=2',
  headers: [{ name: 'Authorization', value: 'Bearer abc' }],
};

/** The arguments that cURL should receive. */
function expected({ method, url, headers }: CurlRequest): string[] {
  const options = method === 'GET' ? [] : method === 'HEAD' ? ['--head'] : ['--request', method];
  const globoff = /[[\]{}]/.test(url) ? ['--globoff'] : [];
  const values = headers.map(({ name, value }) => (value.trim() === '' ? `${name};` : `${name}: ${value}`));
  return [...options, ...globoff, '--url', url, ...values.flatMap((value) => ['--header', value])];
}

/** The arguments that a program named curl receives from bash, for each of several commands. */
function bashArguments(commands: readonly string[]): string[][] {
  const script = ['HISTFILE=/dev/null; set -H; curl() { printf "%s\\0" "$@"; printf "\\1\\0"; }', ...commands].join('\n');
  const output = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  return output
    .split('\u0001\0')
    .slice(0, -1)
    .map((run) => run.split('\0').slice(0, -1));
}

/** Texts full of shell metacharacters, without control characters. */
const hostile = (chars: readonly string[]) => {
  return fc.oneof(
    fc.array(fc.constantFrom(...chars, 'a', '1', 'PATH'), { maxLength: 20 }).map((all) => all.join('')),
    fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\0-\x1f\x7f]/.test(text)),
  );
};

const ODD = Array.from(` '"\\$\`!#&|;<>()[]{}*?~^%=,@:-+._/‘’‚‛“”é`);

const requestOf = (allowed: (text: string) => boolean): fc.Arbitrary<CurlRequest> => {
  const text = hostile(ODD).filter(allowed);
  return fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'X$Y'),
    url: text.map((rest) => `https://a/${rest}`),
    headers: fc.array(fc.record({ name: fc.constantFrom('Authorization', "X-'%^&!", 'A'), value: text }), { maxLength: 3 }),
  });
};

describe('curlCommand', () => {
  it('passes on an access token with every allowed character, in each shell', () => {
    const token = 'EXAMPLE-._~+/!#%^|:*@,;=';
    const bearer = { ...request, headers: [{ name: 'Authorization', value: `Bearer ${token}%PATH%` }] };
    assert.match(token, ACCESS_TOKEN);
    assert.deepEqual(bashArguments([curlCommand(bearer, 'bash')]), [expected(bearer)]);
    assert.deepEqual(cmdArguments(curlCommand(bearer, 'cmd')).slice(1), expected(bearer));
    assert.deepEqual(powerShellArguments(curlCommand(bearer, 'powershell')).slice(1), expected(bearer));
  });

  it('is a line to paste', () => {
    const url = 'https://api.example.com/x?a=1&b=2';
    assert.equal(curlCommand(request, 'bash'), `curl --url '${url}' --header 'Authorization: Bearer abc'`);
    assert.equal(curlCommand(request, 'powershell'), `curl.exe --url '${url}' --header 'Authorization: Bearer abc'`);
    assert.equal(
      curlCommand(request, 'cmd'),
      'curl --url ^"https://api.example.com/x?a=1^&b=2^" --header ^"Authorization: Bearer abc^"',
    );
  });

  it('names the method if cURL would use another', () => {
    assert.match(curlCommand({ ...request, method: 'DELETE' }, 'bash'), /^curl '--request' 'DELETE' --url/);
    assert.match(curlCommand({ ...request, method: 'HEAD' }, 'bash'), /^curl '--head' --url/);
  });

  it('sends brackets in a URL literally, and a header without a value', () => {
    const odd = { method: 'GET', url: 'https://a/[1-3]', headers: [{ name: 'X-Empty', value: '' }] };
    assert.equal(curlCommand(odd, 'bash'), "curl --globoff --url 'https://a/[1-3]' --header 'X-Empty;'");
  });

  it('throws for control characters and invalid names, without repeating them', () => {
    for (const shell of SHELLS) {
      for (const value of ['a\nb', 'a\rb', 'a\0b', 'a\tb', '\u001b[2J', '\u007f']) {
        const secret = { ...request, headers: [{ name: 'A', value }] };
        assert.throws(() => curlCommand(secret, shell), new UnquotableError(shell));
        assert.throws(() => curlCommand({ ...request, url: value }, shell), UnquotableError);
      }
      for (const name of ['@file', '', 'A b', 'A:']) {
        assert.throws(() => curlCommand({ ...request, headers: [{ name, value: 'x' }] }, shell), UnquotableError);
      }
    }
  });
});

describe('curlCommand for bash', () => {
  it('gives cURL what it was given', () => {
    const requests = fc.sample(
      requestOf(() => true),
      { numRuns: 300 },
    );
    const commands = requests.map((one) => curlCommand(one, 'bash'));
    assert.deepEqual(bashArguments(commands), requests.map(expected));
  });
});

describe('curlCommand for cmd', () => {
  it('gives cURL what it was given', () => {
    fc.assert(
      fc.property(
        requestOf(() => true),
        (one) => assert.deepEqual(cmdArguments(curlCommand(one, 'cmd')), ['curl', ...expected(one)]),
      ),
      { numRuns: 300 },
    );
  });

  it('expands no variable, in quotes or out of them', () => {
    for (const value of ['%PATH%', '100%', '%%', '%PATH:~0,3%', '"%PATH%"', 'a%20b%20c', '%"PATH"%', '^%PATH^%', '!PATH!']) {
      const one = { ...request, url: `https://a/${value}`, headers: [{ name: 'A', value }] };
      assert.deepEqual(cmdArguments(curlCommand(one, 'cmd')), ['curl', ...expected(one)]);
    }
  });

  it('throws if the line is too long for cmd', () => {
    const long = (length: number) => ({ ...request, headers: [{ name: 'A', value: 'x'.repeat(length) }] });
    assert.doesNotThrow(() => curlCommand(long(8000), 'cmd'));
    assert.throws(() => curlCommand(long(8190), 'cmd'), UnquotableError);
    assert.doesNotThrow(() => curlCommand(long(8190), 'powershell'));
  });
});

describe('curlCommand for PowerShell', () => {
  const isPassedOn = (text: string) => !text.includes('"') && !text.endsWith('\\');

  it('gives cURL what it was given, in the versions that pass on quotes and in those that do not', () => {
    fc.assert(
      fc.property(requestOf(isPassedOn), (one) => {
        const command = curlCommand(one, 'powershell');
        assert.deepEqual(powerShellArguments(command), ['curl.exe', ...expected(one)]);
        assert.deepEqual(legacyPowerShellArguments(command), ['curl.exe', ...expected(one)]);
      }),
      { numRuns: 300 },
    );
  });

  it('throws for text that the versions pass on differently', () => {
    for (const value of ['a "b"', '"', 'a\\', 'a b\\\\']) {
      const one = { ...request, headers: [{ name: 'A', value }] };
      assert.throws(() => curlCommand(one, 'powershell'), new UnquotableError('powershell'));
    }
  });
});
