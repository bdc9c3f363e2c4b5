import * as vscode from 'vscode';
import type { AppError, Facts } from '../base/errors.js';
import { platformOf } from '../platforms/index.js';
import type { Platform } from '../platforms/platform.js';
import type { Tenant } from '../platforms/tenant.js';
import { formatDuration } from './duration.js';
import { formatTime, inert } from './format.js';
import { trustSettingText } from './trustText.js';

/** What an error is about. */
export interface Subject {
  /** The name of the tenant; empty without one. */
  readonly tenant: string;
  /** The name of the API token. */
  readonly token?: string | undefined;
  /** The tenant's platform, unless its settings are wrong. */
  readonly platform?: Platform | undefined;
}

/** The subject of a tenant in order and, maybe, one of its API tokens. */
export const subjectOf = (tenant: Tenant, token?: { readonly name: string }): Subject => ({
  tenant: tenant.name,
  token: token?.name,
  platform: platformOf(tenant),
});

/** A button of a message: the command it runs, with the tenant and token that the message is about. */
export interface Action {
  readonly title: string;
  readonly command: string;
}

export interface Message {
  readonly text: string;
  readonly actions: readonly Action[];
}

const action = (title: string, command: string): Action => ({ title, command: `tenantTokens.${command}` });
const actions = {
  editTenant: (): Action => action(vscode.l10n.t('Edit Tenant'), 'editTenant'),
  openSettings: (): Action => action(vscode.l10n.t('Open Settings'), 'openTenantSettings'),
  replaceToken: (): Action => action(vscode.l10n.t('Replace Token'), 'replaceToken'),
  openPortal: (): Action => action(vscode.l10n.t('Open Portal'), 'openPortal'),
  retry: (): Action => action(vscode.l10n.t('Try Again'), 'exchange'),
  tryAgain: (): Action => action(vscode.l10n.t('Try Again'), 'tryRequest'),
  trustCertificate: (): Action => action(vscode.l10n.t('Trust Certificate…'), 'trustCertificate'),
  confirmAddress: (): Action => action(vscode.l10n.t('Review Address'), 'confirmAddress'),
  removeToken: (): Action => action(vscode.l10n.t('Remove Token'), 'removeToken'),
  addToken: (): Action => action(vscode.l10n.t('Add Token'), 'addToken'),
  createToken: (): Action => action(vscode.l10n.t('Create Token'), 'createToken'),
  listTokens: (): Action => action(vscode.l10n.t('List Tokens'), 'listTokens'),
  addTenant: (): Action => action(vscode.l10n.t('Add Tenant'), 'addTenant'),
  copyHeaders: (): Action => action(vscode.l10n.t('Copy Headers'), 'copyHeaders'),
  reloadWindow: (): Action => ({ title: vscode.l10n.t('Reload Window'), command: 'workbench.action.reloadWindow' }),
  showLog: (): Action => action(vscode.l10n.t('Show Log'), 'showLog'),
  showTrace: (): Action => action(vscode.l10n.t('Show Trace'), 'showExchangeTrace'),
};

/** What happened and what to do about it, in a sentence or two, with at most three buttons: VS Code cuts the text of more. */
export function explain(error: Pick<AppError, 'code' | 'facts'>, subject: Subject): Message {
  const { text, actions: all } = explained(error, subject);
  const hasPortal = subject.platform === undefined || subject.platform.portal !== undefined;
  return { text, actions: hasPortal ? all : all.filter(({ command }) => command !== actions.openPortal().command) };
}

