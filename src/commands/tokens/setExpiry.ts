import * as vscode from 'vscode';
import { dayOf, readDate } from '../../platforms/tokenForm.js';
import { formatDay } from '../../views/format.js';
import type { Command } from '../command.js';
import { selectToken } from '../selectToken.js';

/** When an API token ends, as a person knows it where its service does not tell. */
export const enterEnd: Command = async (services, target) => {
  const title = vscode.l10n.t('Enter End of API Token');
  const chosen = await selectToken(services, target, title);
  if (!chosen) return;
  const { tenant, token } = chosen;
  const { end } = services.notes.of(token.id);
  const never = vscode.l10n.t('never');
  const answer = await services.prompter.text({
    title: `${title}: ${tenant.name} · ${token.name}`,
    prompt: vscode.l10n.t(
      'The last day on which it works, such as 2027-03-31, or “{0}”. You are reminded before it. Empty: not known.',
      never,
    ),
    value: end ? (end.at === null ? never : dayOf(end.at)) : '',
    validate: (value) => {
      if (value === '' || value.toLowerCase() === never) return undefined;
      const at = readDate(value);
      if (at === undefined) return { problem: vscode.l10n.t('This is no date. Write it as 2027-03-31.') };
      return at <= Date.now() ? { warning: vscode.l10n.t('This day is past: the token has ended then.') } : undefined;
    },
  });
  if (typeof answer !== 'string') return;
  const at = answer === '' ? undefined : answer.toLowerCase() === never ? null : readDate(answer);
  await services.notes.note(token.id, { end: at === undefined ? undefined : { at, from: 'entered' } });
  services.prompter.done(
    at === undefined
      ? vscode.l10n.t('The end of “{0}” is not known', token.name)
      : at === null
        ? vscode.l10n.t('“{0}” does not end', token.name)
        : vscode.l10n.t('“{0}” ends on {1}', token.name, formatDay(at)),
  );
};
