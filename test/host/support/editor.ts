import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../../workbench/workbench.js';

const root = process.cwd();
const failures = path.join(root, '.vscode-test/failures');

/** Suites run with the package installed; some of them also with the extension from this folder. */
export const mode = process.env['HOST_MODE'] === 'installed' ? 'installed' : 'development';

type Options = Partial<WorkbenchOptions>;

/** Opens a VS Code with the extension in it. */
export const openEditor = (options: Options = {}): Promise<Workbench> =>
  openWorkbench({ mode, extensionPath: root, vsix: path.join(root, 'dist/tenant-tokens.vsix'), ...options });

/**
 * One VS Code for all the tests of a suite, opened before and closed after them. A test that fails leaves a picture of the
 * window in `.vscode-test/failures/`.
 *
 * @param options as a function, for what is only known when the tests begin
 */
export function useEditor(options: Options | (() => Options | Promise<Options>) = {}): () => Workbench {
  let editor: Workbench | undefined;
  before(async () => {
    editor = await openEditor(typeof options === 'function' ? await options() : options);
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    mkdirSync(failures, { recursive: true });
    const name = this.currentTest.fullTitle().replaceAll(/[^\w-]+/g, '-');
    await editor?.screenshot(path.join(failures, `${name}.png`));
  });
  after(() => editor?.close());
  return () => {
    if (!editor) throw new Error('the editor opens before the first test of the suite');
    return editor;
  };
}
