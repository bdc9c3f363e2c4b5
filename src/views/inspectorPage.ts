import * as vscode from 'vscode';
import type { ErrorCode } from '../base/errors.js';
import { shownClaims } from '../platforms/claims.js';
import type { RemoteToken } from '../platforms/lifecycle.js';
import { expiryOf } from '../tokens/apiTokenExpiry.js';
import type { HistoryEvent } from '../tokens/history.js';
import type { ShownAccess } from '../exchange/status.js';
import type { TokenNote } from '../tokens/tokenNotes.js';
import { formatUtc } from './duration.js';
import { endText, formatDistance, remoteEnd, sourceText } from './expiryTexts.js';
import { briefly, formatMoment } from './format.js';
import { actionLink, documentOf, html, type Html, type LinkTarget, type TokenAction } from './page.js';

/** What is known about an API token, without secrets. Times are epoch ms. */
export interface Inspected {
  readonly target: LinkTarget;
  readonly name: string;
  readonly tenant: string;
  readonly platform: string;
  /** Undefined for a token that exists only at the service. */
  readonly kept?: {
    readonly addedAt: number;
    readonly singleUse: boolean;
    /** The address that its secret is sent to; undefined until it has been read. */
    readonly boundTo: string | undefined;
    readonly note: TokenNote;
    /** In words. */
    readonly state: string;
    /** The message of the last error. */
    readonly problem: string | undefined;
    readonly access: ShownAccess | undefined;
    /** The current access token; undefined if no valid one exists. */
    readonly decoded: { readonly length: number; readonly claims: Readonly<Record<string, unknown>> | undefined } | undefined;
    readonly history: readonly HistoryEvent[];
  };
  /** What the service last reported, and when. */
  readonly reported?: { readonly at: number; readonly token: RemoteToken };
  readonly actions: readonly TokenAction[];
  readonly now: number;
}

/** A line of a section; undefined: the line is left out. */
type Fact = readonly [label: string, value: string | Html] | undefined;

export const inspectorTitle = (name: string, tenant: string): string => vscode.l10n.t('Details: {0} ({1})', name, tenant);

/** The page of one API token. */
export function inspectorPage(inspected: Inspected, nonce: string, language: string): string {
  const { target, name, tenant, kept, actions } = inspected;
  const title = inspectorTitle(name, tenant);
  const about = `${name} · ${tenant}`;
  const body = html`<ul class="actions">
      ${actions.map((action) => actionLink(action, target, about))}
    </ul>
    ${section(vscode.l10n.t('API token'), facts(tokenFacts(inspected)))}
    ${section(vscode.l10n.t('Reported by the service'), reportedPart(inspected))}
    ${kept && section(vscode.l10n.t('Access token'), accessPart(kept))}
    ${kept && section(vscode.l10n.t('Where it was sent'), hostsPart(kept.history))}
    ${kept && section(vscode.l10n.t('History'), historyPart(kept.history))}`;
  return documentOf({ language, title, nonce, style: STYLE, body });
}

/** The page of a token that no longer exists. */
export function gonePage(title: string, nonce: string, language: string): string {
  const body = html`<p>${vscode.l10n.t('This API token no longer exists.')}</p>`;
  return documentOf({ language, title, nonce, style: STYLE, body });
}

function section(title: string, content: Html): Html {
  return html`<section>
    <h2>${title}</h2>
    ${content}
  </section>`;
}

