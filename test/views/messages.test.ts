import assert from 'node:assert/strict';
import '../support/vscode.js';
import { AppError } from '../../src/base/errors.js';
import { explain } from '../../src/views/messages.js';

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
      const { text } = explain(new AppError(code, { [fact]: HOSTILE }), 'Acme');
      assert.doesNotMatch(text, LINK);
      assert.doesNotMatch(text, /\$\(/);
      assert.match(text, /\[Repair\] \(command:/);
    });

  it('shows the name of a tenant as plain text', () => {
    const { text } = explain(new AppError('not-json'), HOSTILE);
    assert.doesNotMatch(text, LINK);
    assert.match(text, /\[Repair\] \(command:/);
  });
});
