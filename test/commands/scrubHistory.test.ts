import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import '../support/vscode.js';
import type { Services } from '../../src/commands/command.js';
import { scrubHistory } from '../../src/commands/leaks/scrubHistory.js';

const SHOWN = 'vscode-restclient-00000000-0000-4000-8000-000000000000.http';

describe('Scrub REST Client History', () => {
  const PLACES = ['VSC_REST_CLIENT_HOME', 'HOME', 'USERPROFILE', 'TMPDIR', 'TEMP'] as const;
  let before: readonly (string | undefined)[];
  let folder: string;
  let home: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-scrub-'));
    home = path.join(folder, 'rest-client');
    mkdirSync(home);
    before = PLACES.map((name) => process.env[name]);
    // Where REST Client keeps its history, and the machine its temporary files.
    for (const name of PLACES) process.env[name] = name === 'VSC_REST_CLIENT_HOME' ? home : folder;
  });
  afterEach(() => {
    for (const [index, name] of PLACES.entries()) {
      const value = before[index];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
  });

  const keep = (...headers: readonly object[]) =>
    writeFileSync(
      path.join(home, 'history.json'),
      JSON.stringify(headers.map((one) => ({ url: 'https://a.example', headers: one }))),
    );

  /** What a person who agrees is shown. */
  async function scrub(): Promise<string[]> {
    const shown: string[] = [];
    const services = {
      tenants: { all: [] },
      issued: { find: () => undefined },
      names: { nameOf: () => undefined },
      prompter: {
        confirm: ({ detail, options }: { detail: string; options: readonly { value: unknown }[] }) => {
          shown.push(detail);
          return Promise.resolve(options[0]?.value);
        },
        notify: (_: string, message: string) => void shown.push(message),
        done: (message: string) => void shown.push(message),
      },
    } as unknown as Services;
    await scrubHistory(services, {});
    return shown;
  }

  it('takes credentials out of the history, and out of what REST Client has shown of it', async () => {
    keep({ Authorization: 'Bearer EXAMPLE' });
    writeFileSync(path.join(folder, SHOWN), 'GET https://a.example\nAuthorization: Bearer EXAMPLE\n');
    const [question = '', done] = await scrub();
    assert.match(question, /hold 2 credentials from sent requests\./);
    assert.equal(done, '0 credentials replaced, 2 removed');
    assert.equal(readFileSync(path.join(folder, SHOWN), 'utf8'), 'GET https://a.example\n');
    assert.doesNotMatch(readFileSync(path.join(home, 'history.json'), 'utf8'), /EXAMPLE/);
  });

  it('says how many there are as people do, and counts no empty ones', async () => {
    keep({ Authorization: 'Bearer EXAMPLE' }, { Authorization: 'Bearer ' }, { Authorization: '' });
    assert.match((await scrub())[0] ?? '', /hold 1 credential from sent requests/);
    assert.deepEqual(await scrub(), ['REST Client’s history holds no credentials.']);
  });
});
