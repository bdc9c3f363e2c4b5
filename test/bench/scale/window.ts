/** All that a window has of ours, over memory and with a stand-in for the editor. */
import { editor } from '../../support/vscode.js';
import type { Clock } from '../../../src/base/clock.js';
import { History } from '../../../src/tokens/history.js';
import { IssuedTokens } from '../../../src/tokens/issuedTokens.js';
import { Reminders } from '../../../src/tokens/reminders.js';
import { StatusBar } from '../../../src/views/statusBar.js';
import { TenantTree } from '../../../src/views/tenantTree.js';
import type { SteppedClock } from '../../support/clock.js';
import { openFleet, type FleetParts } from '../../support/fleet.js';
import { MemoryMemento } from '../../support/memory.js';

const DAYS = [30, 7, 1];
const days = (): readonly number[] => DAYS;

export { editor };

/** @param active the id of the active token, if there is one */
export async function openWindow<C extends Clock = SteppedClock>(parts: FleetParts<C>, active?: string) {
  const fleet = openFleet(parts);
  const { clock, index, vault, broker, notes, secrets } = fleet;
  await fleet.active.set(active);
  const all = [
    new History({ clock, memento: index, vault, broker }),
    new Reminders({ notes, vault, clock, days, focused: () => true, folder: undefined }),
    new IssuedTokens(index, vault, broker),
    new StatusBar(fleet, () => true, days, clock),
  ];
  const tree = new TenantTree(fleet, new MemoryMemento(), () => Promise.resolve(), days, clock);
  const { view, item } = editor;
  return {
    ...fleet,
    tree,
    view,
    item,
    secretReads: () => secrets.calls.filter((call) => call === 'get').length,
    dispose: (): void => {
      for (const one of [...all, tree, fleet.refresher, notes, broker, vault]) one.dispose();
    },
  };
}
