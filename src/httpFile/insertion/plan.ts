/** A header to set. */
export interface HeaderToSet {
  readonly name: string;
  readonly value: string;
  /** An existing header of this name whose value contains this text stays as it is. */
  readonly yieldsTo?: string;
}

/** Which headers of a request to replace, add or remove. */
export interface Plan<Existing> {
  readonly replaced: readonly { readonly existing: Existing; readonly value: string }[];
  readonly missing: readonly HeaderToSet[];
  readonly duplicates: readonly Existing[];
  readonly otherCredentials: readonly Existing[];
}

/** Header names are case-insensitive (RFC 9110 §5.1). Keeps the first header of a name and removes further ones. */
export function planOf<Existing extends { readonly name: string; readonly value: string }>(
  present: readonly Existing[],
  wanted: readonly HeaderToSet[],
  credentialNames: readonly string[],
): Plan<Existing> {
  const named = (name: string) => present.filter((header) => sameName(header.name, name));
  const isWanted = (name: string) => wanted.some((header) => sameName(header.name, name));
  const unsettled = wanted.filter(({ name, yieldsTo }) => {
    return yieldsTo === undefined || !named(name).some(({ value }) => value.includes(yieldsTo));
  });
  return {
    replaced: unsettled.flatMap(({ name, value }) => {
      const [existing] = named(name);
      return existing && existing.value !== value ? [{ existing, value }] : [];
    }),
    missing: unsettled.filter(({ name }) => named(name).length === 0),
    duplicates: unsettled.flatMap(({ name }) => named(name).slice(1)),
    otherCredentials: credentialNames.filter((name) => !isWanted(name)).flatMap(named),
  };
}

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** @throws RangeError if the header has no valid name or spans lines: it would end up in the body, or split the request */
export function oneLine({ name, value, yieldsTo }: HeaderToSet): HeaderToSet {
  const header = { name, value: value.trim(), ...(yieldsTo === undefined ? {} : { yieldsTo }) };
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name) || /[\r\n\0]/.test(header.value)) throw new RangeError('A header is one line');
  return header;
}
