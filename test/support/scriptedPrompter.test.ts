import assert from 'node:assert/strict';
import { BACK, CANCEL, ENTER, ScriptedPrompter } from './scriptedPrompter.js';

describe('the scripted prompter', () => {
  const name = {
    title: 'Add',
    prompt: 'A name',
    validate: (value: string) =>
      value === '' ? { problem: 'A name is needed' } : value === 'x' ? { warning: 'short' } : undefined,
  };

  it('types one answer after the other until one is found right, and keeps what was wrong', async () => {
    const prompter = new ScriptedPrompter().when('A name', '', ' x ');
    assert.equal(await prompter.text(name), 'x');
    assert.deepEqual(prompter.shown, [
      { kind: 'problem', text: 'A name is needed' },
      { kind: 'hint', text: 'short' },
    ]);
    prompter.verify();
  });

  it('fails a question that nobody expects, and says what was asked', async () => {
    const prompter = new ScriptedPrompter().when('An address', 'x');
    await assert.rejects(prompter.text(name), /nobody expected text: Add\nA name/);
    assert.throws(() => prompter.verify(), /nobody expected these questions/);
  });

  it('fails an answer that is not offered', async () => {
    const question = { message: 'Remove?', detail: '', options: [{ label: 'Remove', value: true }] };
    await assert.rejects(new ScriptedPrompter().when('Remove?', 'Revoke').confirm(question), /Revoke is no answer to confirm/);
  });

  it('fails a question that never comes', async () => {
    const prompter = new ScriptedPrompter().when('A name', 'x', 'y');
    await prompter.text(name);
    assert.throws(() => prompter.verify(), /these questions did not come/);
  });

  it('fails a way back from a first question', async () => {
    await assert.rejects(new ScriptedPrompter().when('A name', BACK).text(name), /there is no way back from Add/);
    assert.equal(await new ScriptedPrompter().when('A name', BACK).text({ ...name, step: 2 }), BACK);
  });

  it('takes what Enter takes, a row by what it says, and the buttons of rows', async () => {
    const rows = ['one', 'two'].map((label) => ({
      label,
      detail: `row ${label}`,
      value: label,
      buttons: [{ icon: 'trash', tooltip: 'Delete', value: `-${label}` }],
    }));
    const question = { title: 'Rows', choices: [{ separator: '' }, ...rows], active: 'two' };
    const prompter = new ScriptedPrompter().when('Rows', ENTER, /row one/, { press: 'Delete', row: 'one' }, CANCEL);
    const answers = [];
    for (let turn = 0; turn < 4; turn++) answers.push(await prompter.choice(question));
    assert.deepEqual(answers, ['two', 'one', '-one', undefined]);
  });

  it('cancels what is under way', async () => {
    const prompter = new ScriptedPrompter().cancel('Exchanging');
    const untilAborted = (signal: AbortSignal): Promise<string> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    assert.equal(await prompter.progress('Exchanging', untilAborted), undefined);
    assert.equal(await prompter.progress('Exchanging', () => Promise.resolve('done')), 'done');
    prompter.verify();
  });

  it('shows a message without buttons to nobody in particular, and wants an answer to one with buttons', async () => {
    const prompter = new ScriptedPrompter();
    await prompter.notify('info', 'It works');
    prompter.verify();
    await prompter.notify('error', 'It failed', [{ label: 'Try Again', value: 1 }]);
    assert.throws(() => prompter.verify(), /It failed/);
  });
});
