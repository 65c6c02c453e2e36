// deno run --allow-read --allow-write=mandelbrot.ppm examples/ipc/01_mandelbrot.ts
/**
 * The Mandelbrot set, a row of pixels a task, all rows written in place into one shared image by as many workers as there
 * are processors. The picture is mandelbrot.ppm.
 */
import { Pool, SharedArray } from "@ferry/std/ipc";

const WIDTH = 480, HEIGHT = 320, DEPTH = 200;

/** Fills a row of the image; the number of points in it that do not escape. */
function row(y: number, image: SharedArray<"uint8">, width: number, height: number, depth: number) {
  const pixels = image.view;
  let inside = 0;
  for (let x = 0; x < width; x++) {
    const a = (x / width) * 3 - 2.1, b = ((y / height) * 2 - 1) * 1.05;
    let re = 0, im = 0, n = 0;
    for (; n < depth && re * re + im * im < 4; n++) {
      [re, im] = [re * re - im * im + a, 2 * re * im + b];
    }
    if (n === depth) inside++;
    const t = Math.sqrt(n / depth);
    const color = [9 * (1 - t) * t ** 3, 15 * ((1 - t) * t) ** 2, 8.5 * (1 - t) ** 3 * t];
    pixels.set(color.map((part) => Math.round(255 * part)), 3 * (y * width + x));
  }
  return inside;
}

// Shared, so that no pixel is copied between workers.
using image = new SharedArray("uint8", WIDTH * HEIGHT * 3, { lock: false });
await using pool = new Pool();

const rows = Array.from(
  { length: HEIGHT },
  (_, y) => [y, image, WIDTH, HEIGHT, DEPTH] as Parameters<typeof row>,
);
const points = await pool.starmap(row, rows, {
  onProgress(done, total) {
    if (Deno.stdout.isTerminal()) {
      const bar = "#".repeat(Math.round((40 * done) / total)).padEnd(40);
      Deno.stdout.writeSync(new TextEncoder().encode(`\r[${bar}] ${done} of ${total} rows`));
    }
  },
});

const header = new TextEncoder().encode(`P6 ${WIDTH} ${HEIGHT} 255\n`);
await Deno.writeFile("mandelbrot.ppm", new Uint8Array([...header, ...image.view]));
console.log(`${points.reduce((sum, n) => sum + n)} of ${WIDTH * HEIGHT} points are in the set`);
