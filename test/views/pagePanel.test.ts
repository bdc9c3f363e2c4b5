import assert from 'node:assert/strict';
import { editor } from '../support/vscode.js';
import { PagePanel } from '../../src/views/pagePanel.js';

describe('the panel of a page', () => {
  it('leaves the page as it is while nothing on it changes: whoever reads in it would lose the place', () => {
    editor.reset();
    let content = 'one';
    const panel = new PagePanel({ viewType: 'x', title: 'X', commands: [], render: () => content, onDidClose: () => undefined });
    const { webview } = editor.pages[0]!;
    try {
      assert.equal(webview.html, 'one');
      webview.html = 'one, read to here';
      panel.update();
      assert.equal(webview.html, 'one, read to here');
      content = 'two';
      panel.update();
      assert.equal(webview.html, 'two');
    } finally {
      panel.dispose();
    }
  });
});
