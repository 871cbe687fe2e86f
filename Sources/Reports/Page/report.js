"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);

  // Tables: the buttons in their heads sort; the numbers behind the shown text count.
  const key = (row, column) => {
    const cell = row.cells[column];
    const value = cell.dataset.value;
    return value === undefined ? cell.textContent : Number(value);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.textContent = head.textContent;
      head.textContent = "";
      head.append(button);
      button.addEventListener("click", () => {
        const body = table.tBodies[0];
        const falls = head.classList.contains("number");
        const order = head.getAttribute("aria-sort");
        const descending = order ? order === "ascending" : falls;
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        const rows = [...body.rows].map((row, place) => ({ row, place, value: key(row, column) }));
        rows.sort((a, b) => {
          const less = typeof a.value === "number" && typeof b.value === "number"
            ? a.value - b.value : String(a.value) < String(b.value) ? -1 : String(a.value) > String(b.value) ? 1 : 0;
          return (descending ? -less : less) || a.place - b.place;
        });
        body.append(...rows.map((item) => item.row));
      });
    });
  }

  // The treemap: files of [path, bytes, kind, layer, package], grouped in one of four ways.
  const human = (bytes) => {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    let value = bytes;
    while (value >= 999.5 && unit < units.length - 1) { value /= 1000; unit += 1; }
    return unit === 0 ? `${value} B` : `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${units[unit]}`;
  };
  // Colours that people with any kind of colour vision tell apart, all light enough for dark text. What has most bytes
  // gets the first; after the last they come again with stripes.
  const palette = ["#518ebc", "#e69f00", "#6ceab4", "#f8f48a", "#a67f80", "#e06444", "#b6dff2", "#9a78f4"];
  const stripes = [
    "", "repeating-linear-gradient(45deg, #10151b55 0 2px, transparent 2px 8px)",
    "repeating-linear-gradient(135deg, #10151b55 0 2px, transparent 2px 8px)",
    "repeating-linear-gradient(0deg, #10151b55 0 2px, transparent 2px 7px)",
  ];
  const fill = (rank) => {
    const stripe = stripes[Math.floor(rank / palette.length) % stripes.length];
    return palette[rank % palette.length] + (stripe ? `; background-image: ${stripe}` : "");
  };
  const groups = { directory: null, layer: 3, package: 4, kind: 2 };
  const names = { 2: data.kinds, 3: data.layers, 4: data.packages };

  const build = (group) => {
    const root = { name: data.name, bytes: 0, children: new Map(), parent: null, files: [] };
    for (const file of data.files) {
      const parts = file[0].split("/");
      if (groups[group] !== null) parts.unshift(names[groups[group]][file[groups[group]]]);
      let node = root;
      node.bytes += file[1];
      for (const part of parts) {
        if (!node.children.has(part)) {
          node.children.set(part, { name: part, bytes: 0, children: new Map(), parent: node, files: [] });
        }
        node = node.children.get(part);
        node.bytes += file[1];
      }
      // Small files of a directory come together as one, by kind, layer and package.
      node.files.push(file);
    }
    return root;
  };

  // The places of kinds, layers or packages when the largest is first.
  const ranks = (column) => {
    const bytes = new Map();
    for (const file of data.files) bytes.set(file[column], (bytes.get(file[column]) || 0) + file[1]);
    const order = [...bytes.keys()].sort((a, b) => bytes.get(b) - bytes.get(a) || a - b);
    return new Map(order.map((index, place) => [index, place]));
  };

  // The kind, layer or package that has most bytes of a node.
  const most = (node, column) => {
    const bytes = new Map();
    const add = (at) => {
      for (const file of at.files) bytes.set(file[column], (bytes.get(file[column]) || 0) + file[1]);
      at.children.forEach(add);
    };
    add(node);
    return [...bytes].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])[0];
  };

  // Squarified: rows are laid along the shorter side as long as their tiles come nearer to squares.
  const layout = (items, x, y, width, height) => {
    const out = [];
    const total = items.reduce((sum, item) => sum + item.bytes, 0);
    if (!total) return out;
    const scale = (width * height) / total;
    let rest = items.filter((item) => item.bytes > 0);
    while (rest.length) {
      const side = Math.min(width, height);
      const row = [];
      let sum = 0;
      let worst = Infinity;
      for (const item of rest) {
        const area = item.bytes * scale;
        const next = sum + area;
        const most = Math.max(area, ...row.map((other) => other.bytes * scale));
        const least = Math.min(area, ...row.map((other) => other.bytes * scale));
        const ratio = Math.max((side * side * most) / (next * next), (next * next) / (side * side * least));
        if (ratio > worst) break;
        row.push(item);
        sum = next;
        worst = ratio;
      }
      rest = rest.slice(row.length);
      const thick = sum / side;
      let along = 0;
      for (const item of row) {
        const length = (item.bytes * scale) / thick;
        out.push(width >= height
          ? { item, x, y: y + along, width: thick, height: length }
          : { item, x: x + along, y, width: length, height: thick });
        along += length;
      }
      if (width >= height) { x += thick; width -= thick; } else { y += thick; height -= thick; }
    }
    return out;
  };

  const map = document.getElementById("map");
  const crumbs = document.getElementById("crumbs");
  const legend = document.getElementById("legend");
  const groupBy = document.getElementById("group");
  const colorBy = document.getElementById("color");
  const detail = document.getElementById("detail");
  let root = build(groupBy.value);
  let here = root;
  let rank = ranks(Number(colorBy.value));

  const text = (node) => {
    const share = root.bytes ? ((100 * node.bytes) / root.bytes).toFixed(1) : "0";
    const column = Number(colorBy.value);
    const what = names[column][most(node, column)];
    return `${node.name}: ${human(node.bytes)}, ${share} %, ${node.children.size ? "mostly " : ""}${what}`;
  };
  const tell = (event) => {
    const tile = event.target.closest(".tile");
    if (tile?.isConnected) detail.textContent = tile.title;
  };
  for (const event of ["focusin", "mouseover", "click"]) map.addEventListener(event, tell);

  // One tile of a picture can be reached with Tab, the others with arrows.
  const focus = (tile) => {
    if (!tile) return;
    for (const other of map.querySelectorAll(".tile[tabindex='0']")) other.tabIndex = -1;
    tile.tabIndex = 0;
    tile.focus({ preventScroll: true });
  };
  const leave = () => {
    if (!here.parent) return;
    const from = here;
    // Where entering went through directories with a single child, leaving does too.
    let to = here.parent;
    while (to.parent && to.children.size === 1) to = to.parent;
    here = to;
    draw();
    const inside = (node) => { for (let at = from; at; at = at.parent) if (at === node) return true; return false; };
    focus(tops.find((top) => inside(top.node))?.element || tops[0]?.element);
  };

  const enter = (node) => {
    // A directory with a single child shows nothing new.
    let at = node;
    while (at.children.size === 1) {
      const only = at.children.values().next().value;
      if (!only.children.size) break;
      at = only;
    }
    here = at;
    draw();
    focus(tops[0]?.element);
  };

  // One node as a tile, and inside of it, under its name, what it consists of as long as that can be seen.
  const place = (node, x, y, width, height, depth) => {
    if (width < 1.5 || height < 1.5) return;
    const opens = node.children.size > 0 && node !== here;
    const isFrame = opens && depth < 3 && width > 50 && height > 44;
    const element = document.createElement(opens ? "button" : "div");
    element.className = isFrame ? "tile frame" : "tile";
    // In shares of the width, so that a narrower page of paper has all of it.
    element.style.cssText = `left:${(100 * x) / across}%;width:${(100 * width) / across}%;top:${y}px;height:${height}px`
      + (isFrame ? "" : `;background-color:${fill(rank.get(most(node, Number(colorBy.value))))}`);
    element.title = text(node);
    element.setAttribute("aria-label", element.title);
    element.tabIndex = -1;
    if (!opens) element.setAttribute("role", "img");
    if (depth === 0) tops.push({ node, element, x: x + width / 2, y: y + height / 2 });
    if (width > 34 && height > 15) {
      const label = document.createElement("span");
      label.textContent = width > 130 ? `${node.name} ${human(node.bytes)}` : node.name;
      element.append(label);
    }
    if (opens) element.addEventListener("click", () => enter(node));
    map.append(element);
    if (isFrame) inside(node, x + 3, y + 17, width - 6, height - 20, depth + 1);
  };

  const inside = (node, x, y, width, height, depth) => {
    const items = [...node.children.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
    for (const tile of layout(items, x, y, width, height)) {
      place(tile.item, tile.x, tile.y, tile.width, tile.height, depth);
    }
  };

  // The outermost tiles, largest first.
  let tops = [];
  let across = 1;
  const draw = () => {
    map.replaceChildren();
    tops = [];
    detail.textContent = "";
    const size = map.getBoundingClientRect();
    across = size.width || 1;
    const column = Number(colorBy.value);
    if (here.children.size) inside(here, 0, 0, size.width, size.height, 0);
    else place(here, 0, 0, size.width, size.height, 0);
    if (tops.length) tops[0].element.tabIndex = 0;
    const trail = [];
    for (let node = here; node; node = node.parent) trail.unshift(node);
    crumbs.replaceChildren();
    trail.forEach((node, place) => {
      if (place) crumbs.append(" / ");
      if (node === here) {
        crumbs.append(`${node.name} (${human(node.bytes)})`);
      } else {
        const button = document.createElement("button");
        button.textContent = node.name;
        button.addEventListener("click", () => { here = node; draw(); });
        crumbs.append(button);
      }
    });
    const used = new Map();
    const count = (node) => {
      for (const file of node.files) used.set(file[column], (used.get(file[column]) || 0) + file[1]);
      node.children.forEach(count);
    };
    count(here);
    legend.replaceChildren();
    const kinds = [...used.entries()].sort((a, b) => b[1] - a[1]);
    for (const [index, bytes] of kinds.slice(0, 14)) {
      const entry = document.createElement("span");
      const box = document.createElement("i");
      box.style.cssText = `background-color:${fill(rank.get(index))}`;
      entry.append(box, `${names[column][index]} ${human(bytes)}`);
      legend.append(entry);
    }
    if (kinds.length > 14) legend.append(`and ${kinds.length - 14} more`);
  };

  groupBy.addEventListener("change", () => { root = build(groupBy.value); here = root; draw(); });
  colorBy.addEventListener("change", () => { rank = ranks(Number(colorBy.value)); draw(); });
  document.getElementById("up").addEventListener("click", leave);
  map.addEventListener("keydown", (event) => {
    const at = tops.findIndex((top) => top.element === document.activeElement);
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    if (event.key === "Backspace" || event.key === "Escape") {
      leave();
    } else if (event.key === "Home" || event.key === "End") {
      focus(tops.at(event.key === "Home" ? 0 : -1)?.element);
    } else if (ways[event.key]) {
      // The nearest tile that way; one that is aside counts as further.
      const [right, down] = ways[event.key];
      const from = tops[Math.max(at, 0)];
      let best = null;
      for (const top of from ? tops : []) {
        const along = (top.x - from.x) * right + (top.y - from.y) * down;
        const aside = Math.abs((top.x - from.x) * down) + Math.abs((top.y - from.y) * right);
        if (along > 0.5 && (!best || along + 2 * aside < best.far)) best = { far: along + 2 * aside, top };
      }
      focus(at < 0 ? from?.element : best?.top.element);
    } else {
      return;
    }
    event.preventDefault();
  });
  let pending = 0;
  const redraw = () => { clearTimeout(pending); pending = setTimeout(draw, 80); };
  addEventListener("resize", redraw);
  draw();
})();
