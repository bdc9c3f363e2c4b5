import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { AppError, type ErrorCode, type Facts } from '../../../src/base/errors.js';
import { inert } from '../../../src/views/format.js';
import { explain } from '../../../src/views/messages.js';

const status = { status: 400, reason: 'some_reason', detail: 'Some words' };
const cause = { host: 'cloud.example.net', cause: 'ECODE' };

/** Every code with the facts that come with it: a new one has to be added here. */
const CODES: Readonly<Record<ErrorCode, Facts>> = {
  'tenant-unknown': { tenant: 'acme' },
  'tenant-invalid': { tenant: 'acme', problem: 'url is missing' },
  'address-changed': { from: 'https://one.example', to: 'https://two.example' },
  'trust-changed': { settings: 'hosts, caFile' },
  'token-unknown': {},
  'secret-lost': {},
  'store-emptied': {},
  'busy-elsewhere': {},
  'renewed-elsewhere': {},
  'window-outdated': {},
  'secret-unreadable': {},
  'secret-not-kept': {},
  'secret-store-failed': {},
  'removal-unfinished': {},
  'token-not-stored': {},
  'settings-not-written': {},
  unreachable: cause,
  'timed-out': cause,
  'connection-lost': cause,
  'renewal-uncertain': cause,
  'tls-failed': cause,
  'certificate-refused': cause,
  'certificate-changed': { host: 'cloud.example.net', trusted: 'AA:BB', presented: 'CC:DD' },
  'client-certificate-needed': cause,
  'client-certificate-refused': cause,
  'proxy-invalid': { source: 'http.proxy' },
  'proxy-failed': { ...cause, proxy: 'proxy.example:3128' },
  'proxy-unauthorized': { host: 'cloud.example.net:443', proxy: 'proxy.example:3128', status: 407 },
  'proxy-refused': { host: 'cloud.example.net:443', proxy: 'proxy.example:3128', status: 403 },
  redirected: { host: 'cloud.example.net', status: 302 },
  'response-too-large': cause,
  'encoded-response': cause,
  'web-page': status,
  'not-json': status,
  'unexpected-answer': status,
  'api-token-refused': status,
  'token-revoked': {},
  'client-refused': status,
  'request-refused': status,
  forbidden: status,
  'not-found': status,
  'rate-limited': { status: 429, retryAfter: 5 },
  'service-failed': { ...status, status: 503 },
  'exchange-needed': { token: 'Laptop' },
  'passcode-needed': status,
  'already-expired': {},
  'single-use-spent': {},
  'access-token-unsafe': {},
  'login-refused': { ...status, status: 401 },
  'session-refused': { ...status, status: 401 },
  'rights-missing': { ...status, status: 403 },
  'name-taken': { ...status, status: 409 },
  'token-api-missing': { status: 404 },
  'token-gone': { status: 404 },
  'creation-uncertain': { ...cause, name: 'ci-server' },
  'creation-half-done': { id: 'urn:vcloud:token:1', name: 'ci-server', cause: 'connection-lost' },
  'regeneration-uncertain': cause,
  'not-manageable': { reason: 'Bright Pattern has no API that lists API tokens.' },
  'not-plain': { reason: 'Line 3 has a script.' },
  'not-answered': { host: 'api.example', why: 'unreachable', cause: 'ECONNREFUSED' },
  'answer-damaged': { coding: 'gzip' },
  'no-editor': {},
  'no-request': { reason: 'There is no request at the cursor.' },
  'file-not-shown': {},
  'reference-unknown': { name: 'TENANT_TOKEN_ACME' },
  'reference-ambiguous': { name: 'TENANT_TOKEN_ACME' },
  'read-only': {},
  'document-changed': {},
  'edit-refused': { reason: 'There is no request at the cursor.' },
  'not-focused': {},
  'not-quotable': { why: 'line-break' },
};

describe('names in questions and progress', () => {
  it('are neither links, which VS Code would run commands by, nor icons', () => {
    // As in `parseLinkedText` of VS Code, which reads the prompts of inputs and the titles of notifications.
    const link = /\[[^\]]+\]\((https?:\/\/|command:|file:)/;
    const hostile = '[Type it](command:workbench.action.quit) $(trash) [x](https://evil.example)';
    assert.match(hostile, link);
    assert.doesNotMatch(inert(hostile), link);
    assert.doesNotMatch(inert(hostile), /\$\(/);
    assert.equal(inert('ci (nightly) [a] $5'), 'ci (nightly) [a] $5');
  });
});

describe('the messages of errors', () => {
  let known: readonly string[];
  before(async () => {
    await vscode.extensions.getExtension('tenant-tokens.tenant-tokens')?.activate();
    known = await vscode.commands.getCommands(true);
  });

  for (const [code, facts] of Object.entries(CODES) as [ErrorCode, Facts][]) {
    it(`${code}: sentences, and buttons that do something`, () => {
      const { text, actions } = explain(new AppError(code, facts), { tenant: 'Acme' });
      assert.match(text, /^\S.{20,}[.?!]$/);
      assert.doesNotMatch(text, /\{\d\}|undefined|NaN|\[object|\(\)|“”| {2}/);
      for (const { title, command } of actions) {
        assert.match(title, /^[A-Z]/);
        assert.ok(known.includes(command), `there is no command ${command}`);
      }
      // VS Code cuts the titles of more and longer ones.
      assert.ok(actions.length <= 3, actions.map(({ title }) => title).join());
      for (const { title } of actions) assert.ok(title.split(' ').length <= 2, title);
      assert.equal(new Set(actions.map(({ title }) => title)).size, actions.length);
    });
  }
});
