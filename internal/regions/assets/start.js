window.addEventListener("load", async () => {
  const data = JSON.parse($("data").textContent);
  await Promise.all(Array.from(document.querySelectorAll("img.source")).map((i) => i.decode()));
  if (data.visit) drawPairs(data); else drawRegions(data);
  document.documentElement.classList.add("ready");
});
