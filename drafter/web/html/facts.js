// The rows are patched in place, so a correction that moves its fact to another row must take the focus along.
let corrected = null;
element.addEventListener("change", (event) => {
  const { fact, field } = event.target.dataset;
  if (!field) return;
  corrected = { fact, field };
  trigger("correct", { fact, field, value: event.target.value });
});
// A select that was touched keeps its own choice in another row: set what the row says.
watch("value", () => {
  for (const option of element.querySelectorAll("option")) option.selected = option.hasAttribute("selected");
  const focused = document.activeElement;
  if (corrected && (focused === document.body || element.contains(focused)))
    [...element.querySelectorAll("select")]
      .find((select) => select.dataset.fact === corrected.fact && select.dataset.field === corrected.field)
      ?.focus({ preventScroll: true });
  corrected = null;
});
// A fact shows where it is used: the claims that rest on it are lit up in the document.
element.addEventListener("click", (event) => {
  const button = event.target.closest(".fact-id");
  if (!button) return;
  const id = button.closest("[data-id]").dataset.id;
  const claims = [...document.querySelectorAll("#paper .claim")];
  for (const claim of claims) claim.classList.toggle("lit", claim.dataset.facts.split(" ").includes(id));
  document.querySelector("#paper .claim.lit")?.scrollIntoView({ block: "center" });
});
