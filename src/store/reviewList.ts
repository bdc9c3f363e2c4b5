import type { RecordStore } from './recordStore.js';
import { namedAt } from './tokenEntry.js';
import type { TokenFacts } from './tokenFacts.js';
import type { TokenList } from './tokenList.js';

interface Parts {
  readonly list: TokenList;
  readonly facts: TokenFacts;
  readonly records: RecordStore;
  /** Whether a tenant is in the settings. Profiles share SecretStorage but have different tenants. */
  readonly knowsTenant: (tenant: string) => boolean;
}

/**
 * Corrects the list from the facts: adds tokens that any window has added and drops tokens that any window has removed. A
 * listed token without a fact stays; its secret was lost, which its row shows.
 * @param isFirst also reads new names, and records tokens that version 0.1.0 has only listed
 * @returns the ids of removed tokens whose record is still stored for this window
 * @throws AppError `secret-store-failed`, `window-outdated`
 */
export async function reviewList(parts: Parts, isFirst: boolean): Promise<readonly string[]> {
  const { list, facts, records, knowsTenant } = parts;
  const stored = await facts.stored();
  const leftovers: string[] = [];
  for (const id of new Set([...list.entries.map((one) => one.id), ...stored.records, ...(await facts.copied())])) {
    const entry = list.find(id);
    const isNamedAnew = entry && (stored.entries.get(id) ?? 0) > namedAt(entry);
    const isInDoubt = !entry || isNamedAnew || !list.isKept(id) || !stored.records.has(id);
    const isOnRecord = stored.removed.has(id) || (isInDoubt && (await records.isMarkedRemoved(id)));
    if (isOnRecord || list.isDropped(id)) {
      list.drop(id);
      if (stored.records.has(id)) leftovers.push(id);
    } else if (entry) {
      const found = isInDoubt ? await facts.entry(id, stored) : isFirst && (await facts.filedEntry(id));
      if (found) list.show(found);
      if (stored.records.has(id) && !stored.entries.has(id)) {
        await records.requireSeen();
        await facts.keep(list.find(id) ?? entry);
      }
    } else {
      const found = await facts.entry(id, stored);
      if (found && knowsTenant(found.tenant) && (stored.records.has(id) || (await hasCopy(records, id)))) list.show(found);
    }
  }
  return leftovers;
}

/** Whether the folder has a copy of a token's record that this window can decrypt. */
async function hasCopy(records: RecordStore, id: string): Promise<boolean> {
  const copy = await records.copy(id);
  return copy !== undefined && copy !== 'removed' && copy.value !== undefined;
}
