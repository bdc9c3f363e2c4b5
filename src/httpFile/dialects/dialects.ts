import type { Dialect, Grammar } from './grammar.js';
import { httpYac } from './httpYac.js';
import { jetBrains } from './jetBrains.js';
import { restClient, restClientInFence } from './restClient.js';

const grammars: Readonly<Record<Dialect, Grammar>> = { 'rest-client': restClient, httpyac: httpYac, jetbrains: jetBrains };

/** @param markdown for a Markdown fence, which REST Client reads differently */
export const grammarOf = (dialect: Dialect, markdown = false): Grammar =>
  markdown && dialect === 'rest-client' ? restClientInFence : grammars[dialect];
