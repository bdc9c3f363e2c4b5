import path from 'node:path';
import process from 'node:process';
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../../workbench/workbench.js';

const root = process.cwd();

/** The suite runs twice: with the extension from this folder, and with its package installed. */
export const mode = process.env['HOST_MODE'] === 'installed' ? 'installed' : 'development';

/** Opens a VS Code with the extension in it. */
export const openEditor = (options: Partial<WorkbenchOptions> = {}): Promise<Workbench> =>
  openWorkbench({ mode, extensionPath: root, vsix: path.join(root, 'dist/tenant-tokens.vsix'), ...options });
