import * as vscode from 'vscode';
import { platformOf } from '../../platforms/index.js';
import type { Portal, SecretField } from '../../platforms/platform.js';
import type { Secret, Tenant } from '../../platforms/tenant.js';
import { jwtClaims, jwtExpiry } from '../../platforms/jwt.js';
import { readDate } from '../../platforms/tokenForm.js';
import { secretProblem, type SecretProblem } from '../../store/secret.js';
import type { Prompter, TextQuestion, Verdict } from '../../views/prompter.js';
import { inSentence, type Step } from '../../views/prompts.js';
import type { Uses } from '../command.js';

/** No access token of a known service is valid for longer than a day. */
const ACCESS_TOKEN_LIFE_S = 24 * 3600;

/** An API token that the person is entering. */
export interface TokenDraft {
  name?: string;
  singleUse?: boolean;
  /** The day of its expiry, as it is written; undefined unless the person wants to enter one. */
  end?: string;
  readonly secret: Record<string, string>;
}

interface Asking {
  readonly prompter: Prompter;
  readonly tenant: Tenant;
  readonly title: string;
  readonly draft: TokenDraft;
  /** Shows the portal's steps beside the questions. */
  readonly isGuided?: boolean;
}

/** Questions for each part of a tenant's secret, and for its expiry if a person wants to enter that. */
export function secretSteps({ prompter, tenant, title, draft, isGuided = false }: Asking): Step[] {
  const fields = platformOf(tenant).secretFields(tenant);
  const steps = fields.map((field): Step => async (place) => {
    const portal = platformOf(tenant).portal?.(tenant);
    const answer = await prompter.secret({
      ...place,
      title,
      prompt: `${field.label}: ${isGuided && portal ? numbered(portal) : field.hint}`,
      buttons: [...(portal ? [openPortalButton(portal)] : []), ...(field === fields.at(-1) ? [expiryButton(draft)] : [])],
      placeholder: vscode.l10n.t(
        'Paste the {0} of {1}; it is kept in VS Code’s secret storage',
        inSentence(field.label),
        tenant.name,
      ),
      ...(draft.secret[field.key] !== undefined && { value: draft.secret[field.key] }),
      validate: (value) =>
        validateSecret(field, value) ??
        (draft.end === undefined ? undefined : { note: vscode.l10n.t('The next question is when it expires.') }),
    });
    if (typeof answer === 'string') draft.secret[field.key] = answer;
    return answer;
  });
  return draft.end === undefined ? steps : [...steps, endStep(prompter, title, draft)];
}

const expiryButton = (draft: TokenDraft): NonNullable<TextQuestion['buttons']>[number] => ({
  icon: 'calendar',
  tooltip: vscode.l10n.t('Enter Expiry Date'),
  run: () => {
    if (draft.end === undefined) draft.end = '';
    else delete draft.end;
  },
});

function endStep(prompter: Prompter, title: string, draft: TokenDraft): Step {
  return async (place) => {
    const answer = await prompter.text({ ...place, ...endQuestion(), title, value: draft.end ?? '' });
    if (typeof answer === 'string') draft.end = answer;
    return answer;
  };
}

/** What is asked about the expiry of an API token. */
export const endQuestion = (): Pick<TextQuestion, 'prompt' | 'validate'> => ({
  prompt: vscode.l10n.t(
    'The last day it is valid, such as 2027-03-31, or “{0}”. You are reminded before it expires. Leave it empty if unknown.',
    vscode.l10n.t('never'),
  ),
  validate: (value) => {
    const at = readEnd(value);
    if (Number.isNaN(at)) return { problem: vscode.l10n.t('This is not a date. Write it as 2027-03-31.') };
    return typeof at === 'number' && at <= Date.now()
      ? { warning: vscode.l10n.t('This day is in the past: the token has already expired.') }
      : undefined;
  },
});

/** @returns the expiry, epoch ms; null: never; undefined: unknown; NaN: not a date */
export function readEnd(value: string): number | null | undefined {
  if (value === '') return undefined;
  return value.toLowerCase() === vscode.l10n.t('never') ? null : (readDate(value) ?? NaN);
}

export const numbered = ({ steps }: Portal): string => steps.map((step, index) => `${index + 1}. ${step}`).join(' ');

function openPortalButton({ url }: Portal): NonNullable<TextQuestion['buttons']>[number] {
  return {
    icon: 'link-external',
    tooltip: vscode.l10n.t('Open Portal'),
    run: () => openInBrowser(url),
  };
}

