import type { Workbench } from '../../workbench/workbench.js';

export interface Canary {
  readonly name: string;
  readonly value: string;
}

export interface Place {
  readonly place: string;
  readonly text: string;
}

/** Enough to identify a secret, and what people and programs leave when they shorten one. */
const TAIL_LENGTH = 8;

/** A secret as it might be written down: as it is, encoded, and by its end. */
export function formsOf(value: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(value);
  const forms = new Map([
    ['clear', value],
    ['percent-encoded', encodeURIComponent(value)],
    ['form-encoded', new URLSearchParams({ v: value }).toString().slice(2)],
    ['JSON-escaped', JSON.stringify(value).slice(1, -1)],
    ['JSON-escaped twice', JSON.stringify(JSON.stringify(value)).slice(3, -3)],
    ['hexadecimal', bytes.toString('hex')],
    ['last characters', value.slice(-TAIL_LENGTH)],
  ]);
  // Inside a longer text the secret may begin at any of three places of a group, and the first and last digits depend on
  // what is beside it.
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inside = encoded.slice(before === 0 ? 0 : before + 1, (before + bytes.length) % 3 === 0 ? undefined : -1);
    forms.set(`base64 at ${before}`, inside);
    forms.set(`base64url at ${before}`, inside.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

/** Where secrets are found, as `what (how) in where`. */
export function leaksIn(places: readonly Place[], canaries: readonly Canary[]): string[] {
  return canaries.flatMap(({ name, value }) =>
    [...formsOf(value)].flatMap(([form, text]) =>
      places.filter((place) => place.text.includes(text)).map(({ place }) => `${name} (${form}) in ${place}`),
    ),
  );
}

/** Everything outside of the vault that VS Code shows or keeps: the page, the files of the profile, the browser's storage. */
export async function everythingIn(editor: Workbench): Promise<Place[]> {
  const notifications = await editor.notifications();
  return [
    { place: 'the page', text: await editor.html() },
    { place: 'the notifications', text: JSON.stringify(notifications) },
    ...editor.files(),
    ...(await editor.browserStorage()),
  ];
}
