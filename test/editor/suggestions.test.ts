import assert from 'node:assert/strict';
import { completionPlace, suggestionsFor } from '../../src/editor/suggestions.js';
import { known } from './support/known.js';

const HEADERS = ['authorization', 'authtoken'];

/** The place of `|` in a line: its kind, and the text that a completion replaces when inserting and when replacing. */
function placeIn(marked: string): readonly [string, string, string] | undefined {
  const character = marked.indexOf('|');
  const text = marked.replace('|', '');
  const place = completionPlace(text, character, HEADERS);
  return place && [place.kind, text.slice(place.start, place.end), text.slice(place.start, place.replaceEnd)];
}

describe('Where a reference is completed', () => {
  const cases: readonly (readonly [line: string, place: readonly [string, string, string] | undefined])[] = [
    ['Authorization: Bearer {{|', ['reference', '{{', '{{']],
    ['Authorization: Bearer {{|}}', ['reference', '{{}}', '{{}}']],
    ['Authorization: Bearer {{|}', ['reference', '{{}', '{{}']],
    ['Authorization: Bearer {{ $|}}', ['reference', '{{ $}}', '{{ $}}']],
    ['Authorization: Bearer {{$processEnv |', ['reference', '{{$processEnv ', '{{$processEnv ']],
    ['Authorization: Bearer {{$processEnv TEN|ANT }} x', ['reference', '{{$processEnv TENANT }}', '{{$processEnv TENANT }}']],
    ['X: {{|$processEnv TENANT_TOKEN_A}}', ['reference', '{{$processEnv TENANT_TOKEN_A}}', '{{$processEnv TENANT_TOKEN_A}}']],
    ['X: {{acme|', ['reference', '{{acme', '{{acme']],
    ['GET https://a.example/{{|?x={{y}}', ['reference', '{{', '{{']],
    ['@t = {{|', ['reference', '{{', '{{']],
    ['X: {{$dotenv |', undefined],
    ['X: {{a.b|', undefined],
    ['X: {{a}}|', undefined],
    ['Authorization:|', ['value', '', '']],
    ['Authorization: |', ['value', '', '']],
    ['  authorization : Be|arer old ', ['value', 'Be', 'Bearer old']],
    ['AuthToken: |', ['value', '', '']],
    ['Authorization: Bearer {{x}}|', undefined],
    ['Author|ization: x', undefined],
    ['Accept: |', undefined],
    ['# Authorization: |', undefined],
    ['GET https://a.example/authorization: |', undefined],
  ];
  for (const [line, place] of cases)
    it(line, () => {
      assert.deepEqual(placeIn(line), place);
    });
});

describe('Suggestions', () => {
  const texts = async (line: string, host?: string) => {
    const place = completionPlace(line, line.length, HEADERS);
    assert.ok(place);
    return suggestionsFor(place, (await known()).names.all, host).map(({ text, fits }) => (fits ? `fits: ${text}` : text));
  };
  const reference = (name: string): string => `{{$processEnv TENANT_TOKEN_${name}}}`;
  const all = ['ACME', 'BACKUP', 'BILLING_CI'].map(reference);

  it('include each token, in the order of the tenants', async () => {
    const found = await texts('{{');
    assert.deepEqual(found.slice(0, 3), all);
    assert.equal(found.length, 5);
  });

  it('begin with those that match the host', async () => {
    const found = await texts('{{', 'backup.example');
    assert.deepEqual(found.slice(0, 3), [`fits: ${reference('BACKUP')}`, reference('ACME'), reference('BILLING_CI')]);
  });

  it('are the whole value of a header, in the style of the tenant', async () => {
    const found = await texts('Authorization: ', 'acme.example');
    assert.equal(found[0], `fits: Bearer ${reference('ACME')}`);
    assert.equal(
      found.some((text) => text.includes('BACKUP')),
      false,
    );
    assert.deepEqual(await texts('Authtoken: '), [reference('BACKUP')]);
  });
});
