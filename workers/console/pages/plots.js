/** Draws what stands in `data-plot` of each element of class `plot`: the page's only script, beside uPlot. */
(() => {
  if (typeof uPlot !== "function") {
    // it fails to load where the browser's own language is no language tag; the tables say the same
    for (const table of document.querySelectorAll(".plot + details")) table.open = true;
    return;
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const HEIGHT = 190;
  /** Told apart by those who see few colours (Okabe & Ito 2008), on light and on dark. */
  const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56a5d8"];
  const drawn = [];

  const shortNumber = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
  const UNITS = {
    calls: (value) => shortNumber.format(value),
    usd: (value) => `$${value >= 100 ? shortNumber.format(value) : Number(value.toPrecision(3))}`,
    ms: (value) => (value >= 1000 ? `${Number((value / 1000).toPrecision(2))} s` : `${Math.round(value)} ms`),
    share: (value) => `${Number((value * 100).toPrecision(2))}%`,
  };

  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  /** Hours where they are what is asked for; a midnight is a day. */
  function clock(seconds, step) {
    const ms = seconds * 1000;
    return step >= 86400 || seconds % 86400 === 0 ? day.format(ms) : hour.format(ms);
  }

  function optionsOf({ title, unit, series }, width) {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--soft").trim();
    const line = style.getPropertyValue("--line").trim();
    const show = (value) => (value === null || value === undefined ? "–" : UNITS[unit](value));
    // without a pointer over the plot the legend names the lines, and no more
    const told = (_plot, value, _series, at) => (at === null || at === undefined ? "" : show(value));
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    return {
      title,
      width,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.05 : 1] } },
      axes: [
        { ...axis, values: (_plot, times, _axis, _space, step) => times.map((time) => clock(time, step)) },
        { ...axis, size: 70, values: (_plot, values) => values.map(show) },
      ],
      series: [
        {
          label: "UTC",
          value: (_plot, time) => (time === null ? "" : `${day.format(time * 1000)}, ${hour.format(time * 1000)}`),
        },
        ...series.map(({ name }, at) => ({
          label: name,
          stroke: COLOURS[at % COLOURS.length],
          width: 2,
          dash: at >= COLOURS.length ? [6, 4] : undefined,
          points: { size: 5 },
          value: told,
        })),
      ],
    };
  }

  function draw(element) {
    const plot = JSON.parse(element.dataset.plot);
    const data = [plot.times, ...plot.series.map(({ values }) => values)];
    element.replaceChildren();
    return new uPlot(optionsOf(plot, element.clientWidth), data, element);
  }

  function drawAll() {
    for (const plot of drawn.splice(0)) plot.destroy();
    for (const element of document.querySelectorAll(".plot[data-plot]")) drawn.push(draw(element));
  }

  drawAll();
  dark.addEventListener("change", drawAll);
  new ResizeObserver(() => {
    for (const plot of drawn) {
      const width = plot.root.parentElement.clientWidth;
      if (width !== plot.width) plot.setSize({ width, height: HEIGHT });
    }
  }).observe(document.querySelector("main"));
})();
