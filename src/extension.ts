import * as vscode from 'vscode';
import { clientsHere, Dialects } from './editor/clients.js';
import { CommitGuard } from './editor/commitGuard.js';
import { showCommitWarning } from './editor/commitWarning.js';
import { Git } from './editor/git.js';
import { registerEditor } from './editor/index.js';
import { OpenReferences } from './editor/openReferences.js';
import { Recognizer } from './editor/recognizer.js';
import { resolutionOf } from './editor/resolution.js';
import { registerCommands } from './commands/index.js';
import type { Services } from './commands/command.js';
import { referenceSource } from './commands/resolveReference.js';
import { remind } from './commands/remind.js';
import { SandboxRun } from './commands/sandboxRun.js';
import { tellError } from './commands/tellError.js';
import { updateOnExchange } from './commands/updateHeaders.js';
import { Clipboard } from './handoff/clipboard.js';
import { HttpYac } from './handoff/httpYac.js';
import { PublishedReferences } from './handoff/publishedReferences.js';
import { AppError } from './errors.js';
import { anyOf } from './event.js';
import { Sender } from './net/send.js';
import { settings } from './settings.js';
import { HostConsents } from './tenants/hostConsents.js';
import { Tenants } from './tenants/tenants.js';
import { ActiveToken } from './tokens/activeToken.js';
import { DiskFolder } from './tokens/folder.js';
import { History } from './tokens/history.js';
import { IssuedTokens } from './tokens/issuedTokens.js';
import { ReferenceNames } from './tokens/referenceNames.js';
import { Reminders } from './tokens/reminders.js';
import { Refresher } from './tokens/refresher.js';
import { TokenManager } from './tokens/tokenManager.js';
import { TokenNotes } from './tokens/tokenNotes.js';
import { openWindow, thisProcess } from './tokens/window.js';
import { Inspector } from './views/inspector.js';
import { StatusBar } from './views/statusBar.js';
import { TenantTree } from './views/tenantTree.js';
import { Timeline } from './views/timeline.js';
import { TraceDocuments } from './views/traceDocuments.js';

let shutDown: (() => Promise<void>) | undefined;

