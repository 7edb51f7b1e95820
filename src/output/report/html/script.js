"use strict";
// The part of a report that asks for a hand: tables that sort and filter, the treemap, the dominator tree, names with and
// without namespaces. Everything it shows comes from the element #data, and every text becomes a text node: there is no
// way from a name in a dump to markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const fullNames = document.getElementById("full-names");

  // ---- Elements, names, figures

  /** An element with attributes and children; strings become text nodes. */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  const UNITS = ["KB", "MB", "GB", "TB", "PB", "EB"];

  function bytes(value) {
    let unit = "B";
    for (const bigger of UNITS) {
      if (Math.abs(value) < 1023.95) break;
      value /= 1024;
      unit = bigger;
    }
    return unit === "B" ? `${Math.round(value)} B` : `${value.toFixed(1)} ${unit}`;
  }

  const grouped = (value) => value.toLocaleString("en-US");
  const signed = (value, text) => (value > 0 ? "+" : "") + text;

  function share(part, whole) {
    const percent = whole > 0 ? (part / whole) * 100 : 0;
    return percent > 0 && percent < 1 ? "<1%" : `${percent.toFixed(0)}%`;
  }

  // Parts of a name between the signs of generics, arrays and nested types; what has a `!` is a file name, not a namespace.
  const PARTS = /[^\s<>,[\]()&*+]+/g;
  const shortType = (name) => name.replace(PARTS, (part) => (part.includes("!") ? part : part.replace(/^.*\./, "")));

  /** A name as the reader wants it; of a root, `Type.Field`, the field stays with its type. */
  function shownName(name, isRoot) {
    if (fullNames.checked) return name;
    const dot = isRoot ? name.lastIndexOf(".") : -1;
    return dot > 0 ? shortType(name.slice(0, dot)) + name.slice(dot) : shortType(name);
  }

  // ---- Tables

  const PAGE_ROWS = 25;

  const SHOWN = {
    name: (value) => data.names[value],
    word: (value) => data.names[value],
    count: grouped,
    bytes: bytes,
    count_change: (value) => signed(value, grouped(value)),
    bytes_change: (value) => signed(value, bytes(value)),
  };

  const isText = (column) => column.kind === "name" || column.kind === "word";
  const cellClass = (column) => (isText(column) ? column.kind : "number");

  class Table {
    constructor(section, content) {
      this.section = section;
      this.columns = content.columns;
      this.leftOut = content.left_out;
      this.all = [...this.columns[0].values.keys()];
      this.rows = this.all;
      this.sorted = null;
      this.page = 0;
      this.filter = section.querySelector("input[type=search]");
      this.everyDump = section.querySelector(".every-dump");
      this.found = section.querySelector(".found");
      this.pages = section.querySelector(".pages");
      this.table = section.querySelector("table");
      // Types are shown as the reader wants names; those of roots and assemblies are short or whole as they are.
      this.shortens = content.id === "types";
      this.texts = this.all.map((row) => this.searched(row));
      this.filter.addEventListener("input", () => this.select());
      if (this.everyDump) this.everyDump.addEventListener("change", () => this.drawAll());
      section.querySelector(".controls").hidden = false;
      section.querySelector(".note").textContent = this.leftOut > 0
        ? `${grouped(this.leftOut)} more rows, the lightest, are not in this page.` : "";
      this.drawAll();
    }

    /** What the filter looks at in a row. */
    searched(row) {
      const texts = this.columns.filter(isText).map((column) => data.names[column.values[row]] ?? "");
      return texts.join("\n").toLowerCase();
    }

    shownColumns() {
      const every = this.everyDump && this.everyDump.checked;
      return this.columns.filter((column) => every || !column.detail);
    }

    select() {
      const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      this.rows = this.all.filter((row) => words.every((word) => this.texts[row].includes(word)));
      this.page = 0;
      this.order();
      this.drawRows();
    }

    order() {
      if (!this.sorted) return;
      const { column, descending } = this.sorted;
      const key = isText(column) ? (row) => data.names[column.values[row]] ?? null : (row) => column.values[row];
      const compare = isText(column) ? (a, b) => (a < b ? -1 : a > b ? 1 : 0) : (a, b) => a - b;
      this.rows = [...this.rows].sort((one, other) => {
        const [a, b] = [key(one), key(other)];
        if (a === null || b === null) return (a === null) - (b === null);
        return (descending ? compare(b, a) : compare(a, b)) || one - other;
      });
    }

    /** Numbers come biggest first, names in the order of letters; a second time the other way round. */
    sortBy(column) {
      const again = this.sorted && this.sorted.column === column;
      this.sorted = { column, descending: again ? !this.sorted.descending : !isText(column) };
      this.page = 0;
      this.order();
      this.drawRows();
      for (const [head, of] of this.heads) {
        if (of !== column) head.removeAttribute("aria-sort");
        else head.setAttribute("aria-sort", this.sorted.descending ? "descending" : "ascending");
      }
    }

    drawAll() {
      const columns = this.shownColumns();
      this.heads = columns.map((column) => {
        const button = make("button", { type: "button" }, column.label);
        button.addEventListener("click", () => this.sortBy(column));
        const head = make("th", { scope: "col", class: cellClass(column) }, button);
        if (this.sorted && this.sorted.column === column) {
          head.setAttribute("aria-sort", this.sorted.descending ? "descending" : "ascending");
        }
        return [head, column];
      });
      this.table.tHead.replaceChildren(make("tr", {}, ...this.heads.map(([head]) => head)));
      this.drawRows();
    }

    drawRows() {
      const columns = this.shownColumns();
      const from = this.page * PAGE_ROWS;
      const rows = this.rows.slice(from, from + PAGE_ROWS).map((row) => make("tr", {}, ...columns.map((column) => {
        const value = column.values[row];
        const grew = column.kind.endsWith("_change") && value > 0;
        const text = value === null ? "" : SHOWN[column.kind](value);
        if (!this.shortens || column.kind !== "name" || value === null) {
          return make("td", { class: cellClass(column) + (grew ? " grew" : "") }, text);
        }
        return make("td", { class: "name", title: text }, shownName(text, false));
      })));
      this.table.tBodies[0].replaceChildren(...rows);
      const some = this.rows.length < this.all.length ? `${grouped(this.rows.length)} of ` : "";
      this.found.textContent = `${some}${grouped(this.all.length)} ${this.all.length === 1 ? "row" : "rows"}`;
      this.drawPages();
    }

    drawPages() {
      const last = Math.max(0, Math.ceil(this.rows.length / PAGE_ROWS) - 1);
      this.pages.hidden = last === 0;
      const step = (text, page) => {
        const button = make("button", { type: "button", disabled: page < 0 || page > last }, text);
        button.addEventListener("click", () => {
          this.page = page;
          this.drawRows();
        });
        return button;
      };
      const place = make("span", { class: "quiet" }, `Page ${this.page + 1} of ${last + 1}`);
      this.pages.replaceChildren(step("Back", this.page - 1), place, step("More", this.page + 1));
    }
  }

  // ---- Trees as data

  /** A tree with its children found: nodes are positions, -1 is the place above all roots. */
  class Tree {
    constructor(columns) {
      Object.assign(this, columns);
      this.children = this.name.map(() => []);
      this.roots = [];
      this.parent.forEach((parent, node) => (parent === null ? this.roots : this.children[parent]).push(node));
      const byWeight = (a, b) => this.retained[b] - this.retained[a] || a - b;
      this.roots.sort(byWeight);
      this.children.forEach((children) => children.sort(byWeight));
      this.total = this.roots.reduce((sum, root) => sum + this.retained[root], 0);
    }

    below(node) {
      return node < 0 ? this.roots : this.children[node];
    }

    weight(node) {
      return node < 0 ? this.total : this.retained[node];
    }

    /** What hangs on a node beside its own bytes and its children: nodes too small for the page. */
    rest(node) {
      const known = this.children[node].reduce((sum, child) => sum + this.retained[child], this.size[node]);
      return Math.max(0, this.retained[node] - known);
    }

    label(node) {
      return shownName(data.names[this.name[node]], this.parent[node] === null);
    }

    /** From a root down to a node. */
    path(node) {
      const path = [];
      for (let at = node; at !== null && at >= 0; at = this.parent[at]) path.unshift(at);
      return path;
    }
  }

  const trees = new Map();

  function treeOf(kind, dump) {
    const key = `${kind} ${dump}`;
    if (!trees.has(key)) trees.set(key, new Tree(data[kind][dump]));
    return trees.get(key);
  }

  const lastDump = data.trees.length - 1;
  const chosenDump = (select) => (select ? Number(select.value) : lastDump);

  // ---- Treemap

  /** Rectangles for weights, biggest first, as square as possible (Bruls, Huizing, van Wijk: Squarified Treemaps). */
  function squarify(weights, width, height) {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const scale = total > 0 ? (width * height) / total : 0;
    const boxes = [];
    let [x, y, w, h] = [0, 0, width, height];
    let at = 0;
    const worst = (sum, biggest, smallest, side) =>
      Math.max((side * side * biggest) / (sum * sum), (sum * sum) / (side * side * smallest));
    while (at < weights.length && w > 0 && h > 0) {
      const side = Math.min(w, h);
      let [end, sum] = [at, 0];
      while (end < weights.length) {
        const area = weights[end] * scale;
        const [biggest, smallest] = [weights[at] * scale, area];
        const before = end === at ? Infinity : worst(sum, biggest, weights[end - 1] * scale, side);
        if (worst(sum + area, biggest, smallest, side) > before) break;
        sum += area;
        end += 1;
      }
      const thickness = sum / side;
      let along = 0;
      for (; at < end; at += 1) {
        const length = (weights[at] * scale) / thickness;
        boxes.push(w < h ? [x + along, y, length, thickness] : [x, y + along, thickness, length]);
        along += length;
      }
      if (w < h) [y, h] = [y + thickness, h - thickness];
      else [x, w] = [x + thickness, w - thickness];
    }
    return boxes;
  }

  const COLOURS = 6;
  const MOST_BOXES = 300;
  // Levels that are drawn into one another, and the room that a box needs to have others in it.
  const DEEPEST = 4;
  const HEAD = 24;

  class Treemap {
    constructor(section) {
      this.crumbs = section.querySelector(".crumbs");
      this.map = section.querySelector(".map");
      this.note = section.querySelector(".note");
      this.by = document.getElementById("treemap-by");
      this.dump = document.getElementById("treemap-dump");
      this.colours = new Map();
      for (const select of [this.by, this.dump]) {
        if (select) select.addEventListener("change", () => this.choose());
      }
      section.querySelector(".controls").hidden = false;
      this.crumbs.hidden = this.map.hidden = false;
      this.choose();
      new ResizeObserver(() => this.draw()).observe(this.map);
    }

    choose() {
      this.tree = treeOf(this.by.value === "assembly" ? "assemblies" : "trees", chosenDump(this.dump));
      this.node = -1;
      this.draw();
    }

    go(node) {
      this.node = node;
      this.draw();
      this.crumbs.lastElementChild.focus({ preventScroll: true });
    }

    /** The end of a chain in which each holds nearly all in one other. */
    chainEnd(node) {
      const { tree } = this;
      for (;;) {
        const [child, ...others] = tree.below(node);
        if (child === undefined || others.length > 0 || tree.below(child).length === 0) return node;
        if (tree.retained[child] < 0.98 * tree.retained[node]) return node;
        node = child;
      }
    }

    /** A colour for each assembly, grey for what has none. */
    colour(node) {
      const { tree } = this;
      const key = this.by.value === "assembly" ? tree.name[tree.path(node)[0]] : tree.module[node];
      if (key === null) return "m7";
      if (!this.colours.has(key)) this.colours.set(key, `m${(this.colours.size % COLOURS) + 1}`);
      return this.colours.get(key);
    }

    /** What is in a node, biggest first. */
    boxes(node) {
      const { tree } = this;
      const below = tree.below(node);
      const boxes = below.slice(0, MOST_BOXES).map((child) => ({ node: child, weight: tree.retained[child] }));
      const left = below.slice(MOST_BOXES).reduce((sum, child) => sum + tree.retained[child], 0);
      const rest = left + (node < 0 ? 0 : tree.rest(node));
      if (rest > 0) boxes.push({ label: "smaller ones", weight: rest });
      if (node >= 0 && tree.size[node] > 0) boxes.push({ own: node, weight: tree.size[node] });
      return boxes.filter((box) => box.weight > 0).sort((a, b) => b.weight - a.weight);
    }

    draw() {
      this.drawn = [];
      this.lay(this.node, [0, 0, this.map.clientWidth, this.map.clientHeight], 1);
      this.map.replaceChildren(...this.drawn);
      this.drawCrumbs();
      const told = [this.by.value === "assembly"
        ? "Bytes of .NET's own objects count for the assembly whose objects hold them." : "Colours tell assemblies."];
      if (this.tree.left_out > 0) told.push(`${grouped(this.tree.left_out)} smaller nodes are not in this page; their bytes are.`);
      this.note.textContent = told.join(" ");
    }

    /** Draws what is in a node into a rectangle. */
    lay(node, [left, top, width, height], level) {
      const boxes = this.boxes(node);
      const places = squarify(boxes.map((box) => box.weight), width, height);
      places.forEach(([x, y, w, h], at) => this.box(boxes[at], [left + x, top + y, w, h], level));
    }

    box(box, [x, y, width, height], level) {
      const { tree } = this;
      const node = box.node;
      const end = node === undefined ? undefined : this.chainEnd(node);
      const goesOn = node !== undefined && tree.below(end).length > 0;
      const nests = goesOn && level < DEEPEST && width > 110 && height > 76;
      const tiny = width < 46 || height < 20;
      const own = box.own === undefined ? "" : `${tree.label(box.own)} ${tree.count[box.own] > 1 ? "themselves" : "itself"}`;
      const label = node === undefined ? box.label ?? own : this.label(node, end);
      const figures = `${bytes(box.weight)} · ${share(box.weight, tree.total)}`;
      const colour = box.label === undefined ? this.colour(end ?? box.own) : "m7";
      const element = make(goesOn ? "button" : "div", {
        class: `${nests ? "outer" : colour}${tiny ? " tiny" : ""}`,
        title: `${label}\n${figures}`,
        type: goesOn ? "button" : null,
        "aria-label": goesOn ? `${label}, ${figures}` : null,
        tabindex: goesOn && level > 2 ? "-1" : null,
      });
      if (!tiny) element.append(make("b", {}, label));
      if (nests) element.append(make("span", {}, figures));
      else if (!tiny && height > 40) element.append(make("span", {}, figures));
      const place = { left: x + 1, top: y + 1, width: Math.max(1, width - 2), height: Math.max(1, height - 2) };
      for (const [property, value] of Object.entries(place)) element.style[property] = `${value}px`;
      if (goesOn) element.addEventListener("click", () => this.go(end));
      this.drawn.push(element);
      if (nests) this.lay(end, [x + 4, y + HEAD, width - 8, height - HEAD - 4], level + 1);
    }

    /** A node with what it leads to, where that is a chain. */
    label(node, end) {
      const { tree } = this;
      const count = (of) => (tree.count[of] > 1 && tree.parent[of] !== null ? `${grouped(tree.count[of])} × ` : "");
      if (node === end) return count(node) + tree.label(node);
      const between = tree.path(end).length - tree.path(node).length > 1 ? " › …" : "";
      return `${count(node)}${tree.label(node)}${between} › ${count(end)}${tree.label(end)}`;
    }

    drawCrumbs() {
      const places = [-1, ...this.tree.path(this.node)];
      this.crumbs.replaceChildren(...places.map((node, at) => {
        const label = node < 0 ? `Everything, ${bytes(this.tree.total)}` : this.tree.label(node);
        const here = at === places.length - 1;
        const crumb = make("button", { type: "button", "aria-current": here ? "location" : null }, label);
        if (!here) crumb.addEventListener("click", () => this.go(node));
        return crumb;
      }));
    }
  }

  // ---- Dominator tree

  const CHILDREN = 100;
  const DEEPEST_INDENT = 24;

  class TreeView {
    constructor(section) {
      this.box = section.querySelector(".tree");
      this.note = section.querySelector(".note");
      this.dump = document.getElementById("tree-dump");
      if (this.dump) this.dump.addEventListener("change", () => this.draw());
      section.querySelector(".controls").hidden = false;
      this.box.hidden = false;
      this.box.addEventListener("keydown", (event) => this.key(event));
      this.box.addEventListener("click", (event) => this.click(event));
      this.draw();
    }

    draw() {
      this.tree = treeOf("trees", chosenDump(this.dump));
      this.root = make("ul", { role: "tree", "aria-label": "Dominator tree" });
      this.nodes = new WeakMap();
      this.append(this.root, this.tree.roots, 1, 0);
      this.box.replaceChildren(this.root);
      const first = this.root.querySelector("[role=treeitem]");
      if (first) first.tabIndex = 0;
      this.note.textContent = this.tree.left_out > 0
        ? `${grouped(this.tree.left_out)} smaller nodes are not in this page; they stand as “smaller ones”.` : "";
    }

    /** Adds children to a list, a hundred at a time. */
    append(list, nodes, level, from) {
      const shown = nodes.slice(from, from + CHILDREN);
      list.append(...shown.map((node, at) => this.item(node, level, from + at + 1, nodes.length)));
      const left = nodes.length - from - shown.length;
      if (left <= 0) return;
      const more = this.plain(level, `${grouped(left)} more`, null);
      this.nodes.set(more, { more: () => {
        more.remove();
        this.append(list, nodes, level, from + CHILDREN);
        this.focus(list.children[from + CHILDREN]);
      } });
      list.append(more);
    }

    item(node, level, position, siblings) {
      const { tree } = this;
      const unfolds = tree.below(node).length > 0;
      const count = tree.count[node] > 1 && tree.parent[node] !== null ? `${grouped(tree.count[node])} × ` : "";
      const name = make("span", { class: "name", title: data.names[tree.name[node]] }, count + tree.label(node));
      const item = this.line(level, name, unfolds ? "▸" : "", tree.retained[node], {
        "aria-level": level, "aria-posinset": position, "aria-setsize": siblings,
        "aria-expanded": unfolds ? "false" : null,
      });
      this.nodes.set(item, { node, level });
      return item;
    }

    /** A line that stands for no single node. */
    plain(level, text, weight) {
      const item = this.line(level, make("span", { class: "quiet" }, text), "", weight, { "aria-level": level });
      this.nodes.set(item, {});
      return item;
    }

    line(level, name, twist, weight, attributes) {
      name.style.paddingLeft = `${Math.min(level - 1, DEEPEST_INDENT) * 0.9}rem`;
      const part = weight === null || this.tree.total === 0 ? 0 : weight / this.tree.total;
      const fill = make("i");
      fill.style.width = `${Math.min(100, part * 100)}%`;
      const row = make("div", { class: "row" },
        make("span", { class: "twist", "aria-hidden": "true" }, twist),
        name,
        make("span", { class: "held", "aria-hidden": "true" }, fill),
        make("span", { class: "number" }, weight === null ? "" : bytes(weight)),
        make("span", { class: "number quiet" }, weight === null ? "" : share(weight, this.tree.total)));
      return make("li", { role: "treeitem", tabindex: "-1", ...attributes }, row);
    }

    unfold(item, open) {
      const { node, level } = this.nodes.get(item);
      item.setAttribute("aria-expanded", String(open));
      item.querySelector(".twist").textContent = open ? "▾" : "▸";
      const group = item.querySelector(":scope > ul");
      if (!open) {
        if (group) group.remove();
        return;
      }
      const list = make("ul", { role: "group" });
      this.append(list, this.tree.below(node), level + 1, 0);
      const rest = this.tree.rest(node);
      if (rest > 0) list.append(this.plain(level + 1, "smaller ones", rest));
      item.append(list);
    }

    toggle(item) {
      const about = this.nodes.get(item);
      if (about.more) about.more();
      else if (item.hasAttribute("aria-expanded")) this.unfold(item, item.getAttribute("aria-expanded") === "false");
    }

    click(event) {
      const item = event.target.closest("[role=treeitem]");
      if (!item || !this.root.contains(item)) return;
      this.focus(item);
      this.toggle(item);
    }

    focus(item) {
      if (!item) return;
      for (const other of this.root.querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
      item.tabIndex = 0;
      item.focus({ preventScroll: true });
      item.firstElementChild.scrollIntoView({ block: "nearest" });
    }

    /** The keys of the tree pattern of the ARIA Authoring Practices Guide. */
    key(event) {
      const item = event.target.closest("[role=treeitem]");
      if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
      const visible = () => [...this.root.querySelectorAll("[role=treeitem]")];
      const beside = (step) => {
        const items = visible();
        return items[items.indexOf(item) + step];
      };
      const expanded = item.getAttribute("aria-expanded");
      const acts = {
        ArrowDown: () => this.focus(beside(1)),
        ArrowUp: () => this.focus(beside(-1)),
        Home: () => this.focus(visible()[0]),
        End: () => this.focus(visible().at(-1)),
        Enter: () => this.toggle(item),
        " ": () => this.toggle(item),
        ArrowRight: () => (expanded === "false" ? this.unfold(item, true) : expanded && this.focus(beside(1))),
        ArrowLeft: () => (expanded === "true" ? this.unfold(item, false)
          : this.focus(item.parentElement.closest("[role=treeitem]"))),
      };
      if (!acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    }
  }

  // ---- Copying

  async function copy(button) {
    const code = button.previousElementSibling;
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      // Not allowed everywhere: the text is at least selected.
      getSelection().selectAllChildren(code);
      return;
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }

  // ---- The page

  for (const content of data.tables) {
    const section = document.getElementById(content.id);
    if (!section.querySelector("table") || content.columns[0].values.length === 0) continue;
    const table = new Table(section, content);
    fullNames.addEventListener("change", () => table.drawRows());
  }
  if (lastDump >= 0) {
    const treemap = new Treemap(document.getElementById("treemap"));
    const view = new TreeView(document.getElementById("tree"));
    fullNames.addEventListener("change", () => {
      treemap.draw();
      view.draw();
    });
  }
})();
