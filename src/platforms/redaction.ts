/** That many characters of a secret in a row identify it: people and programs leave as many where they shorten one. */
const PIECE_LENGTH = 8;

export const ELLIPSIS = '…';

/**
 * Makes a function that takes secrets out of texts: as they are and as they may have been encoded, whole or any eight
 * characters in a row of one, in upper or lower case.
 */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const pieces = new Set([...secrets].flatMap(formsOf).flatMap(piecesOf));
  const lengths = [...new Set([...pieces].map(({ length }) => length))];
  return (text) => {
    const folded = fold(text);
    let clean = '';
    let secretUntil = 0;
    for (let at = 0; at < text.length; at += 1) {
      const found = lengths.filter((length) => pieces.has(folded.slice(at, at + length)));
      if (found.length > 0 && !clean.endsWith(ELLIPSIS)) clean += ELLIPSIS;
      secretUntil = Math.max(secretUntil, ...found.map((length) => at + length));
      if (at >= secretUntil) clean += text.charAt(at);
    }
    return clean;
  };
}

/** Overlapping, so that none is missed wherever a part of the secret begins. */
function piecesOf(form: string): string[] {
  if (form.length <= PIECE_LENGTH) return form === '' ? [] : [fold(form)];
  const folded = fold(form);
  return Array.from({ length: form.length - PIECE_LENGTH + 1 }, (_, at) => folded.slice(at, at + PIECE_LENGTH));
}

/** A secret as services write it into their answers. */
function formsOf(secret: string): string[] {
  const text = secret.toWellFormed();
  const json = JSON.stringify(text).slice(1, -1);
  const hex = Buffer.from(text).toString('hex');
  return [
    secret,
    encodeURIComponent(text),
    new URLSearchParams({ '': text }).toString().slice(1),
    json,
    JSON.stringify(json).slice(1, -1),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    hex,
    // As Node prints bytes.
    hex.replaceAll(/..(?=.)/g, '$& '),
    ...[0, 1, 2].flatMap((before) => base64After(before, Buffer.from(text))),
  ];
}

/**
 * Base64 and base64url of bytes that follow others, as in `Basic {id}:{secret}`: where they begin in a group of three counts,
 * and the digits at either end that depend on what is beside them are left out.
 */
function base64After(before: number, bytes: Buffer): string[] {
  const all = Buffer.concat([Buffer.alloc(before), bytes]);
  const digits = all.toString('base64').replace(/=+$/, '');
  const own = digits.slice(before === 0 ? 0 : before + 1, all.length % 3 === 0 ? undefined : -1);
  return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Of ASCII only: the length stays, which `toLowerCase` does not promise. */
function fold(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
