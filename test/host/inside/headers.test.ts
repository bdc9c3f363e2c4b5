import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { acceptUntil, problemsAre, textIs, unanswered, undo, useFiles } from './support/documents.js';
import { bearer } from './support/references.js';
import { CONTACT, exchange, giving, useSandbox } from './support/sandbox.js';
import { useSettings } from './support/settings.js';

const OLD = 'EXAMPLE-access-token-that-ran-out';
const NEW = 'EXAMPLE-new-access-token';
const COLUMN = bearer('').length + 1;

describe('Update Headers', () => {
  const sandbox = useSandbox();
  const { open, show } = useFiles();
  const { set } = useSettings();
  const request = (): string => `GET ${sandbox.origin(CONTACT)}/configapi/v2/user`;
  const update = (): Thenable<unknown> => vscode.commands.executeCommand('tenantTokens.updateHeaders');
  const lines = (token: string): string[] => [request(), bearer(token), 'X-Id: 1', ''];

  before(async () => {
    giving(sandbox, OLD, 1);
    await exchange(CONTACT);
  });
  beforeEach(() => giving(sandbox, NEW));

  /** Opens a file with an expired access token. */
  async function openOutdated(name: string): Promise<vscode.TextDocument> {
    const { document } = await open(name, ...lines(OLD));
    await problemsAre(document, `warning expired-literal 2:${COLUMN}`);
    return document;
  }

  it('replaces an expired access token in one undo step', async () => {
    const document = await openOutdated('one.http');
    await update();
    await textIs(document, ...lines(NEW));
    await undo();
    await textIs(document, ...lines(OLD));
    assert.equal(document.isDirty, false);
  });

  it('replaces those of all open files, in one undo step of each', async () => {
    const first = await openOutdated('first.http');
    const second = await openOutdated('second.http');
    await open('other.http', request(), '');
    const updating = update();
    await acceptUntil(
      'the update of both',
      () => first.isDirty && second.isDirty,
      () => first.getText(),
    );
    await updating;
    await textIs(first, ...lines(NEW));
    await textIs(second, ...lines(NEW));
    await show('second.http');
    await undo();
    await textIs(second, ...lines(OLD));
    await textIs(first, ...lines(NEW));
  });

  it('leaves a valid access token although a newer one exists', async () => {
    await exchange(CONTACT);
    const { document } = await open('fresh.http', ...lines(NEW));
    giving(sandbox, 'EXAMPLE-newer-access-token');
    await exchange(CONTACT);
    await unanswered(update());
    assert.equal(document.isDirty, false);
  });

  it('happens on exchange, if set so', async () => {
    const document = await openOutdated('exchanged.http');
    await exchange(CONTACT);
    assert.equal(document.isDirty, false);
    await set('tenantTokens.updateHeadersOnExchange', true);
    giving(sandbox, 'EXAMPLE-newest-access-token');
    await exchange(CONTACT);
    await textIs(document, ...lines('EXAMPLE-newest-access-token'));
  });
});
