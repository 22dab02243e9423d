element.addEventListener("click", (event) => {
  const { delete: gone, undelete } = event.target.dataset;
  if (gone) trigger("remove", { id: gone });
  if (undelete) trigger("undelete", { id: undelete });
});
