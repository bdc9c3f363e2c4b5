import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Quick } from '../support/vscode.js';
import { inputs, vscode } from '../support/vscode.js';
import { BACK } from '../../src/views/prompter.js';
import { windowPrompter as prompter } from '../../src/views/windowPrompter.js';

/** VS Code would make a link and an icon of it. */
const HOSTILE = '[Repair](command:workbench.action.quit) $(trash)';
const SHOWN = '[Repair] (command:workbench.action.quit) $ (trash)';

describe('questions and messages in VS Code', () => {
  let shown: unknown[][];

  beforeEach(() => {
    shown = [];
    inputs.length = 0;
    for (const method of ['showInformationMessage', 'showWarningMessage', 'showErrorMessage', 'setStatusBarMessage'] as const)
      mock.method(vscode.window, method, (...message: unknown[]) => {
        shown.push([method, ...message]);
        return Promise.resolve(message.at(-1));
      });
  });
  afterEach(() => mock.restoreAll());

  const input = (): Quick => inputs.at(-1)!;
  const text = (more = {}) => ({ title: 'Title', prompt: 'Prompt', validate: () => undefined, ...more });

  it('take what is typed, without the blanks around it that are pasted along', async () => {
    const answer = prompter.text(text());
    input().type('  Acme\n');
    input().accept();
    assert.equal(await answer, 'Acme');
    assert.ok(input().isDisposed);
    const password = prompter.secret(text({ isExact: true }));
    assert.equal(input().password, true);
    input().type(' EXAMPLE ');
    input().accept();
    assert.equal(await password, ' EXAMPLE ');
  });

  it('do not take what is wrong, and say so while it is typed; a warning or a note keeps nobody', async () => {
    const verdicts: Readonly<Record<string, object>> = {
      1: { problem: 'wrong' },
      2: { warning: 'odd' },
      4: { note: 'taken so' },
    };
    const validate = (value: string) => verdicts[value];
    const answer = prompter.text(text({ value: '1', validate }));
    assert.deepEqual(input().validationMessage, { message: 'wrong', severity: 3 });
    input().accept();
    assert.equal(input().isDisposed, false);
    input().type('2');
    assert.deepEqual(input().validationMessage, { message: 'odd', severity: 2 });
    input().type('3');
    assert.equal(input().validationMessage, undefined);
    input().type('4');
    assert.deepEqual(input().validationMessage, { message: 'taken so', severity: 1 });
    input().type('2');
    input().accept();
    assert.equal(await answer, '2');
  });

  it('have a way back from the second step on, and can be left', async () => {
    const first = prompter.text(text({ step: 1, totalSteps: 2 }));
    assert.deepEqual(input().buttons, []);
    input().hide();
    assert.equal(await first, undefined);
    const second = prompter.choice({ title: 'Title', step: 2, totalSteps: 2, choices: [] });
    assert.deepEqual([input().step, input().totalSteps], [2, 2]);
    input().press(input().buttons[0]);
    assert.equal(await second, BACK);
  });

  it('are left open by a button of a text, and answered by one of a choice', async () => {
    let runs = 0;
    const answer = prompter.text(
      text({ step: 2, buttons: [{ icon: 'link-external', tooltip: 'Open Portal', run: () => runs++ }] }),
    );
    input().press(input().buttons[1]);
    assert.deepEqual([runs, input().isDisposed], [1, false]);
    input().type('x');
    input().accept();
    assert.equal(await answer, 'x');
    const all = prompter.choice({ title: 'T', choices: [], buttons: [{ icon: 'replace-all', tooltip: 'All', value: 'all' }] });
    input().press(input().buttons[0]);
    assert.equal(await all, 'all');
  });

  it('offer rows with buttons that are answers too, and tell which one is looked at', async () => {
    const looked: string[] = [];
    const row = (label: string) => ({ label, value: label, buttons: [{ icon: 'trash', tooltip: 'Delete', value: `-${label}` }] });
    const question = {
      title: 'T',
      choices: [row('one'), { separator: 'more' }, row('two')],
      active: 'two',
      onActive: (value: string) => looked.push(value),
    };
    const chosen = prompter.choice(question);
    const { items } = input();
    assert.deepEqual(
      items.map(({ label, kind }) => [label, kind]),
      [
        ['one', undefined],
        ['more', -1],
        ['two', undefined],
      ],
    );
    assert.deepEqual(input().activeItems, [items[2]]);
    input().look(items[0]!);
    assert.deepEqual(looked, ['one']);
    input().choose(items[2]!);
    assert.equal(await chosen, 'two');
    const pressed = prompter.choice(question);
    input().pressAt(input().items[0]!, 0);
    assert.equal(await pressed, '-one');
  });

  it('give what the chosen button stands for', async () => {
    const options = [
      { label: 'Remove', value: 1 },
      { label: 'Revoke', value: 2 },
    ];
    assert.equal(await prompter.confirm({ message: 'Sure?', detail: 'Really', options }), 2);
    assert.equal(await prompter.notify('error', 'Failed', options), 2);
    assert.equal(await prompter.notify('info', 'Done'), undefined);
    assert.deepEqual(shown, [
      ['showWarningMessage', 'Sure?', { modal: true, detail: 'Really' }, 'Remove', 'Revoke'],
      ['showErrorMessage', 'Failed', {}, 'Remove', 'Revoke'],
      ['showInformationMessage', 'Done', {}],
    ]);
  });

  it('show names as plain text wherever VS Code looks for links and icons', async () => {
    const question = { message: HOSTILE, detail: HOSTILE, options: [] };
    await prompter.confirm(question);
    await prompter.notify('warning', HOSTILE);
    prompter.done(HOSTILE);
    assert.deepEqual(shown, [
      ['showWarningMessage', SHOWN, { modal: true, detail: SHOWN }],
      ['showWarningMessage', SHOWN, {}],
      ['setStatusBarMessage', `$(check) ${SHOWN}`, 5000],
    ]);
    void prompter.text(text({ prompt: HOSTILE, value: 'x', validate: () => ({ problem: HOSTILE }) }));
    assert.deepEqual([input().prompt, input().validationMessage], [SHOWN, { message: SHOWN, severity: 3 }]);
    input().hide();
    const row = { label: HOSTILE, description: HOSTILE, detail: HOSTILE, icon: 'key', value: 1 };
    void prompter.choice({ title: 'T', choices: [row] });
    const [item] = input().items;
    assert.deepEqual([item?.label, item?.description, item?.detail, item?.iconPath?.id], [SHOWN, SHOWN, SHOWN, 'key']);
    input().hide();
  });

  describe('of what is under way', () => {
    interface Shown {
      readonly title: string;
      readonly cancellable: boolean;
      cancel(): void;
    }
    let progress: Shown[];

    beforeEach(() => {
      progress = [];
      mock.timers.enable({ apis: ['setTimeout'] });
      mock.method(vscode.window, 'withProgress', (how: Omit<Shown, 'cancel'>, work: (_: unknown, token: object) => unknown) => {
        let cancel = (): void => undefined;
        void work(undefined, { onCancellationRequested: (listener: () => void) => (cancel = listener) });
        progress.push({ ...how, cancel });
        return Promise.resolve();
      });
    });
    afterEach(() => mock.timers.reset());

    it('show nothing of what is done in less than 400 ms', async () => {
      const work = Promise.withResolvers<string>();
      const result = prompter.progress('Exchanging', () => work.promise);
      mock.timers.tick(399);
      work.resolve('done');
      assert.equal(await result, 'done');
      mock.timers.tick(1);
      assert.deepEqual(progress, []);
    });

    it('let a person cancel what takes longer', async () => {
      const result = prompter.progress(
        HOSTILE,
        (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
      );
      mock.timers.tick(400);
      assert.deepEqual([progress[0]?.title, progress[0]?.cancellable], [SHOWN, true]);
      progress[0]!.cancel();
      assert.equal(await result, undefined);
    });

    it('do not let a person cancel what takes effect in any case', async () => {
      const work = Promise.withResolvers<string>();
      const result = prompter.steadyProgress('Revoking', () => work.promise);
      mock.timers.tick(400);
      assert.equal(progress[0]?.cancellable, false);
      work.resolve('done');
      assert.equal(await result, 'done');
    });

    it('throw what fails', async () => {
      await assert.rejects(
        prompter.progress('Exchanging', () => Promise.reject(new Error('failed'))),
        /failed/,
      );
    });
  });
});
