(function () {
  "use strict";
  document.documentElement.classList.add("js");
  const body = document.querySelector(".study tbody"), rows = [...body.rows];
  const filter = document.getElementById("filter"), show = document.getElementById("show");
  const count = document.getElementById("count"), none = document.getElementById("none");

  const fits = {
    "": () => true,
    failed: r => r.dataset.state === "failed",
    refused: r => "refused" in r.dataset,
    flagged: r => "flagged" in r.dataset,
    moved: r => r.querySelector("td.moved, td.better, td.worse") !== null,
  };

  function apply() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const r of rows) {
      const ok = fits[show.value](r) && words.every(w => r.dataset.words.includes(w));
      r.hidden = !ok;
      if (ok) shown++;
    }
    count.textContent = shown === rows.length ? rows.length + " series" : shown + " of " + rows.length + " series";
    none.hidden = shown > 0;
  }

  function sort(th) {
    const index = [...th.parentNode.cells].indexOf(th), number = "number" in th.querySelector("button").dataset;
    const down = th.getAttribute("aria-sort") === "ascending";
    for (const other of th.parentNode.cells) other.setAttribute("aria-sort", "none");
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = r => r.cells[index].dataset.sort;
    rows.sort((a, b) => {
      const x = key(a), y = key(b);
      if (x === "" || y === "") return (x === "") - (y === "");
      const order = number ? x - y : x.localeCompare(y, undefined, { numeric: true });
      return down ? -order : order;
    });
    body.append(...rows);
  }

  filter.addEventListener("input", apply);
  show.addEventListener("change", apply);
  for (const b of document.querySelectorAll(".study thead button"))
    b.addEventListener("click", () => sort(b.closest("th")));
  apply();
})();
