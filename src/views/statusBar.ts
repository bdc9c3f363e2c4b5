import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { headerStyleOf, platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Tenants } from '../tenants/tenants.js';
import type { Disposable } from '../base/event.js';
import { MINUTE_MS } from '../base/time.js';
import type { ActiveToken } from '../tokens/activeToken.js';
import type { Broker } from '../exchange/broker.js';
import { systemClock, type Clock } from '../base/clock.js';
import { expiryOf, type ApiTokenExpiry } from '../tokens/apiTokenExpiry.js';
import type { TokenStatus } from '../exchange/status.js';
import type { TokenNote, TokenNotes } from '../tokens/tokenNotes.js';
import type { TokenEntry } from '../store/tokenEntry.js';
import type { Vault } from '../store/vault.js';
import { formatDuration } from './duration.js';
import { dueEnd, endText, MAX_WAIT_MS, shortEndText, shortLeft, untilShortEndText } from './expiryTexts.js';
import { colorOf, describeStatus, expiresText, untilNextStatus } from './format.js';

interface Model {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly active: ActiveToken;
  readonly notes: TokenNotes;
}

interface Look {
  readonly text: string;
  /** Ids of theme colors; VS Code chooses the text's color where there is a background. */
  readonly background: string | undefined;
  readonly color: string | undefined;
  readonly tooltip: string;
  readonly label: string;
}

const BACKGROUNDS: Readonly<Partial<Record<TokenStatus['state'], string>>> = {
  expiring: 'statusBarItem.warningBackground',
  attention: 'statusBarItem.errorBackground',
};
/** An unfocused window does not count seconds. */
const UNFOCUSED_STEP_MS = MINUTE_MS;

/** Shows the countdown of the active token: `$(key) Acme 27m`, or `$(key) Acme · CI 27m` if Acme has several. One timer, set to the next change of the text. */
export class StatusBar implements vscode.Disposable {
  readonly #tenants: Tenants;
  readonly #vault: Vault;
  readonly #broker: Broker;
  readonly #active: ActiveToken;
  readonly #notes: TokenNotes;
  readonly #shown: () => boolean;
  readonly #days: () => readonly number[];
  readonly #item: vscode.StatusBarItem;
  readonly #subscriptions: vscode.Disposable;
  readonly #clock: Clock;
  #timer: Disposable | undefined;
  /** What the item shows; undefined: hidden. Compared before setting, because VS Code forwards every assignment. */
  #look: Look | undefined;

  /** @param days the setting `reminderDays` */
  constructor(model: Model, shown: () => boolean, days: () => readonly number[], clock: Clock = systemClock) {
    this.#clock = clock;
    this.#tenants = model.tenants;
    this.#vault = model.vault;
    this.#broker = model.broker;
    this.#active = model.active;
    this.#notes = model.notes;
    this.#shown = shown;
    this.#days = days;
    this.#item = vscode.window.createStatusBarItem('activeToken', vscode.StatusBarAlignment.Left, 10);
    this.#item.name = vscode.l10n.t('Active Token');
    this.#item.command = 'tenantTokens.showActions';
    const update = (): void => {
      this.update();
    };
    this.#subscriptions = vscode.Disposable.from(
      this.#item,
      model.tenants.onDidChange(update),
      model.vault.onDidChangeList(update),
      model.broker.onDidChange((id) => id === model.active.id && this.update()),
      model.active.onDidChange(update),
      model.notes.onDidChange((id) => id === model.active.id && this.update()),
      vscode.window.onDidChangeWindowState(update),
    );
    const id = model.active.id;
    if (id && model.vault.find(id)) void model.broker.load(id);
    this.update();
  }

  update(): void {
    this.#timer?.dispose();
    const token = this.#vault.find(this.#active.id);
    const tenant = this.#tenants.find(token?.tenant);
    if (!token || !tenant || !this.#shown()) {
      if (this.#look) this.#item.hide();
      this.#look = undefined;
      return;
    }
    const now = this.#clock.wall();
    const [status, note, days] = [this.#broker.status(tenant, token.id), this.#notes.of(token.id), this.#days()];
    const shown = this.#vault.of(tenant.id).length > 1 ? `${tenant.name} · ${token.name}` : tenant.name;
    this.#show(lookOf(tenant, token, shown, note, status, dueEnd(note, days, now), now));
    const wait = Math.min(untilNextStatus(status, now), untilShortEndText(note, days, now));
    if (wait === Infinity) return;
    const ms = Math.min(vscode.window.state.focused ? wait : Math.max(wait, UNFOCUSED_STEP_MS), MAX_WAIT_MS);
    this.#timer = this.#clock.after(ms, () => this.update());
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#subscriptions.dispose();
  }

  #show(look: Look): void {
    if (isDeepStrictEqual(look, this.#look)) return;
    const { text, background, color, tooltip, label } = look;
    this.#item.text = text;
    this.#item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    this.#item.color = color === undefined ? undefined : new vscode.ThemeColor(color);
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label, role: 'button' };
    if (!this.#look) this.#item.show();
    this.#look = look;
  }
}

/**
 * @param shown the name in the status bar
 * @param due the expiry of the API token, if a reminder is due
 * @param now epoch ms
 */
function lookOf(
  tenant: Tenant,
  { name }: TokenEntry,
  shown: string,
  note: TokenNote,
  status: TokenStatus,
  due: ApiTokenExpiry | undefined,
  now: number,
): Look {
  const { access, state } = status;
  const described = describeStatus(status, now);
  const counting = (state === 'valid' || state === 'expiring') && access?.expiresAt;
  const time = counting ? formatDuration(counting - now) : described;
  const icon = state === 'exchanging' ? 'sync~spin' : state === 'attention' ? 'error' : 'key';
  const production = tenant.production ? [vscode.l10n.t('production')] : [];
  const texts = [`${shown.replaceAll('$(', '$ (')} ${time}`, ...production, ...(due ? [dueText(due, now)] : [])];
  return {
    text: `$(${icon}) ${texts.join(' · ')}`,
    background: BACKGROUNDS[state] ?? (due || tenant.production ? 'statusBarItem.warningBackground' : undefined),
    color: colorOf(tenant),
    tooltip: tooltip(tenant, name, note, status, now),
    label: vscode.l10n.t(
      'Active token: {0} of {1}, {2}',
      name,
      tenant.name,
      [...production, described, ...(due ? [shortEndText(due, now)] : [])].join(', '),
    ),
  };
}

/** The expiry of the API token itself. */
function dueText({ at }: ApiTokenExpiry, now: number): string {
  return at > now ? vscode.l10n.t('token {0}', shortLeft(at - now)) : vscode.l10n.t('token expired');
}

function tooltip(tenant: Tenant, token: string, note: TokenNote, status: TokenStatus, now: number): string {
  const { access } = status;
  const platform = platformOf(tenant);
  const style = headerStyleOf(tenant);
  const lines = [
    `${tenant.name} · ${token}`,
    ...(tenant.production ? [vscode.l10n.t('Production tenant')] : []),
    describeStatus(status, now),
    vscode.l10n.t('Headers: {0}', platform.headerStyles.find(({ id }) => id === style)?.label ?? style),
  ];
  if (access?.expiresAt) lines.push(expiresText(access.expiresAt));
  const end = expiryOf(note);
  if (end !== undefined) lines.push(vscode.l10n.t('API token expires: {0}', endText(end, now)));
  lines.push('', vscode.l10n.t('Select for actions and other tokens.'));
  return lines.join('\n');
}
