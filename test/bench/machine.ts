import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const workbench = join(__dirname, '../workbench/node_modules/code-server');

/** On what the figures were taken. Nothing of it tells whose machine it is. */
export interface Machine {
  /** When, as ISO 8601. */
  readonly taken: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly system: string;
  readonly node: string;
  /** Where a VS Code is installed to be measured in. */
  readonly vsCode?: string;
}

export function thisMachine(): Machine {
  const vsCode = vsCodeOf(workbench);
  return {
    taken: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() || 'an unnamed CPU',
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    // The rest of a release often names who runs the machine.
    system: `${type()} ${/^\d+\.\d+/.exec(release())?.[0] ?? ''} ${arch()}`,
    node: `Node ${process.versions.node}`,
    ...(vsCode && { vsCode }),
  };
}

function vsCodeOf(codeServer: string): string | undefined {
  const versionIn = (folder: string) => {
    const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
    return (JSON.parse(manifest) as { version: string }).version;
  };
  if (!existsSync(codeServer)) return undefined;
  return `VS Code ${versionIn(join(codeServer, 'lib/vscode'))} in code-server ${versionIn(codeServer)}`;
}
