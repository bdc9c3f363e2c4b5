import * as vscode from 'vscode';
import { inert } from './format.js';

/** Most exchanges are done before anyone could read what is going on. */
const SHOW_AFTER_MS = 400;

/**
 * Runs `work`, with a cancellable notification if it takes long.
 * @returns undefined when the person cancelled
 */
export async function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const controller = new AbortController();
  const running = work(controller.signal);
  const timer = setTimeout(() => void show(title, running, controller), SHOW_AFTER_MS);
  try {
    return await running;
  } catch (error) {
    if (controller.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `work`, with a notification that cannot be cancelled if it takes long: what it sends takes effect in any case. */
export async function withSteadyProgress<T>(title: string, work: () => Promise<T>): Promise<T> {
  const running = work();
  const timer = setTimeout(() => {
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: inert(title) }, () =>
      running.catch(() => undefined),
    );
  }, SHOW_AFTER_MS);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}

async function show(title: string, running: Promise<unknown>, controller: AbortController): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: inert(title), cancellable: true },
    async (_, token) => {
      token.onCancellationRequested(() => {
        controller.abort();
      });
      await running.catch(() => undefined);
    },
  );
}
