import * as vscode from 'vscode';
import { dayOf, readDate } from '../../platforms/tokenForm.js';
import { formatDay } from '../../views/format.js';
import type { Command, Uses } from '../command.js';
import { selectToken, type SelectsToken } from '../selectToken.js';

/** Sets the expiry of an API token whose service does not report it. */
export const enterEnd: Command<SelectsToken & Uses<'notes'>> = async (services, target) => {
  const title = vscode.l10n.t('Set Expiry Date');
  const chosen = await selectToken(services, target, title);
  if (!chosen) return;
  const { tenant, token } = chosen;
  const { end } = services.notes.of(token.id);
  const never = vscode.l10n.t('never');
  const answer = await services.prompter.text({
    title: `${title}: ${tenant.name} · ${token.name}`,
    prompt: vscode.l10n.t(
      'The last day it is valid, such as 2027-03-31, or “{0}”. You are reminded before it expires. Leave it empty if unknown.',
      never,
    ),
    value: end ? (end.at === null ? never : dayOf(end.at)) : '',
    validate: (value) => {
      if (value === '' || value.toLowerCase() === never) return undefined;
      const at = readDate(value);
      if (at === undefined) return { problem: vscode.l10n.t('This is not a date. Write it as 2027-03-31.') };
      return at <= Date.now() ? { warning: vscode.l10n.t('This day is in the past: the token has already expired.') } : undefined;
    },
  });
  if (typeof answer !== 'string') return;
  const at = answer === '' ? undefined : answer.toLowerCase() === never ? null : readDate(answer);
  await services.notes.note(token.id, { end: at === undefined ? undefined : { at, from: 'entered' } });
  services.prompter.done(
    at === undefined
      ? vscode.l10n.t('The expiry of “{0}” is unknown', token.name)
      : at === null
        ? vscode.l10n.t('“{0}” does not expire', token.name)
        : vscode.l10n.t('“{0}” expires on {1}', token.name, formatDay(at)),
  );
};