function explained({ code, facts }: Pick<AppError, 'code' | 'facts'>, { tenant, token, platform }: Subject): Message {
  const name = inert(tenant);
  const fact = (key: string): string => inert(String(facts[key] ?? ''));
  const service = fact('host') || name;
  const words = tidy(fact('detail') || fact('reason'));
  const evidence = said(words) || (fact('status') && vscode.l10n.t(' (status {0})', fact('status')));
  switch (code) {
    case 'tenant-unknown':
      return {
        text: vscode.l10n.t('There is no tenant “{0}” in the settings. Add it, or remove what refers to it.', fact('tenant')),
        actions: [actions.addTenant(), actions.openSettings()],
      };
    case 'tenant-invalid':
      return {
        text: vscode.l10n.t('The settings of {0} need a correction: {1}.', name, fact('problem')),
        actions: [actions.openSettings()],
      };
    case 'address-changed':
      return {
        text: vscode.l10n.t(
          'The address of {0} has changed since its API token was entered, so the token is not sent. It was entered for {1}. Confirm {2}, or enter the token again.',
          name,
          fact('from'),
          fact('to'),
        ),
        actions: [actions.confirmAddress(), actions.replaceToken(), actions.editTenant()],
      };
    case 'trust-changed':
      return {
        text: vscode.l10n.t(
          'The settings of {0} have changed since its API token was entered, so the token is not sent: {1}. Review the change, or enter the token again.',
          name,
          String(facts['settings']).split(', ').map(trustSettingText).join(', '),
        ),
        actions: [actions.confirmAddress(), actions.replaceToken(), actions.editTenant()],
      };
    case 'token-unknown':
      return {
        text: vscode.l10n.t('This API token of {0} no longer exists. Add it again.', name),
        actions: [actions.addToken()],
      };
    case 'secret-lost':
      return {
        text: vscode.l10n.t(
          'VS Code no longer has this API token of {0}: this machine’s key store has lost it. Nothing else has changed. Enter the token again.',
          name,
        ),
        actions: [actions.replaceToken(), actions.removeToken()],
      };
    case 'store-emptied':
      return {
        text: vscode.l10n.t(
          'VS Code no longer has this API token of {0}, nor anything else that was stored before: this machine does not keep secrets between sessions. Install or unlock a keyring (on Linux gnome-keyring or KWallet), restart VS Code and enter the token again. Nothing else has changed.',
          name,
        ),
        actions: [actions.replaceToken(), actions.removeToken()],
      };
    case 'secret-unreadable':
      return {
        text: vscode.l10n.t(
          'The record of this API token of {0} cannot be read: it is damaged, or a later version of Tenant Tokens wrote it. It was left as it is. Update the extension, or enter the token again.',
          name,
        ),
        actions: [actions.replaceToken(), actions.showLog()],
      };
    case 'secret-not-kept':
      return {
        text: vscode.l10n.t(
          'This machine’s key store did not keep the API token of {0}. Unlock or install a keyring and try again; until then keep this window open.',
          name,
        ),
        actions: [actions.retry(), actions.showLog()],
      };
    case 'secret-store-failed':
      return {
        text: vscode.l10n.t(
          'This machine’s key store does not answer, so nothing was changed. Unlock its keyring and try again.',
        ),
        actions: [actions.showLog()],
      };
    case 'removal-unfinished':
      return {
        text: vscode.l10n.t(
          'The API token is removed and no longer used, but this machine’s key store has not deleted it yet. Unlock its keyring: the token is deleted at the next start at the latest.',
        ),
        actions: [actions.showLog()],
      };
    case 'token-not-stored':
      return {
        text: vscode.l10n.t(
          'The API token of {0} was not stored: this machine’s key store did not keep it. Unlock or install a keyring, then add the token again.',
          name,
        ),
        actions: [actions.addToken(), actions.showLog()],
      };
    case 'settings-not-written':
      return {
        text: vscode.l10n.t(
          'Your settings could not be changed: settings.json contains an error, or cannot be written. Correct it and try again.',
        ),
        actions: [actions.openSettings()],
      };
    case 'busy-elsewhere':
      return {
        text: vscode.l10n.t(
          'Another window is still working with this API token of {0}, so nothing was sent. Try again in a minute, or close that window.',
          name,
        ),
        actions: [actions.retry()],
      };
    case 'renewed-elsewhere':
      return {
        text: vscode.l10n.t(
          'Another window has renewed this API token of {0}, and its new value has not arrived in this one, so the old one is not sent. Reload this window; if that does not help, enter the token again.',
          name,
        ),
        actions: [actions.reloadWindow(), actions.replaceToken()],
      };
    case 'window-outdated':
      return {
        text: vscode.l10n.t(
          'Another window has stored secrets that this window does not see: on this host, a window reads them only when it loads. Nothing was changed. Reload this window and try again.',
        ),
        actions: [actions.reloadWindow()],
      };
    case 'unreachable':
      return {
        text: vscode.l10n.t(
          '{0} could not be reached: {1}. Check the tenant’s address and your network, then try again.',
          service,
          unreachableText(fact('cause')),
        ),
        actions: [actions.retry(), actions.editTenant()],
      };
    case 'timed-out':
      return {
        text: vscode.l10n.t('{0} did not answer in time. Try again, or check the tenant’s address.', service),
        actions: [actions.retry(), actions.editTenant()],
      };
    case 'connection-lost':
      return {
        text: vscode.l10n.t(
          'The connection to {0} was lost before it answered ({1}). Try again.',
          service,
          fact('cause') || code,
        ),
        actions: [actions.retry(), actions.showTrace()],
      };
    case 'renewal-uncertain':
      return {
        text: vscode.l10n.t(
          'The API token was sent to {0}, but no complete answer arrived, or the window was closed before it was stored. The service may have replaced the API token. The old one is kept, as is a valid access token. Trying again may work. If the service has replaced the token, it refuses the old one, and some services then revoke its access tokens, too: create a new API token.',
          service,
        ),
        actions: [actions.retry(), actions.replaceToken(), actions.showTrace()],
      };
    case 'tls-failed':
      return {
        text: vscode.l10n.t(
          'Could not establish a TLS connection to {0} ({1}), so nothing was sent. The service must support TLS 1.2 or later at the tenant’s address; it may also require a client certificate.',
          service,
          fact('cause'),
        ),
        actions: [actions.retry(), actions.editTenant()],
      };
    case 'certificate-refused':
      return facts['cause'] === 'DEPTH_ZERO_SELF_SIGNED_CERT'
        ? {
            text: vscode.l10n.t(
              'The certificate of {0} is self-signed, so nothing was sent. Compare its fingerprint, and trust only this one.',
              service,
            ),
            actions: [actions.trustCertificate(), actions.editTenant()],
          }
        : {
            text: vscode.l10n.t(
              'The certificate of {0} is not trusted ({1}), so nothing was sent. Set the tenant’s caFile to your company’s authority, or trust only this certificate.',
              service,
              fact('cause'),
            ),
            actions: [actions.editTenant(), actions.trustCertificate()],
          };
    case 'certificate-changed':
      return {
        text: vscode.l10n.t(
          'The certificate of {0} is not the one that you trust, so nothing was sent. Unless its administrator has replaced it, somebody may be intercepting the connection: ask before you trust the new one. Trusted: {1}. Presented: {2}.',
          service,
          fact('trusted'),
          fact('presented'),
        ),
        actions: [actions.trustCertificate(), actions.editTenant()],
      };
    case 'client-certificate-needed':
      return {
        text: vscode.l10n.t(
          '{0} accepts only clients that present a certificate (mutual TLS). Ask its administrator for one, and set the tenant’s clientCertificateFile to its path.',
          service,
        ),
        actions: [actions.editTenant()],
      };
    case 'client-certificate-refused':
      return {
        text: vscode.l10n.t(
          '{0} does not accept the tenant’s client certificate ({1}). It may have expired or come from another authority: check clientCertificateFile, or ask the service’s administrator.',
          service,
          fact('cause'),
        ),
        actions: [actions.editTenant()],
      };
    case 'proxy-invalid':
      return {
        text: vscode.l10n.t(
          'The proxy in {0} cannot be used, so nothing was sent: its address has to start with http:// or https://. Correct it, or list the hosts that need no proxy in http.noProxy.',
          fact('source'),
        ),
        actions: [actions.retry()],
      };
    case 'proxy-failed':
      return {
        text: vscode.l10n.t(
          'The proxy {0} did not connect to {1} ({2}), so nothing was sent. Check http.proxy in your settings or HTTPS_PROXY in the environment, then try again.',
          fact('proxy'),
          service,
          fact('cause'),
        ),
        actions: [actions.retry()],
      };
    case 'proxy-unauthorized':
      return {
        text: vscode.l10n.t(
          'The proxy {0} requires a login (status 407), so nothing was sent. Set http.proxyAuthorization in your settings, or put the user and password into the proxy’s address. Kerberos and NTLM are not supported.',
          fact('proxy'),
        ),
        actions: [actions.retry()],
      };
    case 'proxy-refused':
      return {
        text: vscode.l10n.t(
          'The proxy {0} refuses to connect to {1} (status {2}), so nothing was sent. Ask whoever runs the proxy to allow that host, or list it in http.noProxy if it needs no proxy.',
          fact('proxy'),
          service,
          fact('status'),
        ),
        actions: [actions.retry()],
      };
    case 'redirected':
      return {
        text: vscode.l10n.t(
          '{0} redirected the request (status {1}). Tokens are never sent to the target of a redirect: correct the tenant’s address.',
          service,
          fact('status'),
        ),
        actions: [actions.editTenant()],
      };
    case 'response-too-large':
      return {
        text: vscode.l10n.t(
          '{0} answered with more than 64 KiB, far more than a token needs, so the answer was not read. Check the tenant’s address.',
          service,
        ),
        actions: [actions.editTenant(), actions.showTrace()],
      };
    case 'encoded-response':
      return {
        text: vscode.l10n.t(
          '{0} sent a compressed answer, which was not requested, so it was not read. Check the tenant’s address.',
          service,
        ),
        actions: [actions.editTenant(), actions.showTrace()],
      };
    case 'web-page':
      return {
        text: vscode.l10n.t(
          '{0} answered with a web page instead of a token (status {1}): a login page, a proxy or maintenance. Check the tenant’s address, or try again later.',
          name,
          fact('status'),
        ),
        actions: [actions.editTenant(), actions.retry(), actions.showTrace()],
      };
    case 'not-json':
      return {
        text: vscode.l10n.t('{0} answered with something that is not JSON. Check the tenant’s address.', name),
        actions: [actions.editTenant(), actions.retry(), actions.showTrace()],
      };
    case 'unexpected-answer':
      return {
        text: vscode.l10n.t(
          '{0} answered, but without a usable access token{1}. Check the tenant’s settings.',
          name,
          said(words),
        ),
        actions: [actions.editTenant(), actions.showTrace()],
      };
    case 'api-token-refused':
      return {
        text: vscode.l10n.t(
          '{0} refused {1}{2}. It was revoked, has expired, or belongs to another organization.',
          name,
          token === undefined ? vscode.l10n.t('the API token') : vscode.l10n.t('“{0}”', inert(token)),
          words ? vscode.l10n.t(': {0}', words) : evidence,
        ),
        actions: [actions.replaceToken(), actions.openPortal(), actions.showTrace()],
      };
    case 'token-revoked':
      return {
        text: vscode.l10n.t(
          'You have revoked this API token at {0}, so it is not sent. It is kept until you replace or remove it.',
          name,
        ),
        actions: [actions.replaceToken(), actions.removeToken()],
      };
    case 'client-refused': {
      const checks = vscode.l10n.t(
        '{0} refused the client{1}. Check the client ID, its authentication and its secret.',
        name,
        evidence,
      );
      const github = vscode.l10n.t(
        'GitHub says so of a refresh token that was used or has expired, too: if the client is right, replace the token.',
      );
      return {
        text: facts['reason'] === 'incorrect_client_credentials' ? `${checks} ${github}` : checks,
        actions: [actions.editTenant(), actions.replaceToken(), actions.showTrace()],
      };
    }
    case 'request-refused': {
      const check = vscode.l10n.t('Check the tenant’s settings.');
      const refused = words
        ? vscode.l10n.t('{0} refused the request (status {1}){2}.', name, fact('status'), said(words))
        : vscode.l10n.t('{0} refused the request (status {1}) and does not say why.', name, fact('status'));
      return {
        text: `${refused} ${words ? check : (platform?.silentRefusalHint ?? check)}`,
        actions: [actions.editTenant(), actions.replaceToken(), actions.showTrace()],
      };
    }
    case 'forbidden':
      return {
        text: vscode.l10n.t(
          '{0} does not allow this (status {1}){2}. Check the rights of the token’s user, or the service’s IP allowlist.',
          name,
          fact('status'),
          said(words),
        ),
        actions: [actions.editTenant(), actions.openPortal(), actions.showTrace()],
      };
    case 'not-found': {
      const hint = platform?.notFoundHint ?? vscode.l10n.t('Check the tenant’s address.');
      const nothing = fact('path')
        ? vscode.l10n.t('Nothing is at {0} on {1} (404).', fact('path'), service)
        : vscode.l10n.t('{0} has nothing at this address (404).', name);
      return { text: `${nothing} ${hint}`, actions: [actions.editTenant(), actions.showTrace()] };
    }
    case 'rate-limited':
      return {
        text: `${vscode.l10n.t('{0} allows no more requests for now.', name)} ${waitFor(facts)}`,
        actions: [actions.retry(), actions.showTrace()],
      };
    case 'service-failed':
      return {
        text:
          vscode.l10n.t('{0} reported an internal error (status {1}){2}.', name, fact('status'), said(tidy(fact('detail')))) +
          ' ' +
          (facts['retryAfter'] === undefined ? vscode.l10n.t('Try again later.') : waitFor(facts)),
        actions: [actions.retry(), actions.showTrace()],
      };
    case 'passcode-needed':
      return {
        text: vscode.l10n.t('{0} requires a one-time passcode. Exchange the token and enter it.', name),
        actions: [actions.retry()],
      };
    case 'exchange-needed':
      return {
        text: vscode.l10n.t(
          'The API token “{0}” of {1} is only exchanged when you ask for it: each exchange costs a passcode, or its only use. Exchange it, then send the request again.',
          fact('token'),
          name,
        ),
        actions: [actions.retry()],
      };
    case 'already-expired':
      return {
        text: vscode.l10n.t(
          '{0} answered with an access token that has already expired. Check the token’s time to live at the service.',
          name,
        ),
        actions: [actions.retry(), actions.openPortal()],
      };
    case 'single-use-spent':
      return {
        text: vscode.l10n.t('This API token of {0} can be exchanged only once, and was. Create another one and enter it.', name),
        actions: [actions.replaceToken(), actions.openPortal()],
      };
    case 'access-token-unsafe':
      return {
        text: vscode.l10n.t(
          '{0} answered with an access token that contains spaces, quotes, braces, “$”, “<”, a backslash or the like. It was discarded: in a file, a shell or a page it could run as code. Check the tenant’s address, and inform the service’s administrator.',
          name,
        ),
        actions: [actions.editTenant(), actions.showTrace()],
      };
    case 'login-refused':
      return {
        text: vscode.l10n.t(
          '{0} refused the login{1}. Nothing was changed, and the login is not retried automatically.',
          name,
          evidence,
        ),
        actions: [actions.openPortal()],
      };
    case 'session-refused':
      return {
        text: vscode.l10n.t(
          '{0} rejected the session{1}: it has expired, or may not manage API tokens. Nothing was changed. Sign in again.',
          name,
          evidence,
        ),
        actions: [actions.openPortal()],
      };
    case 'rights-missing':
      return {
        text: vscode.l10n.t(
          'Your user may not do this at {0}{1}. Nothing was changed. Ask an administrator for the right to manage API tokens.',
          name,
          evidence,
        ),
        actions: [actions.openPortal()],
      };
    case 'name-taken':
      return {
        text: vscode.l10n.t(
          '{0} already has an API token of this name{1}. Nothing was created. Choose another name.',
          name,
          said(words),
        ),
        actions: [actions.createToken(), actions.listTokens()],
      };
    case 'token-api-missing':
      return {
        text: vscode.l10n.t(
          '{0} has no API for this (status {1}): it is an older release, or the tenant’s address is wrong. Nothing was changed.',
          name,
          fact('status'),
        ),
        actions: [actions.openPortal(), actions.editTenant()],
      };
    case 'token-gone':
      return {
        text: vscode.l10n.t('{0} no longer has this API token: it was revoked or has expired.', name),
        actions: [actions.listTokens()],
      };
    case 'creation-uncertain':
      return {
        text: vscode.l10n.t(
          'The answer of {0} was lost, so it is not known whether the API token “{1}” was created. If it was, its value is lost: list the tokens, revoke it if it exists, and create another one.',
          name,
          fact('name'),
        ),
        actions: [actions.listTokens(), actions.openPortal()],
      };
    case 'creation-half-done':
      return {
        text: vscode.l10n.t(
          '{0} created the API token “{1}” but did not return its value{2}. Nobody can use it: revoke it, and create another one.',
          name,
          fact('name'),
          said(tidy(fact('detail'))),
        ),
        actions: [actions.listTokens(), actions.openPortal()],
      };
    case 'regeneration-uncertain':
      return {
        text: vscode.l10n.t(
          'The answer of {0} was lost, so it is not known whether the API token has a new value. The stored one may no longer be valid: exchange it to find out. If it is refused, create another token.',
          name,
        ),
        actions: [actions.retry(), actions.createToken(), actions.openPortal()],
      };
    case 'not-manageable':
      return { text: fact('reason'), actions: [actions.openPortal()] };
    case 'not-plain':
      return {
        text: vscode.l10n.t(
          '{0} Change that, or send the request with an HTTP client such as httpYac or REST Client.',
          fact('reason'),
        ),
        actions: [],
      };
    case 'not-answered':
      return { text: unanswered(fact('why'), service, fact('cause')), actions: [actions.tryAgain()] };
    case 'answer-damaged':
      return {
        text: vscode.l10n.t('The answer says that it is compressed ({0}), but it cannot be decompressed.', fact('coding')),
        actions: [],
      };
    case 'no-editor':
      return {
        text: vscode.l10n.t('Open a .http or .rest file and put the cursor into a request.'),
        actions: [actions.copyHeaders()],
      };
    case 'no-request':
      return {
        text: fact('reason'),
        actions: [action(vscode.l10n.t('New Request'), 'newRequest'), actions.copyHeaders()],
      };
    case 'file-not-shown':
      return {
        text: vscode.l10n.t(
          'VS Code does not show this file to extensions: it is too large, or not a text file. Copy the headers instead.',
        ),
        actions: [actions.copyHeaders()],
      };
    case 'reference-unknown':
      return {
        text: vscode.l10n.t(
          '{0} refers to no known token, so nothing was sent. Choose a token for this request, or add the tenant.',
          fact('name'),
        ),
        actions: [action(vscode.l10n.t('Insert Reference'), 'insertReference'), actions.addTenant()],
      };
    case 'reference-ambiguous':
      return {
        text: vscode.l10n.t(
          '{0} matches several tokens, so nothing was sent. Insert the reference again: it gets a unique name.',
          fact('name'),
        ),
        actions: [action(vscode.l10n.t('Insert Reference'), 'insertReference')],
      };
    case 'read-only':
      return {
        text: vscode.l10n.t('This document cannot be edited. Copy the headers instead.'),
        actions: [actions.copyHeaders()],
      };
    case 'document-changed':
      return {
        text: vscode.l10n.t('The document has changed in the meantime, so nothing was inserted. Try again.'),
        actions: [action(vscode.l10n.t('Try Again'), 'insertHeaders')],
      };
    case 'edit-refused':
      return { text: fact('reason'), actions: [actions.copyHeaders()] };
    case 'not-quotable':
      return { text: notQuotable(fact('why')), actions: [action(vscode.l10n.t('Copy as…'), 'copyCurl'), actions.copyHeaders()] };
    case 'not-focused':
      return {
        text: vscode.l10n.t('Tokens are only handed out in the window that you are using. Click into it and try again.'),
        actions: [],
      };
  }
}