function facts(all: readonly Fact[]): Html {
  const known = all.filter((fact) => fact !== undefined);
  return html`<dl>
    ${known.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function tokenFacts({ name, tenant, platform, kept, reported, now }: Inspected): Fact[] {
  const own: Fact[] = [
    [vscode.l10n.t('Name'), name],
    [vscode.l10n.t('Tenant'), tenant],
    [vscode.l10n.t('Platform'), platform],
  ];
  if (!kept)
    return [...own, [vscode.l10n.t('Kept'), vscode.l10n.t('Not here: only the service has it.')], endFact(reported?.token, now)];
  const { boundTo, note, state, problem, addedAt, singleUse } = kept;
  return [
    ...own,
    [vscode.l10n.t('State'), state],
    problem === undefined ? undefined : [vscode.l10n.t('Last error'), problem],
    boundTo === undefined ? undefined : [vscode.l10n.t('Sent only to'), boundTo],
    [vscode.l10n.t('Added'), moment(addedAt)],
    notedEndFact(note, now),
    note.exchangeBy === undefined
      ? undefined
      : [vscode.l10n.t('Exchange by'), html`${moment(note.exchangeBy)}${quiet(exchangeByText(note, now))}`],
    singleUse ? [vscode.l10n.t('Use'), vscode.l10n.t('It can be exchanged once.')] : undefined,
    note.remoteId === undefined ? undefined : [vscode.l10n.t('ID at the service'), note.remoteId],
  ];
}

function exchangeByText({ exchangeBy }: TokenNote, now: number): string {
  return vscode.l10n.t('{0}; it expires unless it is exchanged by then', formatDistance((exchangeBy ?? now) - now));
}

function notedEndFact({ end }: TokenNote, now: number): Fact {
  const label = vscode.l10n.t('Expires');
  if (!end) return [label, vscode.l10n.t('unknown')];
  const text = endText(expiryOf({ end }), now);
  return [label, html`${text}${quiet(sourceText(end.from))}${typeof end.at === 'number' && quiet(formatUtc(end.at))}`];
}

function endFact(token: RemoteToken | undefined, now: number): Fact {
  return token && [vscode.l10n.t('Expires'), endText(remoteEnd(token.endsAt), now)];
}

function reportedPart({ reported, now }: Inspected): Html {
  if (!reported) return html`<p>${vscode.l10n.t('The service was not asked in this session.')}</p>`;
  const { token } = reported;
  return facts([
    [vscode.l10n.t('Asked'), moment(reported.at)],
    [vscode.l10n.t('Name'), token.name],
    [vscode.l10n.t('ID'), token.id],
    [vscode.l10n.t('State'), stateText(token.state)],
    text(vscode.l10n.t('Type'), token.type),
    text(vscode.l10n.t('Owner'), token.owner),
    text(vscode.l10n.t('Description'), token.description),
    token.createdAt === undefined ? undefined : [vscode.l10n.t('Created'), moment(token.createdAt)],
    token.lastUsedAt === undefined ? undefined : [vscode.l10n.t('Last used'), moment(token.lastUsedAt)],
    endFact(token, now),
    words(vscode.l10n.t('Scopes'), token.scopes),
    words(vscode.l10n.t('Roles'), token.roles),
    token.accessLifetimeSeconds === undefined
      ? undefined
      : [vscode.l10n.t('Access tokens last'), vscode.l10n.t('{0} s', token.accessLifetimeSeconds)],
  ]);
}

function stateText(state: RemoteToken['state']): string {
  switch (state) {
    case 'active':
      return vscode.l10n.t('active');
    case 'ended':
      return vscode.l10n.t('expired');
    case 'revoked':
      return vscode.l10n.t('revoked');
  }
}

type Kept = NonNullable<Inspected['kept']>;

function accessPart({ access, decoded }: Kept): Html {
  const known = facts([
    access && [vscode.l10n.t('Exchanged'), moment(access.exchangedAt)],
    access && [vscode.l10n.t('Expires'), access.expiresAt === null ? vscode.l10n.t('unknown') : moment(access.expiresAt)],
    access && text(vscode.l10n.t('Scope'), access.scope),
  ]);
  return html`${access && known}${claimsPart(decoded)}`;
}

function claimsPart(decoded: Kept['decoded']): Html {
  if (!decoded) return html`<p>${vscode.l10n.t('There is no valid access token. Exchange the API token to see its claims.')}</p>`;
  if (!decoded.claims) {
    const sentence = vscode.l10n.t('It is opaque ({0} characters): only the service can tell what it is for.', decoded.length);
    return html`<p>${sentence}</p>`;
  }
  const { user, organization, roles, scopes, times, others } = shownClaims(decoded.claims);
  return html`<h3>${vscode.l10n.t('Claims')}</h3>
    <p class="quiet">${vscode.l10n.t('Decoded here from the access token (JWT), and not verified.')}</p>
    ${facts([
      words(vscode.l10n.t('Who'), user),
      words(vscode.l10n.t('Organization'), organization),
      words(vscode.l10n.t('Roles'), roles),
      words(vscode.l10n.t('Scopes'), scopes),
      ...times.map(({ name, at }): Fact => [timeLabel(name), moment(at)]),
    ])}
    ${others.length > 0 && html`<h3>${vscode.l10n.t('Other claims')}</h3>`}
    ${
      others.length > 0 &&
      facts(others.map(({ name, value }): Fact => [name, value ?? vscode.l10n.t('(not shown: it may be a credential)')]))
    }`;
}

function timeLabel(name: string): string {
  switch (name) {
    case 'iat':
      return vscode.l10n.t('Issued (iat)');
    case 'nbf':
      return vscode.l10n.t('Not before (nbf)');
    case 'auth_time':
      return vscode.l10n.t('Signed in (auth_time)');
    default:
      return vscode.l10n.t('Expires (exp)');
  }
}

/** The hosts that received the API token or one of its access tokens. */
function hostsPart(history: readonly HistoryEvent[]): Html {
  const hosts = [...new Set(history.flatMap(({ host }) => host ?? []))];
  if (hosts.length === 0) return html`<p>${vscode.l10n.t('It was not sent to any known host.')}</p>`;
  const row = (host: string): Html => {
    const there = history.filter((event) => event.host === host);
    const acts = [...new Set(there.map(({ what }) => whatText(what)))].join(', ');
    return html`<tr>
      <th scope="row">${host}</th>
      <td>${acts}</td>
      <td>${there.length}</td>
      <td>${moment(Math.max(...there.map(({ at }) => at)))}</td>
    </tr>`;
  };
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${vscode.l10n.t('Host')}</th>
        <th scope="col">${vscode.l10n.t('What')}</th>
        <th scope="col">${vscode.l10n.t('Times')}</th>
        <th scope="col">${vscode.l10n.t('Last')}</th>
      </tr>
    </thead>
    <tbody>
      ${hosts.map(row)}
    </tbody>
  </table>`;
}

