/**
 * The part of `vscode.LogOutputChannel` that rooms without VS Code use. Lines name tenants, hosts, codes and times, never
 * secrets.
 */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
}
