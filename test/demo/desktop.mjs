import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { run, step } from '../support/steps.mjs';

/** The oldest VS Code that has what the extension uses. */
const FLOOR = [1, 105];
const DOWNLOAD_IDLE_LIMIT_MS = 15_000;

/** A person's VS Code keeps its settings; this one starts fresh and quiet. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
};

const isWindows = process.platform === 'win32';

/** Where installers put VS Code's command when it is not on the PATH. */
function wellKnownPlaces() {
  const { LOCALAPPDATA = '', ProgramFiles = '' } = process.env;
  switch (process.platform) {
    case 'darwin':
      return ['/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code'];
    case 'win32':
      return [LOCALAPPDATA && path.join(LOCALAPPDATA, 'Programs'), ProgramFiles]
        .filter(Boolean)
        .map((folder) => path.join(folder, 'Microsoft VS Code/bin/code.cmd'));
    default:
      return ['/usr/share/code/bin/code', '/snap/bin/code', '/usr/share/codium/bin/codium'];
  }
}

/** A window needs a screen: on Linux there may be none. */
const hasScreen = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** A `.cmd` only runs in a shell, which takes the parts of a command apart at spaces. */
function code(command, args) {
  const quoted = (text) => `"${text}"`;
  return isWindows ? run(quoted(command), args.map(quoted), { shell: true }) : run(command, args);
}

async function isNewEnough(command) {
  const { code: status, output } = await code(command, ['--version']).catch(() => ({ code: 1, output: '' }));
  const [major, minor] = output.split('.').map(Number);
  return status === 0 && major === FLOOR[0] && minor >= FLOOR[1];
}

async function installedDesktop() {
  for (const command of ['code', 'codium', ...wellKnownPlaces().filter(existsSync)]) {
    if (await isNewEnough(command)) return command;
  }
  return undefined;
}

async function downloadedDesktop() {
  const { downloadAndUnzipVSCode, resolveCliPathFromVSCodeExecutablePath } = await import('@vscode/test-electron');
  const silent = { report: () => undefined, error: () => undefined };
  const download = () => downloadAndUnzipVSCode({ version: 'stable', timeout: DOWNLOAD_IDLE_LIMIT_MS, reporter: silent });
  try {
    return resolveCliPathFromVSCodeExecutablePath(await step('Downloading VS Code', download));
  } catch {
    process.stdout.write('VS Code cannot be downloaded here\n');
    return undefined;
  }
}

/** The command of a desktop VS Code: one that is installed, or else downloaded; undefined where neither is possible. */
export async function findDesktop() {
  if (!hasScreen()) return undefined;
  return (await installedDesktop()) ?? (await downloadedDesktop());
}

/**
 * Opens a window with extensions from their folders and a profile of its own, and waits until it is closed.
 * @param {string} command
 * @param {readonly string[]} extensions
 */
export async function openDesktop(command, extensions) {
  const profile = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-'));
  const [user, workspace] = ['User', 'workspace'].map((name) => path.join(profile, name));
  for (const folder of [user, workspace]) mkdirSync(folder);
  writeFileSync(path.join(user, 'settings.json'), JSON.stringify(SETTINGS, null, 2));
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const development = extensions.map((folder) => `--extensionDevelopmentPath=${folder}`);
  process.stdout.write('VS Code is opening; close its window to end\n');
  const profileArguments = ['--user-data-dir', profile, '--extensions-dir', path.join(profile, 'extensions')];
  const { code: status, output } = await code(command, [
    ...profileArguments,
    ...development,
    ...asRoot,
    '--new-window',
    '--wait',
    workspace,
  ]);
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${output}`);
}
