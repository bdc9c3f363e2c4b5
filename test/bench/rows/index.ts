import type { Row } from '../row.js';

/**
 * The rows by topics. Each is loaded by itself: a process that measures has nothing in it that belongs to others, and no time of
 * their libraries.
 */
const topics = {
  activation: () => import('./activation.js'),
  bundle: () => import('./bundle.js'),
  exchange: () => import('./exchange.js'),
  httpFile: () => import('./httpFile.js'),
  idle: () => import('./idle.js'),
  lookup: () => import('./lookup.js'),
  scale: () => import('./scale.js'),
  tree: () => import('./tree.js'),
} satisfies Record<string, () => Promise<{ readonly rows: readonly Row[] }>>;

export type Topic = keyof typeof topics;

export interface Listed {
  readonly topic: Topic;
  readonly row: Row;
}

export async function rowsOf(topic: Topic): Promise<readonly Row[]> {
  return (await topics[topic]()).rows;
}

/** All rows, in the order of their ids. */
export async function listRows(): Promise<Listed[]> {
  const lists = (Object.keys(topics) as Topic[]).map(async (topic) => (await rowsOf(topic)).map((row) => ({ topic, row })));
  return (await Promise.all(lists)).flat().sort((one, other) => one.row.id.localeCompare(other.row.id, 'en'));
}
