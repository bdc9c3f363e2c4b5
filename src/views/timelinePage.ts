import * as vscode from 'vscode';
import { dueDays } from '../tokens/apiTokenExpiry.js';
import { endText, type End } from './expiryTexts.js';
import { formatDay } from './format.js';
import { actionLink, commandUri, documentOf, html, type Html, type LinkTarget, type TokenAction } from './page.js';
import { whereText } from './remoteText.js';
import { placeOf, scaleOf, type Lifetime, type Scale } from './timelineScale.js';

/** An API token on the timeline. */
export interface TimelineRow {
  readonly target: LinkTarget;
  readonly tenant: string;
  readonly name: string;
  /** When it was added or created, epoch ms. */
  readonly from: number | undefined;
  readonly end: End;
  /** How the service has done away with it. */
  readonly gone?: 'revoked' | 'refused' | undefined;
  /** Whether a stored token may be this one. */
  readonly mayBeHere?: boolean;
  readonly actions: readonly TokenAction[];
}

interface Timeline {
  readonly rows: readonly TimelineRow[];
  /** The setting `reminderDays`. */
  readonly days: readonly number[];
  /** Epoch ms. */
  readonly now: number;
  readonly hasTenants: boolean;
}

/** Each kind of bar has its own pattern, so colour is not the only difference. */
type Kind = 'ended' | 'soon' | 'later' | 'open';

/** So many tokens without a known expiry are listed with the others, more are folded. */
const FEW = 3;

export const timelineTitle = (): string => vscode.l10n.t('Token Timeline');

/** The page of all API tokens over time, soonest expiry first. */
export function timelinePage(timeline: Timeline, nonce: string, language: string): string {
  const body = timeline.rows.length > 0 ? table(timeline) : empty(timeline.hasTenants);
  return documentOf({ language, title: timelineTitle(), nonce, style: STYLE, body });
}

function table({ rows, days, now }: Timeline): Html {
  const sorted = rows.toSorted((one, other) => rank(one.end) - rank(other.end) || one.tenant.localeCompare(other.tenant));
  const scale = scaleOf(rows.map(lifetimeOf), now);
  const isKnown = ({ end, gone }: TimelineRow): boolean => gone !== undefined || typeof end === 'object';
  const [known, others] = [sorted.filter(isKnown), sorted.filter((row) => !isKnown(row))];
  const isFolded = known.length > 0 && others.length > FEW;
  const draw = (some: readonly TimelineRow[]): Html =>
    tableOf(
      some.map((row) => tableRow(row, scale, kindOf(row, days, now), now)),
      axis(scale, now),
    );
  return html`${legend()} ${draw(isFolded ? known : sorted)}
  ${
    isFolded &&
    html`<details>
      <summary>${vscode.l10n.t('{0} API tokens without a known expiry', others.length)}</summary>
      ${draw(others)}
    </details>`
  }`;
}

