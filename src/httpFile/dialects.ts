import type { Dialect, Grammar } from './grammar.js';
import { httpYac } from './httpYac.js';
import { jetBrains } from './jetBrains.js';
import { restClient } from './restClient.js';

const grammars: Readonly<Record<Dialect, Grammar>> = { 'rest-client': restClient, httpyac: httpYac, jetbrains: jetBrains };

export const grammarOf = (dialect: Dialect): Grammar => grammars[dialect];
