import { stop } from './obstacles.js';

/** Directives in comments (`# @name x`) that change neither what is sent nor whether it is. */
const HARMLESS: ReadonlySet<string> = new Set(
  [
    ...['name', 'title', 'description', 'debug', 'verbose', 'language', 'lang', 'extension', 'openWith', 'tag'],
    ...['noLog', 'noCookieJar', 'noRedirect', 'noResponseView', 'noStreamingLog', 'forceRegionDelimiter'],
  ].map(folded),
);

/** @throws ObstacleError for a comment that tells the client something about the request */
export function checkDirective(comment: string, line: number): void {
  const name = /^\s*(?:#+|\/{2,})\s*@(\S+)/.exec(comment)?.[1];
  if (name !== undefined && !HARMLESS.has(folded(name))) stop({ kind: 'directive', name: `@${name}`, line });
}

/** Clients accept `noLog` and `no-log`. */
function folded(name: string): string {
  return name.replaceAll('-', '').toLowerCase();
}
