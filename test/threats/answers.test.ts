import assert from 'node:assert/strict';
import type { ErrorCode } from '../../src/base/errors.js';
import { answers, response, type Script } from '../faults/loopback.js';
import { inWorld, type Client, type World } from '../support/world.js';

const HOUR_S = 3600;
const YEAR_S = 365 * 24 * HOUR_S;
const BOM = '\uFEFF';

const json = (body: string | Buffer, type = 'application/json'): Script => answers(200, body, { 'content-type': type });

describe('threats: answers', () => {
  it(
    'row 04: a redirect, wherever it leads, is an error and is not followed',
    inWorld(async (world) => {
      const client = await world.client();
      const other = await world.serve(json(world.good));
      for (const status of [301, 302, 303, 307, 308])
        for (const location of [
          `http://127.0.0.1:${other.port}/token`,
          `http://localhost:${other.port}/token`,
          `//127.0.0.1:${other.port}/token`,
          `http://127.0.0.1:${client.service.port}/token2`,
          '/token2',
          'data:application/json,{"access_token":"EXAMPLE"}',
        ]) {
          const before = client.service.received.length;
          const error = await client.refuses(answers(status, world.good, { location }), 'redirected');
          assert.deepEqual(error.facts, { host: `127.0.0.1:${client.service.port}`, status });
          assert.equal(client.service.received.length, before + 1);
        }
      assert.deepEqual(other.received, []);
      assert.ok(!client.service.received.join('\n').includes('token2'));
    }),
  );

  /** Invalid access tokens: nothing is handed out, stored, recognized or put into headers. */
  async function refusesTokens(world: World, ...tokens: readonly unknown[]): Promise<void> {
    const client = await world.client();
    for (const token of tokens) {
      await client.refuses(json(world.answer({ access_token: token })), 'access-token-unsafe', 'unexpected-answer');
      for (const kept of [...world.secrets.values.values(), JSON.stringify([...world.globalState.values])])
        if (typeof token === 'string' && token.length > 8) assert.ok(!kept.includes(JSON.stringify(token).slice(1, -1)));
    }
    await client.takes(json(world.good));
  }

  it(
    'row 07: an access token that would start another header is refused',
    inWorld(async (world) => {
      const good = world.canaries.accessToken;
      await refusesTokens(
        world,
        ...['\r\n', '\n', '\r', '\0', '\u2028', '\u0085', '%0d%0a'].map((end) => `${good}${end}X-Injected: 1`),
        `${good}\r\n`,
        `\r\n${good}`,
      );
    }),
  );

  it(
    'row 08: an access token that a client, a shell or a page would run is refused',
    inWorld((world) =>
      refusesTokens(
        world,
        "{{require('child_process').execSync('id')}}",
        '{{$processEnv HOME}}',
        '{{=1}}',
        '<script>alert(1)</script>',
        '<img/src=x/onerror=alert(1)>',
        '$(id)',
        '`id`',
        '${HOME}',
        'EXAMPLE&calc.exe',
        "EXAMPLE'--header",
        'EXAMPLE"--header',
        'EXAMPLE\\',
        '[x](command:workbench.action.quit)',
      ),
    ),
  );

  it(
    'row 09: an access token with other characters, of another type, too long or missing is refused',
    inWorld(async (world) => {
      const good = world.canaries.accessToken;
      await refusesTokens(
        world,
        ...[`${good}é`, `${good}\t`, `${good} x`, ` ${good}`, `${good}\x7F`, `${good}\u200B`],
        'x'.repeat(17 * 1024),
        ...['', 'null', 'undefined', null, 7, 0, true, [good], { token: good }],
      );
    }),
  );

  it(
    'row 10: a response that is cut off at any byte yields no token',
    inWorld(async (world) => {
      const client = await world.client();
      const body = world.good;
      const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
      const size = body.length.toString(16);
      const cut = async (bytes: Buffer, from: number, ...codes: ErrorCode[]): Promise<void> => {
        await client.takes((socket) => void socket.end(bytes));
        for (let length = from; length < bytes.length; length++)
          await client.refuses((socket) => void socket.end(bytes.subarray(0, length)), ...codes);
      };
      await cut(response(200, body), 0, 'connection-lost');
      await cut(
        Buffer.from(`${head}transfer-encoding: chunked\r\n\r\n${size}\r\n${body}\r\n0\r\n\r\n`),
        head.length,
        'connection-lost',
      );
      // A response without a length ends with the connection: only its JSON shows whether it is complete.
      await cut(Buffer.from(`${head}connection: close\r\n\r\n${body}`), head.length, 'connection-lost');
    }),
  );

  it(
    'row 14: a web page, invalid JSON and invalid UTF-8 are distinguished, and change nothing',
    inWorld(async (world) => {
      const client = await world.client();
      const { good } = world;
      const page = '<!DOCTYPE html><html><head><title>Sign in</title></head></html>';
      const wrong: Script[] = [
        json(page, 'text/html'),
        json(good, 'text/html; charset=utf-8'),
        json(page),
        json(`${BOM}\n ${page}`, 'text/plain'),
        answers(200, page, { 'content-type': 'text/html', 'set-cookie': 'portal=EXAMPLE' }),
        answers(511, page, { 'content-type': 'text/html' }),
      ];
      for (const script of wrong.slice(0, -1)) await client.refuses(script, 'web-page');
      await client.refuses(wrong.at(-1)!, 'web-page', 'service-failed');
      for (const body of ['', ' ', 'null', '"text"', '7', `[${good}]`, good.slice(0, -1), `${good}${good}`, `)]}'\n${good}`])
        await client.refuses(json(body), 'not-json');
      await client.refuses(json(Buffer.from(good, 'utf16le')), 'not-json');
      await client.refuses(json(Buffer.from(BOM + good, 'utf16le')), 'not-json');
      await client.refuses(json(Buffer.from(good.replace('{', '{"a":"\xE9",'), 'latin1')), 'not-json');
      for (const type of ['application/xml', 'image/png', 'application/octet-stream', 'text/javascript'])
        await client.refuses(json(good, type), 'not-json');
      // Some services say so little of what they send.
      for (const type of ['text/plain', '', 'application/json;charset=UTF-8', 'application/vnd.example+json'])
        await client.takes(json(good, type));
      await client.takes(json(BOM + good));
    }),
  );

  const lifetimes: readonly (readonly [literal: string, seconds: number | null])[] = [
    ['"3599"', 3599],
    ['3599', 3599],
    ['3599.7', 3599],
    ['2592000', 2_592_000],
    ['2147483648', YEAR_S],
    ['9e15', YEAR_S],
    ...['0', '-1', '""', '" "', 'null', 'true', '[3599]', '{"s":1}', '"3599abc"', '"1e3"', '"0x10"', '"-1"', '"+1"', '1e400'].map(
      (literal) => [literal, null] as const,
    ),
    ['undefined', null],
  ];
  it(
    'row 15: an invalid lifetime does not cause repeated exchanges, and a long one does not expire early',
    inWorld(async (world) => {
      const client = await world.client();
      const withLifetime = (literal: string): Script =>
        json(
          literal === 'undefined'
            ? world.answer({ expires_in: undefined })
            : world.good.replace(/"expires_in":\d+/, `"expires_in":${literal}`),
        );
      await client.refuses(withLifetime('NaN'), 'not-json');
      for (const [literal, seconds] of lifetimes) {
        const { expiresAt, exchangedAt } = await client.takes(withLifetime(literal));
        assert.equal(expiresAt === null ? null : (expiresAt - exchangedAt) / 1000, seconds, literal);
        await usedForTenMinutes(world, client, literal, seconds);
      }
    }),
  );

  /** A caller that wants a token each second, with exchanges before expiry: two exchanges are never within 30 s. */
  async function usedForTenMinutes(world: World, client: Client, literal: string, seconds: number | null): Promise<void> {
    const { broker, clock } = world;
    const refresher = world.refresher(world, client.tenant);
    let count = client.service.received.length;
    let last = clock.wall();
    for (let second = 0; second < 600; second += 1) {
      refresher.used(client.tenant, client.id);
      refresher.check();
      await broker.access(client.tenant, client.id);
      await clock.advance(1000);
      if (client.service.received.length === count) continue;
      assert.ok(seconds === null, `${literal}: exchanged before its end`);
      assert.ok(clock.wall() - last >= 30_000, `${literal}: exchanged again after ${clock.wall() - last} ms`);
      count = client.service.received.length;
      last = clock.wall();
    }
  }

  it(
    'row 16: duplicate fields are refused, and prototype names are plain names',
    inWorld(async (world) => {
      const client = await world.client();
      const { good } = world;
      for (const second of [
        '"access_token":"EXAMPLE"',
        '"\\u0061ccess_token":"EXAMPLE"',
        '"refresh_token":"EXAMPLE-1","refresh_token":"EXAMPLE-2"',
        '"expires_in":1',
        '"token_type":"mac"',
        '"x":{"a":1,"a":2}',
        '"__proto__":1,"__proto__":2',
      ])
        for (const body of [good.replace('{', `{${second},`), good.replace(/\}$/, `,${second}}`)])
          await client.refuses(json(body), 'unexpected-answer');
      await client.refuses(json(`{"__proto__":${good}}`), 'unexpected-answer');
      for (const inherited of [
        '{"__proto__":{"polluted":1,"refresh_token":"EXAMPLE-EVIL"},',
        '{"constructor":{"prototype":{"polluted":1}},',
      ])
        await client.takes(json(good.replace('{', inherited)));
      assert.equal(({} as { polluted?: number }).polluted, undefined);
      assert.deepEqual((await world.vault.read(client.id)).secret, world.secret);
    }),
  );

  it(
    'row 17: a response without an access token, or with a status other than 200 and 201, is an error',
    inWorld(async (world) => {
      const client = await world.client();
      const { good } = world;
      await client.refuses(json(world.answer({ access_token: undefined })), 'unexpected-answer');
      await client.refuses(json('{}'), 'unexpected-answer');
      await client.refuses(json('{"error":"invalid_grant"}'), 'api-token-refused');
      await client.refuses(json(world.answer({ error: 'invalid_grant' })), 'api-token-refused');
      await client.refuses(json(world.answer({ error: 'invalid_client' })), 'client-refused');
      // So GitHub answers to a refresh token that was used, too: it is kept, and not sent again.
      await client.refuses(json('{"error":"incorrect_client_credentials"}'), 'client-refused');
      await client.refuses(json(world.answer({ error: 'server_error' })), 'unexpected-answer', 'service-failed');
      for (const status of [202, 203, 206, 226, 299]) await client.refuses(answers(status, good), 'unexpected-answer');
      for (const status of [204, 205])
        await client.refuses(
          (socket) => void socket.end(`HTTP/1.1 ${status} No\r\nconnection: close\r\n\r\n`),
          'unexpected-answer',
        );
      await client.refuses(json(world.answer({ token_type: 'mac' })), 'unexpected-answer');
      // A service that gives back what it was given: nothing but its secret would be handed out.
      await client.refuses(json(world.answer({ access_token: world.canaries.apiToken })), 'unexpected-answer');
    }),
  );
});
