/** Filters the reference by words: the only script of /docs, which is whole without it. */
(() => {
  const field = document.getElementById("filter");
  const found = document.getElementById("found");
  const operations = [...document.querySelectorAll(".operation")].map((section) => ({
    section,
    link: document.querySelector(`.contents a[href="#${section.id}"]`)?.parentElement,
    text: section.textContent.toLowerCase(),
  }));
  document.getElementById("filter-row").hidden = false;

  function filter() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { section, link, text } of operations) {
      const fits = words.every((word) => text.includes(word));
      shown += fits ? 1 : 0;
      section.hidden = !fits;
      if (link) link.hidden = !fits;
    }
    for (const group of document.querySelectorAll(".group"))
      group.hidden = group.querySelector(".operation:not([hidden])") === null;
    for (const group of document.querySelectorAll(".contents li:has(ul)"))
      group.hidden = group.querySelector("ul li:not([hidden])") === null;
    found.textContent = words.length === 0 ? "" : `${shown} of ${operations.length}`;
  }

  field.addEventListener("input", filter);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = "";
    filter();
  });
  // a browser keeps what was typed when the page is loaded again
  filter();
})();
