import * as vscode from 'vscode';
import { platformOf } from '../../platforms/index.js';
import { formatDuration } from '../../views/duration.js';
import { acquireAccessToken, type AcquiresToken } from '../access/acquireAccessToken.js';
import type { Command } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';

/** Makes a token the active one. Gets an access token unless that takes a passcode or the only use of the token. */
export const useToken: Command<AcquiresToken & SelectsToken> = async (services, target) => {
  const { active, broker, prompter } = services;
  const chosen = await selectToken(services, target, vscode.l10n.t('Make Active'));
  if (!chosen) return;
  const { tenant, token } = chosen;
  await active.set(token.id);
  await broker.load(token.id);
  if (token.singleUse || platformOf(tenant).needsPasscode?.(tenant)) return;
  const access = await acquireAccessToken(services, chosen);
  if (!access) return;
  const name = `${tenant.name} · ${token.name}`;
  prompter.done(
    access.expiresAt === null
      ? vscode.l10n.t('{0} is active', name)
      : vscode.l10n.t('{0} is active, {1} left', name, formatDuration(access.expiresAt - Date.now())),
  );
};
