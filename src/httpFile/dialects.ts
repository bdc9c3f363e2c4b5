import type { Dialect, Grammar } from './grammar.js';
import { httpYac } from './httpYac.js';
import { jetBrains } from './jetBrains.js';
import { restClient, restClientInFence } from './restClient.js';

const grammars: Readonly<Record<Dialect, Grammar>> = { 'rest-client': restClient, httpyac: httpYac, jetbrains: jetBrains };

/** @param markdown of a fence of Markdown, which REST Client reads in a way of its own */
export const grammarOf = (dialect: Dialect, markdown = false): Grammar =>
  markdown && dialect === 'rest-client' ? restClientInFence : grammars[dialect];