function historyPart(history: readonly HistoryEvent[]): Html {
  if (history.length === 0) return html`<p>${vscode.l10n.t('Nothing has been done with it yet.')}</p>`;
  const row = ({ at, what, host, code }: HistoryEvent): Html =>
    html`<tr>
      <td>${moment(at)}</td>
      <td>${whatText(what)}</td>
      <td>${host ?? '–'}</td>
      <td>${code === undefined ? (what === 'failed' ? vscode.l10n.t('failed') : vscode.l10n.t('done')) : outcomeText(code)}</td>
    </tr>`;
  return html`<table>
    <caption>
      ${vscode.l10n.t('What was done with it here, latest first.')}
    </caption>
    <thead>
      <tr>
        <th scope="col">${vscode.l10n.t('Time')}</th>
        <th scope="col">${vscode.l10n.t('What')}</th>
        <th scope="col">${vscode.l10n.t('Host')}</th>
        <th scope="col">${vscode.l10n.t('Outcome')}</th>
      </tr>
    </thead>
    <tbody>
      ${history.toReversed().map(row)}
    </tbody>
  </table>`;
}

function whatText(what: HistoryEvent['what']): string {
  switch (what) {
    case 'exchanged':
    case 'failed':
      return vscode.l10n.t('Exchange');
    case 'created':
      return vscode.l10n.t('Created');
    case 'regenerated':
      return vscode.l10n.t('Regenerated');
    case 'revoked':
      return vscode.l10n.t('Revoked');
    case 'copied':
      return vscode.l10n.t('Access token copied');
    case 'inserted':
      return vscode.l10n.t('Access token inserted');
    case 'sent':
      return vscode.l10n.t('Access token sent');
  }
}

/** The outcome in words, with the code, which may come from another version. */
const outcomeText = (code: string): string => `${briefly({ code: code as ErrorCode })} (${code})`;

function text(label: string, value: string | undefined): Fact {
  return value === undefined || value === '' ? undefined : [label, value];
}

function words(label: string, values: readonly string[] | undefined): Fact {
  return values && values.length > 0 ? [label, values.join(', ')] : undefined;
}

/** A local time, and UTC for comparison with logs of the service. */
const moment = (time: number): Html => html`${formatMoment(time)}${quiet(formatUtc(time))}`;

const quiet = (text: string): Html => html` <span class="quiet">${text}</span>`;

const STYLE = `
h3 { font-size: 1em; font-weight: 600; margin: 1.2em 0 0.4em; }
dl { margin: 0; }
dl > div { display: grid; grid-template-columns: minmax(9em, 14em) 1fr; gap: 0 1em; padding: 0.2em 0; }
dt { opacity: 0.85; }
dd { margin: 0; overflow-wrap: anywhere; }
td, tbody th { font-variant-numeric: tabular-nums; }
tbody th { font-weight: normal; }
th:first-child, td:first-child { padding-inline-start: 0; }
@media (max-width: 480px) { dl > div { grid-template-columns: 1fr; } }
`;