/** Builds the objects, from the settings to the views. Opens no connection, and reads no record but the active token's. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Tenant Tokens', { log: true });
  const sender = new Sender(
    () => settings.network(),
    process.env,
    (message) => log.warn(message),
  );
  const tenants = new Tenants(() => settings.tenants());
  const folder = context.globalStorageUri.scheme === 'file' ? new DiskFolder(context.globalStorageUri.fsPath) : undefined;
  const { vault, broker } = openWindow({
    ...thisProcess,
    secrets: context.secrets,
    index: context.globalState,
    folder,
    ...(vscode.env.uiKind === vscode.UIKind.Web && { hostBeganAt: performance.timeOrigin }),
    send: sender.send,
    log,
  });
  const active = new ActiveToken(context.workspaceState);
  const refresher = new Refresher({
    ...thisProcess,
    broker,
    vault,
    enabled: () => settings.refreshAhead(),
    focused: () => vscode.window.state.focused,
    findTenant: (id) => tenants.find(id),
  });
  const notes = new TokenNotes(context.globalState, vault, broker);
  const history = new History({ ...thisProcess, memento: context.globalState, vault, broker });
  const days = (): readonly number[] => settings.reminderDays();
  const reminders = new Reminders({
    ...thisProcess,
    notes,
    vault,
    days,
    focused: () => vscode.window.state.focused,
    folder,
  });
  const manager = new TokenManager({
    ...thisProcess,
    vault,
    broker,
    notes,
    send: sender.send,
    log,
    isForSession: (id) => tenants.isOutsideSettings(id),
  });
  const clipboard = new Clipboard(() => settings.clipboardClearMs());
  const tree = new TenantTree(
    { tenants, vault, broker, notes, manager },
    context.globalState,
    (ids) => settings.reorderTenants(ids),
    days,
  );
  const traces = new TraceDocuments({ tenants, vault, broker });
  const inspector = new Inspector({ tenants, vault, broker, notes, manager, history });
  const timeline = new Timeline({ tenants, vault, notes, manager }, days);
  const statusBar = new StatusBar({ tenants, vault, broker, active, notes }, () => settings.statusBar() === 'activeToken', days);
  const sandbox = new SandboxRun(tenants, vault, (running) => {
    void vscode.commands.executeCommand('setContext', 'tenantTokens.sandboxRunning', running);
  });
  const sampleFolder = vscode.Uri.joinPath(context.globalStorageUri, 'sandbox');
  const names = new ReferenceNames(tenants, vault);
  const issued = new IssuedTokens(context.globalState, vault, broker);
  const consents = new HostConsents();
  const dialects = new Dialects(context.workspaceState);
  const recognizer = new Recognizer({ tenants, names, issued, dialects });
  const openReferences = new OpenReferences({ tenants, names, issued }, consents);
  const services: Services = {
    tenants,
    vault,
    broker,
    refresher,
    manager,
    notes,
    history,
    reminders,
    active,
    names,
    issued,
    consents,
    dialects,
    recognizer,
    clipboard,
    tree,
    traces,
    inspector,
    timeline,
    sandbox,
    send: sender.send,
    readCertificate: sender.readCertificate,
    log,
    sampleFolder,
  };
  const published = new PublishedReferences(
    process.env,
    { names, broker, refresher, vault, tenants, now: Date.now },
    {
      // What a file refers to is exchanged unasked: not for the files of somebody whom the person does not trust.
      enabled: () => settings.publishReferences() === true && vscode.workspace.isTrusted && clientsHere().restClient,
      focused: () => vscode.window.state.focused,
    },
  );
  const httpYac = new HttpYac(referenceSource(services), log);
  const git = new Git(vscode);
  const noted = (what: string) => (error: unknown) => {
    log.warn(`${what} failed: ${error instanceof AppError ? error.code : 'error'}`);
  };
  const lookAgain = (): void => {
    recognizer.forget();
    openReferences.refresh();
  };

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
    traces,
    inspector,
    timeline,
    statusBar,
    names,
    issued,
    consents,
    openReferences,
    published,
    httpYac,
    git,
    registerCommands(services),
    registerEditor({
      ...services,
      git,
      resolution: (name) => resolutionOf(name, { httpYac, published, open: openReferences }),
      withheldBy: (name) => openReferences.withheldBy(name),
      onDidChangeResolution: anyOf(httpYac.onDidChange, published.onDidChange, openReferences.onDidChange),
    }),
    new CommitGuard(git, services, Date.now, (warning) => {
      showCommitWarning(warning, services)
        .catch((error: unknown) => tellError(services, {}, error))
        .catch(noted('a commit warning'));
    }),
    openReferences.onDidChange(() => published.want(openReferences.wanted)),
    vscode.extensions.onDidChange(() => {
      published.check();
      openReferences.refresh();
    }),
    broker.onDidIssue(({ id, isFirst }) => {
      if (!isFirst && settings.updateHeadersOnExchange())
        void updateOnExchange(services, id).catch(noted('the update of headers'));
    }),
    reminders.onDue((due) => {
      remind(services, due)
        .catch((error: unknown) => tellError(services, {}, error))
        .catch(noted('a reminder'));
    }),
    tenants.onDidChange(lookAgain),
    vault.onDidChangeList(lookAgain),
    issued.onDidChange(lookAgain),
    settings.onDidChange((affects) => {
      if (affects('tenants')) tenants.refresh();
      if (affects('statusBar')) statusBar.update();
      if (affects('refreshAhead')) refresher.check();
      if (affects('reminderDays')) {
        reminders.check();
        tree.refresh();
        statusBar.update();
        timeline.update();
      }
      if (affects('publishReferences')) published.check();
      if (affects('httpClient')) lookAgain();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => published.check()),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (!focused) return;
      vault.checkList();
      refresher.check();
      reminders.check();
      published.check();
    }),
  );
  shutDown = async () => {
    // An answer on its way may hold the only copy of a secret: it is waited for first.
    await Promise.all([broker.settled(), manager.settled(), history.settled()]);
    sender.dispose();
    await Promise.allSettled([sandbox.stop(), clipboard.clear()]);
  };
}

export async function deactivate(): Promise<void> {
  await shutDown?.();
}