/** Whether the tenant belongs to the sandbox, which has no portal. Shows a message if so. */
export function isOfSandbox({ tenants, prompter }: Uses<'prompter' | 'tenants'>, { id, name }: Tenant): boolean {
  if (tenants.isInSettings(id)) return false;
  void prompter.notify('info', vscode.l10n.t('{0} belongs to the sandbox, which has no portal to create API tokens in.', name));
  return true;
}

export async function openInBrowser(url: string): Promise<void> {
  await vscode.env.openExternal(vscode.Uri.parse(url, true));
}

/** A copy with the current fields only: earlier answers may have left others behind. */
export function completeSecret(tenant: Tenant, secret: Secret): Secret {
  return Object.fromEntries(
    platformOf(tenant)
      .secretFields(tenant)
      .map(({ key }) => [key, secret[key] ?? '']),
  );
}

/** Notes the expiry that the person has entered, or that a JWT contains itself. */
export async function noteEnd({ notes }: Uses<'notes'>, id: string, { end = '', secret }: TokenDraft): Promise<void> {
  const entered = readEnd(end);
  const at = jwtExpiry(secret);
  if (entered !== undefined) await notes.note(id, { end: { at: entered, from: 'entered' } });
  else if (at !== undefined) await notes.note(id, { end: { at, from: 'jwt' } });
}

export function validateTokenName({ vault }: Uses<'vault'>, tenant: Tenant, name: string, own?: string): Verdict | undefined {
  if (name === '') return { problem: vscode.l10n.t('A name is needed, to tell this token from others.') };
  if (name.length > 64) return { problem: vscode.l10n.t('A name has at most 64 characters.') };
  if (/[\p{Cc}\p{Cf}]/u.test(name)) return { problem: vscode.l10n.t('A name must not contain control or invisible characters.') };
  // The name is shown everywhere, so a secret pasted here by mistake must not become the name.
  if (/^[A-Za-z0-9\-._~+/=]{30,}$/.test(name))
    return { problem: vscode.l10n.t('This looks like a token. The name comes first, then the token.') };
  if (vault.of(tenant.id).some((other) => other.name === name && other.id !== own))
    return { problem: vscode.l10n.t('{0} already has a token of this name.', tenant.name) };
  return undefined;
}

function validateSecret({ key, label, shape }: SecretField, value: string): Verdict | undefined {
  if (/^(authorization:|bearer\s)/i.test(value))
    return {
      problem: vscode.l10n.t(
        'This is a header with an access token, which is valid for a short time. Paste the {0}.',
        inSentence(label),
      ),
    };
  const problem = secretProblem(value);
  if (problem) return { problem: secretProblemText(problem, inSentence(label)) };
  const isUsual = !shape || shape.pattern.test(value);
  if (key !== 'accessToken' && isAccessToken(value, isUsual))
    return {
      warning: vscode.l10n.t(
        'This looks like an access token, which is valid for a short time, not like the {0}. Press Enter to use it as it is.',
        inSentence(label),
      ),
    };
  if (isUsual) return undefined;
  return {
    warning: vscode.l10n.t(
      'Usually {0}: make sure that all of it was copied. Press Enter to use it as it is.',
      shape.description,
    ),
  };
}

/** Whether a JWT says that it is an access token, or belongs to a platform whose API tokens usually are not JWTs. */
function isAccessToken(value: string, isUsual: boolean): boolean {
  const claims = jwtClaims(value);
  if (!claims) return false;
  const { typ, iat, exp } = claims;
  // Keycloak writes the kind of a token into it; elsewhere a short life tells it.
  if (typeof typ === 'string') return /^(bearer|at\+jwt)$/i.test(typ);
  return !isUsual || (typeof iat === 'number' && typeof exp === 'number' && exp - iat <= ACCESS_TOKEN_LIFE_S);
}

function secretProblemText(problem: SecretProblem, label: string): string {
  switch (problem) {
    case 'empty':
      return vscode.l10n.t('Paste the {0}.', label);
    case 'several-lines':
      return vscode.l10n.t('The {0} has a line break in it. Copy it again, as one line.', label);
    case 'unprintable':
      return vscode.l10n.t('The {0} has characters in it that no token has. Copy it again from where it is shown.', label);
    case 'reference':
      return vscode.l10n.t('This is a reference to a variable, not the {0} itself.', label);
    case 'too-long':
      return vscode.l10n.t('This is longer than any {0}.', label);
  }
}
