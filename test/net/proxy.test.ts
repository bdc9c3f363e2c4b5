import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { AppError } from '../../src/base/errors.js';
import { DEFAULT_NETWORK, proxyFor, type Environment, type NetworkSettings } from '../../src/net/proxy.js';

const proxyOf = (target: string, settings: Partial<NetworkSettings> = {}, environment: Environment = {}) =>
  proxyFor(new URL(target), { ...DEFAULT_NETWORK, ...settings }, environment);

const PROXY = { proxy: 'http://proxy.example:3128' };
const TARGET = 'https://id.acme.example/token';

describe('the proxy for an address', () => {
  it('is not used without a setting or a variable', () => {
    assert.equal(proxyOf(TARGET), undefined);
    assert.equal(proxyOf(TARGET, {}, { HTTPS_PROXY: '', NO_PROXY: '*' }), undefined);
  });

  for (const [environment, origin] of [
    [{ HTTPS_PROXY: 'http://a.example', HTTP_PROXY: 'http://b.example' }, 'http://a.example'],
    [{ https_proxy: 'http://a.example' }, 'http://a.example'],
    [{ HTTP_PROXY: 'http://b.example' }, 'http://b.example'],
    [{ http_proxy: 'https://b.example:8443' }, 'https://b.example:8443'],
  ] as const)
    it(`comes from ${Object.keys(environment).join(', ')}, and the setting takes precedence`, () => {
      assert.equal(proxyOf(TARGET, {}, environment)?.origin, origin);
      assert.equal(proxyOf(TARGET, PROXY, environment)?.origin, 'http://proxy.example:3128');
      assert.equal(proxyOf(TARGET, { ...PROXY, proxySupport: 'off' }, environment), undefined);
    });

  for (const target of [
    'https://localhost/',
    'https://127.0.0.1:8443/',
    'https://[::1]/',
    'http://127.0.0.1/',
    'http://other.example/',
  ])
    it(`is not used for ${target}`, () => assert.equal(proxyOf(target, PROXY), undefined));

  it('is used for hosts that only look like this machine', () => {
    for (const target of ['https://localhost.acme.example/', 'https://127.0.0.1.acme.example/', 'https://127.0.0.10/'])
      assert.ok(proxyOf(target, PROXY), target);
  });

  for (const [entry, target, isDirect] of [
    ['acme.example', TARGET, true],
    ['id.acme.example', TARGET, true],
    ['.acme.example', TARGET, true],
    ['*.acme.example', TARGET, true],
    ['ACME.example', TARGET, true],
    ['*', TARGET, true],
    ['other.example, acme.example', TARGET, true],
    ['acme.example', 'https://id.acme.example./token', true],
    ['acme.example:443', TARGET, true],
    ['acme.example:8443', 'https://id.acme.example:8443/token', true],
    ['[2001:db8::1]', 'https://[2001:db8::1]/', true],
    ['2001:db8::1', 'https://[2001:db8::1]/', true],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]/', true],
    ['acme.example:8443', TARGET, false],
    ['me.example', TARGET, false],
    ['acme', TARGET, false],
    ['x.id.acme.example', TARGET, false],
    ['', TARGET, false],
    [' , ', TARGET, false],
  ] as const)
    it(`${isDirect ? 'is not used' : 'is used'} for ${target} with the exception ${JSON.stringify(entry)}`, () => {
      assert.equal(proxyOf(target, { ...PROXY, noProxy: [entry] }) === undefined, isDirect, 'http.noProxy');
      assert.equal(proxyOf(target, PROXY, { NO_PROXY: entry }) === undefined, isDirect, 'NO_PROXY');
      assert.equal(proxyOf(target, PROXY, { no_proxy: entry }) === undefined, isDirect, 'no_proxy');
    });

  it('takes exceptions from the setting instead of the environment', () => {
    assert.ok(proxyOf(TARGET, { ...PROXY, noProxy: ['other.example'] }, { NO_PROXY: 'acme.example' }));
  });

  it('takes credentials from its address or the setting', () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    const authorizationOf = (proxy: string, proxyAuthorization = '') =>
      proxyOf(TARGET, { proxy, proxyAuthorization })?.authorization;
    assert.equal(authorizationOf('http://proxy.example'), undefined);
    assert.equal(authorizationOf('http://ada:EXAMPLE%40pass%C3%A9@proxy.example'), basic('ada:EXAMPLE@passé'));
    assert.equal(authorizationOf('http://ada@proxy.example'), basic('ada:'));
    assert.equal(authorizationOf('http://ada:EXAMPLE@proxy.example', 'Bearer EXAMPLE-TOKEN'), 'Bearer EXAMPLE-TOKEN');
    assert.equal(proxyOf(TARGET, { proxy: 'http://ada:EXAMPLE@proxy.example:80' })?.origin, 'http://proxy.example');
  });

  for (const proxy of [
    'proxy.example:3128',
    'ada:EXAMPLE@proxy.example:3128',
    'socks5://ada:EXAMPLE@proxy.example',
    'socks4://proxy.example',
    'ftp://proxy.example',
    'http://ada:EXAMPLE@',
    'http://ada:EXAMPLE%zz@proxy.example',
    'EXAMPLE',
  ])
    it(`reports ${proxy} as invalid with its source, but without its value`, () => {
      for (const [settings, environment, source] of [
        [{ proxy }, {}, 'http.proxy'],
        [{}, { HTTPS_PROXY: proxy }, 'HTTPS_PROXY'],
      ] as const)
        assert.throws(
          () => proxyOf(TARGET, settings, environment),
          (error: unknown) => {
            assert.ok(error instanceof AppError);
            assert.deepEqual([error.code, error.facts], ['proxy-invalid', { source }]);
            assert.doesNotMatch(inspect(error, { depth: 10 }), /EXAMPLE|ada/);
            return true;
          },
        );
    });
});