function tableOf(rows: readonly Html[], time: Html): Html {
  return html`<table>
    <caption>
      ${vscode.l10n.t('API tokens by expiry, soonest first.')}
    </caption>
    <thead>
      <tr>
        <th scope="col">${vscode.l10n.t('Token')}</th>
        <th scope="col">${vscode.l10n.t('Tenant')}</th>
        <th scope="col" class="time"><span class="hidden">${vscode.l10n.t('Time')}</span>${time}</th>
        <th scope="col">${vscode.l10n.t('Expires')}</th>
        <th scope="col">${vscode.l10n.t('Actions')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** Soonest first; then unknown expiry, which the person can set; then tokens that never expire. */
function rank(end: End): number {
  if (end === 'never') return Number.MAX_VALUE;
  return end?.at ?? Number.MAX_SAFE_INTEGER;
}

const goneText = (gone: 'revoked' | 'refused'): string =>
  gone === 'revoked' ? vscode.l10n.t('revoked') : vscode.l10n.t('refused');

function lifetimeOf({ from, end }: TimelineRow): Lifetime {
  return { from, to: end === 'never' ? null : end?.at };
}

function kindOf({ end, gone }: TimelineRow, days: readonly number[], now: number): Kind {
  if (gone) return 'ended';
  if (end === undefined || end === 'never') return 'open';
  if (end.at <= now) return 'ended';
  return dueDays(end, days, now) === undefined ? 'later' : 'soon';
}

function tableRow(row: TimelineRow, scale: Scale, kind: Kind, now: number): Html {
  const { target, tenant, name, end, gone, mayBeHere = false, actions } = row;
  const isHere = target.token !== undefined;
  const isPassing = typeof end === 'object' && end.kind === 'unless-exchanged';
  return html`<tr>
    <th scope="row">${name}${!isHere && html`<br /><span class="quiet">${whereText(mayBeHere)}</span>`}</th>
    <td class="tenant">${tenant}</td>
    <td class="time">${bar(row, scale, kind, now)}</td>
    <td class="end">
      ${gone ? goneText(gone) : end === undefined ? vscode.l10n.t('Unknown – set a date') : endText(end, now)}${
        isPassing && html`<br /><span class="quiet">${vscode.l10n.t('unless it is exchanged by then')}</span>`
      }
    </td>
    <td class="actions-cell">
      <ul class="actions">
        ${actions.map((action) => actionLink(action, target, `${name} · ${tenant}`))}
      </ul>
    </td>
  </tr> `;
}

function empty(hasTenants: boolean): Html {
  const text = hasTenants
    ? vscode.l10n.t('There are no API tokens yet. Add one, or create one at its service; this page shows when it expires.')
    : vscode.l10n.t('There are no tenants yet. Add one and its API tokens; this page shows when they expire.');
  const links = hasTenants
    ? [
        { title: vscode.l10n.t('Add API Token'), command: 'tenantTokens.addToken' },
        { title: vscode.l10n.t('Create API Token'), command: 'tenantTokens.createToken' },
      ]
    : [{ title: vscode.l10n.t('Add Tenant'), command: 'tenantTokens.addTenant' }];
  return html`<p>${text}</p>
    <ul class="actions">
      ${links.map(({ title, command }) => html`<li><a href="${commandUri(command)}" title="${title}">${title}</a></li>`)}
    </ul>`;
}

function legend(): Html {
  const kinds: readonly [Kind, string][] = [
    ['soon', vscode.l10n.t('expires soon')],
    ['later', vscode.l10n.t('expires later')],
    ['open', vscode.l10n.t('no expiry, or unknown')],
    ['ended', vscode.l10n.t('expired, revoked or refused')],
  ];
  return html`${patterns()}
    <ul class="actions legend">
      ${kinds.map(
        ([kind, text]) =>
          html`<li><svg class="sample" width="36" height="12" aria-hidden="true">${shape(kind, 0, 100)}</svg> ${text}</li>`,
      )}
    </ul>`;
}

/** Patterns are defined once; every bar refers to them and draws them in its own colours. */
function patterns(): Html {
  return html`<svg width="0" height="0" class="patterns" aria-hidden="true">
    <defs>
      <pattern id="soon" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="8" height="8" class="soon-ground" />
        <rect width="3" height="8" class="stripe" />
      </pattern>
      <pattern id="ended" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="2" height="6" class="ended-stripe" />
      </pattern>
    </defs>
  </svg>`;
}

function axis(scale: Scale, now: number): Html {
  const label = (tick: number): string => {
    const date = new Date(tick);
    if (!scale.isMonthly) return date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
    const isYear = date.getMonth() === 0;
    return date.toLocaleDateString(undefined, { month: 'short', ...(isYear && { year: 'numeric' }) });
  };
  return html`<svg class="axis" width="100%" height="32" aria-hidden="true">
    ${scale.ticks.map((tick) => {
      const x = `${placeOf(scale, tick)}%`;
      return html`<line x1="${x}" x2="${x}" y1="26" y2="32" class="tick" /><text
          x="${x}"
          y="23"
          text-anchor="${anchor(scale, tick)}"
          >${label(tick)}</text
        >`;
    })}
    <text x="${placeOf(scale, now)}%" y="10" text-anchor="middle" class="now-text">${vscode.l10n.t('now')}</text>
    <line x1="${placeOf(scale, now)}%" x2="${placeOf(scale, now)}%" y1="26" y2="32" class="now" />
  </svg>`;
}

/** Text at an edge must not reach beyond it. */
function anchor(scale: Scale, time: number): 'start' | 'middle' | 'end' {
  const place = placeOf(scale, time);
  if (place < 5) return 'start';
  return place > 95 ? 'end' : 'middle';
}

function bar(row: TimelineRow, scale: Scale, kind: Kind, now: number): Html {
  const { from, to } = lifetimeOf(row);
  const start = placeOf(scale, Math.min(from ?? now, to ?? now));
  const end = typeof to === 'number' ? placeOf(scale, to) : 100;
  const isBeyond = end > 100;
  const lines = scale.ticks.map((tick) => {
    const x = `${placeOf(scale, tick)}%`;
    return html`<line x1="${x}" x2="${x}" y1="0" y2="100%" class="tick" />`;
  });
  const x = `${placeOf(scale, now)}%`;
  return html`<svg class="bar" width="100%" height="24" role="img" aria-label="${barText(row, isBeyond)}">
    ${lines}
    <svg y="6" height="12" width="100%">${shape(kind, Math.max(start, 0), Math.min(end, 100))}</svg>
    ${start < 0 && html`<path d="M-3 6 L-9 12 L-3 18" class="beyond" />`}
    ${isBeyond && html`<svg x="100%"><path d="M3 6 L9 12 L3 18" class="beyond" /></svg>`}
    <line x1="${x}" x2="${x}" y1="0" y2="100%" class="now" />
  </svg>`;
}

/** @param from and `to` percent of the width */
function shape(kind: Kind, from: number, to: number): Html {
  // A bar that ends before the chart begins, or has just begun, stays visible.
  const width = Math.max(to - from, 0.8);
  const x = Math.min(from, 100 - width);
  const rect = html`<rect x="${x}%" width="${width}%" y="1" height="10" rx="${kind === 'open' ? 0 : 2}" class="${kind}" />`;
  return kind === 'soon' || kind === 'ended'
    ? html`${rect}<rect x="${x}%" width="${width}%" y="1" height="10" rx="2" fill="url(#${kind})" class="pattern" />`
    : rect;
}

function barText({ from, end }: TimelineRow, isBeyond: boolean): string {
  const begun = from === undefined ? vscode.l10n.t('an unknown date') : formatDay(from);
  if (end === undefined || end === 'never') return vscode.l10n.t('From {0}, open-ended', begun);
  const to = formatDay(end.at);
  return isBeyond ? vscode.l10n.t('From {0} to {1}, beyond this chart', begun, to) : vscode.l10n.t('From {0} to {1}', begun, to);
}

const STYLE = `
summary { cursor: pointer; margin: 1em 0; }
.time { width: 40%; min-width: 16em; }
tbody th, .tenant { min-width: 7em; }
thead .time { padding-bottom: 0; vertical-align: bottom; }
svg { display: block; overflow: visible; }
.patterns { position: absolute; }
.legend { margin-bottom: 1em; }
.legend li { display: flex; align-items: center; gap: 0.5em; }
.axis text { fill: var(--vscode-editor-foreground); font-size: 0.85em; font-weight: normal; }
.axis .now-text { font-weight: 600; }
.tick { stroke: var(--vscode-editor-foreground); stroke-opacity: 0.25; }
.now { stroke: var(--vscode-editor-foreground); stroke-width: 2; }
.beyond { fill: none; stroke: var(--vscode-editor-foreground); stroke-width: 2; }
.soon { fill: var(--vscode-charts-yellow); stroke: var(--vscode-editor-foreground); }
.soon-ground { fill: var(--vscode-charts-yellow); }
.stripe { fill: var(--vscode-editor-background); fill-opacity: 0.55; }
.later { fill: var(--vscode-charts-green); stroke: var(--vscode-contrastBorder, transparent); }
.open { fill: none; stroke: var(--vscode-charts-blue); stroke-width: 2; stroke-dasharray: 6 4; }
.ended { fill: none; stroke: var(--vscode-charts-red); stroke-width: 1.5; }
.ended-stripe { fill: var(--vscode-charts-red); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 760px) {
  thead th:not(.time) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, caption, thead, tbody { display: block; }
  tr { display: grid; grid-template-columns: 1fr 1fr; }
  th, td { padding: 0.25em 0; }
  tbody tr { padding: 0.5em 0; }
  tbody tr + tr { border-top: 1px solid var(--vscode-contrastBorder, var(--vscode-editorWidget-border, transparent)); }
  tbody tr + tr > * { border-top: none; }
  .time, .actions-cell, .end { grid-column: 1 / -1; width: auto; min-width: 0; }
  .time { padding-inline: 0.75em; }
}
`;
