import assert from 'node:assert/strict';
import { get, jsonOf, postForm, postJson, START, textOf, useSandbox, type Reply } from './client.js';

type Pair = Readonly<Record<string, string>>;
const DAY_SECONDS = 24 * 60 * 60;

describe('sandbox: Commvault', () => {
  const sandbox = useSandbox();
  const at = (path: string) => `${sandbox.current().services.commvault.origin}/commandcenter/api${path}`;
  const pair = (name?: string): Pair => sandbox.secret('sandbox-commvault', name);
  const renew = (body: unknown, headers: Record<string, string> = {}) => postJson(at('/V4/AccessToken/Renew'), body, headers);
  const pairOf = (answer: Reply): Pair => ({
    accessToken: textOf(answer, 'accessToken'),
    refreshToken: textOf(answer, 'refreshToken'),
  });
  const whoAmI = async (headers: Record<string, string>) => (await get(at('/v2/WhoAmI'), headers)).status;

  it('renews a pair into another, and tells when that runs out in seconds since the epoch', async () => {
    const answer = await renew(pair());
    assert.equal(answer.status, 200);
    const { tokenExpiryTimestamp, renewableUntilTimestamp } = jsonOf(answer);
    assert.equal(tokenExpiryTimestamp, START / 1000 + 1800);
    assert.equal(renewableUntilTimestamp, START / 1000 + 90 * DAY_SECONDS);
    const next = pairOf(answer);
    assert.notEqual(next['accessToken'], pair()['accessToken']);
    assert.notEqual(next['refreshToken'], pair()['refreshToken']);
    assert.equal((await renew(next)).status, 200);
  });

  it('deletes the whole chain when an older pair comes again', async () => {
    const second = pairOf(await renew(pair()));
    const third = pairOf(await renew(second));
    const replay = await renew(pair());
    assert.equal(replay.status, 200);
    assert.notEqual(jsonOf(replay)['errorCode'], 0);
    assert.match(textOf(replay, 'errorMessage'), /reuse/);
    for (const dead of [pair(), second, third]) assert.equal((await renew(dead)).status, 403);
    assert.equal(await whoAmI({ authtoken: third['accessToken']! }), 401);
    assert.equal((await renew(pair('Build server'))).status, 200);
  });

  it('refuses a pair of two chains without touching either', async () => {
    const mixed = { accessToken: pair()['accessToken'], refreshToken: pair('Build server')['refreshToken'] };
    const answer = await renew(mixed);
    assert.equal(answer.status, 403);
    assert.equal(jsonOf(answer)['errorCode'], 5);
    assert.equal((await renew(pair())).status, 200);
    assert.equal((await renew(pair('Build server'))).status, 200);
  });

  it('takes a renewal without authorization, or with the old access token', async () => {
    assert.equal((await renew(pair(), { authorization: 'Bearer EXAMPLE' })).status, 401);
    const second = pairOf(await renew(pair()));
    assert.equal((await renew(second, { authorization: `Bearer ${second['accessToken']!}` })).status, 200);
  });

  it('wants JSON with both tokens', async () => {
    assert.equal((await postForm(at('/V4/AccessToken/Renew'), pair())).status, 415);
    for (const body of ['[]', 'nothing', { accessToken: 'EXAMPLE' }]) assert.equal((await renew(body)).status, 400);
  });

  it('renews until 14 days after the access token has run out', async () => {
    sandbox.advance(1800 + 14 * DAY_SECONDS);
    const second = await renew(pair());
    assert.ok('accessToken' in jsonOf(second));
    sandbox.advance(1800 + 14 * DAY_SECONDS + 1);
    const late = await renew(pairOf(second));
    assert.equal(late.status, 200);
    assert.notEqual(jsonOf(late)['errorCode'], 0);
  });

  it('renews no longer than 90 days after the creation', async () => {
    let current = pair();
    for (let week = 0; week < 12; week += 1) {
      sandbox.advance(7 * DAY_SECONDS);
      current = pairOf(await renew(current));
    }
    sandbox.advance(7 * DAY_SECONDS);
    assert.ok('errorCode' in jsonOf(await renew(current)));
  });

  it('lets the right header in, and nothing else', async () => {
    const accessToken = pair()['accessToken']!;
    const cases: [number, Record<string, string>][] = [
      [200, { authtoken: accessToken }],
      [200, { authtoken: `Bearer ${accessToken}` }],
      [200, { authorization: `Bearer ${accessToken}` }],
      [401, {}],
      [401, { authtoken: `QSDK ${accessToken}` }],
      [401, { authorization: accessToken }],
      [401, { authtoken: pair()['refreshToken']! }],
      [401, { authtoken: accessToken, authorization: `Bearer ${pair('Build server')['accessToken']!}` }],
    ];
    for (const [status, headers] of cases) assert.equal(await whoAmI(headers), status, JSON.stringify(headers));
    assert.deepEqual(jsonOf(await get(at('/v2/WhoAmI'))), { errorMessage: 'Access denied', errorCode: 5 });
  });

  it('lets an access token run out', async () => {
    sandbox.advance(1800);
    assert.equal(await whoAmI({ authtoken: pair()['accessToken']! }), 401);
  });
});

describe('sandbox: Commvault of a site that wants authorization for a renewal', () => {
  const sandbox = useSandbox({ variants: { commvaultRenewsWithBearer: true } });

  it('leaves the pair as it is when the header is missing, and its tenant says so', async () => {
    const { url, renewWith } = sandbox.tenant('sandbox-commvault').tenant;
    const pair = sandbox.secret('sandbox-commvault');
    const renew = (headers: Record<string, string>) => postJson(`${String(url)}/V4/AccessToken/Renew`, pair, headers);
    assert.equal(renewWith, 'bearer');
    assert.equal((await renew({})).status, 401);
    assert.equal((await renew({ authorization: `Bearer ${pair['accessToken']!}` })).status, 200);
  });
});
