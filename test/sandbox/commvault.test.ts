import assert from 'node:assert/strict';
import { get, jsonOf, postForm, postJson, remove, sendJson, START, textOf, useSandbox, type Reply } from './client.js';

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

  it('renews a pair, and returns the expiry of the new one in epoch seconds', async () => {
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

  it('deletes the whole chain when an older pair is sent again', async () => {
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

  it('refuses a pair from two chains without changing either', async () => {
    const mixed = { accessToken: pair()['accessToken'], refreshToken: pair('Build server')['refreshToken'] };
    const answer = await renew(mixed);
    assert.equal(answer.status, 403);
    assert.equal(jsonOf(answer)['errorCode'], 5);
    assert.equal((await renew(pair())).status, 200);
    assert.equal((await renew(pair('Build server'))).status, 200);
  });

  it('accepts a renewal without authorization, or with the old access token', async () => {
    assert.equal((await renew(pair(), { authorization: 'Bearer EXAMPLE' })).status, 401);
    const second = pairOf(await renew(pair()));
    assert.equal((await renew(second, { authorization: `Bearer ${second['accessToken']!}` })).status, 200);
  });

  it('requires JSON with both tokens', async () => {
    assert.equal((await postForm(at('/V4/AccessToken/Renew'), pair())).status, 415);
    for (const body of ['[]', 'nothing', { accessToken: 'EXAMPLE' }]) assert.equal((await renew(body)).status, 400);
  });

  it('renews until 14 days after the access token has expired', async () => {
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

  it('accepts only the right header', async () => {
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

  it('lets an access token expire', async () => {
    sandbox.advance(1800);
    assert.equal(await whoAmI({ authtoken: pair()['accessToken']! }), 401);
  });
});

describe('sandbox: Commvault of a site that requires authorization for a renewal', () => {
  const sandbox = useSandbox({ variants: { commvaultRenewsWithBearer: true } });

  it('keeps the pair valid when the header is missing, and its tenant sets the header', async () => {
    const { url, renewWith } = sandbox.tenant('sandbox-commvault').tenant;
    const pair = sandbox.secret('sandbox-commvault');
    const renew = (headers: Record<string, string>) => postJson(`${String(url)}/V4/AccessToken/Renew`, pair, headers);
    assert.equal(renewWith, 'bearer');
    assert.equal((await renew({})).status, 401);
    assert.equal((await renew({ authorization: `Bearer ${pair['accessToken']!}` })).status, 200);
  });
});

describe('sandbox: the API tokens of Commvault', () => {
  const sandbox = useSandbox();
  const at = (path: string) => `${sandbox.current().services.commvault.origin}/commandcenter/api${path}`;
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const signIn = (user: string, password: string) => postJson(at('/Login'), { username: user, password: base64(password) });
  const session = async (which?: 'readOnlyLogin') => {
    const { user, password } = sandbox.login('sandbox-commvault', which);
    return { authtoken: textOf(await signIn(user, password), 'token') };
  };
  const create = (body: unknown, headers: Record<string, string>) => postJson(at('/V4/AccessToken'), body, headers);
  const infoOf = (answer: Reply) => jsonOf(answer)['tokenInfo'] as Record<string, unknown>;
  const renew = (pair: Record<string, unknown>) =>
    postJson(at('/V4/AccessToken/Renew'), { accessToken: pair['accessToken'], refreshToken: pair['refreshToken'] });
  const list = async (headers: Record<string, string>, userId = 12) => get(at(`/V4/AccessToken/?userId=${userId}`), headers);
  const listed = async (headers: Record<string, string>) => jsonOf(await list(headers))['tokens'] as Record<string, unknown>[];
  const status = async (accessToken: unknown) => (await get(at('/v2/WhoAmI'), { authtoken: String(accessToken) })).status;
  const second = START / 1000;

  it('signs people in and out, and answers a wrong password with 200 and no token', async () => {
    const { user, password } = sandbox.login('sandbox-commvault');
    const answer = jsonOf(await signIn(user, password));
    assert.match(String(answer['token']), /^QSDK SANDBOX-/);
    assert.deepEqual([answer['userName'], answer['aliasName']], ['ada', '12']);
    const authtoken = { authtoken: String(answer['token']) };
    assert.deepEqual((jsonOf(await get(at('/v2/WhoAmI'), authtoken))['user'] as { userId: number }).userId, 12);
    assert.equal((await postJson(at('/Logout'), {}, authtoken)).status, 200);
    assert.equal((await get(at('/v2/WhoAmI'), authtoken)).status, 401);
    const plain = await postJson(at('/Login'), { username: user, password });
    for (const wrong of [await signIn(user, 'EXAMPLE-wrong'), await signIn('nobody', password), plain]) {
      assert.equal(wrong.status, 200);
      assert.deepEqual(Object.keys(jsonOf(wrong)), ['errList']);
    }
    assert.equal((await postJson(at('/Login'), { username: user })).status, 400);
  });

  it('lets a session expire after 30 minutes', async () => {
    const signedIn = await session();
    sandbox.advance(30 * 60);
    assert.equal((await create({ tokenName: 'late' }, signedIn)).status, 401);
  });

  it('creates a token, which is renewed, listed, changed and revoked', async () => {
    const signedIn = await session();
    const answer = await create(
      { tokenName: 'vscode', tokenType: 'ALL', renewableUntilTimestamp: second + DAY_SECONDS },
      signedIn,
    );
    assert.equal(answer.status, 200);
    assert.deepEqual(jsonOf(answer)['error'], { errorMessage: '', errorCode: 0 });
    const created = infoOf(answer);
    assert.equal(created['tokenName'], 'vscode');
    assert.equal(created['userId'], 12);
    assert.equal(created['tokenExpiryTimestamp'], second + 1800);
    assert.equal(created['refreshTokenExpiryTimestamp'], second + 1800 + 14 * DAY_SECONDS);
    assert.equal(created['renewableUntilTimestamp'], second + DAY_SECONDS);
    assert.equal(await status(created['accessToken']), 200);
    const renewed = jsonOf(await renew(created));
    assert.equal(renewed['renewableUntilTimestamp'], second + DAY_SECONDS);

    const id = Number(created['accessTokenId']);
    assert.deepEqual(
      (await listed(signedIn)).map(({ tokenName }) => tokenName),
      ['Laptop', 'vscode'],
    );
    assert.ok(!JSON.stringify(await listed(signedIn)).includes(String(renewed['accessToken'])));
    const change = { tokenName: 'renamed', renewableUntilTimestamp: second + 2 * DAY_SECONDS };
    assert.deepEqual(jsonOf(await sendJson('PUT', at(`/V4/AccessToken/${id}`), change, signedIn)), {
      errorMessage: '',
      errorCode: 0,
    });
    const changed = (await listed(signedIn)).find(({ accessTokenId }) => accessTokenId === id);
    assert.deepEqual([changed?.['tokenName'], changed?.['renewableUntilTimestamp']], ['renamed', second + 2 * DAY_SECONDS]);

    assert.equal(jsonOf(await remove(at(`/V4/AccessToken/${id}`), signedIn))['errorCode'], 0);
    assert.equal(await status(renewed['accessToken']), 401);
    assert.equal((await renew(renewed)).status, 403);
    for (const gone of [
      await remove(at(`/V4/AccessToken/${id}`), signedIn),
      await sendJson('PUT', at(`/V4/AccessToken/${id}`), change, signedIn),
    ])
      assert.equal(gone.status, 404);
  });

  it('respects the date until which a token may be renewed', async () => {
    const created = infoOf(await create({ tokenName: 'short', renewableUntilTimestamp: second + 3600 }, await session()));
    sandbox.advance(3601);
    assert.notEqual(jsonOf(await renew(created))['errorCode'] ?? 0, 0);
  });

  it('knows every type by name and by number', async () => {
    const signedIn = await session();
    for (const [number, name] of ['DEFAULT', 'MS_SCIM', 'ALL', 'CUSTOM', 'OneTouch'].entries())
      for (const tokenType of [name, number]) {
        const body = { tokenName: `token ${tokenType}`, tokenType, ...(name === 'CUSTOM' && { apiEndpoints: ['/VM'] }) };
        assert.equal(infoOf(await create(body, signedIn))['tokenType'], name);
      }
    assert.equal(infoOf(await create({ tokenName: 'no type' }, signedIn))['tokenType'], 'ALL');
  });

  it('gives SCIM and 1-Touch tokens a fixed expiry and no refresh token', async () => {
    const signedIn = await session();
    for (const [tokenType, days, chosen] of [
      ['MS_SCIM', 30, undefined],
      ['OneTouch', 7, undefined],
      ['MS_SCIM', 365, second + 365 * DAY_SECONDS],
      ['OneTouch', 14, second + 14 * DAY_SECONDS],
    ] as const) {
      const body = { tokenName: `${tokenType} ${days}`, tokenType, tokenExpiryTimestamp: chosen };
      const created = infoOf(await create(body, signedIn));
      assert.ok(!('refreshToken' in created) && !('refreshTokenExpiryTimestamp' in created));
      assert.equal(created['tokenExpiryTimestamp'], second + days * DAY_SECONDS);
      assert.equal(created['renewableUntilTimestamp'], 0);
      assert.equal(await status(created['accessToken']), 200);
    }
  });

  it('expires a 1-Touch token at its date, or at the changed date', async () => {
    const signedIn = await session();
    const fixed = (tokenName: string) =>
      create({ tokenName, tokenType: 'OneTouch', tokenExpiryTimestamp: second + 120 }, signedIn);
    const [kept, changed] = [infoOf(await fixed('kept')), infoOf(await fixed('changed'))];
    const url = at(`/V4/AccessToken/${String(changed['accessTokenId'])}`);
    await sendJson('PUT', url, { tokenExpiryTimestamp: second + 60 }, signedIn);
    sandbox.advance(60);
    assert.deepEqual([await status(kept['accessToken']), await status(changed['accessToken'])], [200, 401]);
    sandbox.advance(60);
    assert.equal(await status(kept['accessToken']), 401);
  });

  it('refuses invalid properties of a token', async () => {
    const signedIn = await session();
    for (const body of [
      {},
      { tokenName: ' ' },
      { tokenName: 7 },
      { tokenName: 'x', tokenType: 'SOME' },
      { tokenName: 'x', tokenType: 5 },
      { tokenName: 'x', tokenType: 'CUSTOM' },
      { tokenName: 'x', tokenType: 'CUSTOM', apiEndpoints: [] },
      { tokenName: 'x', tokenType: 'CUSTOM', apiEndpoints: ['/VM', 7] },
      { tokenName: 'x', renewableUntilTimestamp: second },
      { tokenName: 'x', renewableUntilTimestamp: second * 1000 },
      { tokenName: 'x', renewableUntilTimestamp: 2 ** 31 },
      { tokenName: 'x', renewableUntilTimestamp: String(second + 3600) },
      { tokenName: 'x', renewableUntilTimestamp: second + 0.5 },
      { tokenName: 'x', tokenExpiryTimestamp: second + 3600 },
      { tokenName: 'x', tokenType: 'DEFAULT', renewableUntilTimestamp: second + 3600 },
      { tokenName: 'x', tokenType: 'MS_SCIM', renewableUntilTimestamp: second + 3600 },
      { tokenName: 'x', tokenType: 'MS_SCIM', tokenExpiryTimestamp: second + 365 * DAY_SECONDS + 1 },
      { tokenName: 'x', tokenType: 'OneTouch', tokenExpiryTimestamp: second + 14 * DAY_SECONDS + 1 },
    ]) {
      const answer = await create(body, signedIn);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.deepEqual(Object.keys(jsonOf(answer)), ['errorMessage', 'errorCode']);
    }
    assert.equal((await create({ tokenName: 'x', renewableUntilTimestamp: 2 ** 31 - 1 }, signedIn)).status, 200);
  });

  it('answers 200 if a name is taken', async () => {
    const signedIn = await session();
    const taken = await create({ tokenName: 'Laptop' }, signedIn);
    assert.equal(taken.status, 200);
    assert.ok(!('tokenInfo' in jsonOf(taken)));
    assert.notEqual((jsonOf(taken)['error'] as { errorCode: number }).errorCode, 0);
    const created = infoOf(await create({ tokenName: 'other' }, signedIn));
    const url = at(`/V4/AccessToken/${String(created['accessTokenId'])}`);
    assert.notEqual(jsonOf(await sendJson('PUT', url, { tokenName: 'Laptop' }, signedIn))['errorCode'], 0);
    assert.equal(jsonOf(await sendJson('PUT', url, { tokenName: 'other' }, signedIn))['errorCode'], 0);
  });

  it('lets neither an access token nor a person without the right manage tokens', async () => {
    const [laptop] = await listed(await session());
    const url = at(`/V4/AccessToken/${String(laptop?.['accessTokenId'])}`);
    const accessToken = { authtoken: sandbox.secret('sandbox-commvault')['accessToken']! };
    for (const headers of [accessToken, await session('readOnlyLogin')])
      for (const answer of [
        await create({ tokenName: 'x' }, headers),
        await sendJson('PUT', url, { tokenName: 'x' }, headers),
        await remove(url, headers),
      ]) {
        assert.equal(answer.status, 403);
        assert.equal(jsonOf(answer)['errorCode'], 5);
      }
    assert.equal((await create({ tokenName: 'x' }, {})).status, 401);
    assert.equal((await list(accessToken)).status, 200);
    assert.equal((await list(await session(), 13)).status, 403);
    const foreign = at(`/V4/AccessToken/${Number(laptop?.['accessTokenId']) + 1}`);
    assert.equal((await remove(foreign, await session())).status, 404);
  });

  it('loses the answer to a creation, which has taken effect', async () => {
    sandbox.current().services.commvault.answerNext('lost', 1, 'manage');
    const signedIn = await session();
    await assert.rejects(create({ tokenName: 'vscode' }, signedIn));
    assert.deepEqual(
      (await listed(signedIn)).map(({ tokenName }) => tokenName),
      ['Laptop', 'vscode'],
    );
  });
});

describe('sandbox: Commvault of an old release', () => {
  const sandbox = useSandbox({ variants: { commvaultWithoutV4: true } });

  it('has no management of access tokens', async () => {
    const url = String(sandbox.tenant('sandbox-commvault').tenant['url']);
    const { user, password } = sandbox.login('sandbox-commvault');
    const login = await postJson(`${url}/Login`, { username: user, password: Buffer.from(password).toString('base64') });
    const signedIn = { authtoken: textOf(login, 'token') };
    assert.equal((await postJson(`${url}/V4/AccessToken`, { tokenName: 'x' }, signedIn)).status, 404);
    assert.equal((await get(`${url}/V4/AccessToken/?userId=12`, signedIn)).status, 404);
    assert.equal((await remove(`${url}/V4/AccessToken/4711`, signedIn)).status, 404);
    assert.equal((await postJson(`${url}/V4/AccessToken/Renew`, sandbox.secret('sandbox-commvault'))).status, 200);
  });
});
