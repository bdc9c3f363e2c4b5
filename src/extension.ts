import type { ExtensionContext } from 'vscode';
import type { Running } from './core.js';

let running: Running | undefined;

/** Imports the rest asynchronously, so that a starting editor loads only this small file synchronously. */
export async function activate(context: ExtensionContext): Promise<void> {
  const { start } = await import('./core.js');
  running = start(context);
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}
