import { readdirSync } from 'node:fs';
import path from 'node:path';
import { coverageEnvironment } from './coverage.mjs';
import { root, workbenchRuns } from './install.mjs';
import { tools } from './tools.mjs';

const DRIVEN_LIMIT_MS = 300_000;

/** Unit tests that take longest begin first. */
const LONGEST = ['test/windows', 'test/simulation', 'test/threats', 'test/handoff'];
/** What measures time is for the long run, where nothing runs beside it. */
const TIMED = ['test/bench/budgets.test.ts'];
/** Loaded from the sources, the extension could fail where its package works: these few would show it. */
const FROM_SOURCES = ['view', 'insertion', 'references'].map((name) => `test/host/${name}.test.ts`);

/** The kinds of tests (test/README.md), and how their files are recognized. */
const KINDS = {
  unit: (file) => !file.startsWith('test/host/'),
  inside: (file) => file.startsWith('test/host/inside/'),
  driven: (file) => file.startsWith('test/host/') && !KINDS.inside(file),
};

/**
 * @typedef {object} Options
 * @property {boolean} long adds what takes long or measures time
 * @property {boolean} coverage keeps what has run
 */

/**
 * Tests that run in a process of their own.
 * @typedef {object} Job
 * @property {string} title
 * @property {string} place the file or folder of the tests
 * @property {string} again the command that takes such a place
 * @property {string[]} args of Node
 * @property {NodeJS.ProcessEnv} env
 * @property {boolean} [isTimed] runs when nothing else does
 * @property {'installed' | 'development'} [mode] how VS Code has the extension, for tests in it
 */

/** @returns {string[]} all files of tests, from the root of the project, with slashes */
function testFiles(folder = 'test') {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFiles(name);
    return name.endsWith('.test.ts') ? [name] : [];
  });
}

/** @returns {(file: string) => boolean} whether a file is meant by this name */
function meantBy(name) {
  if (Object.hasOwn(KINDS, name)) return KINDS[name];
  const wanted = path.relative(root, path.resolve(root, name)).replaceAll(path.sep, '/');
  return (file) => file === wanted || file.startsWith(`${wanted}/`);
}

/** @throws {Error} for a name that has no tests in this run */
function select(names, isLong) {
  const [all, kinds] = [testFiles(), Object.keys(KINDS).join(', ')];
  const isOfThisRun = (file) => isLong || !TIMED.includes(file);
  const selected = names.map((name) => {
    const files = all.filter(meantBy(name));
    if (files.length === 0)
      throw new Error(`"${name}" has no tests: name files that end in .test.ts, folders with such files, or ${kinds}.`);
    if (!files.some(isOfThisRun)) throw new Error(`"${name}" measures time: run it with "npm run test:long -- ${name}".`);
    return files;
  });
  return (names.length === 0 ? all : [...new Set(selected.flat())]).filter(isOfThisRun);
}

/** The place that unit tests share a process by: it takes longer to load what they test than to test it. */
const placeOf = (file) => (TIMED.includes(file) || path.posix.dirname(file) === 'test' ? file : path.posix.dirname(file));

/** @returns {Partial<Job>[]} */
function unitJobs(files) {
  const rank = (place) => LONGEST.indexOf(place) + 1 || LONGEST.length + 1;
  const places = [...new Set(files.map(placeOf))].sort((a, b) => rank(a) - rank(b));
  return places.map((place) => {
    const own = files.filter((file) => placeOf(file) === place);
    return { place: own.length === 1 ? own[0] : place, isTimed: TIMED.includes(place), args: [...tools.mocha, ...own] };
  });
}

/** @returns {Partial<Job>[]} */
function insideJobs(files, mode) {
  if (files.length === 0) return [];
  const env = workbenchRuns ? { HOST_STAND_IN: 'test/workbench/desktopStandIn.ts' } : {};
  const args = [...tools.typeScript, 'test/host/inside.ts', ...files.map((file) => path.basename(file, '.ts'))];
  return [{ place: files.length === 1 ? files[0] : 'test/host/inside', mode, args, env }];
}

/** @returns {Partial<Job>[]} */
function drivenJobs(files, mode) {
  const limit = ['--timeout', String(DRIVEN_LIMIT_MS)];
  return files.map((file) => ({ place: file, mode, args: [...tools.mocha, ...limit, file] }));
}

/** Each kind in the forms of the extension that it is tested in. */
function plan({ unit, inside, driven }, { long, coverage }) {
  const fromSources = driven.filter((file) => FROM_SOURCES.includes(file));
  // A package has no map to the lines of the sources.
  if (coverage) return [...unitJobs(unit), ...drivenJobs(driven, 'development'), ...insideJobs(inside, 'development')];
  if (!workbenchRuns) return [...unitJobs(unit), ...insideJobs(inside, 'development')];
  const usual = [...unitJobs(unit), ...drivenJobs(driven, 'installed'), ...insideJobs(inside, 'installed')];
  return long ? [...usual, ...drivenJobs(fromSources, 'development'), ...insideJobs(inside, 'development')] : usual;
}

/**
 * @param {readonly string[]} names kinds, files and folders of tests; none for all
 * @param {Options} options
 * @returns {Job[]}
 * @throws {Error} for a name that has no tests
 */
export function planTests(names, options) {
  const files = select(names, options.long);
  const kinds = Object.fromEntries(Object.entries(KINDS).map(([kind, holds]) => [kind, files.filter(holds)]));
  const more = { ...(options.long && { LONG: '1' }), ...(options.coverage && coverageEnvironment) };
  const jobs = plan(kinds, options);
  if (jobs.length === 0) throw new Error('These tests drive VS Code, which is possible on Linux x64 only.');
  return jobs.map(({ place, env, ...job }) => ({
    ...job,
    title: job.mode === 'development' ? `${place} (from the sources)` : place,
    place,
    again: options.long ? 'npm run test:long --' : 'npm test --',
    env: { ...env, ...more, ...(job.mode && { HOST_MODE: job.mode }) },
  }));
}
