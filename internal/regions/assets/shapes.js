// Shapes: plain geometry on rings, lists of points [x, y] in pixels of the photo, the
// centre of the top-left pixel at (0, 0). A region is a list of rings; a pixel is in it
// where its centre is inside an odd number of them, sides half-open: the rule by which
// dermtrace measures.
const round1 = (v) => Math.round(v * 10) / 10;
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

function besideSegment(a, b, p) {
  const dx = b[0] - a[0], dy = b[1] - a[1], n = dx * dx + dy * dy;
  const t = n ? Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / n)) : 0;
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

function signedArea(ring) {
  let s = 0;
  ring.forEach((p, i) => { const q = ring[(i + 1) % ring.length]; s += p[0] * q[1] - q[0] * p[1]; });
  return s / 2;
}

const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
const meet = (a, b, c, d) => turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;

function crosses(ring) {
  const n = ring.length;
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      if (meet(ring[i], ring[i + 1], ring[j], ring[(j + 1) % n])) return true;
    }
  }
  return false;
}

function ringsMeet(a, b) {
  return a.some((p, i) => b.some((q, j) => meet(p, a[(i + 1) % a.length], q, b[(j + 1) % b.length])));
}

// problem says why a region cannot be saved, "" when it can.
function problem(rings) {
  if (!rings.length) return "nothing is left of it";
  if (rings.reduce((n, r) => n + r.length, 0) > 4000) return "it has more than 4000 corners: draw it more simply";
  for (const r of rings) {
    if (r.length < 3) return "it has fewer than three corners";
    if (crosses(r)) return "its outline crosses itself";
    if (Math.abs(signedArea(r)) < 1) return "it encloses less than one pixel";
  }
  for (let i = 0; i < rings.length; i++) for (let j = 0; j < i; j++) if (ringsMeet(rings[i], rings[j])) return "its pieces cross each other";
  return "";
}

// inside is the even-odd rule for one point.
function inside(rings, p) {
  let odd = false;
  for (const ring of rings) {
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length];
      if ((a[1] <= p[1]) !== (b[1] <= p[1]) && p[0] >= a[0] + (p[1] - a[1]) * (b[0] - a[0]) / (b[1] - a[1])) odd = !odd;
    });
  }
  return odd;
}

// fill returns the pixels of a w×h photo inside rings: by the even-odd rule, or wherever
// the outline winds around them.
function fill(rings, w, h, winding) {
  let x0 = w, y0 = h, x1 = 0, y1 = 0;
  for (const [x, y] of rings.flat()) {
    x0 = Math.min(x0, x); y0 = Math.min(y0, y); x1 = Math.max(x1, x); y1 = Math.max(y1, y);
  }
  x0 = Math.max(0, Math.ceil(x0)); y0 = Math.max(0, Math.ceil(y0));
  const m = { x0, y0, w: Math.max(0, Math.min(w, Math.ceil(x1)) - x0), h: Math.max(0, Math.min(h, Math.ceil(y1)) - y0) };
  m.in = new Uint8Array(m.w * m.h);
  const rows = Array.from({ length: m.h }, () => []);
  for (const ring of rings) ring.forEach((p, i) => cut(rows, m, p, ring[(i + 1) % ring.length]));
  rows.forEach((row, y) => {
    row.sort((a, b) => a[0] - b[0]);
    let n = 0;
    row.forEach(([x, way], i) => {
      n += way;
      const out = winding ? n === 0 : i % 2 === 1;
      if (!out) m.in.fill(1, y * m.w + x, y * m.w + (i + 1 < row.length ? row[i + 1][0] : m.w));
    });
  });
  return m;
}

// cut notes, for each row that a side crosses, the first pixel at or right of it.
function cut(rows, m, a, b) {
  let way = 1;
  if (a[1] > b[1]) { [a, b] = [b, a]; way = -1; }
  const last = Math.min(Math.ceil(b[1]) - m.y0, m.h);
  for (let y = Math.max(Math.ceil(a[1]) - m.y0, 0); y < last; y++) {
    const x = a[0] + (y + m.y0 - a[1]) * (b[0] - a[0]) / (b[1] - a[1]);
    rows[y].push([Math.min(Math.max(Math.ceil(x) - m.x0, 0), m.w), way]);
  }
}

// rub takes the pixels within r of a stroke out of a mask, and says how many there were.
function rub(m, stroke, r) {
  let n = 0;
  stroke.forEach((b, i) => {
    const a = stroke[Math.max(0, i - 1)];
    const from = Math.max(m.y0, Math.ceil(Math.min(a[1], b[1]) - r)), to = Math.min(m.y0 + m.h - 1, Math.max(a[1], b[1]) + r);
    for (let y = from; y <= to; y++) {
      const left = Math.max(m.x0, Math.ceil(Math.min(a[0], b[0]) - r)), right = Math.min(m.x0 + m.w - 1, Math.max(a[0], b[0]) + r);
      for (let x = left; x <= right; x++) {
        const at = (y - m.y0) * m.w + x - m.x0;
        if (m.in[at] && besideSegment(a, b, [x, y]) <= r) { m.in[at] = 0; n++; }
      }
    }
  });
  return n;
}

