/** Why a pasted value cannot be a secret. */
export type SecretProblem = 'empty' | 'several-lines' | 'unprintable' | 'reference' | 'too-long';

const MAX_SECRET_LENGTH = 8192;

/**
 * Checks a pasted value before it is stored. RFC 6749 appendix A allows printable ASCII (VSCHAR); `{{…}}` is a variable of a
 * `.http` file that was copied instead of its value.
 */
export function secretProblem(value: string): SecretProblem | undefined {
  if (value === '') return 'empty';
  if (/[\r\n]/.test(value)) return 'several-lines';
  if (!/^[\x20-\x7E]+$/.test(value)) return 'unprintable';
  if (value.includes('{{')) return 'reference';
  if (value.length > MAX_SECRET_LENGTH) return 'too-long';
  return undefined;
}
