/** Turns the screenshots of take.ts into the pictures of README and walkthrough. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import sharp from 'sharp';

const [source, target] = process.argv.slice(2);
/** Whoever watches needs a moment after each step, and no more: the machine may have needed longer. */
const LONGEST_PAUSE_MS = 1_100;
const SHORTEST_FRAME_MS = 80;
const LAST_FRAME_MS = 2_500;

const size = (file) => `${(statSync(file).size / 1000).toFixed(0)} kB`;

async function encodeStills() {
  for (const name of readdirSync(source).filter((file) => file.endsWith('.png'))) {
    const file = path.join(target, name.replace('.png', '.webp'));
    await sharp(path.join(source, name)).webp({ quality: 60, effort: 6 }).toFile(file);
    process.stdout.write(`${path.relative(process.cwd(), file)} ${size(file)}\n`);
  }
}

/** The frames that differ from the one before them, each with how long it is shown, in ms. */
function pace(frames) {
  const paced = [];
  for (const { file, at } of frames) {
    const image = readFileSync(path.join(source, 'movie', file));
    const last = paced.at(-1);
    if (last?.image.equals(image)) continue;
    const since = last ? (at - last.at) * 1000 : 0;
    // What was shown for less than a frame was not seen.
    if (last && since < SHORTEST_FRAME_MS) paced.pop();
    paced.push({ image, at: last && since < SHORTEST_FRAME_MS ? last.at : at });
  }
  return paced.map(({ image, at }, index) => {
    const next = paced[index + 1];
    const delay = next ? Math.min((next.at - at) * 1000, LONGEST_PAUSE_MS) : LAST_FRAME_MS;
    return { image, delay: Math.round(delay) };
  });
}

async function encodeMovie() {
  const paced = pace(JSON.parse(readFileSync(path.join(source, 'movie/frames.json'), 'utf8')));
  const file = path.join(target, 'movie.webp');
  const movie = await sharp(
    paced.map(({ image }) => image),
    { join: { animated: true } },
  )
    .webp({ quality: 50, effort: 6, minSize: true, loop: 0, delay: paced.map(({ delay }) => delay) })
    .toBuffer();
  writeFileSync(file, movie);
  const seconds = paced.reduce((sum, { delay }) => sum + delay, 0) / 1000;
  process.stdout.write(`${path.relative(process.cwd(), file)} ${size(file)}, ${paced.length} frames, ${seconds.toFixed(1)} s\n`);
}

mkdirSync(target, { recursive: true });
await encodeStills();
await encodeMovie();
