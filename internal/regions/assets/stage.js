// Stage: one photo under a layer of shapes, with zoom and pan by wheel, fingers, buttons
// and keys. What is pointed at is handed to its tool in pixels of the photo.
class Stage {
  constructor(box, image, size, tool) {
    Object.assign(this, { box, size, tool, k: 1, x: 0, y: 0, cursor: null, fingers: new Map(), hold: null });
    this.layers = [0, 1].map(() => document.createElement("canvas"));
    this.layers.forEach((c) => c.setAttribute("aria-hidden", "true"));
    box.prepend(...this.layers);
    this.steps = halved(image, size);
    box.addEventListener("pointerdown", (e) => this.down(e));
    box.addEventListener("pointermove", (e) => this.move(e));
    for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, (e) => this.up(e));
    box.addEventListener("wheel", (e) => { e.preventDefault(); this.zoom(Math.exp(-e.deltaY * (e.ctrlKey ? 0.01 : 0.0015)), this.local(e)); }, { passive: false });
    box.addEventListener("mousedown", (e) => { if (!e.target.closest("button")) e.preventDefault(); }); // selects no text
    box.addEventListener("contextmenu", (e) => e.preventDefault());
    box.addEventListener("blur", () => { this.cursor = null; this.draw(); });
    new ResizeObserver(() => this.resize()).observe(box);
  }

  resize() {
    const r = this.box.getBoundingClientRect(), dense = Math.min(window.devicePixelRatio || 1, 2);
    const fitted = !this.w || Math.abs(this.k - this.fitted()) < 1e-9;
    Object.assign(this, { w: r.width, h: r.height, dense });
    for (const c of this.layers) { c.width = Math.round(r.width * dense); c.height = Math.round(r.height * dense); }
    if (fitted) this.fit(); else this.draw();
  }

  fitted() { return Math.min(this.w / this.size.w, this.h / this.size.h); }

  fit() {
    this.k = this.fitted();
    this.x = (this.w - this.size.w * this.k) / 2;
    this.y = (this.h - this.size.h * this.k) / 2;
    this.draw();
  }

  // zoom multiplies the scale and keeps the screen point at.
  zoom(by, at) {
    const [cx, cy] = at || [this.w / 2, this.h / 2];
    const k = Math.min(Math.max(this.k * by, this.fitted() * 0.8), 40);
    this.x = cx - (cx - this.x) * k / this.k;
    this.y = cy - (cy - this.y) * k / this.k;
    this.k = k;
    this.keep();
  }

  pan(dx, dy) { this.x += dx; this.y += dy; this.keep(); }

  // keep leaves some of the photo in sight.
  keep() {
    const m = 60;
    this.x = Math.min(Math.max(this.x, m - this.size.w * this.k), this.w - m);
    this.y = Math.min(Math.max(this.y, m - this.size.h * this.k), this.h - m);
    this.draw();
  }

  local(e) { const r = this.box.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; }
  toPhoto([x, y]) { return [round1((x - this.x) / this.k - 0.5), round1((y - this.y) / this.k - 0.5)]; }
  toScreen([x, y]) { return [this.x + (x + 0.5) * this.k, this.y + (y + 0.5) * this.k]; }

  // within holds a point inside the photo.
  within([x, y]) { return [Math.min(Math.max(x, -0.5), this.size.w - 0.6), Math.min(Math.max(y, -0.5), this.size.h - 0.6)]; }

  down(e) {
    if (e.target.closest("button")) return;
    this.box.focus({ preventScroll: true });
    this.cursor = null;
    try { this.box.setPointerCapture(e.pointerId); } catch (_) { /* the finger has gone */ }
    this.fingers.set(e.pointerId, this.local(e));
    if (this.fingers.size > 1) {
      if (this.hold === "tool") this.tool.cancel(this);
      this.hold = "pinch";
    } else if (e.button > 0 || !this.tool.down(this, this.toPhoto(this.local(e)), e)) {
      this.hold = "pan";
    } else this.hold = "tool";
  }

  move(e) {
    const at = this.local(e), was = this.fingers.get(e.pointerId);
    if (!was) { if (this.tool.hover) this.tool.hover(this, this.toPhoto(at)); return; }
    if (this.hold === "pinch") this.pinch(e.pointerId, at);
    this.fingers.set(e.pointerId, at);
    if (this.hold === "pan") this.pan(at[0] - was[0], at[1] - was[1]);
    if (this.hold === "tool") {
      const all = e.getCoalescedEvents ? e.getCoalescedEvents() : [];
      for (const one of all.length ? all : [e]) this.tool.move(this, this.toPhoto(this.local(one)));
    }
  }

  pinch(id, at) {
    const other = Array.from(this.fingers).find(([n]) => n !== id), was = this.fingers.get(id);
    if (!other) return;
    const [ox, oy] = other[1], d = (p) => Math.hypot(p[0] - ox, p[1] - oy);
    this.x += (at[0] - was[0]) / 2; this.y += (at[1] - was[1]) / 2;
    this.zoom(d(was) > 8 ? d(at) / d(was) : 1, [(at[0] + ox) / 2, (at[1] + oy) / 2]);
  }

  up(e) {
    if (!this.fingers.delete(e.pointerId)) return;
    if (this.hold === "tool") {
      if (e.type === "pointercancel") this.tool.cancel(this); else this.tool.up(this, this.toPhoto(this.local(e)));
    }
    if (this.fingers.size === 0) this.hold = null;
  }

  // step moves the keyboard's cross by screen-sized steps: coarse with Shift, a single
  // pixel with Alt.
  step(key, e) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const n = e.altKey ? 1 : Math.max(1, Math.round(4 / this.k)) * (e.shiftKey ? 8 : 1);
    const from = this.cursor || this.toPhoto([this.w / 2, this.h / 2]).map(Math.round);
    this.cursor = this.cursor ? this.within([from[0] + n * ways[key][0], from[1] + n * ways[key][1]]) : this.within(from);
    const [sx, sy] = this.toScreen(this.cursor), m = 24;
    this.pan(Math.max(m - sx, 0) + Math.min(this.w - m - sx, 0), Math.max(m - sy, 0) + Math.min(this.h - m - sy, 0));
  }

  // draw paints at the next frame.
  draw() {
    if (this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => { this.waits = false; this.paint(); });
  }

  paint() {
    this.box.dataset.view = [this.k, this.x, this.y].join(" ");
    const [photo, shapes] = this.layers.map((c) => c.getContext("2d"));
    for (const c of [photo, shapes]) { c.setTransform(this.dense, 0, 0, this.dense, 0, 0); c.clearRect(0, 0, this.w, this.h); }
    const half = this.steps.findLastIndex((s) => s.width >= this.size.w * this.k * this.dense);
    const source = this.steps[Math.max(0, half)];
    photo.imageSmoothingEnabled = this.k < 3;
    photo.drawImage(source, this.x, this.y, this.size.w * this.k, this.size.h * this.k);
    this.tool.paint(this, shapes);
    if (this.cursor) this.paintCursor(shapes);
    if (this.onview) this.onview();
  }

  paintCursor(c) {
    const [x, y] = this.toScreen(this.cursor);
    for (const [width, colour] of [[4, "#14181b"], [1.5, "#fff"]]) {
      c.beginPath();
      c.moveTo(x - 14, y); c.lineTo(x - 3, y); c.moveTo(x + 3, y); c.lineTo(x + 14, y);
      c.moveTo(x, y - 14); c.lineTo(x, y - 3); c.moveTo(x, y + 3); c.lineTo(x, y + 14);
      c.lineWidth = width; c.strokeStyle = colour; c.setLineDash([]); c.stroke();
    }
  }
}

