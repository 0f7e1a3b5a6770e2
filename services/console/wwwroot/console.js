// What a page needs of the browser itself: what was entered into a form is kept while it is not sent, and charts are drawn.
(() => {
  'use strict';
  const key = name => 'keep:' + name;
  const fields = form => [...form.querySelectorAll('input[name],select[name],textarea[name]')].filter(f => f.type !== 'password' && f.type !== 'file');
  const valueOf = field => field.type === 'checkbox' ? field.checked : field.value;

  document.addEventListener('input', event => {
    const form = event.target.closest?.('form[data-keep]');
    if (!form) return;
    const kept = {};
    for (const field of fields(form)) kept[field.name] = valueOf(field);
    try { sessionStorage.setItem(key(form.dataset.keep), JSON.stringify(kept)); } catch { /* full: nothing is kept */ }
  });

  // A form that appears again, after a reload or a lost connection, gets what had been entered; the page is told as if somebody typed it.
  const restore = form => {
    if (form.dataset.restored === form.dataset.keep) return;
    form.dataset.restored = form.dataset.keep;
    const kept = JSON.parse(sessionStorage.getItem(key(form.dataset.keep)) ?? 'null');
    if (!kept) return;
    for (const field of fields(form)) {
      if (!(field.name in kept) || valueOf(field) === kept[field.name]) continue;
      if (field.type === 'checkbox') field.checked = kept[field.name]; else field.value = kept[field.name];
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
  };
  new MutationObserver(() => document.querySelectorAll('form[data-keep]').forEach(restore)).observe(document.documentElement, { childList: true, subtree: true });

  const charts = new Map();
  window.addEventListener('resize', () => charts.forEach(chart => chart.resize()));

  window.medinsure = {
    forget: name => sessionStorage.removeItem(key(name)),
    chart: (id, option) => {
      const element = document.getElementById(id);
      if (!element) return;
      let chart = echarts.getInstanceByDom(element);
      if (!chart) { chart = echarts.init(element, null, { renderer: 'svg' }); charts.set(id, chart); }
      chart.setOption(option, true);
    },
    print: () => window.print(),
  };
})();
