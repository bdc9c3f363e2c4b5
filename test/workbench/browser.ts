import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { environmentOf, type Profile, type Server } from './server.js';

const folder = path.join(import.meta.dirname, 'browser');

/** The browser that knows no host but this machine, with the libraries and fonts that the machine itself lacks. */
export function launchBrowser(profile: Profile, headed = false): Promise<Browser> {
  const env = environmentOf(profile);
  const libraries = path.join(folder, 'lib');
  const fonts = path.join(folder, 'fonts.conf');
  if (existsSync(libraries)) env['LD_LIBRARY_PATH'] = [libraries, env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  if (existsSync(fonts)) env['FONTCONFIG_FILE'] = fonts;
  return chromium.launch({
    executablePath: path.join(folder, 'chromium'),
    env,
    headless: !headed,
    chromiumSandbox: false,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost', '--disable-dev-shm-usage'],
  });
}

/** A browser profile of its own: no secrets, no state; it may use the clipboard as VS Code expects. */
export async function newContext(browser: Browser, { address, cookie }: Server): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  await context.addCookies([{ ...cookie, url: address }]);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: address });
  return context;
}

export interface Development {
  /** Folders of extensions to load as an Extension Development Host does. */
  readonly extensions: readonly string[];
  /** The module whose `run` the extension host calls. */
  readonly testsPath?: string | undefined;
}

/**
 * Tells the workbench of this context to load extensions from their folders.
 *
 * A built workbench does not take them from its address as one built for development does, but from the configuration in
 * its page, which is changed here before the workbench's deferred script reads it. To answer the page's request ourselves
 * would not do: the browser then takes the page for one of unknown origin and blocks its sockets to the loopback interface.
 */
export async function developIn(context: BrowserContext, address: string, { extensions, testsPath }: Development): Promise<void> {
  const uri = (file: string) => ({ scheme: 'vscode-remote', authority: new URL(address).host, path: path.resolve(file) });
  const options = {
    ...(extensions.length ? { extensions: extensions.map(uri) } : {}),
    ...(testsPath ? { extensionTestsPath: uri(testsPath) } : {}),
  };
  await context.addInitScript(changeConfiguration, options);
}

/** Runs in the page. */
function changeConfiguration(options: object): void {
  interface Element {
    getAttribute(name: string): string | null;
    setAttribute(name: string, value: string): void;
  }
  interface Page {
    readonly window: { readonly top: unknown };
    readonly document: { getElementById(id: string): Element | null };
    readonly MutationObserver: new (changed: () => void) => {
      observe(target: unknown, options: object): void;
      disconnect(): void;
    };
  }
  const page = globalThis as unknown as Page;
  if (page.window !== page.window.top) return;
  const observer = new page.MutationObserver(() => {
    const configuration = page.document.getElementById('vscode-workbench-web-configuration');
    if (!configuration) return;
    observer.disconnect();
    const settings = JSON.parse(configuration.getAttribute('data-settings') ?? '{}') as { developmentOptions?: object };
    settings.developmentOptions = { ...settings.developmentOptions, ...options };
    configuration.setAttribute('data-settings', JSON.stringify(settings));
  });
  observer.observe(page.document, { childList: true, subtree: true });
}

/** The address that opens a folder, a workspace file or an empty window. */
export function pageAddress(address: string, folder?: string): string {
  const query = new URLSearchParams();
  if (!folder) query.set('ew', 'true');
  else query.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', path.resolve(folder));
  query.set(
    'payload',
    JSON.stringify([
      ['skipWelcome', 'true'],
      ['skipReleaseNotes', 'true'],
    ]),
  );
  return `${address}/?${query.toString()}`;
}
