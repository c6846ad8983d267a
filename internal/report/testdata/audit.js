// audit lists what a page does wrong by WCAG 2.2 AA, as far as a script can see it:
// names of controls, alternatives of pictures, contrast of text, sizes of targets,
// and anything that makes the page wider than its window.
(() => {
  const found = [];
  const visible = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0;
  const say = (e, what) => found.push(what + ": " + e.outerHTML.slice(0, 90).replace(/src="data:[^"]*/, 'src="data:…'));

  const nameOf = (e) => (e.getAttribute("aria-label") || (e.labels && Array.from(e.labels).map((l) => l.textContent).join(" ")) || e.textContent || "").trim();
  for (const e of document.querySelectorAll("button,select,input,a[href],summary,[tabindex]")) {
    if (!nameOf(e)) say(e, "no name");
  }
  for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) say(e, "no alternative");
  for (const e of document.querySelectorAll("svg")) if (e.getAttribute("aria-hidden") !== "true" && !e.getAttribute("aria-label")) say(e, "drawing without a name");
  for (const e of document.querySelectorAll("table")) if (!e.querySelector("th[scope=col]")) say(e, "table without headers");
  let level = 0;
  for (const h of document.querySelectorAll("h1,h2,h3,h4")) {
    if (!visible(h)) continue;
    const n = Number(h.tagName[1]);
    if (n > level + 1) say(h, "heading skips a level");
    level = n;
  }

  const rgba = (s) => { const m = s.match(/[\d.]+/g).map(Number); return [m[0], m[1], m[2], m.length > 3 ? m[3] : 1]; };
  const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const ground = (e) => {
    const layers = [];
    for (let p = e; p; p = p.parentElement) layers.push(rgba(getComputedStyle(p).backgroundColor));
    layers.push(matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1]);
    return layers.reduceRight((b, a) => over(a, b));
  };
  const lum = (c) => [0.2126, 0.7152, 0.0722].reduce((s, w, i) => {
    const v = c[i] / 255;
    return s + w * (v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
  }, 0);
  const ratio = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  for (const e of document.querySelectorAll("body *")) {
    const own = Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !visible(e) || ["SCRIPT", "STYLE", "OPTION"].includes(e.tagName) || e.closest(".vh,.skip")) continue;
    const s = getComputedStyle(e), back = ground(e);
    const ink = e.namespaceURI.endsWith("svg") ? s.fill : s.color;
    const big = parseFloat(s.fontSize) >= 24 || (parseFloat(s.fontSize) >= 18.66 && Number(s.fontWeight) >= 700);
    const r = ratio(over(rgba(ink), back), back);
    if (!(r >= (big ? 3 : 4.5))) say(e, "contrast " + r.toFixed(2));
    if (parseFloat(s.fontSize) < 11.9 && !e.closest("svg")) say(e, "text of " + s.fontSize);
  }
  for (const e of document.querySelectorAll("button,select,input,summary")) {
    if (!visible(e)) continue;
    const t = e.type === "checkbox" ? e.closest("label") : e, b = t.getBoundingClientRect();
    if (b.width < 24 || b.height < 24) say(e, "target of " + Math.round(b.width) + "×" + Math.round(b.height));
  }
  // A phone zooms out to show what is too wide: its visual viewport then exceeds the page.
  const wide = Math.round(Math.max(document.documentElement.scrollWidth, visualViewport.width) - document.documentElement.clientWidth);
  if (wide > 0) {
    found.push("page " + wide + " px wider than its window");
    for (const e of document.querySelectorAll("body *")) if (e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll,.film")) say(e, "sticks out");
  }
  return found;
})()
