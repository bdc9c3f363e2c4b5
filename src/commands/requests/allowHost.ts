import { destinationsOf } from '../../editor/references/destinations.js';
import { linesOf } from '../../editor/document.js';
import type { Command, Uses } from '../command.js';
import { activeEditor } from './insertion.js';
import { confirmDestination, type ConfirmsHost } from './confirmDestination.js';

/** Allows the hosts of the requests at the cursor for the tokens that they contain or refer to. */
export const allowHost: Command<ConfirmsHost & Uses<'credentials'>> = async (services, target) => {
  const { document, selections } = activeEditor();
  const isAtCursor = (line: number, end: number): boolean =>
    selections.some(({ active }) => active.line >= line && active.line < end);
  const credentials = await services.credentials.of(document);
  const lines = linesOf(document);
  for (const { match, referred } of credentials) {
    const requests = match.requests.filter(({ region }) => isAtCursor(region.start, region.end));
    if (!referred || requests.length === 0 || referred.tenant.id !== (target.tenant ?? referred.tenant.id)) continue;
    if (!(await confirmDestination(services, referred.tenant, destinationsOf(document, lines, requests), 'refer'))) return;
  }
};
