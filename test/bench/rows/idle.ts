import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { HOUR_MS, MINUTE_MS } from '../../../src/base/time.js';
import { counted, warmed, type Row, type Target } from '../row.js';
import type { Rest } from '../scale/rest.js';
import type { Soaked } from '../scale/soak.js';

const MANY = 10_000;
const REST_S = 20;

/** With its stand-in for the editor, which no other row is to find: so it is loaded when a row is opened. */
const scale = () => import('../scale/window.js');

const accessToken = (): string => 'EXAMPLE-access-token';

interface Waking {
  readonly fires: number;
  readonly live: number;
}

/** What wakes in so many ms of a window with ten thousand tokens; @param parts what of it is in use. */
async function waking(ms: number, { active, focused = true }: { active?: string; focused?: boolean } = {}): Promise<Waking> {
  const { openWindow, editor } = await scale();
  const { clock, dispose } = await openWindow({ count: MANY, accessToken }, active);
  await clock.advance(10_000);
  editor.focus(focused);
  const [after, state] = [clock.after.bind(clock), { fires: 0 }];
  clock.after = (wait, call) =>
    after(wait, () => {
      state.fires++;
      call();
    });
  // What was set before is set again by this, and counted.
  editor.focus(focused);
  await clock.advance(ms);
  editor.focus(true);
  const { fires } = state;
  const live = clock.timers;
  dispose();
  return { fires, live };
}

/** Whoever sets a timer each, or counts down once a second, needs no measuring. */
const count = (id: string, title: string, atMost: number, ours: () => Promise<number>): Row =>
  counted(id, title, atMost, [{ name: 'Tenant Tokens', round: async () => [await ours()] }]);

/** What a process of its own tells that does nothing for so long. */
async function rest(what: 'ours' | 'empty'): Promise<Rest> {
  const script = join(__dirname, '../scale/rest.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    '--import',
    'tsx',
    script,
    what,
    String(REST_S),
  ]);
  return JSON.parse(stdout) as Rest;
}

function resting(id: string, title: string, unit: Row['unit'], target: Target, figure: (rest: Rest) => number): Row {
  // A process of its own has nothing of what the first turn warms up.
  const subject = (name: string, what: 'ours' | 'empty') =>
    warmed(
      name,
      () => 0,
      async () => figure(await rest(what)),
    );
  const subjects = [subject('Tenant Tokens', 'ours'), subject('an empty Node', 'empty')];
  return { id, title, unit, targets: [target], rounds: 1, open: () => Promise.resolve({ subjects }) };
}

/** Some 300,000 exchanges, which take minutes: in fewer, a map that doubles once looks like a leak. */
const soaking: Row = {
  id: 'F3',
  title: 'What 1,000 exchanges leave on the heap, in a day of 10,000 tokens in use',
  unit: 'B',
  targets: [{ figure: 'p50', atMost: 1_000 }],
  rounds: 1,
  async open() {
    const { soak, soakNaively } = await import('../scale/soak.js');
    const subject = (name: string, run: (count: number, hours: number) => Promise<Soaked> | Soaked) =>
      warmed(
        name,
        async () => (await run(500, 4)).slope,
        async () => (await run(MANY, 24)).slope,
      );
    return { subjects: [subject('Tenant Tokens', soak), subject('tokens in a map, and a line of log each', soakNaively)] };
  },
};

export const rows: readonly Row[] = [
  count('F1', 'Timers that come in 10 idle minutes, with 10,000 tokens', 0, async () => (await waking(10 * MINUTE_MS)).fires),
  count('F1 timers', 'Live timers while nothing is in use', 0, async () => (await waking(10 * MINUTE_MS)).live),
  resting('F1 cpu', `Time on the processor in ${REST_S} idle seconds`, 'ms', { figure: 'p50', atMost: 2 }, ({ cpuMs }) => cpuMs),
  resting(
    'F1 wakes',
    `Context switches in ${REST_S} idle seconds`,
    'count',
    { figure: 'p50', versus: 'an empty', atMost: 1.5 },
    ({ switches }) => switches,
  ),
  count('F2', 'Wakes of the status bar in the hour of a token', 180, async () => (await waking(HOUR_MS, { active: 't7' })).fires),
  count(
    'F2 unfocused',
    'The same while nobody looks at the window',
    60,
    async () => (await waking(HOUR_MS, { active: 't7', focused: false })).fires,
  ),
  soaking,
];