// trace goes around every patch and hole of a mask along the sides of its pixels.
function trace(m) {
  const at = (x, y) => x >= 0 && y >= 0 && x < m.w && y < m.h && m.in[y * m.w + x] === 1;
  const seen = new Uint8Array(m.in.length), rings = [];
  const ahead = [[[0, -1], [0, 0]], [[0, 0], [-1, 0]], [[-1, 0], [-1, -1]], [[-1, -1], [0, -1]]];
  const step = [[1, 0], [0, 1], [-1, 0], [0, -1]];
  for (let i = 0; i < m.in.length; i++) {
    if (!m.in[i] || seen[i] || (i >= m.w && m.in[i - m.w])) continue;
    const sx = i % m.w, sy = (i - sx) / m.w;
    const ring = [];
    let x = sx, y = sy, way = 0;
    do {
      if (way === 0) seen[y * m.w + x] = 1;
      x += step[way][0]; y += step[way][1];
      const [left, right] = ahead[way];
      let next = way;
      if (!at(x + right[0], y + right[1])) next = (way + 1) % 4;
      else if (at(x + left[0], y + left[1])) next = (way + 3) % 4;
      if (next !== way) { ring.push([x + m.x0 - 0.5, y + m.y0 - 0.5]); way = next; }
    } while (x !== sx || y !== sy || way !== 0);
    rings.push(ring);
  }
  return rings;
}

// thin drops points of an open line that lie within tol of what is left (Douglas and
// Peucker 1973).
function thin(line, tol) {
  const keep = new Uint8Array(line.length), todo = [[0, line.length - 1]];
  keep[0] = keep[line.length - 1] = 1;
  while (todo.length) {
    const [a, b] = todo.pop();
    let far = -1, most = tol;
    for (let i = a + 1; i < b; i++) {
      const d = besideSegment(line[a], line[b], line[i]);
      if (d > most) { most = d; far = i; }
    }
    if (far > 0) { keep[far] = 1; todo.push([a, far], [far, b]); }
  }
  return line.filter((_, i) => keep[i]);
}

// smooth makes a ring of pixel sides a drawn one again: corners that were there before
// stay where they were, what lies between is thinned.
function smooth(ring, corners, tol) {
  if (tol === 0) return ring;
  const fixed = new Map();
  for (const c of corners) {
    let best = -1;
    ring.forEach((p, i) => { if (distance(p, c) < (best < 0 ? 1.5 : distance(ring[best], c))) best = i; });
    if (best >= 0 && !fixed.has(best)) fixed.set(best, c);
  }
  if (!fixed.size) fixed.set(0, ring[0]);
  const stops = Array.from(fixed.keys()).sort((a, b) => a - b);
  if (stops.length === 1) {
    let far = 0;
    ring.forEach((p, i) => { if (distance(p, ring[stops[0]]) > distance(ring[far], ring[stops[0]])) far = i; });
    stops.push(far);
    stops.sort((a, b) => a - b);
  }
  const out = [];
  stops.forEach((from, k) => {
    const to = stops[(k + 1) % stops.length] + (k + 1 === stops.length ? ring.length : 0);
    const line = [];
    for (let i = from; i <= to; i++) line.push(fixed.get(i % ring.length) || ring[i % ring.length]);
    out.push(...thin(line, tol).slice(0, -1));
  });
  return out;
}

// outline makes the rings of a mask; corners of the shape that it came from are kept.
// What is simplified never crosses: else it is left as it is.
function outline(mask, corners) {
  const exact = trace(mask);
  for (const tol of [1, 0.5, 0]) {
    const rings = exact.map((r) => smooth(r, corners, tol)).filter((r) => r.length > 2 && Math.abs(signedArea(r)) >= 2);
    if (tol === 0 || !problem(rings)) return rings;
  }
  return exact;
}

// drawn makes a ring of a freehand stroke: thinned and, where it crosses itself, the
// outer border of what it encloses.
function drawn(stroke, tol, w, h) {
  const ring = thin(stroke.concat([stroke[0]]), tol).slice(0, -1).map((p) => p.map(round1));
  if (ring.length < 3 || !crosses(ring)) return ring;
  const rings = outline(fill([ring], w, h, true), []);
  return rings.sort((a, b) => Math.abs(signedArea(b)) - Math.abs(signedArea(a)))[0] || [];
}
