(desk, text) => {
  const sheet = document.querySelector("#edit-paper .sheet");
  return [sheet ? { id: sheet.dataset.id, section: sheet.dataset.section, text } : {}];
}