/** Words of a service without what redaction has left of a part in brackets, and without the full stop. */
function tidy(words: string): string {
  return words
    .replaceAll(/\[\s*…\s*\]|^[\s…]+$/g, '')
    .trim()
    .replace(/\.$/, '');
}

/** @param cause the code of undici, Node or the operating system */
function unreachableText(cause: string): string {
  switch (cause) {
    case 'ENOTFOUND':
      return vscode.l10n.t('there is no host of this name (ENOTFOUND)');
    case 'EAI_AGAIN':
      return vscode.l10n.t('the name server does not answer (EAI_AGAIN)');
    case 'ECONNREFUSED':
      return vscode.l10n.t('it accepts no connections at this port (ECONNREFUSED)');
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'ENETDOWN':
      return vscode.l10n.t('your network has no way to it ({0})', cause);
    case 'UND_ERR_CONNECT_TIMEOUT':
      return vscode.l10n.t('it does not answer');
    default:
      return cause;
  }
}

function notQuotable(why: string): string {
  if (why === 'line-break')
    return vscode.l10n.t('A command for cmd.exe cannot have line breaks, and the body has some. Copy it for another shell.');
  if (why === 'too-long')
    return vscode.l10n.t('The command would be longer than that shell allows. Choose another one, or copy the headers.');
  return vscode.l10n.t('This command cannot be written safely for that shell. Choose another one, or copy the headers.');
}

/** Why a request of a person got no answer. */
function unanswered(why: string, host: string, cause: string): string {
  if (why === 'timed-out') return vscode.l10n.t('{0} did not answer within two minutes.', host);
  return why === 'unreachable'
    ? vscode.l10n.t('{0} could not be reached ({1}). Check the address of the request and your network.', host, cause)
    : vscode.l10n.t('The connection to {0} was lost before it answered ({1}).', host, cause);
}

/** The service's own words in parentheses. */
function said(words: string): string {
  return words ? vscode.l10n.t(' (“{0}”)', words) : '';
}

/** When to retry: the fact `until` is epoch ms, `retryAfter` seconds from now. The message may stay on screen, so it names the time. */
function waitFor(facts: Facts): string {
  const until = Number(facts['until'] ?? Date.now() + Number(facts['retryAfter'] ?? 60) * 1000);
  const left = until - Date.now();
  return left > 0
    ? vscode.l10n.t('Wait until {0} ({1}), then try again.', formatTime(until), formatDuration(left))
    : vscode.l10n.t('Try again.');
}
