import assert from 'node:assert/strict';
import type { Workbench } from '../workbench/workbench.js';
import { mode, openEditor } from './support/editor.js';

describe(`the view (${mode})`, () => {
  let editor: Workbench;
  before(async () => {
    editor = await openEditor();
  });
  after(() => editor.close());

  it('welcomes who has no tenant yet', async () => {
    await editor.openView();
    assert.match(await editor.welcome(), /Add Tenant/);
    assert.deepEqual(await editor.rows(), []);
  });
});
