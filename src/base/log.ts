/** What the pure rooms need of a log; a `vscode.LogOutputChannel` fits. Lines name tenants, hosts, codes and times, nothing secret. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
}
