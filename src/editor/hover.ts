import * as vscode from 'vscode';
import { platformOf } from '../platforms/index.js';
import type { Broker } from '../exchange/broker.js';
import type { Referred } from '../tokens/referenceNames.js';
import type { TokenStatus } from '../exchange/status.js';
import { formatUtc } from '../views/duration.js';
import { describeStatus, formatTime } from '../views/format.js';
import { subjectOf } from '../platforms/claims.js';
import { commandLink, plainText } from './markdown.js';
import { credentialAt, type Credential } from './credentials.js';
import type { CredentialCache } from './credentialCache.js';
import { isInScope } from './scope.js';
import type { Resolutions } from './references/resolution.js';
import { problemText, restClientText } from './references/referenceTexts.js';
import { literalStatus } from './tokenState.js';

const COMMANDS = { exchange: 'tenantTokens.exchange', copyHeaders: 'tenantTokens.copyHeaders' } as const;

/** Shows for a header, a reference or a token whose it is, for which user, and how long it is valid. Never its value. */
export class Hovers implements vscode.HoverProvider {
  readonly #credentials: CredentialCache;
  readonly #broker: Broker;
  readonly #resolutions: Resolutions;

  constructor(credentials: CredentialCache, broker: Broker, resolutions: Resolutions) {
    this.#credentials = credentials;
    this.#broker = broker;
    this.#resolutions = resolutions;
  }

  async provideHover(document: vscode.TextDocument, { line, character }: vscode.Position): Promise<vscode.Hover | undefined> {
    if (!isInScope(document)) return undefined;
    const credential = credentialAt(await this.#credentials.of(document), line, character);
    if (!credential) return undefined;
    const { match, referred } = credential;
    if (referred && match.kind === 'reference') await this.#broker.load(referred.token.id);
    const range = new vscode.Range(match.line, match.start, match.line, match.end);
    return new vscode.Hover([this.#facts(credential), ...(referred ? [links(referred)] : [])], range);
  }

  #facts(credential: Credential): vscode.MarkdownString {
    const { match, referred } = credential;
    if (match.kind === 'literal') {
      const status = literalStatus(credential.expiresAt ?? null, Date.now());
      return facts(referred, vscode.l10n.t('Access token in the file'), status, match.text);
    }
    if (!referred) return new vscode.MarkdownString(plainText(problemText(credential)));
    const { tenant, token } = referred;
    const access = this.#broker.peek(tenant, token.id)?.token;
    const { byHttpYac, inRestClient } = this.#resolutions.resolution(match.text);
    const clients = [
      byHttpYac && vscode.l10n.t('httpYac: resolved'),
      inRestClient && restClientText(inRestClient, this.#resolutions.withheldBy(match.text)),
    ];
    return facts(referred, match.text, this.#broker.status(tenant, token.id), access, clients);
  }
}

/** @param token read for its user and organization, and not shown */
function facts(
  referred: Referred | undefined,
  what: string,
  status: TokenStatus,
  token: string | undefined,
  clients: readonly (string | false | undefined)[] = [],
): vscode.MarkdownString {
  const now = Date.now();
  const title = referred && `**${plainText(referred.tenant.name)}** · ${plainText(referred.token.name)}`;
  const { user, organization } = subjectOf(token ?? '');
  const expiresAt = status.access?.expiresAt;
  const lines = [
    title ?? vscode.l10n.t('**Token** from another source'),
    referred && `${plainText(platformOf(referred.tenant).label)} · ${plainText(what)}`,
    referred?.tenant.production && vscode.l10n.t('Production tenant'),
    plainText(describeStatus(status, now)),
    expiresAt && plainText(endText(expiresAt, now)),
    ...clients.map((client) => client && plainText(client)),
    user.length > 0 && plainText(vscode.l10n.t('User: {0}', user.join(', '))),
    organization.length > 0 && plainText(vscode.l10n.t('Organization: {0}', organization.join(', '))),
  ];
  // Two blanks break a line without starting a paragraph.
  return new vscode.MarkdownString(lines.filter(Boolean).join('  \n'));
}

function endText(expiresAt: number, now: number): string {
  const time = [formatTime(expiresAt), formatUtc(expiresAt)] as const;
  return expiresAt > now ? vscode.l10n.t('Expires: {0} ({1})', ...time) : vscode.l10n.t('Expired: {0} ({1})', ...time);
}

function links({ tenant, token }: Referred): vscode.MarkdownString {
  const target = { tenant: tenant.id, token: token.id };
  const exchange = commandLink(`$(sync) ${vscode.l10n.t('Exchange')}`, COMMANDS.exchange, target);
  const copy = commandLink(`$(copy) ${vscode.l10n.t('Copy Headers')}`, COMMANDS.copyHeaders, target);
  const markdown = new vscode.MarkdownString(`${exchange} | ${copy}`, true);
  markdown.isTrusted = { enabledCommands: Object.values(COMMANDS) };
  return markdown;
}
