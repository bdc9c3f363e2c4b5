import * as vscode from 'vscode';
import type { Core, Services } from './commands/command.js';
import { DocumentConsents } from './commands/requests/documentConsents.js';
import type { CommandId } from './commands/ids.js';
import { runCommand } from './commands/index.js';
import { WriteQuestions } from './commands/gateway/askToWrite.js';
import { GatewayRun } from './commands/gateway/gatewayRun.js';
import { remind } from './commands/tokens/remind.js';
import { referenceSource } from './commands/access/resolveReference.js';
import { SandboxRun } from './commands/sandboxRun.js';
import { showError } from './commands/showError.js';
import { updateOnExchange } from './commands/requests/updateHeaders.js';
import { clientsHere, Dialects } from './editor/references/clients.js';
import { CommitGuard } from './editor/foundTokens/commitGuard.js';
import { showCommitWarning } from './editor/foundTokens/commitWarning.js';
import { Git } from './editor/foundTokens/git.js';
import { registerEditor } from './editor/index.js';
import { OpenReferences } from './editor/references/openReferences.js';
import { CredentialCache } from './editor/credentialCache.js';
import { resolutionOf } from './editor/references/resolution.js';
import { describeError } from './base/errors.js';
import { anyOf } from './base/event.js';
import { Clipboard } from './handoff/clipboard.js';
import { LastForm } from './handoff/copyAs/lastForm.js';
import { HttpYacConnection } from './handoff/httpYacConnection.js';
import { PublishedReferences } from './handoff/publishedReferences.js';
import { settings } from './settings.js';
import { HostConsents } from './tenants/hostConsents.js';
import { ProductionConsents } from './tenants/productionConsents.js';
import type { Clock } from './base/clock.js';
import { KeptSecrets } from './tokens/keptSecrets.js';
import { ReferenceNames } from './tokens/referenceNames.js';
import type { Due } from './tokens/reminders.js';
import { AnswerDocuments } from './views/answers/answerDocuments.js';
import { GatewayRequests } from './views/gatewayRequests.js';
import { GatewayStatus } from './views/gatewayStatus.js';
import { Inspector } from './views/inspector.js';
import type { Prompter } from './views/prompter.js';
import { Timeline } from './views/timeline.js';
import { TraceDocuments } from './views/traceDocuments.js';
import { windowPrompter } from './views/windowPrompter.js';

/**
 * The part that is loaded on first use: commands and their pages, the editor features for `.http` files, and handing tokens
 * to other programs.
 */
export interface Features {
  /** @throws any error that is not an AppError */
  run(id: CommandId, argument: unknown): Promise<void>;
  remind(due: Due): Promise<void>;
  stop(): Promise<void>;
}

/** Builds the features on the running core. They are disposed with the extension. */
export function startFeatures(
  core: Core,
  context: vscode.ExtensionContext,
  clock: Clock,
  prompter: Prompter = windowPrompter,
): Features {
  const { tenants, vault, broker, refresher, manager, notes, history, issued, log } = core;
  const clipboard = new Clipboard(() => settings.clipboardClearMs(), clock);
  const traces = new TraceDocuments({ tenants, vault, broker });
  const answers = new AnswerDocuments(clock);
  const inspector = new Inspector({ tenants, vault, broker, notes, manager, history });
  const timeline = new Timeline({ tenants, vault, broker, notes, manager }, () => settings.reminderDays());
  const sandbox = new SandboxRun(tenants, vault, (running) => {
    void vscode.commands.executeCommand('setContext', 'tenantTokens.sandboxRunning', running);
  });
  const gateway = new GatewayRun({ ...core, clock });
  const gatewayRequests = new GatewayRequests(gateway, clock);
  const names = new ReferenceNames(tenants, vault);
  const consents = new HostConsents();
  const production = new ProductionConsents();
  const documents = new DocumentConsents();
  const dialects = new Dialects(context.workspaceState, prompter);
  const credentials = new CredentialCache({ tenants, names, issued, dialects });
  const openReferences = new OpenReferences({ tenants, names, issued }, { consents, production });
  const services = {
    ...core,
    prompter,
    names,
    consents,
    production,
    documents,
    dialects,
    credentials,
    keptSecrets: new KeptSecrets(core.vault),
    openReferences,
    clipboard,
    answers,
    copyForm: new LastForm(core.globalState),
    traces,
    inspector,
    timeline,
    sandbox,
    gateway,
    gatewayRequests,
    sampleFolder: vscode.Uri.joinPath(context.globalStorageUri, 'sandbox'),
  } satisfies Services;
  const published = new PublishedReferences(
    process.env,
    { names, broker, refresher, vault, tenants, now: Date.now },
    {
      // Tokens that a file refers to are exchanged without asking, so not in an untrusted workspace.
      enabled: () => settings.publishReferences() === true && vscode.workspace.isTrusted && clientsHere().restClient,
      focused: () => vscode.window.state.focused,
    },
  );
  const httpYac = new HttpYacConnection(referenceSource(services), log);
  const git = new Git(vscode);
  const writing = new WriteQuestions(services);
  const noted = (what: string) => (error: unknown) => {
    log.warn(`${what} failed: ${describeError(error)}`);
  };
  const lookAgain = (): void => {
    credentials.forget();
    openReferences.refresh();
  };

  context.subscriptions.push(
    traces,
    answers,
    inspector,
    timeline,
    names,
    consents,
    production,
    documents,
    openReferences,
    published,
    httpYac,
    git,
    gateway,
    gatewayRequests,
    new GatewayStatus(gateway),
    gateway.onDidRefuseWrite((refused) => void writing.ask(refused).catch(noted('the question about the gateway'))),
    registerEditor({
      ...services,
      git,
      resolution: (name) => resolutionOf(name, { httpYac, published, open: openReferences }),
      withheldBy: (name) => openReferences.withheldBy(name),
      onDidChangeResolution: anyOf(httpYac.onDidChange, published.onDidChange, openReferences.onDidChange),
    }),
    new CommitGuard(git, services, Date.now, (warning) => {
      showCommitWarning(prompter, warning, services)
        .catch((error: unknown) => showError(services, {}, error))
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
    tenants.onDidChange(lookAgain),
    vault.onDidChangeList(lookAgain),
    issued.onDidChange(lookAgain),
    settings.onDidChange((affects) => {
      if (affects('reminderDays')) timeline.update();
      if (affects('publishReferences')) published.check();
      if (affects('httpClient')) lookAgain();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => published.check()),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) published.check();
    }),
  );
  return {
    run: (id, argument) => runCommand(services, id, argument),
    remind: (due) =>
      remind(services, due)
        .catch((error: unknown) => showError(services, {}, error))
        .catch(noted('a reminder')),
    async stop() {
      await Promise.allSettled([sandbox.stop(), clipboard.clear()]);
    },
  };
}
