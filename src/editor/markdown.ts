/**
 * A foreign text for Markdown, so that it shows as it is and nothing in it works: no link, image, command, icon or HTML.
 * Every ASCII punctuation mark is escaped (CommonMark §2.4), which also keeps bare addresses from becoming links. Control
 * and format characters, which could turn the direction of what follows, become blanks.
 */
export function plainText(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}

/** A link that runs a command with the ids of a tenant and its token. */
export function commandLink(label: string, command: string, target: { readonly tenant: string; readonly token: string }): string {
  return `[${label}](command:${command}?${encodeURIComponent(JSON.stringify([target]))})`;
}
