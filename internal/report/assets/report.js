"use strict";
// The viewer: two photos of the series, compared by slider, blink, blend or side by
// side, with linked zoom. Without this script the pair stands side by side.
(function () {
  const $ = (id) => document.getElementById(id);
  const stage = $("stage");
  document.documentElement.classList.add("js");
  if ($("reveal")) $("reveal").addEventListener("click", () => document.body.classList.add("shown"));
  if (!stage) return;

  const viewer = $("viewer");
  const frames = Array.from(document.querySelectorAll(".frame"));
  const panes = { left: $("pane-a"), right: $("pane-b") };
  const pick = { left: $("left"), right: $("right") };
  const state = { mode: "side", split: 50, zoom: 1, x: 0, y: 0, blinkOn: true };
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  // Each picture stands once in the file: the pair in its panes, the rest in the album.
  const sources = {};
  for (const side of ["right", "left"]) sources[pick[side].value] = part(side, "photo").src; // a picture alone is on the left
  for (const f of frames) {
    const kept = $("shot-" + f.dataset.shot), thumb = f.querySelector("img");
    if (kept) sources[f.dataset.shot] = kept.src;
    else if (!sources[f.dataset.shot] && thumb) sources[f.dataset.shot] = thumb.src;
  }

  function part(side, name) { return panes[side].querySelector("." + name); }

  function show(side) {
    const n = pick[side].value, f = frames[Number(n)];
    const photo = part(side, "photo"), chips = part(side, "chips");
    photo.src = sources[n];
    photo.alt = f.dataset.alt;
    panes[side].querySelector("b").textContent = f.dataset.label;
    chips.replaceChildren(...(f.dataset.warn ? f.dataset.warn.split("|") : []).map((w) => {
      const chip = document.createElement("span");
      chip.textContent = w;
      return chip;
    }));
    dress(side);
    for (const other of frames) other.setAttribute("aria-pressed", String(other.dataset.shot === pick.right.value));
  }

  // dress puts the chosen overlay, the outlines and the light on one pane.
  function dress(side) {
    const n = pick[side].value, aligned = !frames[Number(n)].dataset.unaligned;
    const overlay = $("overlay") ? $("overlay").value : "";
    const layer = overlay && aligned ? $("layer-" + n + "-" + overlay) : null;
    const map = part(side, "map"), regions = part(side, "regions");
    map.hidden = !layer;
    part(side, "none").hidden = !overlay || Boolean(layer);
    if (layer) map.src = layer.src;
    map.style.opacity = $("strength") ? Number($("strength").value) / 100 : 1;
    regions.hidden = !(aligned && $("outlines") && $("outlines").checked);
    if (!regions.hidden) regions.src = $("outline-layer").src;
    const spots = panes[side].querySelector(".spots");
    if (spots) spots.toggleAttribute("hidden", !(aligned && $("spots").checked));
    const undo = $("as-shot") && $("as-shot").checked && $("undo-" + n);
    part(side, "photo").style.filter = undo ? "url(#undo-" + n + ")" : "";
  }

  function dressBoth() {
    dress("left");
    dress("right");
    const overlay = $("overlay") ? $("overlay").value : "";
    for (const l of document.querySelectorAll(".legend")) l.hidden = l.dataset.overlay !== overlay;
    $("blank").hidden = !overlay;
    if ($("strength-label")) $("strength-label").hidden = !overlay;
    if ($("spot-key")) $("spot-key").hidden = !$("spots").checked;
    if ($("outline-key")) $("outline-key").hidden = !$("outlines").checked;
  }

  function setMode(mode) {
    state.mode = stage.dataset.mode = viewer.dataset.mode = mode;
    document.querySelector('.modes input[value="' + mode + '"]').checked = true;
    if (mode === "blink") state.blinkOn = !still.matches;
    paintBlink();
    place();
  }

  function setSplit(v) {
    state.split = Math.max(0, Math.min(100, v));
    $("split").value = Math.round(state.split);
    stage.style.setProperty("--split", state.split + "%");
    stage.style.setProperty("--blend", state.split / 100);
  }

  // Blinking swaps the pictures every 0.9 s, well below three flashes a second.
  let showing = "right";
  function paintBlink() {
    panes.left.classList.toggle("off", state.mode === "blink" && showing === "right");
    panes.right.classList.toggle("off", state.mode === "blink" && showing === "left");
    $("blink").textContent = state.blinkOn ? $("blink").dataset.pause : $("blink").dataset.play;
    $("blink").setAttribute("aria-pressed", String(state.blinkOn));
  }
  function swap() { showing = showing === "left" ? "right" : "left"; paintBlink(); }
  setInterval(() => { if (state.mode === "blink" && state.blinkOn && !document.hidden) swap(); }, 900);

  // Zoom keeps the point (cx, cy) of the picture, in shares of a pane, where it is.
  function zoomTo(z, cx, cy) {
    const next = Math.max(1, Math.min(8, z));
    state.x = cx - (cx - state.x) * next / state.zoom;
    state.y = cy - (cy - state.y) * next / state.zoom;
    state.zoom = next;
    place();
  }
  function pan(dx, dy) { state.x += dx; state.y += dy; place(); }
  function place() {
    const limit = 1 - state.zoom;
    state.x = Math.max(limit, Math.min(0, state.x));
    state.y = Math.max(limit, Math.min(0, state.y));
    const t = "translate(" + 100 * state.x + "%," + 100 * state.y + "%) scale(" + state.zoom + ")";
    for (const side of ["left", "right"]) part(side, "zoom").style.transform = t;
    stage.classList.toggle("zoomed", state.zoom > 1);
    $("zoom-level").textContent = Math.round(100 * state.zoom) + " %";
  }

  // Pointers: one drags the divider or the zoomed pictures, two pinch.
  const down = new Map();
  let grip = "";
  const paneOf = (e) => {
    const box = panes.left.getBoundingClientRect();
    const at = state.mode === "side" && e.clientX > box.right ? panes.right.getBoundingClientRect() : box;
    return { x: (e.clientX - at.left) / at.width, y: (e.clientY - at.top) / at.height, w: at.width, h: at.height };
  };
  const toSplit = (e) => {
    const box = stage.getBoundingClientRect();
    setSplit(100 * (e.clientX - box.left) / box.width);
  };
  stage.addEventListener("pointerdown", (e) => {
    if (e.button > 0) return;
    down.set(e.pointerId, e);
    const onDivider = e.target === $("divider");
    grip = state.mode === "slider" && (onDivider || state.zoom === 1) ? "divider" : "picture";
    if (grip === "divider" && (onDivider || e.pointerType === "mouse")) { e.preventDefault(); toSplit(e); stage.focus({ preventScroll: true }); }
    if (state.zoom > 1 || grip === "divider") stage.setPointerCapture(e.pointerId);
  });
  stage.addEventListener("pointermove", (e) => {
    const last = down.get(e.pointerId);
    if (!last) return;
    if (down.size === 2) pinch(e);
    else if (grip === "divider") toSplit(e);
    else if (state.zoom > 1) {
      const p = paneOf(e);
      pan((e.clientX - last.clientX) / p.w, (e.clientY - last.clientY) / p.h);
    }
    down.set(e.pointerId, e);
  });
  function pinch(e) {
    const other = Array.from(down.values()).find((o) => o.pointerId !== e.pointerId), last = down.get(e.pointerId);
    const span = (a, b) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    const mid = paneOf({ clientX: (e.clientX + other.clientX) / 2, clientY: (e.clientY + other.clientY) / 2 });
    zoomTo(state.zoom * span(e, other) / Math.max(1, span(last, other)), mid.x, mid.y);
  }
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, (e) => down.delete(e.pointerId));
  stage.addEventListener("touchmove", (e) => { if (e.touches.length > 1) e.preventDefault(); }, { passive: false });
  stage.addEventListener("wheel", (e) => {
    if (!e.ctrlKey && state.zoom === 1) return;
    e.preventDefault();
    const p = paneOf(e);
    zoomTo(state.zoom * Math.exp(-e.deltaY / 300), p.x, p.y);
  }, { passive: false });

  const step = 0.08;
  const keys = {
    ArrowLeft: () => state.zoom > 1 ? pan(step, 0) : setSplit(state.split - 2),
    ArrowRight: () => state.zoom > 1 ? pan(-step, 0) : setSplit(state.split + 2),
    ArrowUp: () => pan(0, step),
    ArrowDown: () => pan(0, -step),
    "+": () => zoomTo(state.zoom * 1.25, 0.5, 0.5),
    "=": () => zoomTo(state.zoom * 1.25, 0.5, 0.5),
    "-": () => zoomTo(state.zoom / 1.25, 0.5, 0.5),
    0: () => zoomTo(1, 0.5, 0.5),
    " ": () => { if (state.mode === "blink") swap(); },
  };
  stage.addEventListener("keydown", (e) => {
    const vertical = e.key === "ArrowUp" || e.key === "ArrowDown";
    if (!keys[e.key] || e.ctrlKey || e.metaKey || e.altKey || (vertical && state.zoom === 1)) return;
    e.preventDefault();
    keys[e.key]();
  });

  for (const m of document.querySelectorAll(".modes input")) m.addEventListener("change", () => setMode(m.value));
  for (const side of ["left", "right"]) pick[side].addEventListener("change", () => show(side));
  for (const f of frames) f.addEventListener("click", () => { pick.right.value = f.dataset.shot; show("right"); $("said").textContent = $("said").dataset.said.replace("%s", f.dataset.label); });
  for (const id of ["overlay", "strength", "outlines", "spots", "as-shot"]) if ($(id)) $(id).addEventListener("input", dressBoth);
  $("split").addEventListener("input", () => setSplit(Number($("split").value)));
  $("blink").addEventListener("click", () => { state.blinkOn = !state.blinkOn; paintBlink(); });
  $("zoom-in").addEventListener("click", () => zoomTo(state.zoom * 1.5, 0.5, 0.5));
  $("zoom-out").addEventListener("click", () => zoomTo(state.zoom / 1.5, 0.5, 0.5));
  $("zoom-reset").addEventListener("click", () => zoomTo(1, 0.5, 0.5));

  setSplit(50);
  setMode(window.innerWidth < 736 && frames.length > 1 ? "slider" : "side");
  show("left");
  show("right");
  dressBoth();
})();
