import assert from 'node:assert/strict';
import '../support/vscode.js';
import { AppError, type ErrorCode, type Facts } from '../../src/base/errors.js';
import { platforms } from '../../src/platforms/index.js';
import { ariaAutomation } from '../../src/platforms/ariaAutomation/platform.js';
import type { Platform } from '../../src/platforms/platform.js';
import { explain, type Subject } from '../../src/views/messages.js';

/** As in `parseLinkedText` of VS Code, which reads messages, prompts and the titles of progress. */
const LINK = /\[[^\]]+\]\((https?:\/\/|command:|file:)/;
const HOSTILE = '[Repair](command:workbench.action.quit) $(trash)';

describe('explain', () => {
  for (const [code, fact] of [
    ['tenant-unknown', 'tenant'],
    ['tenant-invalid', 'problem'],
    ['api-token-refused', 'detail'],
    ['unreachable', 'host'],
    ['creation-uncertain', 'name'],
  ] as const)
    it(`shows the ${fact} of ${code} as plain text: VS Code would make a link of it that runs a command`, () => {
      const { text } = explain(new AppError(code, { [fact]: HOSTILE }), { tenant: 'Acme' });
      assert.doesNotMatch(text, LINK);
      assert.doesNotMatch(text, /\$\(/);
      assert.match(text, /\[Repair\] \(command:/);
    });

  it('shows the name of a tenant as plain text', () => {
    const { text } = explain(new AppError('not-json'), { tenant: HOSTILE });
    assert.doesNotMatch(text, LINK);
    assert.match(text, /\[Repair\] \(command:/);
  });

  const textOf = (code: ErrorCode, facts: Facts, subject: Subject = { tenant: 'Acme prod', token: 'CI' }): string =>
    explain(new AppError(code, facts), subject).text;

  it('names the API token that was refused, with the service’s own words and nothing that redaction has left of others', () => {
    const rest = 'It was revoked, has expired, or belongs to another organization.';
    for (const [facts, expected] of [
      [{ status: 400, reason: 'invalid_grant', detail: '[ … ] Invalid refresh token.' }, ': Invalid refresh token'],
      [{ status: 400, reason: 'invalid_grant' }, ': invalid_grant'],
      [{ status: 401, reason: '…', detail: '…' }, ' (status 401)'],
    ] as const)
      assert.equal(textOf('api-token-refused', facts), `Acme prod refused “CI”${expected}. ${rest}`);
  });

  it('says that a service may mean the token where it blames the client: GitHub', () => {
    const detail = 'The client_id and/or client_secret passed are incorrect.';
    const github = textOf('client-refused', { status: 200, reason: 'incorrect_client_credentials', detail });
    assert.match(
      github,
      /secret\. GitHub says so of a refresh token that was used or has expired, too: if the client is right, replace the token\.$/,
    );
    assert.doesNotMatch(textOf('client-refused', { status: 401, reason: 'invalid_client' }), /refresh token/);
  });

  it('says what to check where a service refuses without a word, and does not pretend to know', () => {
    const silent = (platform?: Platform): string => textOf('request-refused', { status: 400 }, { tenant: 'Acme', platform });
    assert.equal(silent(), 'Acme refused the request (status 400) and does not say why. Check the tenant’s settings.');
    assert.equal(
      silent(ariaAutomation),
      `Acme refused the request (status 400) and does not say why. ${ariaAutomation.silentRefusalHint}`,
    );
    assert.doesNotMatch(textOf('request-refused', { status: 400, reason: 'invalid_scope' }), /does not say why/);
  });

  it('says where nothing was found, and what to check on this platform', () => {
    for (const platform of platforms) {
      const facts = { status: 404, host: 'a.example', path: '/oauth/token' };
      const text = textOf('not-found', facts, { tenant: 'Acme', platform });
      assert.equal(text, `Nothing is at /oauth/token on a.example (404). ${platform.notFoundHint}`);
      assert.match(platform.notFoundHint, /^Check .+\.$/);
    }
  });

  it('says in words why a service could not be reached', () => {
    const textFor = (cause: string): string => textOf('unreachable', { host: 'a.example', cause });
    assert.match(textFor('ENOTFOUND'), /^a\.example could not be reached: there is no host of this name \(ENOTFOUND\)\. /);
    assert.match(textFor('ECONNREFUSED'), /: it accepts no connections at this port \(ECONNREFUSED\)\. /);
    assert.match(textFor('UND_ERR_CONNECT_TIMEOUT'), /: it does not answer\. /);
  });

  it('offers to trust a certificate first where no authority could ever vouch for it', () => {
    const first = (cause: string) =>
      explain(new AppError('certificate-refused', { cause }), { tenant: 'Acme' }).actions[0]?.title;
    assert.equal(first('DEPTH_ZERO_SELF_SIGNED_CERT'), 'Trust Certificate…');
    assert.equal(first('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'Edit Tenant');
  });

  it('offers no portal where the platform has none', () => {
    const offers = (platform: Platform | undefined): boolean =>
      explain(new AppError('api-token-refused'), { tenant: 'Acme', platform }).actions.some(
        ({ title }) => title === 'Open Portal',
      );
    for (const platform of platforms) assert.equal(offers(platform), platform.portal !== undefined, platform.id);
  });
});
