/**
 * Escapes foreign text for Markdown, so that it shows as it is and nothing in it works: no link, image, command, icon or HTML.
 * Escapes every ASCII punctuation mark (CommonMark §2.4), which also keeps bare addresses from becoming links. Replaces control
 * and format characters, which could change the direction of the text after them, by blanks.
 */
export function plainText(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}

/** A link that runs a command with the ids of a tenant and a token. */
export function commandLink(label: string, command: string, target: { readonly tenant: string; readonly token: string }): string {
  return `[${label}](command:${command}?${encodeURIComponent(JSON.stringify([target]))})`;
}
