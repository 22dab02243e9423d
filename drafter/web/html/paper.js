// A claim shows its fact: the reason at the foot of the sheet, the fact lit up in the list.
const show = (claim) => {
  element.querySelector(".why").textContent = claim.dataset.why;
  const facts = claim.dataset.facts.split(" ");
  for (const row of document.querySelectorAll("#understood .fact"))
    row.classList.toggle("lit", facts.includes(row.dataset.id));
};
for (const kind of ["click", "focusin", "mouseover"])
  element.addEventListener(kind, (event) => {
    const claim = event.target.closest(".claim");
    if (claim) show(claim);
  });
element.addEventListener("click", (event) => {
  const { retry } = event.target.dataset;
  if (retry) trigger("retry", { section: retry });
});
