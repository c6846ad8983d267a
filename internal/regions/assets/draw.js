// Draw: regions and the ruler on the frame photo.
function drawRegions(data) {
  const kinds = data.kinds.map((k) => k.name), colours = Object.fromEntries(data.kinds.map((k) => [k.name, k.colour]));
  const ui = { tool: "edit", kind: "treated", sel: -1, vertex: null, draft: [], hover: null, pen: null, grabbed: null };
  const work = new Work({ regions: data.regions, scale: data.scale }, yaml, refresh);
  const size = data.frame;
  const hints = {
    edit: "Tap a region to choose it; drag its corners; drag the small dots to add corners.",
    polygon: "Tap the corners one by one; tap the first one again to close.",
    freehand: "Draw around the region in one go.",
    erase: "Rub over what does not belong to the chosen region.",
    ruler: "Mark two points whose distance you know, then type the millimetres.",
  };
  const stage = new Stage($("stage"), $("photo"), size, {
    down: (s, p, e) => tools[ui.tool].down(s, p, e), move: (s, p) => tools[ui.tool].move(s, p), up: (s, p) => tools[ui.tool].up(s, p),
    cancel: () => abandon(), hover: (s, p) => { ui.hover = p; if (ui.draft.length) s.draw(); }, paint,
  });

  const chosen = () => work.doc.regions[ui.sel];
  const near = (s, a, b, touch) => distance(s.toScreen(a), s.toScreen(b)) <= (touch ? 24 : 12);
  const reach = (e) => e && e.pointerType === "touch";
  const locked = (r) => Boolean(r.file);

  // Polygon: corners by tap; the finger may slide before it is lifted.
  const polygon = {
    down(s, p) { ui.hover = s.within(p); s.draw(); return true; },
    move(s, p) { ui.hover = s.within(p); s.draw(); },
    up(s, p) { corner(s, s.within(p)); },
  };

  function corner(s, p) {
    if (ui.draft.length > 2 && near(s, p, ui.draft[0], true)) return close();
    if (ui.draft.length && distance(p, ui.draft[ui.draft.length - 1]) < 0.2) return;
    ui.draft.push(p.map(round1));
    say(ui.draft.length + (ui.draft.length > 2 ? " corners; tap the first one, or press C, to close." : " of at least 3 corners."));
    refresh();
  }

  function close() {
    const ring = ui.draft, wrong = problem([ring]);
    if (wrong) { say("This cannot be a region: " + wrong + "."); return; }
    ui.draft = []; ui.hover = null;
    add([ring]);
  }

  function add(rings) {
    let name = ui.kind, n = 1;
    while (work.doc.regions.some((r) => r.name === name)) name = ui.kind + " " + ++n;
    work.change((d) => { d.regions.push({ name, kind: ui.kind, rings }); ui.sel = d.regions.length - 1; ui.vertex = null; });
    say("Region “" + name + "” is drawn.");
  }

  // Freehand and eraser follow the pen.
  const freehand = {
    down(s, p) { ui.pen = [s.within(p)]; return true; },
    move(s, p) { if (ui.pen) { ui.pen.push(s.within(p)); s.draw(); } },
    up(s) {
      const stroke = ui.pen; ui.pen = null;
      const ring = stroke && stroke.length > 2 ? drawn(stroke, Math.max(0.5, 0.75 / s.k), size.w, size.h) : [];
      const wrong = problem([ring]);
      if (wrong) { say("That was no region: " + wrong + ". Draw around it in one go."); s.draw(); return; }
      add([ring]);
    },
  };
  const erase = {
    down(s, p) { ui.pen = [p]; s.draw(); return true; },
    move(s, p) { if (ui.pen) { ui.pen.push(p); s.draw(); } },
    up(s) {
      const stroke = ui.pen; ui.pen = null;
      if (stroke) rubOut(stroke, eraser() / s.k);
      s.draw();
    },
  };
  const eraser = () => Number($("eraser").value);

  function rubOut(stroke, r) {
    if (!chosen()) ui.sel = work.doc.regions.findIndex((g) => !locked(g) && stroke.some((p) => inside(g.rings, p)));
    const region = chosen();
    if (!region) return say("Nothing was rubbed out: no drawn region lies there.");
    if (locked(region)) return say("“" + region.name + "” comes from " + region.file + " and is changed there.");
    const mask = fill(region.rings, size.w, size.h);
    if (rub(mask, stroke, r) === 0) return say("Nothing of “" + region.name + "” lies there.");
    const rings = outline(mask, region.rings.flat()), wrong = rings.length ? problem(rings) : "";
    if (wrong) return say("This would leave no region that can be saved: " + wrong + ".");
    ui.vertex = null;
    work.change((d) => {
      if (!rings.length) { d.regions.splice(ui.sel, 1); ui.sel = -1; return; }
      d.regions[ui.sel].rings = rings;
      delete d.regions[ui.sel].proposed;
    });
    say(rings.length ? "Rubbed out." : "The whole region was rubbed out.");
  }

  // Ruler: by two taps or by one drag.
  const ruler = {
    down(s, p) { p = s.within(p); ui.pen = [p]; if (!ui.draft.length) ui.draft = [p.map(round1)]; ui.hover = p; s.draw(); return true; },
    move(s, p) { ui.hover = s.within(p); s.draw(); },
    up(s, p) {
      p = s.within(p);
      const dragged = distance(s.toScreen(p), s.toScreen(ui.pen[0])) > 10;
      if (ui.draft.length && (dragged || distance(p, ui.draft[0]) > 1)) measure(p);
      s.draw();
    },
  };

  function measure(p) {
    const from = ui.draft[0];
    ui.draft = []; ui.hover = null; ui.pen = null;
    if (distance(from, p) < 2) return say("The two points are too close together.");
    const mm = Number($("mm").value) || (work.doc.scale && work.doc.scale.mm) || 10;
    work.change((d) => { d.scale = { points: [from, p.map(round1)], mm }; });
    $("mm").focus();
    say("The ruler is set. Type how many millimetres it spans.");
  }

  // Edit: choose a region, drag corners, add and delete them; elsewhere the photo moves.
  const edit = {
    down(s, p, e) {
      const hit = handle(s, p, reach(e));
      if (hit) { ui.grabbed = { ...hit, was: JSON.stringify(work.doc) }; ui.vertex = hit.ruler === undefined ? { r: hit.r, i: hit.i } : null; s.draw(); return true; }
      const found = work.doc.regions.map((r, i) => [i, r]).filter(([, r]) => inside(r.rings, p)).map(([i]) => i);
      const next = found.length ? found[(found.indexOf(ui.sel) + 1) % found.length] : -1;
      if (next !== ui.sel || ui.vertex) { ui.sel = next; ui.vertex = null; refresh(); if (chosen()) say("“" + chosen().name + "” is chosen."); }
      return false;
    },
    move(s, p) {
      const g = ui.grabbed;
      if (!g) return;
      p = s.within(p).map(round1);
      if (g.ruler !== undefined) work.doc.scale.points[g.ruler] = p;
      else {
        if (g.between) { chosen().rings[g.r].splice(g.i, 0, p); g.between = false; }
        chosen().rings[g.r][g.i] = p;
        delete chosen().proposed;
      }
      s.draw();
    },
    up() {
      const g = ui.grabbed; ui.grabbed = null;
      if (!g) return;
      const now = work.doc;
      work.doc = JSON.parse(g.was);
      work.change((d) => { d.regions = now.regions; d.scale = now.scale; });
      stage.draw();
    },
  };

  const tools = { edit, polygon, freehand, erase, ruler };

  // handle finds what can be dragged at p: a corner of the chosen region, the middle of a
  // side, an end of the ruler.
  function handle(s, p, touch) {
    let best = null, least = touch ? 26 : 12;
    const offer = (q, what) => { const d = distance(s.toScreen(q), s.toScreen(p)); if (d < least) { least = d; best = what; } };
    const g = chosen();
    if (work.doc.scale && work.doc.scale.points) work.doc.scale.points.forEach((q, i) => offer(q, { ruler: i }));
    if (g && !locked(g)) {
      g.rings.forEach((ring, r) => ring.forEach((q, i) => offer(q, { r, i })));
      if (!best) g.rings.forEach((ring, r) => ring.forEach((q, i) => { const m = middle(s, ring, i); if (m) offer(m, { r, i: i + 1, between: true }); }));
    }
    return best;
  }

  // middle is where a side long enough on screen offers a new corner.
  function middle(s, ring, i) {
    const a = ring[i], b = ring[(i + 1) % ring.length];
    return distance(a, b) * s.k < 44 ? null : [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  }

  function deleteVertex() {
    const v = ui.vertex, g = chosen();
    if (!v || !g || locked(g)) return say("Choose a corner first.");
    if (g.rings[v.r].length <= 3) return say("A region needs three corners; delete the whole region in the list.");
    ui.vertex = null;
    work.change((d) => { d.regions[ui.sel].rings[v.r].splice(v.i, 1); });
    say("The corner is deleted.");
  }

  function abandon() {
    if (ui.grabbed) { work.doc = JSON.parse(ui.grabbed.was); ui.grabbed = null; }
    ui.pen = null; ui.hover = null;
    refresh();
  }

  // Keys on the photo, beside those that every stage has.
  function keys(s, key, e) {
    const letters = { v: "edit", p: "polygon", f: "freehand", e: "erase", r: "ruler" };
    if (letters[key]) choose(letters[key]);
    else if (/^[1-6]$/.test(key)) setKind(kinds[key - 1]);
    else if (key.startsWith("Arrow")) arrow(s, key, e);
    else if (key === " " || key === "Enter") return press(s);
    else if (key === "c" && ui.tool === "polygon") close();
    else if (key === "Escape") { ui.draft = []; ui.vertex = null; s.cursor = null; abandon(); say("Cancelled."); }
    else if (key === "Backspace" && ui.draft.length) { ui.draft.pop(); refresh(); }
    else if (key === "Delete" || key === "Backspace") deleteVertex();
    else if (key === "]" || key === "[") cycle(s, key === "]" ? 1 : -1);
    else if (key === "Insert" || key === "i") insert();
    else return false;
    return true;
  }

  function arrow(s, key, e) {
    if (ui.tool !== "edit") {
      s.step(key, e);
      if (ui.pen && ui.tool !== "ruler") ui.pen.push(s.cursor);
      ui.hover = s.cursor;
      return;
    }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    if (!ui.vertex || !chosen()) return s.pan(-60 * way[0], -60 * way[1]);
    const n = e.shiftKey ? 10 : 1, v = ui.vertex;
    work.change((d) => {
      const g = d.regions[ui.sel], q = g.rings[v.r][v.i];
      g.rings[v.r][v.i] = s.within([q[0] + n * way[0], q[1] + n * way[1]]).map(round1);
      delete g.proposed;
    });
  }

  function press(s) {
    if (ui.tool === "edit" || !s.cursor) return false;
    if (ui.tool === "polygon") corner(s, s.cursor);
    else if (ui.tool === "ruler") { if (ui.draft.length) measure(s.cursor); else ui.draft = [s.cursor]; }
    else if (ui.pen) tools[ui.tool].up(s, s.cursor);
    else { tools[ui.tool].down(s, s.cursor); say("The pen is down: move with the arrows, press Space to lift it."); }
    s.draw();
    return true;
  }

  function cycle(s, by) {
    const g = chosen();
    if (!g || locked(g)) return say("Choose a drawn region in the list first.");
    const all = g.rings.flatMap((ring, r) => ring.map((_, i) => ({ r, i })));
    const at = ui.vertex ? all.findIndex((v) => v.r === ui.vertex.r && v.i === ui.vertex.i) : (by > 0 ? -1 : 0);
    ui.vertex = all[(at + by + all.length) % all.length];
    const p = g.rings[ui.vertex.r][ui.vertex.i];
    choose("edit");
    say("Corner " + (all.indexOf(ui.vertex) + 1) + " of " + all.length + " at " + p.join(", ") + ": move it with the arrows.");
  }

  function insert() {
    const v = ui.vertex, g = chosen();
    if (!v || !g) return say("Choose a corner first.");
    work.change((d) => {
      const ring = d.regions[ui.sel].rings[v.r], a = ring[v.i], b = ring[(v.i + 1) % ring.length];
      ring.splice(v.i + 1, 0, [round1((a[0] + b[0]) / 2), round1((a[1] + b[1]) / 2)]);
    });
    ui.vertex = { r: v.r, i: v.i + 1 };
    refresh();
  }

  function choose(tool) {
    ui.tool = tool;
    ui.draft = []; ui.pen = null; ui.hover = null;
    if (tool !== "edit") ui.vertex = null;
    document.querySelector("input[name=tool][value=" + tool + "]").checked = true;
    $("stage").dataset.tool = tool;
    say(hints[tool]);
    refresh();
  }

  // setKind is for the next region, and for the one that is chosen.
  function setKind(kind) {
    ui.kind = kind;
    document.querySelector("input[name=kind][value=" + kind + "]").checked = true;
    if (chosen() && chosen().kind !== kind) work.change((d) => {
      const g = d.regions[ui.sel];
      if (g.name === g.kind || g.name.startsWith(g.kind + " ")) g.name = unused(kind, ui.sel);
      g.kind = kind;
      if (kind !== "grey") delete g.reflectance;
    });
    say("Kind: " + kind + ".");
  }

  function unused(kind, but) {
    let name = kind, n = 1;
    while (work.doc.regions.some((r, i) => i !== but && r.name === name)) name = kind + " " + ++n;
    return name;
  }

  function path(c, s, rings) {
    c.beginPath();
    for (const ring of rings) {
      ring.forEach((p, i) => { const [x, y] = s.toScreen(p); if (i) c.lineTo(x, y); else c.moveTo(x, y); });
      c.closePath();
    }
  }

  function line(c, s, list) {
    c.beginPath();
    list.forEach((p, i) => { const [x, y] = s.toScreen(p); if (i) c.lineTo(x, y); else c.moveTo(x, y); });
  }

  function paint(s, c) {
    work.doc.regions.forEach((r, i) => {
      path(c, s, r.rings);
      c.fillStyle = colours[r.kind]; c.globalAlpha = r.kind === "exclude" ? 0.3 : i === ui.sel ? 0.12 : 0.06;
      c.fill("evenodd");
      c.globalAlpha = 1;
      path(c, s, r.rings);
      strokePath(c, i === ui.sel ? 3 : 2, colours[r.kind], r.proposed ? [3, 5] : r.kind === "treated" ? [] : [9, 6]);
    });
    if (work.doc.scale && work.doc.scale.points) paintRuler(s, c, work.doc.scale.points, work.doc.scale.mm + " mm");
    if (chosen() && !locked(chosen()) && ui.tool === "edit") paintHandles(s, c, chosen());
    paintDraft(s, c);
  }

  function paintHandles(s, c, g) {
    g.rings.forEach((ring, r) => {
      let last = null;
      ring.forEach((p, i) => {
        const at = s.toScreen(p), held = ui.vertex && ui.vertex.r === r && ui.vertex.i === i, m = middle(s, ring, i);
        if (m) dot(c, s.toScreen(m), 3, "rgb(255 255 255 / .75)");
        if (!held && last && distance(at, last) < 7) return;
        last = at;
        dot(c, at, held ? 7 : 5, colours[g.kind], held);
      });
    });
  }

  function paintDraft(s, c) {
    if (ui.tool === "polygon" && ui.draft.length + (ui.hover ? 1 : 0) > 0) {
      line(c, s, ui.draft.concat(ui.hover ? [ui.hover] : []));
      strokePath(c, 2, colours[ui.kind]);
      ui.draft.forEach((p, i) => dot(c, s.toScreen(p), i ? 4 : 7, i ? "#fff" : colours[ui.kind]));
    }
    if (ui.tool === "ruler" && ui.draft.length && ui.hover) paintRuler(s, c, [ui.draft[0], ui.hover], "");
    if (!ui.pen || ui.tool === "ruler") return;
    line(c, s, ui.pen.concat(ui.pen.slice(-1)));
    if (ui.tool === "erase") {
      c.lineCap = c.lineJoin = "round"; c.lineWidth = 2 * eraser(); c.strokeStyle = "rgb(20 20 24 / .55)"; c.stroke(); c.lineCap = "butt";
    } else strokePath(c, 2, colours[ui.kind]);
  }

  function paintRuler(s, c, ends, label) {
    const [a, b] = ends.map((p) => s.toScreen(p));
    c.beginPath(); c.moveTo(...a); c.lineTo(...b);
    strokePath(c, 2, "#fff");
    dot(c, a, 5, "#fff"); dot(c, b, 5, "#fff");
    if (!label) return;
    c.font = "600 13px system-ui, sans-serif";
    const w = c.measureText(label).width, x = (a[0] + b[0]) / 2 - w / 2, y = (a[1] + b[1]) / 2 - 12;
    c.fillStyle = casing; c.fillRect(x - 5, y - 15, w + 10, 20);
    c.fillStyle = "#fff"; c.fillText(label, x, y);
  }

  // What is saved.
  function yaml() {
    const d = work.doc, out = ["# Regions drawn with dermtrace on this photo of " + size.w + "×" + size.h + " pixels.", "frame: " + JSON.stringify(size.file)];
    if (d.scale && d.scale.points) out.push("scale: {points: " + points(d.scale.points) + ", mm: " + d.scale.mm + "}");
    else if (d.scale) out.push("scale: {mm_per_px: " + d.scale.mm_per_px + "}");
    const saved = d.regions.filter((r) => !r.proposed);
    if (saved.length) out.push("rois:");
    for (const r of saved) {
      const more = r.reflectance ? ", reflectance: " + r.reflectance : "";
      const shape = r.file ? "file: " + JSON.stringify(r.file) + (r.label ? ", label: " + JSON.stringify(r.label) : "")
        : r.rings.length === 1 ? "polygon: " + points(r.rings[0]) : "polygons: [" + r.rings.map(points).join(", ") + "]";
      out.push("  - {name: " + quoted(r.name) + ", kind: " + r.kind + more + ", " + shape + "}");
    }
    return out.join("\n") + "\n";
  }

  // problems are what has to be put right before saving.
  function problems() {
    const list = [], seen = new Set();
    for (const r of work.doc.regions) {
      if (r.proposed) continue;
      const wrong = locked(r) ? "" : problem(r.rings), name = tidy(r.name);
      if (wrong) list.push("“" + name + "”: " + wrong);
      if (!name) list.push("a region has no name");
      else if (seen.has(name)) list.push("two regions are called “" + name + "”");
      seen.add(name);
    }
    return list;
  }

  function refresh() {
    if (ui.sel >= work.doc.regions.length) ui.sel = -1;
    const v = ui.vertex;
    if (v && !(chosen() && chosen().rings[v.r] && chosen().rings[v.r][v.i])) ui.vertex = null;
    list();
    scaleText();
    const wrong = problems(), waiting = work.doc.regions.filter((r) => r.proposed).length;
    $("wrong").textContent = wrong.length ? "Put right before saving: " + wrong.join("; ") + "." : "";
    for (const id of ["save", "copy"]) $(id).disabled = wrong.length > 0;
    $("yaml").value = yaml();
    $("state").textContent = work.dirty() ? "not saved yet" : waiting ? waiting + " proposed" : "saved";
    $("state").className = "state " + (work.dirty() ? "open" : "kept");
    $("undo").disabled = !work.past.length; $("redo").disabled = !work.future.length;
    $("finish").hidden = !(ui.tool === "polygon" && ui.draft.length > 2);
    $("drop").hidden = !(ui.draft.length);
    $("unpoint").hidden = !(ui.tool === "edit" && ui.vertex);
    $("eraser-size").hidden = ui.tool !== "erase";
    stage.draw();
  }

  // list shows the regions; names and kinds are changed there.
  function list() {
    const box = $("list"), open = box.contains(document.activeElement) ? [document.activeElement.dataset.part, ui.sel] : null;
    box.replaceChildren(...work.doc.regions.map((r, i) => row(r, i)));
    $("none").hidden = work.doc.regions.length > 0;
    if (open && open[0] && box.children[open[1]]) { const e = box.children[open[1]].querySelector("[data-part=" + open[0] + "]"); if (e) e.focus(); }
  }

  function row(r, i) {
    const li = document.createElement("li"), pixels = Math.round(Math.abs(r.rings.reduce((n, g, k) => n + (depth(r.rings, k) % 2 ? -1 : 1) * Math.abs(signedArea(g)), 0)));
    li.className = "region" + (i === ui.sel ? " on" : "");
    const pick = part("button", "pick"), name = part("input", "name"), drop = part("button", "drop"), fact = document.createElement("p");
    pick.type = drop.type = "button";
    pick.className = "swatch"; pick.dataset.kind = r.kind;
    pick.setAttribute("aria-pressed", String(i === ui.sel));
    pick.setAttribute("aria-label", "Choose " + r.name);
    pick.onclick = () => { ui.sel = i; ui.vertex = null; ui.kind = r.kind; document.querySelector("input[name=kind][value=" + r.kind + "]").checked = true; choose("edit"); say("“" + r.name + "” is chosen."); };
    name.value = r.name; name.maxLength = 80; name.setAttribute("aria-label", "Name of region " + (i + 1));
    name.onfocus = () => { if (ui.sel !== i) { ui.sel = i; ui.vertex = null; refresh(); } };
    name.onchange = () => work.change((d) => { d.regions[i].name = tidy(name.value); });
    drop.textContent = "×"; drop.className = "icon"; drop.setAttribute("aria-label", "Delete " + r.name);
    drop.onclick = () => { ui.sel = -1; ui.vertex = null; work.change((d) => { d.regions.splice(i, 1); }); say("“" + r.name + "” is deleted."); };
    const s = mmPerPx(), area = s ? (pixels * s * s / 100).toPrecision(3) + " cm²" : pixels.toLocaleString("en") + " px";
    fact.className = "note"; fact.textContent = [r.kind, area, r.file ? "from " + r.file : "", r.proposed ? "proposed, not used" : ""].filter(Boolean).join(" · ");
    li.append(pick, name, drop, fact);
    if (r.proposed) {
      const yes = part("button", "accept");
      yes.type = "button"; yes.textContent = "Accept"; yes.setAttribute("aria-label", "Accept " + r.name);
      yes.onclick = () => { work.change((d) => { delete d.regions[i].proposed; }); say("“" + r.name + "” is accepted."); };
      li.append(yes);
    }
    if (r.kind === "grey") li.append(reflectance(r, i));
    return li;
  }

  function part(tag, name) { const e = document.createElement(tag); e.dataset.part = name; return e; }
  const depth = (rings, k) => rings.filter((g, j) => j !== k && inside([g], rings[k][0])).length;

  function reflectance(r, i) {
    const label = document.createElement("label"), input = part("input", "reflectance");
    label.className = "note"; label.textContent = "Reflectance ";
    Object.assign(input, { type: "number", min: "0.001", max: "1", step: "any", value: r.reflectance || "", placeholder: "0.18" });
    input.onchange = () => work.change((d) => { const v = Number(input.value); if (v > 0 && v <= 1) d.regions[i].reflectance = v; else delete d.regions[i].reflectance; });
    label.append(input);
    return label;
  }

  function mmPerPx() {
    const s = work.doc.scale;
    return !s ? 0 : s.points ? s.mm / distance(...s.points) : s.mm_per_px;
  }

  function scaleText() {
    const s = work.doc.scale, v = mmPerPx();
    $("scale").textContent = v ? v.toPrecision(3) + " mm per pixel (" + (1 / v).toPrecision(3) + " px/mm)" : "Not known yet: draw the ruler.";
    if (document.activeElement !== $("mm")) $("mm").value = s && s.points ? s.mm : "";
    $("mm").disabled = !(s && s.points);
    $("unscale").hidden = !s;
  }

  document.querySelectorAll("input[name=tool]").forEach((e) => { e.onchange = () => choose(e.value); });
  document.querySelectorAll("input[name=kind]").forEach((e) => { e.onclick = () => setKind(e.value); });
  $("mm").onchange = () => { const v = Number($("mm").value); if (v > 0 && v <= 5000 && work.doc.scale && work.doc.scale.points) work.change((d) => { d.scale.mm = v; }); else refresh(); };
  $("unscale").onclick = () => { work.change((d) => { d.scale = null; }); say("The scale is deleted."); };
  $("finish").onclick = close;
  $("drop").onclick = () => { ui.draft = []; abandon(); say("Cancelled."); };
  $("unpoint").onclick = deleteVertex;
  $("save").onclick = () => work.download("regions.yaml");
  $("copy").onclick = () => work.copy($("yaml"));
  wire(work, [stage], keys);
  choose(work.doc.regions.length ? "edit" : "polygon");
}
