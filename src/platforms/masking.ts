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
  const forms = [...new Set(long.flatMap((secret) => [...formsOf(secret), ...escapesOf(secret)]).map(lowered))].filter(
    ({ length }) => length >= MIN_LENGTH,
  );
  return (text) => (forms.length === 0 ? text : withoutForms(text, forms));
}

/** In lower case where that is ASCII, so that each character stays where it is. */
const lowered = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());

function withoutForms(text: string, forms: readonly string[]): string {
  const plain = lowered(text);
  const places = forms.flatMap((form) => [...placesOf(form, plain)]).sort((one, other) => one.start - other.start);
  let masked = '';
  let at = 0;
  for (const { start, end } of places) {
    if (start >= at) masked += text.slice(at, start) + MASK;
    at = Math.max(at, end);
  }
  const cut = Math.max(...forms.map((form) => beginningAt(plain.slice(at), form)));
  return masked + (cut > 0 ? text.slice(at, -cut) + MASK : text.slice(at));
}

function* placesOf(form: string, text: string): Generator<{ readonly start: number; readonly end: number }> {
  for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1))
    yield { start, end: start + form.length };
}

/** Escapes that serializers of JSON use without need: of `+`, `=` and others, and of `/`. */
function escapesOf(secret: string): string[] {
  const escaped = secret.replaceAll(/[^\w.~-]/g, (sign) => String.raw`\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [escaped, secret.replaceAll('/', String.raw`\/`)];
}

/** How many characters at the end of a text begin a form; 0 if they are few. */
function beginningAt(end: string, form: string): number {
  for (let length = Math.min(form.length - 1, end.length); length >= MIN_LENGTH; length--)
    if (end.endsWith(form.slice(0, length))) return length;
  return 0;
}
