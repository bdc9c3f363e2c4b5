/**
 * Does the main job by itself in a real VS Code, without a person, and leaves a screenshot of each step under `.tour/`.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { openWorkbench, type Theme, until, type Workbench } from './workbench/workbench.js';

const root = process.cwd();
const pictures = path.join(root, '.tour');
const THEMES: readonly Theme[] = ['light', 'dark'];

/** Does a step, says how it went, and takes its picture in both themes. */
async function step(editor: Workbench, number: number, title: string, work: () => Promise<void>): Promise<void> {
  process.stdout.write(`${number}. ${title} … `);
  const begun = performance.now();
  await work();
  process.stdout.write(`${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
  const name = title.toLowerCase().replaceAll(/\W+/g, '-');
  for (const theme of THEMES) {
    await editor.setTheme(theme);
    await editor.screenshot(path.join(pictures, `${number}-${name}-${theme}.png`));
  }
}

async function main(): Promise<void> {
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures);
  process.stdout.write('Opening VS Code …\n');
  const demo = path.join(root, 'test/demo');
  const editor = await openWorkbench({ mode: 'development', extensionPath: root, extraExtensions: [demo] });
  try {
    await step(editor, 1, 'Start the sandbox', async () => {
      await until('a sample for each tenant', async () => {
        const tenants = (await editor.rows()).filter(({ level }) => level === 1);
        return tenants.length > 0 && (await editor.tabs()).length === tenants.length;
      });
    });
  } finally {
    await editor.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
