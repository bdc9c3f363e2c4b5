import { Refusal } from './message.js';

type Fields = Readonly<Record<string, unknown>>;

/** The properties of an API token, by the service's names. Lifetimes are minutes. */
export interface TokenTerms {
  readonly token_display_name: string;
  readonly api_token_ttl: number;
  readonly access_token_ttl: number;
  /** -1: unlimited. */
  readonly max_count_of_uses: 1 | -1;
  readonly token_description?: string;
  readonly client_id?: string;
}

/** An API token of the broker. Times are epoch ms. */
export interface ApiToken {
  readonly id: string;
  readonly user: string;
  terms: TokenTerms;
  secret: string;
  readonly createdAt: number;
  modifiedAt: number;
  lastAccessAt?: number;
  expiresAt: number;
  usesLeft: number;
  /** Lifetime of its access tokens. */
  lifetimeSeconds: number;
  /** The service returns -1 instead of the lifetime. */
  readonly lifetimeUnknown: boolean;
}

/** An API token as the service returns it, without its value. */
export const summary = (token: ApiToken, active: boolean) => ({
  id: token.id,
  ...token.terms,
  client_display_name: 'Sandbox',
  client_id: token.terms.client_id ?? 'sandbox-client',
  client_type: 'API_TOKEN',
  token_type: 'API_TOKEN',
  token_sub_type: 'USER',
  token_suffix: token.secret.slice(-4),
  acct: token.user,
  user_status: true,
  expiration_date: iso(token.expiresAt),
  last_access_time: token.lastAccessAt === undefined ? null : iso(token.lastAccessAt),
  created_date: iso(token.createdAt),
  modified_date: iso(token.modifiedAt),
  token_status: active ? 'ACTIVE' : 'EXPIRED',
  token_description: token.terms.token_description ?? '',
});

/** Reads the body of a creation. Refuses an invalid one with 400. */
export function tokenTerms(body: Fields): TokenTerms {
  const { max_count_of_uses: uses = -1, client_id: clientId } = body;
  if (uses !== 1 && uses !== -1) throw invalid('max_count_of_uses must be 1 or -1');
  if (clientId !== undefined && typeof clientId !== 'string') throw invalid('client_id must be a text');
  return {
    token_display_name: displayName(body['token_display_name']),
    api_token_ttl: minutes(body, 'api_token_ttl'),
    access_token_ttl: minutes(body, 'access_token_ttl'),
    max_count_of_uses: uses,
    ...('token_description' in body && { token_description: description(body['token_description']) }),
    ...(clientId !== undefined && { client_id: clientId }),
  };
}

/** Reads the body of a patch, which may change only three fields. */
export function tokenChange(body: Fields): Partial<TokenTerms> {
  const { token_display_name: name, token_description: about, access_token_ttl: lifetime, _links, ...others } = body;
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid(`${other} cannot be changed`);
  return {
    ...(name !== undefined && { token_display_name: displayName(name) }),
    ...(about !== undefined && { token_description: description(about) }),
    ...(lifetime !== undefined && { access_token_ttl: minutes(body, 'access_token_ttl') }),
  };
}

/** Filters and sorts items for a search. Equality is the only operator. */
export function selection<Item extends Fields>(body: Fields, items: readonly Item[]): readonly Item[] {
  const { sort_by: sortBy = 'token_display_name', sort_order: order = 'asc' } = body;
  if (typeof sortBy !== 'string' || !SORTABLE.includes(sortBy)) throw invalid('sort_by is unknown');
  if (order !== 'asc' && order !== 'desc') throw invalid('sort_order must be asc or desc');
  const [all, any] = [filters(body['and']), filters(body['or'])];
  const selected = items.filter(
    (item) => all.every((matches) => matches(item)) && (any.length === 0 || any.some((matches) => matches(item))),
  );
  const sign = order === 'asc' ? 1 : -1;
  return selected.toSorted((one, other) => sign * compare(one[sortBy], other[sortBy]));
}

const SORTABLE = [
  'created_date',
  'expiration_date',
  'last_access_time',
  'access_token_ttl',
  'token_display_name',
  'token_sub_type',
  'token_status',
];

function filters(given: unknown): readonly ((item: Fields) => boolean)[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw invalid('and and or are lists');
  return given.map((filter: unknown) => {
    const { key, values, operator } = (filter ?? {}) as Fields;
    if (typeof key !== 'string' || !Array.isArray(values) || (operator !== undefined && operator !== 'EQ'))
      throw invalid('A filter has key, values and operator');
    return (item) => values.includes(item[key]);
  });
}

/** Compares numbers by size, others as text; missing values come first. */
const compare = (one: unknown, other: unknown): number =>
  typeof one === 'number' && typeof other === 'number'
    ? one - other
    : text(one) < text(other)
      ? -1
      : Number(text(one) > text(other));
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function displayName(value: unknown): string {
  if (typeof value !== 'string' || value.length < 3 || value.length > 255)
    throw invalid('token_display_name must have 3 to 255 characters');
  return value;
}

function description(value: unknown): string {
  if (typeof value !== 'string' || value.length > 4000) throw invalid('token_description must have at most 4000 characters');
  return value;
}

function minutes(body: Fields, field: string): number {
  const value = body[field];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw invalid(`${field} must be minutes from 1 on`);
  return value;
}

const invalid = (message: string): Refusal => new Refusal(400, 'invalid_request', message);

const iso = (epochMs: number): string => new Date(epochMs).toISOString();
