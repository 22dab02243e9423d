// A card is taken in hand with the mouse or with Enter; Ctrl+S saves and Ctrl+Enter has it rewritten.
const pick = (event) => {
  const card = event.target.closest(".card");
  if (card && !card.classList.contains("current")) trigger("pick", { section: card.dataset.section });
};
element.addEventListener("click", pick);
element.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.ctrlKey) pick(event);
});
if (!window.drafterKeys) {
  window.drafterKeys = true;
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    const button = { s: "#save", Enter: "#rewrite" }[event.key];
    const found = button && document.querySelector(button);
    if (!found) return;
    event.preventDefault();
    found.click();
  });
}
