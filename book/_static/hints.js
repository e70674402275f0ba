// What a number or a code in prose says when one points at it is said to keyboard and touch as well: at its focus, and
// at the first tap; the second tap follows the link. With a mouse the browser shows the same words by itself.
(() => {
  "use strict";

  const HINTED = ":is(.val, a.defined)[title]";
  const GAP = 6;
  const EDGE = 8;

  const hint = Object.assign(document.createElement("div"), { className: "hint", id: "hint", hidden: true });
  hint.setAttribute("role", "tooltip");
  let shown = null;

  function show(element) {
    if (shown !== element) hide();
    shown = element;
    hint.textContent = element.title;
    hint.hidden = false;
    element.setAttribute("aria-describedby", hint.id);
    const place = element.getClientRects()[0];
    const left = Math.min(place.left, document.documentElement.clientWidth - hint.offsetWidth - EDGE);
    hint.style.left = `${window.scrollX + Math.max(EDGE, left)}px`;
    const below = place.bottom + GAP + hint.offsetHeight < window.innerHeight;
    const top = below ? place.bottom + GAP : place.top - GAP - hint.offsetHeight;
    hint.style.top = `${window.scrollY + top}px`;
  }

  function hide() {
    shown?.removeAttribute("aria-describedby");
    shown = null;
    hint.hidden = true;
  }

  const hinted = (event) => (event.target instanceof Element ? event.target.closest(HINTED) : null);

  function start() {
    document.body.append(hint);
    for (const number of document.querySelectorAll("span.val[title]")) number.tabIndex = 0;
    let touched = false;
    document.addEventListener("pointerdown", (event) => (touched = event.pointerType === "touch"), true);
    document.addEventListener("keydown", (event) => {
      touched = false;
      if (event.key === "Escape") hide();
    });
    document.addEventListener("focusin", (event) => {
      const element = hinted(event);
      if (element && !touched && element.matches(":focus-visible")) show(element);
    });
    document.addEventListener("focusout", hide);
    document.addEventListener("click", (event) => {
      const element = touched ? hinted(event) : null;
      if (element && element !== shown) {
        event.preventDefault();
        show(element);
      } else if (!hint.contains(event.target)) hide();
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
