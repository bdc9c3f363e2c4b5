import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { editor } from '../support/vscode.js';
import { Diagnostics, type DiagnosticsModel } from '../../src/editor/diagnostics.js';
import type { Credential } from '../../src/editor/credentialCache.js';
import { idle } from '../support/clock.js';
import { LiveTimers } from '../support/liveTimers.js';

describe('Diagnostics', () => {
  beforeEach(() => editor.reset());
  afterEach(() => mock.restoreAll());

  it('leave no timer behind when a reading ends after the window has been closed', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const timers = new LiveTimers();
    const reading = Promise.withResolvers<readonly Credential[]>();
    const expired = {
      kind: 'literal',
      line: 0,
      start: 0,
      end: 5,
      text: 'EXAMPLE',
      requests: [],
    } as unknown as Credential['match'];
    const model = { credentials: { of: () => reading.promise }, git: { isKept: () => Promise.resolve(false) } };
    const diagnostics = new Diagnostics(model as unknown as DiagnosticsModel);
    editor.open('GET https://acme.example');
    mock.timers.tick(1_000);
    assert.equal(timers.live, 0, 'it is being read');
    diagnostics.dispose();
    reading.resolve([{ match: expired, expiresAt: Date.now() + 60_000, hosts: [] }]);
    await idle();
    assert.equal(timers.live, 0);
  });
});
