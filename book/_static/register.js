// A table of many rows gets a search field, filters, sorting and an address that keeps them. Without this script it is
// a plain table, whole. No modules and no fetch: both fail when the book is opened from a folder on disk.
(() => {
  "use strict";

  const UNDATED = "no date";

  /** A table of a `.register`: the rows that it shows follow from the address of the page. */
  class Register {
    constructor(container, number) {
      this.table = container.querySelector("table");
      this.body = this.table.tBodies[0];
      this.heads = [...this.table.tHead.rows[0].cells];
      this.rows = [...this.body.rows].map((row) => ({
        row,
        cells: [...row.cells].map((cell) => cell.textContent.trim()),
        text: row.textContent.toLowerCase(),
      }));
      this.what = this.table.caption.textContent.toLowerCase().replace(/^all /, "");
      this.controls = document.createElement("form");
      this.controls.setAttribute("role", "search");
      this.controls.setAttribute("aria-label", `Search and filter ${this.what}`);
      this.fields = new Map();
      this.add("q", "Search", Object.assign(document.createElement("input"), { type: "search", size: 18 }), number);
      this.heads.forEach((head, column) => {
        if (head.dataset.filter) this.add(head.dataset.filter, head.textContent, this.filter(head.dataset.filter, column), number);
      });
      this.reset = Object.assign(document.createElement("button"), { type: "button", textContent: "Show all" });
      this.count = document.createElement("p");
      this.count.setAttribute("aria-live", "polite");
      this.controls.append(this.reset, this.count);
      container.prepend(this.controls);
      this.heads.forEach((head, column) => this.sortable(head, column));
      this.controls.addEventListener("submit", (event) => event.preventDefault());
      this.controls.addEventListener("input", () => this.keep());
      this.reset.addEventListener("click", () => {
        for (const field of this.fields.values()) field.value = "";
        this.keep();
      });
      window.addEventListener("hashchange", () => this.read());
      this.read();
    }

    /** A field with its label. */
    add(name, title, field, number) {
      field.id = `register-${number}-${name}`;
      field.name = name;
      const label = Object.assign(document.createElement("label"), { htmlFor: field.id, textContent: title });
      const pair = document.createElement("span");
      pair.append(label, field);
      this.controls.append(pair);
      this.fields.set(name, field);
    }

    /** What a row is filtered by: a date by its year, anything else by itself. */
    value(name, cell) {
      return name === "year" && cell !== UNDATED ? cell.slice(0, 4) : cell;
    }

    filter(name, column) {
      const select = document.createElement("select");
      const values = new Map();
      for (const { cells } of this.rows) {
        const value = this.value(name, cells[column]);
        values.set(value, (values.get(value) ?? 0) + 1);
      }
      const order = [...values.keys()].sort((one, two) => one.localeCompare(two, "en"));
      if (name === "year") order.reverse();
      select.append(new Option("all", ""));
      for (const value of order) select.append(new Option(`${value} (${values.get(value)})`, value));
      select.dataset.column = column;
      return select;
    }

    /** A head that sorts by its column, once up and once down. */
    sortable(head, column) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: head.textContent });
      button.addEventListener("click", () => {
        this.down = this.sorted === column ? !this.down : false;
        this.sorted = column;
        this.keep();
      });
      head.replaceChildren(button);
    }

    /** Take search, filters and order out of the address; an address of another kind leaves them as they are. */
    read() {
      const hash = location.hash.slice(1);
      if (hash && !hash.includes("=")) return this.show();
      const kept = new URLSearchParams(hash);
      for (const [name, field] of this.fields) field.value = kept.get(name) ?? "";
      const sorted = this.heads.findIndex((head) => head.textContent.toLowerCase() === kept.get("sort"));
      this.sorted = sorted < 0 ? undefined : sorted;
      this.down = kept.has("down");
      this.show();
    }

    /** Put them into the address, so that it can be passed on. */
    keep() {
      const kept = new URLSearchParams();
      for (const [name, field] of this.fields) if (field.value) kept.set(name, field.value);
      if (this.sorted !== undefined) kept.set("sort", this.heads[this.sorted].textContent.toLowerCase());
      if (this.down) kept.set("down", "1");
      history.replaceState(null, "", kept.size ? `#${kept}` : location.pathname + location.search);
      this.show();
    }

    show() {
      const words = this.fields.get("q").value.toLowerCase().split(/\s+/).filter(Boolean);
      const filters = [...this.fields].filter(([name, field]) => name !== "q" && field.value);
      let shown = 0;
      for (const { row, cells, text } of this.rows) {
        row.hidden =
          !words.every((word) => text.includes(word)) ||
          !filters.every(([name, field]) => this.value(name, cells[field.dataset.column]) === field.value);
        shown += row.hidden ? 0 : 1;
      }
      this.body.append(...this.ordered().map(({ row }) => row));
      this.heads.forEach((head, column) => {
        if (column === this.sorted) head.setAttribute("aria-sort", this.down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      this.count.textContent = `${shown} of ${this.rows.length} ${this.what}`;
      this.reset.disabled = shown === this.rows.length;
    }

    /** Rows in the order asked for; what has no date stands last either way. */
    ordered() {
      if (this.sorted === undefined) return this.rows;
      const turn = this.down ? -1 : 1;
      const key = ({ cells }) => cells[this.sorted];
      const last = (entry) => Number(key(entry) === UNDATED);
      return [...this.rows].sort(
        (one, two) => last(one) - last(two) || turn * key(one).localeCompare(key(two), "en", { sensitivity: "base" }),
      );
    }
  }

  function start() {
    document.querySelectorAll(".register").forEach((container, number) => new Register(container, number));
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (place?.closest(".register")) place.scrollIntoView(); // the controls have moved it
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
