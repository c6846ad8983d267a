// Work: the document that is drawn, its history, and how it leaves the page.
const $ = (id) => document.getElementById(id);

function say(text) { $("say").textContent = ""; $("say").textContent = text; $("hint").textContent = text; }

class Work {
  constructor(first, text, changed) {
    Object.assign(this, { doc: first, text, changed, past: [], future: [] });
    this.kept = JSON.stringify(first);
    window.addEventListener("beforeunload", (e) => { if (this.dirty()) { e.preventDefault(); e.returnValue = ""; } });
  }

  // change keeps what was, so that it can be undone.
  change(edit) {
    const was = JSON.stringify(this.doc);
    edit(this.doc);
    if (JSON.stringify(this.doc) === was) return;
    this.past.push(was);
    if (this.past.length > 300) this.past.shift();
    this.future = [];
    this.changed();
  }

  back(from, to) {
    if (!from.length) return false;
    to.push(JSON.stringify(this.doc));
    this.doc = JSON.parse(from.pop());
    this.changed();
    return true;
  }

  undo() { say(this.back(this.past, this.future) ? "Undone." : "Nothing to undo."); }
  redo() { say(this.back(this.future, this.past) ? "Done again." : "Nothing to redo."); }
  dirty() { return JSON.stringify(this.doc) !== this.kept; }
  keep() { this.kept = JSON.stringify(this.doc); this.changed(); }

  download(name) {
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([this.text()], { type: "text/yaml" }));
    a.download = name;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 10000);
    this.keep();
    say("Saved as " + name + ": put it into the folder of the photos.");
  }

  async copy(area) {
    area.focus(); area.select();
    try { await navigator.clipboard.writeText(area.value); } catch (_) { document.execCommand("copy"); }
    this.keep();
    say("The text is copied.");
  }
}

// quoted is text as YAML reads it back: one line, no character that is not printed.
function quoted(s) { return JSON.stringify(tidy(s)); }
function tidy(s) { return s.replace(/[\s\p{Z}\p{C}]+/gu, " ").trim().replace(/\?+$/, "").trim(); }

const point = (p) => "[" + p.map(String).join(", ") + "]"; // every digit: what is shown is what is saved
const points = (ring) => "[" + ring.map(point).join(", ") + "]";

// wire gives a stage and its buttons the common keys; more handles the rest.
function wire(work, stages, more) {
  for (const s of stages) {
    s.onview = () => { if (s === stages[0]) $("zoom").textContent = Math.round(100 * s.k) + " %"; };
    s.box.addEventListener("keydown", (e) => {
      if (e.target !== s.box) return;
      const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
      const done = e.ctrlKey || e.metaKey ? false : common(s, key) || more(s, key, e);
      if (done) e.preventDefault();
    });
  }
  document.addEventListener("keydown", (e) => {
    if (!(e.ctrlKey || e.metaKey) || e.target.matches("input,textarea")) return;
    const key = e.key.toLowerCase();
    if (key === "z" && !e.shiftKey) work.undo(); else if (key === "y" || key === "z") work.redo(); else return;
    e.preventDefault();
  });
  function common(s, key) {
    if (key === "+" || key === "=") s.zoom(1.25); else if (key === "-") s.zoom(0.8); else if (key === "0") s.fit(); else return false;
    return true;
  }
  $("undo").onclick = () => work.undo();
  $("redo").onclick = () => work.redo();
  $("zoom-in").onclick = () => stages.forEach((s) => s.zoom(1.25));
  $("zoom-out").onclick = () => stages.forEach((s) => s.zoom(0.8));
  $("fit").onclick = () => stages.forEach((s) => s.fit());
}
