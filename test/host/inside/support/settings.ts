import * as vscode from 'vscode';

/** Settings of the person, put back after each test of a suite. */
export function useSettings() {
  const before = new Map<string, unknown>();
  const write = async (key: string, value: unknown): Promise<void> => {
    await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
  };
  const set = async (key: string, value: unknown): Promise<void> => {
    if (!before.has(key)) before.set(key, vscode.workspace.getConfiguration().inspect(key)?.globalValue);
    await write(key, value);
  };
  afterEach(async () => {
    for (const [key, value] of before) await write(key, value);
    before.clear();
  });
  return { set };
}
