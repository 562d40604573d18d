/** A small painter: shapes with smooth edges on a floating-point picture, written as PNG. */
import { crc32 as zlibCrc32, deflateSync } from 'node:zlib';

/** Bayer's ordered dither, 4 by 4. */
const DITHER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];

export class Canvas {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.pixels = new Float64Array(width * height * 3);
  }

  /** Sets every pixel to `colour(x, y)`; components are 0 to 1. */
  fill(colour) {
    for (let y = 0, at = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        for (const part of colour(x, y)) this.pixels[at++] = part;
      }
    }
  }

  /**
   * Paints where `shape(x, y)` says, inside the box: it returns [coverage, colour] or undefined. With `add` the
   * colour shines on what is below instead of hiding it.
   */
  paint([left, top, right, bottom], shape, { add = false } = {}) {
    const endX = Math.min(this.width - 1, Math.ceil(right));
    const endY = Math.min(this.height - 1, Math.ceil(bottom));
    for (let y = Math.max(0, Math.floor(top)); y <= endY; y++) {
      for (let x = Math.max(0, Math.floor(left)); x <= endX; x++) {
        const hit = shape(x, y);
        if (hit === undefined || hit[0] <= 0) continue;
        const [cover, colour] = hit;
        const at = (y * this.width + x) * 3;
        for (let part = 0; part < 3; part++) {
          const below = this.pixels[at + part];
          this.pixels[at + part] = add
            ? below + cover * colour[part] * (1 - below)
            : below + cover * (colour[part] - below);
        }
      }
    }
  }

  glow(x, y, radius, colour, strength) {
    const reach = radius * 2.6;
    this.paint(
      [x - reach, y - reach, x + reach, y + reach],
      (px, py) => [strength * Math.exp(-((px - x) ** 2 + (py - y) ** 2) / (radius * radius)), colour],
      { add: true },
    );
  }

  /** A ball lit from the upper left. */
  ball(x, y, radius, colour) {
    this.paint([x - radius - 1, y - radius - 1, x + radius + 1, y + radius + 1], (px, py) => {
      const light = Math.hypot(px - x + radius * 0.35, py - y + radius * 0.4) / (radius * 1.5);
      return [smooth(radius - Math.hypot(px - x, py - y)), shade(colour, 1.25 - 0.75 * Math.min(1, light))];
    });
  }

  /** A piece of a ring, `from` and `to` in turns, clockwise from the top. */
  arc(x, y, radius, thickness, from, to, colour, strength = 1) {
    const reach = radius + thickness;
    this.paint([x - reach, y - reach, x + reach, y + reach], (px, py) => {
      const distance = Math.hypot(px - x, py - y);
      const across = smooth(thickness / 2 - Math.abs(distance - radius));
      if (across <= 0) return undefined;
      let turn = Math.atan2(px - x, y - py) / (2 * Math.PI);
      if (turn < 0) turn++;
      const along = Math.min(turn - from, to - turn) * 2 * Math.PI * distance;
      return [strength * across * (to - from >= 1 ? 1 : smooth(along)), colour];
    });
  }

  /** A square with round corners, turned by `angle` radians. */
  tile(x, y, size, angle, colour) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const corner = size * 0.28;
    this.paint([x - size, y - size, x + size, y + size], (px, py) => {
      const across = Math.abs((px - x) * cos + (py - y) * sin) - size / 2 + corner;
      const down = Math.abs(-(px - x) * sin + (py - y) * cos) - size / 2 + corner;
      const outside =
        Math.hypot(Math.max(across, 0), Math.max(down, 0)) + Math.min(Math.max(across, down), 0);
      return [smooth(corner - outside), shade(colour, 1.12 - (0.3 * (py - y + size / 2)) / size)];
    });
  }

  /** A line through the points; `strength(t)` gives its brightness from its beginning, t = 0, to its end. */
  line(points, thickness, colour, strength) {
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    const reach = thickness + 1;
    const box = [
      Math.min(...xs) - reach,
      Math.min(...ys) - reach,
      Math.max(...xs) + reach,
      Math.max(...ys) + reach,
    ];
    const shape = (px, py) => {
      const [distance, t] = nearest(points, px, py);
      return [smooth(thickness / 2 - distance) * strength(t), colour];
    };
    this.paint(box, shape, { add: true });
  }

  /** 8 bits a component, dithered so that slow gradients show no steps. */
  toPng() {
    const rows = Buffer.alloc(this.height * (this.width * 3 + 1));
    let to = 0;
    let from = 0;
    const stride = this.width * 3;
    const quantized = Buffer.alloc(stride * this.height);
    for (const part of this.pixels) {
      const threshold = DITHER[(Math.floor(from / stride) % 4) * 4 + (Math.floor(from / 3) % 4)];
      quantized[from++] = Math.max(0, Math.min(255, Math.floor(part * 255 + (threshold + 0.5) / 16)));
    }
    for (let y = 0; y < this.height; y++) {
      rows[to++] = 1; // Filter "Sub": each byte less the one of the pixel to its left.
      for (let x = 0; x < stride; x++) {
        rows[to++] = quantized[y * stride + x] - (x < 3 ? 0 : quantized[y * stride + x - 3]);
      }
    }
    const header = Buffer.alloc(13);
    header.writeUInt32BE(this.width, 0);
    header.writeUInt32BE(this.height, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([
      signature,
      pngChunk('IHDR', header),
      pngChunk('IDAT', deflateSync(rows, { level: 9 })),
      pngChunk('IEND', Buffer.alloc(0)),
    ]);
  }
}

function pngChunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(zlibCrc32(body), body.length + 4);
  return chunk;
}

/** Distance to the nearest point of the polyline, and how far along it lies (0 to 1). */
function nearest(points, px, py) {
  let best = Infinity;
  let place = 0;
  for (let at = 0; at + 1 < points.length; at++) {
    const [x, y] = points[at];
    const dx = points[at + 1][0] - x;
    const dy = points[at + 1][1] - y;
    const t = Math.max(0, Math.min(1, ((px - x) * dx + (py - y) * dy) / (dx * dx + dy * dy)));
    const distance = Math.hypot(px - x - t * dx, py - y - t * dy);
    if (distance < best) {
      best = distance;
      place = (at + t) / (points.length - 1);
    }
  }
  return [best, place];
}

/** Coverage of a pixel whose centre lies `inside` pixels within the edge. */
function smooth(inside) {
  return Math.max(0, Math.min(1, inside + 0.5));
}

export function shade(colour, factor) {
  return colour.map((part) => Math.min(1, part * factor));
}

export function hsl(hue, saturation, lightness) {
  return [0, 8, 4].map((n) => {
    const k = (n + hue * 12) % 12;
    return (
      lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    );
  });
}
