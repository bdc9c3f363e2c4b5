/** This many consecutive characters identify a secret: people and programs leave as many when they shorten one. */
const PIECE_LENGTH = 8;
/** The shortest piece that counts if the pieces of a secret are scattered over a text. */
const CRUMB_LENGTH = 3;

export const ELLIPSIS = '…';

export type Redact = (text: string) => string;

/**
 * Makes a function that redacts secrets in texts: as they are or in common encodings, in upper or lower case, whole or any
 * eight consecutive characters. If most of a secret can still be rebuilt from a text, because it is reversed, spelled out,
 * in pieces or encoded in another way, the whole text is withheld.
 * @param received secrets that a service has sent; they may be long, so their encodings are not searched for
 */
export function redactor(secrets: Iterable<string>, received: Iterable<string> = []): Redact {
  const [sent, others] = [new Set(secrets), new Set(received)];
  const written = new Pieces([...[...sent].flatMap(formsOf), ...others].map(fold), PIECE_LENGTH);
  const letters = [...sent, ...others].map(lettersOf);
  const disguised = new Pieces(letters, PIECE_LENGTH);

  const isExposed = (text: string): boolean => {
    const own = bothWays(lettersOf(text));
    const readings = readingsOf(text).flatMap((reading) => bothWays(lettersOf(reading)));
    return [...own, ...readings].some((one) => disguised.areIn(one)) || areStrewn(letters, [...own, ...readings]);
  };
  return (text) => {
    const clean = written.withoutThem(text);
    return isExposed(clean.normalize('NFKC')) ? ELLIPSIS : clean;
  };
}

const bothWays = (letters: string): readonly string[] => [letters, Array.from(letters).reverse().join('')];

/** All substrings of a given length of secrets, and shorter secrets as a whole. */
class Pieces {
  readonly #pieces = new Set<string>();
  readonly #lengths: readonly number[];

  constructor(secrets: readonly string[], length: number) {
    for (const secret of secrets)
      // The pieces overlap, so that a part of the secret is found wherever it begins.
      for (let at = 0; at === 0 || at + length <= secret.length; at++) this.#pieces.add(secret.slice(at, at + length));
    this.#pieces.delete('');
    this.#lengths = [...new Set([...this.#pieces].map((piece) => piece.length))];
  }

  areIn(text: string): boolean {
    for (let at = 0; at < text.length; at++) if (this.#endAt(text, at) > 0) return true;
    return false;
  }

  withoutThem(text: string): string {
    const folded = fold(text);
    let clean = '';
    let secretUntil = 0;
    for (let at = 0; at < text.length; at++) {
      const end = this.#endAt(folded, at);
      if (end > 0 && !clean.endsWith(ELLIPSIS)) clean += ELLIPSIS;
      secretUntil = Math.max(secretUntil, end);
      if (at >= secretUntil) clean += text.charAt(at);
    }
    return clean;
  }

  /** The end of the longest piece that begins at `at`; 0 if no piece begins there. */
  #endAt(text: string, at: number): number {
    let end = 0;
    for (const length of this.#lengths) if (length > end - at && this.#pieces.has(text.slice(at, at + length))) end = at + length;
    return end;
  }
}

/** Whether pieces of three or more characters, anywhere in the texts, cover more than two thirds of a secret. */
function areStrewn(secrets: readonly string[], texts: readonly string[]): boolean {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  const possible = secrets.filter((secret) => secret.length > PIECE_LENGTH && secret.length * 2 < length * 3);
  if (possible.length === 0) return false;
  const crumbs = new Pieces(texts, CRUMB_LENGTH);
  return possible.some((secret) => {
    const rest = crumbs.withoutThem(secret).replaceAll(ELLIPSIS, '');
    return rest.length * 3 < secret.length;
  });
}

/** The text decoded in every way that may apply. */
function readingsOf(text: string): string[] {
  const unescaped = unescapedText(unescapedText(text));
  const base64 = [/[^A-Za-z0-9+/_-]/g, /[^A-Za-z0-9]/g].flatMap((others) => {
    const digits = text.replace(others, '');
    // The groups of four digits may begin anywhere, and the last one may be incomplete.
    return ['', 'A', 'AA', 'AAA'].map((before) => Buffer.from(`${before}${digits}A`, 'base64').toString('latin1'));
  });
  const hex = (text.match(/(?:(?:0x)?[0-9a-f]{2}[^0-9a-z]{0,2}){4,}/gi) ?? []).flatMap((run) => {
    const digits = run.replace(/0x|[^0-9a-f]/gi, '');
    return [digits, digits.slice(1)].map((pairs) => Buffer.from(pairs, 'hex').toString('latin1'));
  });
  const numbers = text.match(/\d{2,3}/g)?.map((code) => String.fromCharCode(Number(code))) ?? [];
  const readings = [unescaped, unescaped.replaceAll('+', ' '), ...base64, ...hex, numbers.join('')];
  return readings.filter((reading) => reading !== '' && reading !== text);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Decodes the escapes of URLs, HTML and JSON. */
function unescapedText(text: string): string {
  return text
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/&#x([0-9a-f]{1,6});?/gi, (_, code: string) => characterOf(parseInt(code, 16)))
    .replace(/&#(\d{1,7});?/g, (_, code: string) => characterOf(Number(code)))
    .replace(/&([a-z]{2,4});/gi, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole)
    .replace(/\\u\{?([0-9a-f]{1,6})\}?|\\x([0-9a-f]{2})/gi, (_, long: string | undefined, short: string | undefined) =>
      characterOf(parseInt(long ?? short ?? '', 16)),
    )
    .replace(/\\(["\\/])/g, '$1');
}

const characterOf = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '');

/** The encodings in which services may write a secret into an answer. */
export function formsOf(secret: string): string[] {
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
    // The format in which Node prints bytes.
    hex.replaceAll(/..(?=.)/g, '$& '),
    ...[0, 1, 2].flatMap((before) => base64After(before, Buffer.from(text))),
  ];
}

/**
 * Base64 and base64url of bytes that follow `before` others, as in `Basic {id}:{secret}`. Omits the digits at either end
 * that depend on the neighbouring bytes.
 */
function base64After(before: number, bytes: Buffer): string[] {
  const all = Buffer.concat([Buffer.alloc(before), bytes]);
  const digits = all.toString('base64').replaceAll('=', '');
  const own = digits.slice(before === 0 ? 0 : before + 1, all.length % 3 === 0 ? undefined : -1);
  return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Only the letters and digits, of any width, as if the secret were dictated. */
function lettersOf(text: string): string {
  return fold(text.normalize('NFKC')).replace(/[^a-z0-9]+/g, '');
}

/** Lower case for ASCII only, which keeps the length; `toLowerCase` may not. */
function fold(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
