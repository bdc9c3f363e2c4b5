import assert from 'node:assert/strict';
import { mode, useEditor } from './support/editor.js';

describe(`the view (${mode})`, () => {
  const editor = useEditor();

  it('welcomes who has no tenant yet', async () => {
    await editor().openView();
    assert.match(await editor().welcome(), /Add Tenant/);
    assert.deepEqual(await editor().rows(), []);
  });
});
