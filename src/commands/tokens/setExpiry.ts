import * as vscode from 'vscode';
import { dayOf } from '../../platforms/tokenForm.js';
import { formatDay } from '../../views/format.js';
import type { Command, Uses } from '../command.js';
import { endQuestion, readEnd } from './tokenQuestions.js';
import { selectToken, type SelectsToken } from '../selectToken.js';

/** Sets the expiry of an API token whose service does not report it. */
export const enterEnd: Command<SelectsToken & Uses<'notes'>> = async (services, target) => {
  const title = vscode.l10n.t('Set Expiry Date');
  const chosen = await selectToken(services, target, title);
  if (!chosen) return;
  const { tenant, token } = chosen;
  const { end } = services.notes.of(token.id);
  const answer = await services.prompter.text({
    ...endQuestion(),
    title: `${title}: ${tenant.name} · ${token.name}`,
    value: end ? (end.at === null ? vscode.l10n.t('never') : dayOf(end.at)) : '',
  });
  if (typeof answer !== 'string') return;
  const at = readEnd(answer);
  await services.notes.note(token.id, { end: at === undefined ? undefined : { at, from: 'entered' } });
  services.prompter.done(
    at === undefined
      ? vscode.l10n.t('The expiry of “{0}” is unknown', token.name)
      : at === null
        ? vscode.l10n.t('“{0}” does not expire', token.name)
        : vscode.l10n.t('“{0}” expires on {1}', token.name, formatDay(at)),
  );
};
