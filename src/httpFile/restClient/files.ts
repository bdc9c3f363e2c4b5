/** Variables in front of it may be empty. */
const FILE = /^(?:\{\{[^]*)?<(?:@|\{\{)/;
/** `{{$datetime '[<@]'}}` becomes what its format says. */
const FORMATTED = /\$(?:d|localD)atetime/;

/**
 * Whether REST Client (`httpRequestParser.ts`, after `variableProcessor.ts`) may read a line of a body as `<@ file`, which it
 * sends with the variables in the file replaced.
 */
export const mayBeFile = (text: string): boolean => text.includes('<') && (FILE.test(text) || FORMATTED.test(text));
