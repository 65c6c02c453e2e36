/** Throughput over message size as an SVG, both axes logarithmic. */
import type { Result } from "./measure.ts";

const WIDTH = 860;
const HEIGHT = 520;
const LEFT = 78;
const RIGHT = 190;
const TOP = 64;
const BOTTOM = 58;

/** How each line is drawn: colour, dashes, marker. */
const STYLES: Record<string, readonly [string, string, "circle" | "square" | "diamond"]> = {
  "recvBytesInto": ["#0b6e4f", "", "circle"],
  "recvBytes": ["#2e9fd0", "", "circle"],
  "{ transfer: true }": ["#7b3fb5", "", "circle"],
  "CPython": ["#c98a00", "6 4", "square"],
  "postMessage": ["#c0392b", "6 4", "diamond"],
  "postMessage, transfer": ["#e08e86", "6 4", "diamond"],
};

/** The picture. */
export function plot(rows: readonly Result[], about: Record<string, string | number>): string {
  const sizes = rows.map(({ bytes }) => bytes!);
  const lines = Object.keys(STYLES).map((name) => ({
    name,
    // Bytes in a microsecond are megabytes in a second.
    points: rows.flatMap(({ bytes, microseconds }) =>
      microseconds[name] === undefined ? [] : [[bytes!, bytes! / microseconds[name]] as const]
    ),
  })).filter(({ points }) => points.length > 0);
  const rates = lines.flatMap(({ points }) => points.map(([, rate]) => rate));
  const low = Math.floor(Math.log10(Math.min(...rates)));
  const high = Math.ceil(Math.log10(Math.max(...rates)));
  const [first, last] = [Math.log2(sizes[0]!), Math.log2(sizes.at(-1)!)];
  const x = (size: number) =>
    LEFT + (Math.log2(size) - first) / (last - first) * (WIDTH - LEFT - RIGHT);
  const y = (rate: number) =>
    HEIGHT - BOTTOM - (Math.log10(rate) - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
  const parts: string[] = [];
  for (const size of sizes) {
    parts.push(rule(x(size), TOP, x(size), HEIGHT - BOTTOM, "#e6e6e6"));
    parts.push(text(x(size), HEIGHT - BOTTOM + 18, bytesText(size), "middle"));
  }
  for (let power = low; power <= high; power++) {
    for (let digit = 2; digit < 10 && power < high; digit++) {
      const at = y(digit * 10 ** power);
      parts.push(rule(LEFT, at, WIDTH - RIGHT, at, "#f4f4f4"));
    }
    parts.push(rule(LEFT, y(10 ** power), WIDTH - RIGHT, y(10 ** power), "#cfcfcf"));
    parts.push(text(LEFT - 8, y(10 ** power) + 4, rateText(10 ** power), "end"));
  }
  // The names stand at the ends of their lines, moved apart where these are close.
  let labelled = -Infinity;
  for (
    const { name, points } of lines.toSorted((a, b) =>
      y(a.points.at(-1)![1]) - y(b.points.at(-1)![1])
    )
  ) {
    const [colour, dashes, shape] = STYLES[name]!;
    const path = points.map(([size, rate], i) =>
      `${i === 0 ? "M" : "L"}${n(x(size))} ${n(y(rate))}`
    );
    parts.push(
      `<path d="${path.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"` +
        `${dashes === "" ? "" : ` stroke-dasharray="${dashes}"`}/>`,
    );
    for (const [size, rate] of points) parts.push(marker(x(size), y(rate), shape, colour));
    labelled = Math.max(labelled + 16, y(points.at(-1)![1]) + 4);
    parts.push(text(WIDTH - RIGHT + 12, labelled, name, "start", colour));
  }
  const note =
    `Deno ${about.deno}, CPython ${about.python}, ${about.cores} cores of ${about.cpu}, ` +
    `${about.date}, ${about.commit}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="12">
<title>Throughput of a pipe over message size</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${LEFT}" y="26" font-size="17" font-weight="bold" fill="#222222">One way between two processes: throughput over message size</text>
<text x="${LEFT}" y="46" fill="#666666">${escape(note)}</text>
${parts.join("\n")}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${
    HEIGHT - 14
  }" text-anchor="middle" fill="#444444">size of a message</text>
<text transform="translate(18 ${
    (TOP + HEIGHT - BOTTOM) / 2
  }) rotate(-90)" text-anchor="middle" fill="#444444">bytes in a second</text>
</svg>
`;
}

function n(value: number): string {
  return value.toFixed(1);
}

function rule(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${colour}"/>`;
}

function text(x: number, y: number, content: string, anchor: string, colour = "#444444"): string {
  return `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" fill="${colour}">${
    escape(content)
  }</text>`;
}

function marker(
  x: number,
  y: number,
  shape: "circle" | "square" | "diamond",
  colour: string,
): string {
  if (shape === "circle") return `<circle cx="${n(x)}" cy="${n(y)}" r="3.5" fill="${colour}"/>`;
  const turned = shape === "diamond" ? ` transform="rotate(45 ${n(x)} ${n(y)})"` : "";
  return `<rect x="${n(x - 3)}" y="${n(y - 3)}" width="6" height="6" fill="${colour}"${turned}/>`;
}

function bytesText(bytes: number): string {
  if (bytes >= 2 ** 20) return `${bytes / 2 ** 20} MiB`;
  return bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;
}

function rateText(megabytes: number): string {
  return megabytes >= 1000 ? `${megabytes / 1000} GB` : `${megabytes} MB`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