// halved keeps the photo as a bitmap and at halves of its size, so that a large one is
// drawn from about as many pixels as the screen has.
function halved(image, size) {
  const steps = [];
  for (let w = size.w, h = size.h; steps.length === 0 || w > 400; w = Math.round(w / 2), h = Math.round(h / 2)) {
    const c = document.createElement("canvas");
    c.width = w; c.height = h;
    const p = c.getContext("2d");
    p.imageSmoothingQuality = "high";
    p.drawImage(steps[steps.length - 1] || image, 0, 0, w, h);
    steps.push(c);
  }
  return steps;
}

const casing = "rgb(20 20 24 / .8)";

// strokePath draws a line legible on any skin.
function strokePath(c, width, colour, dash) {
  c.lineJoin = "round";
  c.setLineDash([]);
  c.lineWidth = width + 2.5; c.strokeStyle = casing; c.stroke();
  c.setLineDash(dash || []);
  c.lineWidth = width; c.strokeStyle = colour; c.stroke();
  c.setLineDash([]);
}

function dot(c, [x, y], r, colour, mark) {
  c.beginPath();
  c.arc(x, y, r, 0, 2 * Math.PI);
  c.fillStyle = colour; c.fill();
  c.lineWidth = mark ? 3 : 1.5; c.strokeStyle = mark ? "#fff" : casing; c.stroke();
  if (mark) { c.lineWidth = 1; c.strokeStyle = casing; c.beginPath(); c.arc(x, y, r + 2, 0, 2 * Math.PI); c.stroke(); }
}
