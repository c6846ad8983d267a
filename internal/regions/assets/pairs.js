// Pairs: the same points of skin marked in the frame and in a visit's photo.
function drawPairs(data) {
  const work = new Work({ pairs: data.pairs }, yaml, refresh);
  const ui = { sel: -1, open: [null, null], drag: null };
  const sizes = [data.frame, data.visit];
  const stages = [0, 1].map((side) => new Stage($(side ? "stage-b" : "stage"), $(side ? "photo-b" : "photo"), sizes[side], {
    down: (s, p, e) => down(side, s, p, e), move: (s, p) => move(side, s, p), up: (s, p) => up(side, s, p),
    cancel: () => { ui.drag = null; refresh(); }, paint: (s, c) => paint(side, s, c),
  }));
  const end = (pair, side) => pair.slice(2 * side, 2 * side + 2);

  function down(side, s, p, e) {
    let least = e && e.pointerType === "touch" ? 26 : 14;
    ui.drag = { pair: -1, at: s.within(p) };
    work.doc.pairs.forEach((pair, i) => { const d = distance(s.toScreen(end(pair, side)), s.toScreen(p)); if (d < least) { least = d; ui.drag.pair = i; ui.drag.was = JSON.stringify(work.doc); } });
    ui.sel = ui.drag.pair;
    s.draw();
    return true;
  }

  function move(side, s, p) {
    if (!ui.drag) return;
    ui.drag.at = s.within(p);
    if (ui.drag.pair >= 0) work.doc.pairs[ui.drag.pair].splice(2 * side, 2, ...ui.drag.at.map(round1));
    s.draw();
  }

  function up(side, s, p) {
    const g = ui.drag; ui.drag = null;
    if (!g) return;
    if (g.pair < 0) return mark(side, s.within(p).map(round1));
    const now = work.doc;
    work.doc = JSON.parse(g.was);
    work.change((d) => { d.pairs = now.pairs; });
    refresh();
  }

  // mark sets a point; the second of a pair completes it.
  function mark(side, p) {
    ui.open[side] = p;
    if (ui.open[0] && ui.open[1]) {
      const pair = ui.open[0].concat(ui.open[1]);
      ui.open = [null, null];
      work.change((d) => { d.pairs.push(pair); });
      say(work.doc.pairs.length + (work.doc.pairs.length === 1 ? " pair." : " pairs.") + (work.doc.pairs.length < 3 ? " At least three are needed." : ""));
    } else say("Now mark the same point of skin in the " + (side ? "frame." : "visit."));
    refresh();
  }

  function keys(s, key, e) {
    const side = stages.indexOf(s);
    if (key.startsWith("Arrow")) {
      if (ui.sel < 0) s.step(key, e); else nudge(side, key, e);
    } else if ((key === " " || key === "Enter") && s.cursor) mark(side, s.cursor.map(round1));
    else if (key === "Escape") { ui.open = [null, null]; ui.sel = -1; s.cursor = null; say("Cancelled."); refresh(); }
    else if ((key === "Delete" || key === "Backspace") && ui.sel >= 0) drop(ui.sel);
    else if ((key === "]" || key === "[") && work.doc.pairs.length) { const n = work.doc.pairs.length; ui.sel = (ui.sel + (key === "]" ? 1 : n - 1) + (ui.sel < 0 && key === "[" ? 1 : 0)) % n; say("Pair " + (ui.sel + 1) + ": move it with the arrows."); refresh(); }
    else return false;
    return true;
  }

  function nudge(side, key, e) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key], n = e.shiftKey ? 10 : 1;
    work.change((d) => {
      const q = end(d.pairs[ui.sel], side);
      d.pairs[ui.sel].splice(2 * side, 2, ...stages[side].within([q[0] + n * way[0], q[1] + n * way[1]]).map(round1));
    });
  }

  function drop(i) { ui.sel = -1; work.change((d) => { d.pairs.splice(i, 1); }); say("Pair " + (i + 1) + " is deleted."); }

  function paint(side, s, c) {
    work.doc.pairs.forEach((pair, i) => label(c, s.toScreen(end(pair, side)), String(i + 1), i === ui.sel));
    if (ui.open[side]) label(c, s.toScreen(ui.open[side]), String(work.doc.pairs.length + 1), true);
  }

  function label(c, [x, y], text, on) {
    for (const [w, colour] of [[4, casing], [1.5, on ? "#f0e442" : "#fff"]]) {
      c.beginPath();
      c.moveTo(x - 9, y); c.lineTo(x - 2, y); c.moveTo(x + 2, y); c.lineTo(x + 9, y);
      c.moveTo(x, y - 9); c.lineTo(x, y - 2); c.moveTo(x, y + 2); c.lineTo(x, y + 9);
      c.lineWidth = w; c.strokeStyle = colour; c.stroke();
    }
    c.font = "700 12px system-ui, sans-serif";
    c.fillStyle = casing; c.fillRect(x + 7, y - 20, c.measureText(text).width + 8, 17);
    c.fillStyle = on ? "#f0e442" : "#fff"; c.fillText(text, x + 11, y - 7);
  }

  function yaml() {
    return ["landmarks:", "  - {file: " + JSON.stringify(data.visit.file) + ", pairs: [" + work.doc.pairs.map(point).join(", ") + "]}"].join("\n") + "\n";
  }

  // flat reports points on one line: they leave the turn about it open.
  function flat(side) {
    const list = work.doc.pairs.map((p) => end(p, side));
    const far = list.reduce((a, b) => (distance(list[0], b) > distance(list[0], a) ? b : a), list[0]);
    return Math.max(...list.map((p) => (distance(list[0], far) ? Math.abs(turn(list[0], far, p)) / distance(list[0], far) : 0))) < 10;
  }

  function refresh() {
    if (ui.sel >= work.doc.pairs.length) ui.sel = -1;
    const n = work.doc.pairs.length;
    const wrong = n < 3 ? "Mark " + (3 - n) + " more " + (n === 2 ? "pair" : "pairs") + ": at least three are needed." : flat(0) || flat(1) ? "The points lie on one line: mark one beside it." : "";
    $("wrong").textContent = wrong;
    for (const id of ["save", "copy"]) $(id).disabled = wrong !== "";
    $("yaml").value = yaml();
    $("state").textContent = work.dirty() ? "not saved yet" : "saved";
    $("state").className = "state " + (work.dirty() ? "open" : "kept");
    $("undo").disabled = !work.past.length; $("redo").disabled = !work.future.length;
    $("none").hidden = n > 0;
    $("list").replaceChildren(...work.doc.pairs.map(row));
    stages.forEach((s) => s.draw());
  }

  function row(pair, i) {
    const li = document.createElement("li"), pick = document.createElement("button"), del = document.createElement("button");
    li.className = "region pair" + (i === ui.sel ? " on" : "");
    pick.type = del.type = "button";
    pick.textContent = i + 1 + "  " + point(pair); pick.setAttribute("aria-pressed", String(i === ui.sel));
    pick.onclick = () => { ui.sel = i; refresh(); };
    del.textContent = "×"; del.className = "icon"; del.setAttribute("aria-label", "Delete pair " + (i + 1));
    del.onclick = () => drop(i);
    li.append(pick, del);
    return li;
  }

  $("save").onclick = () => work.download("landmarks.yaml");
  $("copy").onclick = () => work.copy($("yaml"));
  wire(work, stages, keys);
  refresh();
  say("Mark a point of skin in the frame, then the same point in the visit: a mole, a pore, the corner of an eye.");
}
