import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  historyFiles,
  inspectHistory,
  scrubHistory,
  shownRequests,
  type ScrubRules,
} from '../../src/handoff/restClientHistory.js';

const OURS = 'EXAMPLE-access-token-of-acme';
const FOREIGN = 'EXAMPLE-access-token-of-nobody';
const REFERENCE = '{{$processEnv TENANT_TOKEN_ACME}}';
const rules: ScrubRules = {
  credentialNames: ['authorization', 'authtoken', 'x-api-key'],
  referenceFor: (token) => (token === OURS ? REFERENCE : undefined),
};

/** A request as REST Client keeps it. */
const sent = (headers: unknown, more: Record<string, unknown> = {}) => ({
  method: 'GET',
  url: 'https://a.example/x',
  headers,
  startTime: 1_700_000_000_000,
  ...more,
});

describe('the history of REST Client', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(tmpdir(), 'tenant-tokens-history-'));
    file = path.join(folder, 'history.json');
  });
  afterEach(() => fs.rm(folder, { recursive: true, force: true }));

  const write = (history: unknown) => fs.writeFile(file, `${JSON.stringify(history)}\n`);
  const read = async (): Promise<unknown> => JSON.parse(await fs.readFile(file, 'utf8'));

  it('is searched where REST Client may have put it', () => {
    const home = path.resolve('/home/ada');
    const at = (...names: string[]) => path.join(...names, 'history.json');
    assert.deepEqual(historyFiles({}, home), [at(home, '.rest-client')]);
    assert.deepEqual(historyFiles({ VSC_REST_CLIENT_HOME: '/own', XDG_CACHE_HOME: '/cache' }, home), [
      at('/own'),
      at(home, '.rest-client'),
      at('/cache', 'rest-client'),
    ]);
    assert.deepEqual(historyFiles({ HTTPKEEPER_HOME: '/keeper', VSC_REST_CLIENT_HOME: '/own' }, home).slice(0, 2), [
      at('/keeper'),
      at('/own'),
    ]);
    assert.deepEqual(historyFiles({ VSC_REST_CLIENT_HOME: '', XDG_CACHE_HOME: '' }, home), [at(home, '.rest-client')]);
  });

  it('gets a reference for a token that is known, and loses every other credential', async () => {
    await write([
      sent({ Authorization: `Bearer ${OURS}`, Accept: 'application/json' }),
      sent({ AUTHTOKEN: OURS, 'User-Agent': 'vscode-restclient' }),
      sent({ authorization: `Bearer ${FOREIGN}`, 'X-Api-Key': 'short' }, { body: '{"a":1}' }),
      sent({ Authorization: 'Basic YWRhOkVYQU1QTEU=' }),
    ]);
    assert.deepEqual(await inspectHistory(file, rules), { file, replaced: 2, removed: 3 });
    assert.deepEqual(await scrubHistory(file, rules), { file, replaced: 2, removed: 3 });
    assert.deepEqual(await read(), [
      sent({ Authorization: `Bearer ${REFERENCE}`, Accept: 'application/json' }),
      sent({ AUTHTOKEN: REFERENCE, 'User-Agent': 'vscode-restclient' }),
      sent({}, { body: '{"a":1}' }),
      sent({}),
    ]);
  });

  it('has nothing more to scrub when it was scrubbed', async () => {
    await write([sent({ Authorization: `Bearer ${OURS}` }), sent({ Authorization: `Bearer ${FOREIGN}` })]);
    await scrubHistory(file, rules);
    const { ino } = await fs.stat(file);
    assert.deepEqual(await inspectHistory(file, rules), { file, replaced: 0, removed: 0 });
    assert.deepEqual(await scrubHistory(file, rules), { file, replaced: 0, removed: 0 });
    assert.equal((await fs.stat(file)).ino, ino, 'written again');
  });

  it('gets references for known tokens outside credential headers, too', async () => {
    const words = { url: `https://a.example/x?token=${OURS}&n=1`, body: `{"token":"${OURS}"}` };
    await write([sent({ 'X-Debug': `token ${OURS}`, 'X-Other': FOREIGN }, words)]);
    assert.deepEqual(await scrubHistory(file, rules), { file, replaced: 3, removed: 0 });
    assert.deepEqual(await read(), [
      sent(
        { 'X-Debug': `token ${REFERENCE}`, 'X-Other': FOREIGN },
        { url: `https://a.example/x?token=${REFERENCE}&n=1`, body: `{"token":"${REFERENCE}"}` },
      ),
    ]);
  });

  it('keeps the several values of a header separate', async () => {
    await write([
      sent({ Authorization: [`Bearer ${OURS}`, `Bearer ${FOREIGN}`], Cookie: ['a=1', 'b=2'] }),
      sent({ Authtoken: [FOREIGN] }),
    ]);
    assert.deepEqual(await scrubHistory(file, rules), { file, replaced: 1, removed: 2 });
    assert.deepEqual(await read(), [sent({ Authorization: [`Bearer ${REFERENCE}`], Cookie: ['a=1', 'b=2'] }), sent({})]);
  });

  it('keeps everything else as REST Client wrote it', async () => {
    const others = '"__proto__":{"a":1},"2":"b","1":null,"n":1.5,"d":"ü\\u2028\\"{{x}}"';
    const history = (value: string) =>
      `[{"method":"GET","url":"https://a.example","headers":{"Accept":"*/*","Authorization":"${value}","X":""},"startTime":17},{${others}}]\n`;
    await fs.writeFile(file, history(`Bearer ${OURS}`));
    await scrubHistory(file, rules);
    const expected = JSON.stringify(JSON.parse(history(`Bearer ${REFERENCE}`)));
    assert.equal(await fs.readFile(file, 'utf8'), `${expected}\n`);
  });

  it('is empty before the first request, and missing without REST Client', async () => {
    assert.equal(await inspectHistory(file, rules), undefined);
    assert.equal(await scrubHistory(file, rules), undefined);
    await fs.writeFile(file, '');
    assert.deepEqual(await scrubHistory(file, rules), { file, replaced: 0, removed: 0 });
    assert.equal(await fs.readFile(file, 'utf8'), '');
  });

  for (const foreign of [
    '[{"headers":{"Authorization":"Bearer EXAMPLE',
    '{"headers":{"Authorization":"Bearer EXAMPLE"}}',
    '[["Authorization"]]',
    '[{"headers":["Authorization: Bearer EXAMPLE"]}]',
    '[null]',
    'null',
  ])
    it(`is not changed if REST Client did not write it: ${foreign}`, async () => {
      await fs.writeFile(file, foreign);
      assert.deepEqual(await inspectHistory(file, rules), { file, problem: 'unreadable' });
      assert.deepEqual(await scrubHistory(file, rules), { file, problem: 'unreadable' });
      assert.equal(await fs.readFile(file, 'utf8'), foreign);
    });

  it('keeps its permissions, and a link to it stays a link', async function () {
    // Windows has no such permissions, and no links that anybody may create.
    if (process.platform === 'win32') this.skip();
    await write([sent({ Authorization: `Bearer ${FOREIGN}` })]);
    await fs.chmod(file, 0o664);
    const link = path.join(folder, 'link.json');
    await fs.symlink(file, link);
    assert.deepEqual(await scrubHistory(link, rules), { file: link, replaced: 0, removed: 1 });
    assert.equal((await fs.stat(file)).mode & 0o777, 0o664);
    assert.ok((await fs.lstat(link)).isSymbolicLink());
    assert.deepEqual((await fs.readdir(folder)).sort(), ['history.json', 'link.json']);
  });

  it('stays unchanged, without leftovers, if it cannot be written', async () => {
    const history = [sent({ Authorization: `Bearer ${FOREIGN}` })];
    for (const failing of ['writeFile', 'chmod', 'rename'] as const) {
      await write(history);
      const refuse = () => Promise.reject(Object.assign(new Error('EXAMPLE'), { code: 'EACCES' }));
      assert.deepEqual(await scrubHistory(file, rules, { ...fs, [failing]: refuse }), { file, problem: 'not-written' });
      assert.deepEqual(await read(), history);
      assert.deepEqual(await fs.readdir(folder), ['history.json']);
    }
  });

  it('loses no request that REST Client adds while it is scrubbed', async () => {
    await write([sent({ Authorization: `Bearer ${FOREIGN}` })]);
    const added = sent({ Authorization: `Bearer ${OURS}` }, { url: 'https://a.example/added' });
    let isAdded = false;
    // REST Client sends just before the scrubbed file replaces the other one.
    const chmod: typeof fs.chmod = async (...args) => {
      await fs.chmod(...args);
      if (!isAdded) await write([added, ...((await read()) as unknown[])]);
      isAdded = true;
    };
    assert.deepEqual(await scrubHistory(file, rules, { ...fs, chmod }), { file, replaced: 1, removed: 1 });
    assert.deepEqual(await read(), [{ ...added, headers: { Authorization: `Bearer ${REFERENCE}` } }, sent({})]);
  });

  it('is scrubbed again if REST Client restores the old content, which it had read before', async () => {
    const history = [sent({ Authorization: `Bearer ${FOREIGN}` })];
    await write(history);
    let isBack = false;
    const rename: typeof fs.rename = async (...args) => {
      await fs.rename(...args);
      if (!isBack) await write([sent({ Authorization: `Bearer ${OURS}` }), ...history]);
      isBack = true;
    };
    await scrubHistory(file, rules, { ...fs, rename });
    assert.deepEqual(await inspectHistory(file, rules), { file, replaced: 0, removed: 0 });
  });

  it('is read again if it is incomplete because REST Client is writing it', async () => {
    const history = [sent({ Authorization: `Bearer ${FOREIGN}` })];
    await fs.writeFile(file, JSON.stringify(history).slice(0, 40));
    let reads = 0;
    const readFile = (async (...args: Parameters<typeof fs.readFile>) => {
      if (++reads === 2) await write(history);
      return fs.readFile(...args);
    }) as typeof fs.readFile;
    assert.deepEqual(await scrubHistory(file, rules, { ...fs, readFile }), { file, replaced: 0, removed: 1 });
    assert.deepEqual(await read(), [sent({})]);
  });

  it('is reported as not written if it keeps changing', async () => {
    const history = [sent({ Authorization: `Bearer ${FOREIGN}` })];
    await write(history);
    let n = 0;
    const chmod: typeof fs.chmod = async (...args) => {
      await fs.chmod(...args);
      await write([sent({}, { n: n++ }), ...history]);
    };
    assert.deepEqual(await scrubHistory(file, rules, { ...fs, chmod }), { file, problem: 'not-written' });
    assert.deepEqual(await fs.readdir(folder), ['history.json']);
  });

  it('counts no value without a credential: REST Client sends an unresolved variable as an empty text', async () => {
    await write([sent({ Authorization: 'Bearer', Authtoken: '' }), sent({ Authorization: 'Bearer ', 'X-Api-Key': '  ' })]);
    assert.deepEqual(await inspectHistory(file, rules), { file, replaced: 0, removed: 0 });
    await write([sent({ Authorization: 'Bearer' }), sent({ Authorization: FOREIGN })]);
    assert.deepEqual(await scrubHistory(file, rules), { file, replaced: 0, removed: 1 });
    assert.deepEqual(await read(), [sent({ Authorization: 'Bearer' }), sent({})]);
  });

  describe('shown in an editor', () => {
    const NAME = 'vscode-restclient-00000000-0000-4000-8000-000000000000.http';
    let shown: string;
    beforeEach(() => {
      shown = path.join(folder, NAME);
    });
    const lines = (...all: readonly string[]) => all.join('\n');

    it('is found among the temporary files by its name, if the person owns the file', async function () {
      const byHttpKeeper = path.join(folder, NAME.replace('vscode-restclient', 'httpkeeper'));
      for (const file of [shown, byHttpKeeper]) await fs.writeFile(file, '');
      for (const name of ['vscode-restclient-x.http', `x${NAME}`, `${NAME}.txt`, 'requests.http'])
        await fs.writeFile(path.join(folder, name), '');
      const all = async (): Promise<string[]> => [...(await shownRequests(folder))].sort();
      assert.deepEqual(await all(), [byHttpKeeper, shown]);
      assert.deepEqual(await shownRequests(path.join(folder, 'nowhere')), []);
      if (process.platform === 'win32') this.skip();
      // Another user of this machine may put a link there to a file of this person.
      const link = path.join(folder, NAME.replaceAll('0', 'a'));
      await fs.symlink(path.join(folder, 'requests.http'), link);
      assert.deepEqual(await all(), [byHttpKeeper, shown]);
    });

    it('gets a reference for a token that is known, and loses every other credential', async () => {
      const head = ['POST https://a.example/x', 'Accept: */*'];
      const body = ['', '{', `  "token": "${OURS}",`, '  "Authorization": "x"', '}', 'Authorization: in a body'];
      const before = [...head, `authorization: Bearer ${OURS}`, `authtoken: ${FOREIGN}`, 'x-api-key: ', ...body];
      await fs.writeFile(shown, lines(...before));
      assert.deepEqual(await inspectHistory(shown, rules), { file: shown, replaced: 2, removed: 1 });
      assert.deepEqual(await scrubHistory(shown, rules), { file: shown, replaced: 2, removed: 1 });
      const after = [...head, `authorization: Bearer ${REFERENCE}`, 'x-api-key: ', ...body].join('\n').replace(OURS, REFERENCE);
      assert.equal(await fs.readFile(shown, 'utf8'), after);
      assert.deepEqual(await scrubHistory(shown, rules), { file: shown, replaced: 0, removed: 0 });
    });

    it('keeps its line ends, and what a person has added since', async () => {
      const other = ['###', 'GET https://b.example', 'Authorization: {{mine}}', ''];
      await fs.writeFile(shown, ['GET https://a.example', `Authorization: Basic ${FOREIGN}`, '', ...other].join('\r\n'));
      assert.deepEqual(await scrubHistory(shown, rules), { file: shown, replaced: 0, removed: 1 });
      assert.equal(await fs.readFile(shown, 'utf8'), ['GET https://a.example', '', ...other].join('\r\n'));
    });
  });
});
