// A finding, a heading or a missing item leads to its line in the document.
element.addEventListener("click", (event) => {
  const jump = event.target.closest(".jump");
  if (!jump) return;
  const paper = document.querySelector("#checked-paper");
  const line = paper.querySelector(`[data-line="${jump.dataset.line}"]`);
  if (!line) return;
  for (const lit of paper.querySelectorAll(".lit")) lit.classList.remove("lit");
  line.classList.add("lit");
  line.scrollIntoView({ block: "center", behavior: "smooth" });
});
