import { type Compared, compare, type Result } from './comparison.js';
import { asTimes, shortName, withUnit } from './report.js';

/** As wide as a README is shown. All lengths are pixels. */
const WIDTH = 830;
const MARGIN = 20;
const HEAD = 94;
const PLOT = { left: 285, right: 545 };
const TITLE_LETTERS = 38;
const LINE = 15;
const BAR = { pitch: 17, height: 10 };
const GAP = 14;
/** What is not at least so many times, or more than that, ends at the edge; its label tells how much it is. */
const EDGES = { low: 0.1, high: 1_000 };
const TICKS = [0.1, 1, 10, 100, 1_000];

/** Of a text of several fonts, about. */
const LETTER = 6.8;

/** A picture is shown on a page whose theme it cannot know: it brings its own ground for the person's. */
const STYLE = `
  svg { --ground: #ffffff; --edge: #d1d9e0; --text: #1f2328; --muted: #59636e; --ours: #0969da; --more: #aeb9c4; --less: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --edge: #2f353d; --text: #f0f6fc; --muted: #9198a1; --ours: #4493f8; --more: #57606a; --less: #db6d28 }
  }
  text { font: 12px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; fill: var(--text) }
  .ground { fill: var(--ground); stroke: var(--edge) }
  .head { font-size: 17px; font-weight: 600 }
  .id { font-weight: 600 }
  .muted { fill: var(--muted) }
  .tick { font-size: 11px; fill: var(--muted); text-anchor: middle }
  .figure { font-weight: 600; fill: var(--ours) }
  .label { paint-order: stroke; stroke: var(--ground); stroke-width: 4px; stroke-linejoin: round }
  .times { font-weight: 600 }
  .grid { stroke: var(--edge) }
  .ours { stroke: var(--ours); stroke-width: 2 }
  .more { fill: var(--more) }
  .less { fill: var(--less) }
  .cut { stroke: var(--ground); stroke-width: 3 }
`;

/**
 * The picture of the README, as SVG: for each row what others take, as multiples of what ours takes, on a logarithmic axis. Rows
 * that compare with nobody have no place in it.
 */
