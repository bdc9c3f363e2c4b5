import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import * as vscode from 'vscode';
import { assertG } from '../../threats/support/canaries.js';
import { closeEditors, problemsAre, problemsOf, putCursor, until, useFiles } from './support/documents.js';
import { bearer, reference } from './support/references.js';
import { ACME, CONTACT, useSandbox } from './support/sandbox.js';
import { useSettings } from './support/settings.js';

/** Where a reference begins in the lines of these tests. */
const COLUMN = bearer('').length + 1;

const jwt = (claims: Readonly<Record<string, unknown>>): string =>
  [{ alg: 'none' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('EXAMPLE-signature')
    .join('.');

describe('problems are shown', () => {
  const sandbox = useSandbox();
  const { folder, open } = useFiles();
  const request = (): string => `GET ${sandbox.origin(CONTACT)}/configapi/v2/user`;
  const OURS = bearer(reference(CONTACT));
  const NOBODYS = bearer(reference('nobody'));

  it('with references, and go when the file is closed', async () => {
    const elsewhere = ['GET https://elsewhere.example', OURS];
    const unclear = ['GET {{base}}/x', OURS];
    const between = ['', '###'];
    const lines = [request(), OURS, ...between, request(), NOBODYS, ...between, ...elsewhere, ...between, ...unclear];
    const { document } = await open('problems.http', ...lines);
    await problemsAre(
      document,
      `error unknown-reference 6:${COLUMN}`,
      `warning foreign-host 10:${COLUMN}`,
      `information foreign-host 14:${COLUMN}`,
    );
    await closeEditors();
    await problemsAre(document);
  });

  it('with an API token that needs a person', async () => {
    const { document } = await open('person.http', `GET ${sandbox.origin(ACME)}/api/org`, bearer(reference(`${ACME}-revoked`)));
    const lenses = () => vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
    const ofToken = async () => (await lenses()).find(({ command }) => command?.title.includes('Revoked'));
    const lens = await until('the lens of the token', ofToken, lenses);
    const [target] = (lens.command?.arguments ?? []) as unknown[];
    // The error is shown in a message, which stays until it is closed.
    void vscode.commands.executeCommand('tenantTokens.exchange', target);
    await problemsAre(document, `warning attention 2:${COLUMN}`);
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('appear when an access token expires, and disappear when the line is commented out', async () => {
    const expiresAt = Math.ceil(Date.now() / 1000) + 1;
    const editor = await open('expiry.http', request(), bearer(jwt({ exp: expiresAt })), '', '###', request(), NOBODYS);
    await problemsAre(editor.document, `error unknown-reference 6:${COLUMN}`);
    assert.ok(Date.now() < expiresAt * 1000, 'the machine was too slow to see it before');
    await problemsAre(editor.document, `error unknown-reference 6:${COLUMN}`, `warning expired-literal 2:${COLUMN}`);
    putCursor(editor, 1);
    await vscode.commands.executeCommand('type', { text: '# ' });
    await problemsAre(editor.document, `error unknown-reference 6:${COLUMN}`);
  });

  describe('with an access token in a file that git keeps', function () {
    if (spawnSync('git', ['--version']).status !== 0) {
      it('is not tried: there is no git on this machine');
      return;
    }
    const { set } = useSettings();

    // In which files git keeps: test/editor/git.test.ts.
    it('row 39: in a file of a repository that is not ignored', async () => {
      const literal = jwt({ sub: 'EXAMPLE' });
      const lines = [request(), bearer(literal), '', '###', request(), NOBODYS];
      await open('repository/.gitignore', 'ignored.http', '');
      execFileSync('git', ['init', '--quiet', path.join(folder, 'repository')]);
      await set('git.enabled', true);
      await vscode.commands.executeCommand('git.openRepository', path.join(folder, 'repository'));
      const { document: kept } = await open('repository/kept.http', ...lines);
      await problemsAre(kept, `warning literal-in-git 2:${COLUMN}`, `error unknown-reference 6:${COLUMN}`);
      assertG([{ name: 'the token', value: literal }], { problems: problemsOf(kept.uri) });
      const { document: ignored } = await open('repository/ignored.http', ...lines);
      await problemsAre(ignored, `error unknown-reference 6:${COLUMN}`);
    });
  });
});
