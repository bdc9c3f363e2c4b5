import { formsOf } from './redaction.js';

export const MASK = '•••';
/** Shorter secrets are common words, which would be masked everywhere. */
const MIN_LENGTH = 8;

export type Mask = (text: string) => string;

/**
 * Makes a function that masks secrets in the text of an answer: whole, as they are or in common encodings, and the beginning of
 * one at the end of a text that was cut. Unlike a redactor, it leaves everything else readable and takes texts of megabytes.
 */
export function masker(secrets: Iterable<string>): Mask {
  const long = [...new Set(secrets)].filter(({ length }) => length >= MIN_LENGTH);
  const forms = [...new Set(long.flatMap((secret) => [...formsOf(secret), ...escapesOf(secret)]))]
    .filter(({ length }) => length >= MIN_LENGTH)
    .sort((one, other) => other.length - one.length);
  if (forms.length === 0) return (text) => text;
  const pattern = new RegExp(forms.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|'), 'gi');
  return (text) => withoutBeginning(text.replaceAll(pattern, MASK), forms);
}

/** Escapes that serializers of JSON use without need: of `+`, `=` and others, and of `/`. */
function escapesOf(secret: string): string[] {
  const escaped = secret.replaceAll(/[^\w.~-]/g, (sign) => String.raw`\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [escaped, secret.replaceAll('/', String.raw`\/`)];
}

function withoutBeginning(text: string, forms: readonly string[]): string {
  const end = text.slice(-(forms[0]?.length ?? 0)).toLowerCase();
  const lengths = forms.map((form) => beginningAt(end, form.toLowerCase()));
  const length = Math.max(...lengths);
  return length > 0 ? text.slice(0, -length) + MASK : text;
}

/** How many characters at the end of a text begin a form; 0 if they are few. */
function beginningAt(end: string, form: string): number {
  for (let length = Math.min(form.length - 1, end.length); length >= MIN_LENGTH; length--)
    if (end.endsWith(form.slice(0, length))) return length;
  return 0;
}
