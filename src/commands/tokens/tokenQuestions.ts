import * as vscode from 'vscode';
import { platformOf } from '../../platforms/index.js';
import type { Portal, SecretField } from '../../platforms/platform.js';
import type { Secret, Tenant } from '../../platforms/tenant.js';
import { jwtExpiry } from '../../platforms/jwt.js';
import { secretProblem, type SecretProblem } from '../../store/secret.js';
import type { Prompter, TextQuestion, Verdict } from '../../views/prompter.js';
import type { Step } from '../../views/prompts.js';
import type { Uses } from '../command.js';

/**
 * Questions for each part of a tenant's secret. They store their answers in `secret`.
 * @param isGuided shows the portal's steps beside the questions
 */
export function secretSteps(
  prompter: Prompter,
  tenant: Tenant,
  title: string,
  secret: Record<string, string>,
  isGuided = false,
): Step[] {
  const platform = platformOf(tenant);
  const portal = platform.portal?.(tenant);
  return platform.secretFields(tenant).map((field) => async (place) => {
    const answer = await prompter.secret({
      ...place,
      title,
      prompt: `${field.label}: ${isGuided && portal ? numbered(portal) : field.hint}`,
      ...(portal && { button: openPortalButton(portal) }),
      placeholder: vscode.l10n.t('Paste the {0} of {1}; it is kept in VS Code’s secret storage', field.label, tenant.name),
      ...(secret[field.key] !== undefined && { value: secret[field.key] }),
      validate: (value) => validateSecret(field, value),
    });
    if (typeof answer === 'string') secret[field.key] = answer;
    return answer;
  });
}

export const numbered = ({ steps }: Portal): string => steps.map((step, index) => `${index + 1}. ${step}`).join(' ');

function openPortalButton({ url }: Portal): NonNullable<TextQuestion['button']> {
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

/** A JWT contains its own expiry. */
export async function noteJwtEnd({ notes }: Uses<'notes'>, id: string, secret: Secret): Promise<void> {
  const at = jwtExpiry(secret);
  if (at !== undefined) await notes.note(id, { end: { at, from: 'jwt' } });
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

function validateSecret({ label, shape }: SecretField, value: string): Verdict | undefined {
  const problem = secretProblem(value);
  if (problem) return { problem: secretProblemText(problem, label) };
  if (!shape || shape.pattern.test(value)) return undefined;
  return {
    warning: vscode.l10n.t(
      'Usually {0}: make sure that all of it was copied. Press Enter to use it as it is.',
      shape.description,
    ),
  };
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
