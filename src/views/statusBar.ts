import * as vscode from 'vscode';
import { headerStyleOf, platformOf } from '../platforms/index.js';
import type { Tenant } from '../platforms/platform.js';
import type { Tenants } from '../tenants/tenants.js';
import type { ActiveToken } from '../tokens/activeToken.js';
import type { Broker } from '../tokens/broker.js';
import { endOf, type TokenEnd } from '../tokens/ends.js';
import type { TokenStatus } from '../tokens/status.js';
import type { TokenNote, TokenNotes } from '../tokens/tokenNotes.js';
import type { TokenEntry, Vault } from '../tokens/vault.js';
import { formatDuration, formatUtc, untilNextText } from './duration.js';
import { dueEnd, endText, shortEndText, shortLeft } from './ends.js';
import { describeStatus, formatTime } from './format.js';

interface Model {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly active: ActiveToken;
  readonly notes: TokenNotes;
}

const BACKGROUNDS: Readonly<Partial<Record<TokenStatus['state'], string>>> = {
  expiring: 'statusBarItem.warningBackground',
  expired: 'statusBarItem.errorBackground',
  attention: 'statusBarItem.errorBackground',
};
/** A window that nobody looks at counts no seconds. */
const UNFOCUSED_STEP_MS = 60_000;

/** Counts the active token down: `$(key) Acme 27m`. One timer, set for the moment at which the text changes. */
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
  #timer: NodeJS.Timeout | undefined;

  /** @param days the setting: how long before an end people are reminded, days */
  constructor(model: Model, shown: () => boolean, days: () => readonly number[]) {
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
      model.broker.onDidChange(update),
      model.active.onDidChange(update),
      model.notes.onDidChange(update),
      vscode.window.onDidChangeWindowState(update),
    );
    const id = model.active.id;
    if (id && model.vault.find(id)) void model.broker.load(id);
    this.update();
  }

  update(): void {
    clearTimeout(this.#timer);
    const id = this.#active.id;
    const token = this.#vault.find(id);
    const tenant = this.#tenants.find(token?.tenant);
    if (!token || !tenant || !this.#shown()) {
      this.#item.hide();
      return;
    }
    const status = this.#broker.status(tenant, token.id);
    const now = Date.now();
    this.#render(tenant, token, status, now);
    this.#item.show();
    const left = (status.access?.expiresAt ?? 0) - now;
    if (left > 0) {
      const wait = untilNextText(left);
      this.#timer = setTimeout(() => this.update(), vscode.window.state.focused ? wait : Math.max(wait, UNFOCUSED_STEP_MS));
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
  }

  #render(tenant: Tenant, { id, name }: TokenEntry, status: TokenStatus, now: number): void {
    const { access, state } = status;
    const described = describeStatus(status, now);
    const counting = (state === 'valid' || state === 'expiring') && access?.expiresAt;
    const time = counting ? formatDuration(counting - now) : described;
    const icon = state === 'exchanging' ? 'sync~spin' : state === 'attention' ? 'error' : 'key';
    const note = this.#notes.of(id);
    const due = dueEnd(note, this.#days(), now);
    const background = BACKGROUNDS[state] ?? (due && 'statusBarItem.warningBackground');
    this.#item.text = `$(${icon}) ${tenant.name.replaceAll('$(', '$ (')} ${time}${due ? ` · ${dueText(due, now)}` : ''}`;
    this.#item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    this.#item.tooltip = tooltip(tenant, name, note, status, now);
    this.#item.accessibilityInformation = {
      label: vscode.l10n.t(
        'Active token: {0} of {1}, {2}',
        name,
        tenant.name,
        due ? `${described}, ${shortEndText(due, now)}` : described,
      ),
      role: 'button',
    };
  }
}

/** The end of the API token itself, where it is near. */
function dueText({ at }: TokenEnd, now: number): string {
  return at > now ? vscode.l10n.t('token {0}', shortLeft(at - now)) : vscode.l10n.t('token ended');
}

function tooltip(tenant: Tenant, token: string, note: TokenNote, status: TokenStatus, now: number): string {
  const { access } = status;
  const platform = platformOf(tenant);
  const style = headerStyleOf(tenant);
  const lines = [
    `${tenant.name} · ${token}`,
    describeStatus(status, now),
    vscode.l10n.t('Headers: {0}', platform.headerStyles.find(({ id }) => id === style)?.label ?? style),
  ];
  if (access?.expiresAt) lines.push(formatTime(access.expiresAt), formatUtc(access.expiresAt));
  const end = endOf(note);
  if (end !== undefined) lines.push(vscode.l10n.t('API token ends: {0}', endText(end, now)));
  lines.push('', vscode.l10n.t('Select for actions and other tokens.'));
  return lines.join('\n');
}
