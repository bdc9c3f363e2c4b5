import * as vscode from 'vscode';
import type { Core } from './commands/command.js';
import { commandIds } from './commands/ids.js';
import { isInScope } from './editor/scope.js';
import type { Features } from './features.js';
import { OrderedMemento } from './base/orderedMemento.js';
import { Sender } from './net/send.js';
import { settings } from './settings.js';
import { Tenants } from './tenants/tenants.js';
import { ActiveToken } from './tokens/activeToken.js';
import { DiskFolder } from './store/folder.js';
import { History } from './tokens/history.js';
import { IssuedTokens } from './tokens/issuedTokens.js';
import { Reminders } from './tokens/reminders.js';
import { Refresher } from './exchange/refresher.js';
import { TokenManager } from './management/tokenManager.js';
import { TokenNotes } from './tokens/tokenNotes.js';
import { createTokenServices, processDefaults, type ProcessParts } from './exchange/tokenServices.js';
import type { Prompter } from './views/prompter.js';
import { StatusBar } from './views/statusBar.js';
import { TenantTree } from './views/tenantTree.js';

/** Delay before the rest is loaded without a request for it, ms. The editor has started by then. */
const LOAD_AFTER_MS = 3_000;

export interface Running {
  /** Waits for running exchanges and removes temporary data. */
  stop(): Promise<void>;
}

/** What does not come from VS Code. Tests pass a stepped clock and a scripted prompter. */
interface Surroundings extends ProcessParts {
  readonly prompter?: Prompter;
}

/**
 * Builds what runs from activation on, from the settings to the tree and the status bar, and what loads the rest on demand.
 * Opens no connection, and reads only the active token's record.
 */
export function start(context: vscode.ExtensionContext, { prompter, ...own }: Surroundings = processDefaults): Running {
  const globalState = new OrderedMemento(context.globalState);
  const log = vscode.window.createOutputChannel('Tenant Tokens', { log: true });
  const sender = new Sender(
    () => settings.network(),
    process.env,
    (message) => log.warn(message),
  );
  const tenants = new Tenants(() => settings.tenants());
  const folder = context.globalStorageUri.scheme === 'file' ? new DiskFolder(context.globalStorageUri.fsPath) : undefined;
  const { vault, broker } = createTokenServices({
    ...own,
    secrets: context.secrets,
    index: globalState,
    folder,
    ...(vscode.env.uiKind === vscode.UIKind.Web && { hostBeganAt: performance.timeOrigin }),
    send: sender.send,
    log,
    knowsTenant: (id) => tenants.entries.some((entry) => entry.id === id),
  });
  const active = new ActiveToken(context.workspaceState);
  const refresher = new Refresher({
    ...own,
    broker,
    vault,
    enabled: () => settings.refreshAhead(),
    focused: () => vscode.window.state.focused,
    findTenant: (id) => tenants.find(id),
  });
  const notes = new TokenNotes(globalState, vault, broker);
  const history = new History({ ...own, memento: globalState, vault, broker });
  const days = (): readonly number[] => settings.reminderDays();
  const reminders = new Reminders({
    ...own,
    notes,
    vault,
    days,
    focused: () => vscode.window.state.focused,
    folder,
  });
  const manager = new TokenManager({
    ...own,
    vault,
    broker,
    notes,
    send: sender.send,
    log,
    isForSession: (id) => tenants.isOutsideSettings(id),
  });
  const tree = new TenantTree(
    { tenants, vault, broker, notes, active, manager },
    globalState,
    (ids) => settings.reorderTenants(ids),
    days,
    own.clock,
  );
  const statusBar = new StatusBar(
    { tenants, vault, broker, active, notes },
    () => settings.statusBar() === 'activeToken',
    days,
    own.clock,
  );
  const issued = new IssuedTokens(globalState, vault, broker);
  const { send, stream, readCertificate } = sender;
  const core: Core = {
    tenants,
    vault,
    broker,
    refresher,
    manager,
    notes,
    history,
    reminders,
    active,
    issued,
    tree,
    send,
    stream,
    readCertificate,
    globalState,
    log,
  };

  let features: Promise<Features> | undefined;
  const load = (): Promise<Features> =>
    (features ??= import('./features.js').then(
      ({ startFeatures }) => startFeatures(core, context, own.clock, prompter),
      (error: unknown) => {
        // Let a later call retry the load.
        features = undefined;
        throw error;
      },
    ));
  const notLoaded = (): void => log.warn('not all of the extension could be loaded');

  context.subscriptions.push(
    log,
    tenants,
    vault,
    broker,
    refresher,
    notes,
    history,
    reminders,
    manager,
    active,
    tree,
    statusBar,
    issued,
    loadWhenWanted(load, core, notLoaded),
    tenants.onDidChange(() => vault.checkList()),
    // With tokens stored, an exchange or a commit check is likely soon.
    ...(vault.entries.length > 0
      ? [own.clock.after(LOAD_AFTER_MS, () => void Promise.all([load(), sender.prefetch()]).catch(notLoaded))]
      : []),
    settings.onDidChange((affects) => {
      if (affects('tenants')) tenants.refresh();
      if (affects('statusBar')) statusBar.update();
      if (affects('refreshAhead')) refresher.check();
      if (affects('reminderDays')) {
        reminders.check();
        tree.refresh();
        statusBar.update();
      }
    }),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (!focused) return;
      vault.checkList();
      refresher.check();
      reminders.check();
    }),
  );
  return {
    async stop() {
      // Wait for pending answers first: one may hold the only copy of a rotated secret.
      await Promise.all([broker.settled(), manager.settled(), history.settled()]);
      sender.dispose();
      await features?.then(
        (loaded) => loaded.stop(),
        () => undefined,
      );
    },
  };
}

/**
 * Loads the features for a command, a file with requests, a change of the token list, or a reminder.
 * @param notLoaded called if a load that no command waits for fails
 */
function loadWhenWanted(load: () => Promise<Features>, { reminders, vault }: Core, notLoaded: () => void): vscode.Disposable {
  const loadUnasked = (): void => void load().catch(notLoaded);
  if (vscode.workspace.textDocuments.some(isInScope)) loadUnasked();
  return vscode.Disposable.from(
    ...commandIds.map((id) =>
      vscode.commands.registerCommand(`tenantTokens.${id}`, async (argument: unknown) => {
        const features = await load();
        await features.run(id, argument);
      }),
    ),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isInScope(document)) loadUnasked();
    }),
    vault.onDidChangeList(loadUnasked),
    reminders.onDue((due) => void load().then((features) => features.remind(due), notLoaded)),
  );
}
