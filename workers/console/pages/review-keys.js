/**
 * Works the review page by single letters: each presses the button or follows the link that bears it in `data-key`. They
 * can be switched off (WCAG 2.1.4), and never reach into a field that is being written in.
 */
(() => {
  const FIELDS = "textarea, select, input:not([type=checkbox])";
  const STORED = "winnow review letters";
  const choice = document.querySelector("#letters");
  if (choice === null) return;

  choice.checked = localStorage.getItem(STORED) !== "off";
  choice.closest("[hidden]")?.removeAttribute("hidden");
  choice.addEventListener("change", () => localStorage.setItem(STORED, choice.checked ? "on" : "off"));

  function act(target) {
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      const field = target.querySelector("textarea");
      field?.focus();
      field?.setSelectionRange(0, 0);
    } else target.click();
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target instanceof Element && event.target.matches(FIELDS) ? event.target : null;
    if (field !== null) {
      if (event.key === "Escape") field.blur();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form?.querySelector("button")?.click();
      return;
    }
    if (!choice.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
    if (target === undefined) return;
    event.preventDefault();
    act(target);
  });

  // what was sent once is not sent again by a second press while the next page is on its way
  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent !== undefined) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
  });
})();
