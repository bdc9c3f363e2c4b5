import { parsedByHttpYac } from '../../httpFile/support/httpyac.js';
import { FakeDocument } from '../../support/document.js';
import { openWindow } from '../httpFile/openWindow.js';
import { requestFile } from '../httpFile/requests.js';
import { isRestClientHere, restClient } from '../httpFile/restClient.js';
import { titled, type Row, type Subject, type Target } from '../row.js';

const MB = 1_000_000;
/** Of httpYac a turn takes a second. */
const ROUNDS = 8;

/** Places all over a document, in an order that jumps; the first lines are no request. */
const placeIn = (document: FakeDocument, at: number): number => 3 + Math.floor((document.lineCount - 9) * ((at * 0.618_034) % 1));

async function timeOf(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function times(count: number, work: () => number | Promise<number>): Promise<number[]> {
  const all: number[] = [];
  while (all.length < count) all.push(await work());
  return all;
}

/** Both read all of the file, for each version of it, before they do anything with a request in it. */
async function comparators(text: string): Promise<Subject[]> {
  const document = new FakeDocument(text);
  const client = await restClient();
  const subjects: Subject[] = [];
  if (client) {
    const round = () => times(3, () => timeOf(() => client.lenses.provideCodeLenses(document)));
    subjects.push({ name: `${client.name}, all of it`, round });
  }
  // It takes ten seconds for 10 MB.
  if (text.length < 5 * MB) {
    const round = async () => [await timeOf(() => parsedByHttpYac(text))];
    subjects.push({ name: `${titled('httpyac')}, all of it`, round });
  }
  return subjects;
}

/** Targets against the others; none against REST Client where it is not here. */
const versus = (ofRestClient: number, ofHttpYac: number): readonly Target[] => [
  ...(isRestClientHere ? [{ figure: 'p50', versus: 'REST Client', atMost: ofRestClient } as const] : []),
  { figure: 'p50', versus: 'httpyac', atMost: ofHttpYac },
];

/** The whole command, from the call to the edit that it submits, with an access token at hand and nobody to be asked. */
const insertionRow = (megabytes: number, count: number, goals: readonly Target[]): Row => ({
  id: `E1 at ${megabytes} MB`,
  title: `A header inserted at the cursor in a file of ${megabytes} MB, until the edit is submitted`,
  unit: 'ms',
  rounds: ROUNDS,
  targets: goals,
  async open() {
    const text = requestFile(megabytes * MB);
    const document = new FakeDocument(text);
    const window = await openWindow(document);
    // The lenses of the open file have been shown.
    window.recognize();
    let at = 0;
    const round = () => times(count, () => window.insertAt(placeIn(document, ++at)));
    return { subjects: [{ name: 'Tenant Tokens', round }, ...(await comparators(text))] };
  },
});

const SUBMITTED: Target = { figure: 'p50', atMost: 1 };

const scan: Row = {
  id: 'E2 at 1 MB',
  title: 'References and tokens found in a file of 1 MB that was just opened',
  unit: 'ms',
  rounds: ROUNDS,
  targets: [{ figure: 'p50', atMost: 1.5 }, ...versus(0.1, 0.002)],
  async open() {
    const text = requestFile(MB);
    const window = await openWindow(new FakeDocument(text));
    const round = (): Promise<number[]> => {
      // Made before any is read: what it takes to make them is no part of it.
      const opened = Array.from({ length: 20 }, () => new FakeDocument(text));
      return times(opened.length, () => timeOf(() => window.recognize(opened.pop())));
    };
    return { subjects: [{ name: 'Tenant Tokens', round }, ...(await comparators(text))] };
  },
};

const rescan: Row = {
  id: 'E2 after a key',
  title: 'The same after a character was typed into it',
  unit: 'ms',
  rounds: ROUNDS,
  targets: [{ figure: 'p50', atMost: 1.5 }, ...versus(0.1, 0.002)],
  async open() {
    const text = requestFile(MB);
    const document = new FakeDocument(text);
    const window = await openWindow(document);
    window.recognize();
    let at = 0;
    const typed = async (): Promise<number> => {
      const line = placeIn(document, ++at);
      // What keeps up with the edit is part of it.
      return timeOf(() => window.type(line).then(() => window.recognize()));
    };
    return { subjects: [{ name: 'Tenant Tokens', round: () => times(40, typed) }, ...(await comparators(text))] };
  },
};

export const rows: readonly Row[] = [
  insertionRow(0.1, 300, [SUBMITTED]),
  insertionRow(1, 300, [SUBMITTED, ...versus(0.01, 0.001)]),
  insertionRow(10, 100, [SUBMITTED]),
  scan,
  rescan,
];
