import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, createBrotliDecompress } from 'node:zlib';
import { npm } from '../support/npm.mjs';
import { step } from '../support/steps.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const packages = path.join(here, 'node_modules');
const server = path.join(packages, 'code-server/lib/vscode');
const packedBrowser = path.join(packages, '@sparticuz/chromium/bin');
const browser = path.join(here, 'browser');

/** What code-server's own install script does, without a compiler and without anything from outside the registry. */
export async function setUpWorkbench() {
  await step("Installing the workbench's inner dependencies", async () => {
    // Not `npm ci`: the shrinkwrap that code-server publishes is not complete.
    await npm(['install', '--omit=dev'], server);
    await npm(['install', '--omit=dev'], path.join(server, 'extensions'));
    replaceNatives();
  });
  await step('Unpacking the browser', async () => {
    rmSync(browser, { recursive: true, force: true });
    mkdirSync(browser);
    await unpackBrowser();
    if (lacksLibraries()) unpack('al2023.tar.br');
    if (!hasFonts()) addFonts();
  });
}

/** Two native modules are not published as binaries: without the first, output channels stay empty; nobody needs the second. */
function replaceNatives() {
  copyFileSync(path.join(here, 'spdlog.cjs'), path.join(server, 'node_modules/@vscode/spdlog/index.js'));
  writeFileSync(path.join(server, 'node_modules/@vscode/native-watchdog/index.js'), 'exports.start = () => {};\n');
}

async function unpackBrowser() {
  const part = path.join(browser, 'chromium.part');
  await pipeline(
    createReadStream(path.join(packedBrowser, 'chromium.br')),
    createBrotliDecompress(),
    createWriteStream(part, { mode: 0o755 }),
  );
  renameSync(part, path.join(browser, 'chromium'));
}

/** Unpacks an archive of the browser's package beside the browser. */
function unpack(archive) {
  const input = brotliDecompressSync(readFileSync(path.join(packedBrowser, archive)));
  const { status, stderr, error } = spawnSync('tar', ['-x', '-C', browser], { input });
  if (status !== 0) throw new Error(`${archive} could not be unpacked: ${error?.message ?? stderr.toString()}`);
}

function lacksLibraries() {
  const { stdout } = spawnSync('ldd', [path.join(browser, 'chromium')], { encoding: 'utf8' });
  return /not found/.test(stdout ?? '');
}

function hasFonts() {
  const isFont = (file) => /\.(ttf|otf|ttc)$/i.test(file);
  return ['/usr/share/fonts', '/usr/local/share/fonts'].some((folder) => {
    try {
      return readdirSync(folder, { recursive: true }).some(isFont);
    } catch {
      return false;
    }
  });
}

/** Without any font the browser dies as soon as an editor opens. */
function addFonts() {
  unpack('fonts.tar.br');
  const config = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path.join(browser, 'fonts')}</dir>
  <cachedir>${path.join(browser, 'fonts-cache')}</cachedir>
</fontconfig>
`;
  writeFileSync(path.join(browser, 'fonts.conf'), config);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setUpWorkbench();
