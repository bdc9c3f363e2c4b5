import type { HttpResponse } from '../../src/net/http.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Answers that are expensive for a careless reader, each of about `size` characters. */
export function hostileAnswers(size: number): Readonly<Record<string, HttpResponse>> {
  const filled = (unit: string): string => unit.repeat(Math.ceil(size / unit.length));
  const answer = (status: number, body: string, headers: HttpResponse['headers'] = JSON_TYPE): HttpResponse => ({
    status,
    headers,
    body,
  });
  const names = Array.from({ length: Math.ceil(size / 12) }, (_, at) => `"name${at}":1`);
  return {
    'a media type of blanks': answer(200, '{}', { 'content-type': `${filled('\u00A0')}x` }),
    'a date of digits': answer(429, '{}', { ...JSON_TYPE, date: filled('9'), 'retry-after': filled('9') }),
    'JSON that is cut off among escaped quotes': answer(200, `{"a":"${filled('\\"')}`),
    'JSON that is cut off among line breaks': answer(200, `{"${filled('\\\n"')}`),
    'JSON that is cut off among backslashes': answer(200, `{"a":"${filled('\\')}`),
    'JSON that opens and opens': answer(400, filled('{"error":')),
    'JSON of deep objects': answer(400, `${filled('{"error":')}1${'}'.repeat(Math.ceil(size / 9))}`),
    'JSON of many fields': answer(400, `{${names.join()}}`),
    'versions that are never closed': answer(200, filled('<VersionInfo '), {}),
    'versions of blanks': answer(200, filled('<VersionInfo>   '), {}),
    'titles that are never closed': answer(403, filled('<title '), { 'content-type': 'text/html' }),
    'nothing but blanks': answer(200, filled(' '), {}),
    'a sentence of long words': answer(400, JSON.stringify({ message: filled('a1b2c3d4e5f6g7h8i9 ') })),
    'a sentence of references to characters': answer(400, JSON.stringify({ message: filled('&#') })),
    'an access token without an end': answer(200, JSON.stringify({ access_token: filled('a.'), token_type: 'Bearer' })),
    'a token that differs everywhere': answer(
      400,
      JSON.stringify({ token: Array.from({ length: size / 5 }, (_, at) => 10_000 + at).join('') }),
    ),
    'many tokens': answer(400, JSON.stringify({ token: Array.from({ length: size / 12 }, (_, at) => `EXAMPLE${at}`) })),
  };
}

/** An error answer padded to `size`; errors are read most closely. */
export function ordinaryAnswer(size: number): HttpResponse {
  const words = 'the token was not accepted, and here is why ';
  const body = JSON.stringify({ error: 'invalid_grant', error_description: words.repeat(size / words.length) });
  return { status: 400, headers: JSON_TYPE, body };
}
