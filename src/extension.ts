import type { ExtensionContext } from 'vscode';
import type { Running } from './core.js';

let running: Running | undefined;

/** Hands over at once: an editor that starts reads this file and no more until it has a thread to spare. */
export async function activate(context: ExtensionContext): Promise<void> {
  const { start } = await import('./core.js');
  running = start(context);
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}
