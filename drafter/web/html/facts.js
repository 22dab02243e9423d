element.addEventListener("change", (event) => {
  const { fact, field } = event.target.dataset;
  if (field) trigger("correct", { fact, field, value: event.target.value });
});
// The rows are patched in place, and a select that was touched keeps its own choice: set what the row says.
watch("value", () => {
  for (const option of element.querySelectorAll("option")) option.selected = option.hasAttribute("selected");
});