export function chartOf(all: readonly Result[]): string {
  const results = all.filter(({ measured }) => measured.length > 1);
  const scale = scaleOf(results);
  let top = HEAD;
  const rows = results.map((result) => {
    const { svg, height } = rowOf(result, top, scale);
    top += height;
    return svg;
  });
  const bottom = top + 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${bottom}" viewBox="0 0 ${WIDTH} ${bottom}" role="img" aria-labelledby="title desc">
<title id="title">What others take, as multiples of what Tenant Tokens takes</title>
<desc id="desc">${escaped(results.map(inWords).join(' '))}</desc>
<style>${STYLE}</style>
<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${bottom - 1}" rx="6"/>
${headOf(scale, bottom)}
${rows.join('\n')}
</svg>
`;
}

interface Scale {
  readonly ticks: readonly number[];
  /** Where so many times are on the axis: at its end, if that is beyond it. */
  readonly place: (times: number) => number;
  readonly isBeyond: (times: number) => boolean;
}

/** From the least to the most that is drawn, and 1 in any case. */
function scaleOf(results: readonly Result[]): Scale {
  const drawn = results.flatMap((result) => compare(result).flatMap(({ times }) => (times ? [times.value] : [])));
  const low = Math.max(EDGES.low, Math.min(0.5, ...drawn));
  const high = Math.min(EDGES.high, Math.max(10, ...drawn));
  const share = (times: number) => Math.log(times / low) / Math.log(high / low);
  return {
    ticks: TICKS.filter((tick) => tick >= low && tick <= high),
    place: (times) => rounded(PLOT.left + Math.min(Math.max(share(times), 0), 1) * (PLOT.right - PLOT.left)),
    isBeyond: (times) => times < low || times > high,
  };
}

function headOf({ ticks, place }: Scale, bottom: number): string {
  return [
    text(MARGIN, 32, 'What others take, as multiples of Tenant Tokens', 'head'),
    text(
      MARGIN,
      53,
      'To the right of the blue line is what takes more, to its left what takes less. Medians, logarithmic axis.',
      'muted',
    ),
    ...ticks.map((tick) => text(place(tick), HEAD - 12, `${tick.toLocaleString('en-US')}×`, 'tick')),
    ...ticks.map((tick) => stroke(tick === 1 ? 'ours' : 'grid', place(tick), HEAD - 6, place(tick), bottom - 8)),
  ].join('\n');
}

function rowOf(result: Result, top: number, scale: Scale): { svg: string; height: number } {
  const { id, title, unit } = result;
  const [ours, ...others] = compare(result);
  const titles = wrapped(`${id} ${title}`);
  const height = Math.max((titles.length + 1) * LINE, others.length * BAR.pitch) + GAP;
  const svg = [
    stroke('grid', MARGIN, top, WIDTH - MARGIN, top),
    ...titles.map((line, at) =>
      at ? text(MARGIN, top + 20 + at * LINE, line) : `<text x="${MARGIN}" y="${top + 20}">${withId(id, line)}</text>`,
    ),
    text(MARGIN, top + 20 + titles.length * LINE, withUnit(ours!.p50, unit), 'figure'),
    ...others.map((other, at) => barOf(other, result, top + 10 + at * BAR.pitch, scale)),
  ];
  return { svg: svg.join('\n'), height };
}

const withId = (id: string, line: string): string => `<tspan class="id">${escaped(id)}</tspan>${escaped(line.slice(id.length))}`;

/** The bar begins at ours, and goes to the right where the other takes more. One that goes beyond the axis is cut through. */
function barOf({ name, p50, times }: Compared, { unit }: Result, top: number, { place, isBeyond }: Scale): string {
  const value = times?.value ?? Number.POSITIVE_INFINITY;
  const [one, end] = [place(1), place(value)];
  const [left, right] = [Math.min(one, end), Math.max(one, end)];
  const figure = times ? asTimes(value) : withUnit(p50, unit);
  const cut = end + (value > 1 ? -8 : 4);
  const room = Math.floor((WIDTH - MARGIN - right) / LETTER) - figure.length;
  return [
    `<rect class="${value < 1 ? 'less' : 'more'}" x="${left}" y="${top}" width="${rounded(right - left)}" height="${BAR.height}" rx="1.5"/>`,
    isBeyond(value) ? stroke('cut', cut, top + BAR.height + 1, cut + 4, top - 1) : '',
    `<text class="label" x="${right + 7}" y="${top + 9}"><tspan class="times">${figure}</tspan> ${escaped(shortened(shortName(name), room))}</text>`,
  ].join('');
}

function inWords(result: Result): string {
  const { id, title, unit } = result;
  const [ours, ...others] = compare(result);
  const words = others.map(({ name, p50, times }) => `${shortName(name)} ${times ? asTimes(times.value) : withUnit(p50, unit)}`);
  return `${[`${id} ${title}: Tenant Tokens ${withUnit(ours!.p50, unit)}`, ...words].join(', ')}.`;
}

/** Text is not wrapped in a picture. */
function wrapped(words: string): string[] {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < TITLE_LETTERS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const shortened = (words: string, letters: number): string =>
  words.length > letters ? `${words.slice(0, letters - 1)}…` : words;

const text = (x: number, y: number, words: string, kind?: string): string =>
  `<text${kind ? ` class="${kind}"` : ''} x="${x}" y="${y}">${escaped(words)}</text>`;

const stroke = (kind: string, x1: number, y1: number, x2: number, y2: number): string =>
  `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (words: string): string => words.replaceAll(/[&<>]/g, (letter) => ENTITIES[letter]!);

const rounded = (length: number): number => Math.round(length * 10) / 10;
