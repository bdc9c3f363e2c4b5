import { Bundles, kilobytes, libraryBundles, load, networkModules, packaged, zippedKilobytes } from '../bundles.js';
import { titled, type Bench, type Row, type Subject } from '../row.js';

const OURS = 'Tenant Tokens';

const fixed = (name: string, figure: number): Subject => ({ name, round: () => [figure] });

/** Everything is counted when the row is opened: turns would find the same. */
async function counting(count: (bundles: Bundles) => Promise<readonly Subject[]> | readonly Subject[]): Promise<Bench> {
  using bundles = new Bundles();
  return { subjects: await count(bundles) };
}

/** What an editor that starts reads, and what comes right after it; libraries whole, as an extension that needs one bundles it. */
const started: Row = {
  id: 'A2',
  title: 'The file that VS Code waits for at activation',
  unit: 'kB',
  rounds: 1,
  targets: [{ figure: 'p50', atMost: 40, moonshot: 20 }],
  open: () =>
    counting(async (bundles) => {
      const files = bundles.extension();
      return [
        fixed(OURS, kilobytes(files['extension.js']!)),
        fixed('Tenant Tokens, with what runs from then on', kilobytes(files['extension.js']!) + kilobytes(files['core.js']!)),
        ...(await libraryBundles(bundles)).map(({ name, file }) => fixed(name, kilobytes(file))),
      ];
    }),
};

const network: Row = {
  id: 'A2 network',
  title: 'The file that the first request loads',
  unit: 'kB',
  rounds: 1,
  targets: [{ figure: 'p50', atMost: 310 }],
  open: () =>
    counting(async (bundles) => {
      const files = bundles.extension();
      return [fixed(OURS, kilobytes(files['undici.js']!)), fixed(titled('undici'), kilobytes(await bundles.library('undici')))];
    }),
};

const size: Row = {
  id: 'A2 package',
  title: 'The package, compressed',
  unit: 'kB',
  rounds: 1,
  targets: [{ figure: 'p50', atMost: 340 }],
  open: () =>
    counting((bundles) => {
      const files = packaged(bundles.extension());
      return [
        fixed(
          OURS,
          files.reduce((sum, file) => sum + zippedKilobytes(file), 0),
        ),
      ];
    }),
};

const files: Row = {
  id: 'A2 files',
  title: 'Files in the package',
  unit: 'count',
  rounds: 1,
  targets: [{ figure: 'p50', atMost: 17 }],
  open: () => counting((bundles) => [fixed(OURS, packaged(bundles.extension()).length)]),
};

/** With all that runs from the activation on, not only the file that is loaded first. */
const modules: Row = {
  id: 'A3',
  title: 'Modules of the network that activation loads',
  unit: 'count',
  rounds: 1,
  targets: [{ figure: 'p50', atMost: 0 }],
  open: () =>
    counting(async (bundles) => {
      const { 'core.js': core } = bundles.extension();
      const loaded = (file: string): number => networkModules(load([file]).modules).length;
      return [fixed(OURS, loaded(core!)), ...(await libraryBundles(bundles)).map(({ name, file }) => fixed(name, loaded(file)))];
    }),
};

export const rows: readonly Row[] = [started, network, size, files, modules];
