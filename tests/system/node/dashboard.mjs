// The dashboard in Chromium: node dashboard.mjs HOST PORT HTTP NETWORK_RESP NETWORK_HTTP FOLDER
//
// HOST and PORT are a node's for clients, HTTP its pages; of a node of three likewise; FOLDER is where
// pictures go. All waiting is for what shows; nothing may be refused by the content security
// policy, and nothing may be written to the console as an error.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { Redis } from 'ioredis';
import { chromium } from 'playwright-core';
import { host, port, run } from './checks.mjs';

const [page, networkClients, network, folder] = [`http://${process.argv[4]}/`, process.argv[5], `http://${process.argv[6]}/`, process.argv[7]];
const nasty = '<img src=x onerror="window.pwned=1"><b>\x1b[31m\u202e&amp;';
const shown = '<img src=x onerror="window.pwned=1"><b>\\x1b[31m\\u{202e}&amp;';
const patience = 30_000;
mkdirSync(folder, { recursive: true });

const redis = new Redis({ host, port, maxRetriesPerRequest: 1, retryStrategy: () => null });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const faults = [];

async function open(where, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(patience);
  const tab = await context.newPage();
  tab.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  tab.on('pageerror', (error) => faults.push(String(error)));
  await tab.addInitScript(() => addEventListener('securitypolicyviolation', (event) =>
    console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`)));
  tab.on('request', (request) => {
    if (!request.url().startsWith(where) && !request.url().startsWith('data:')) faults.push(`asks ${request.url()}`);
  });
  await tab.goto(where);
  return tab;
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const valueOf = (text) => parseFloat(text) * ({ k: 1e3, M: 1e6, G: 1e9 }[text.at(-1)] ?? 1);
const go = (tab, fragment) => tab.evaluate((to) => { location.hash = to; }, fragment);
const objectPage = (key) => `#/object/${encodeURIComponent(key)}`;

async function logIn(tab, password) {
  await tab.locator('dialog[open]').waitFor();
  await tab.getByLabel('User').fill('default');
  await tab.getByLabel('Password').fill(password);
  await tab.locator('dialog').getByRole('button', { name: 'Log in' }).click();
}

/** Waits until `holds` is true of what stands in the page. */
async function until(tab, holds, argument) {
  await tab.waitForFunction(holds, argument, { polling: 100, timeout: patience });
}

const everything = 'a[href], button, input, select, textarea, [tabindex="0"]';

/** What can be used on the page now, and has no name that a screen reader could say. */
function nameless(selector) {
  const nameOf = (one) => one.getAttribute('aria-label') || [...(one.labels ?? [])].map((l) => l.textContent).join('') || one.textContent;
  return [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility() && nameOf(one).trim() === '').map((one) => one.outerHTML.slice(0, 120));
}

/** Steps through the page with Tab; what was not reached. */
async function unreached(tab) {
  const count = await tab.evaluate((selector) => {
    document.activeElement.blur();
    window.reached = new Set();
    const all = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0);
    addEventListener('focusin', (event) => window.reached.add(event.target));
    window.wanted = all;
    return all.length;
  }, everything);
  await tab.evaluate(() => { document.getElementById('skip').focus(); });
  for (let i = 0; i < 2 * count + 10; i++) await tab.keyboard.press('Tab');
  return tab.evaluate(() => window.wanted.filter((one) => one.isConnected && !window.reached.has(one)).map((one) => one.outerHTML.slice(0, 120)));
}

/** Contrast of pairs of the style's colours, as WCAG 2 computes it. */
function contrasts(pairs) {
  const probe = document.body.appendChild(document.createElement('i'));
  const light = (name) => {
    probe.style.color = `var(--${name})`;
    const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g).map((n) => n / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = pairs.map(([a, b, least]) => {
    const [x, y] = [light(a), light(b)].sort((m, n) => n - m);
    return { pair: `${a} on ${b}`, is: (x + 0.05) / (y + 0.05), least };
  });
  probe.remove();
  return found;
}

const pairs = [
  ...['text', 'faint', 'accent', 'good', 'warn', 'bad'].flatMap((name) => [[name, 'card', 4.5], [name, 'ground', 4.5]]),
  ['on-accent', 'accent', 4.5], ...['control', 'line-2', 'line-3', 'accent'].map((name) => [name, 'card', 3])];

const tab = await open(page);

await run({
  async 'an object is put on the page, after a login'() {
    await go(tab, '#/try');
    await tab.getByLabel('Key', { exact: true }).fill('tried');
    await tab.getByRole('button', { name: 'Put object' }).click();
    await logIn(tab, 'wrong is right here: the user needs no password');
    await tab.getByText('ASO.PUT tried').waitFor();
    assert.equal(await tab.locator('pre.reply').textContent(), 'OK');
  },
  async 'it is called, and the page tells the reply, the fuel and what changed'() {
    await tab.getByRole('button', { name: 'Get', exact: true }).click();
    await until(tab, () => document.querySelector('pre.reply')?.textContent === 'hello, read 1 times');
    assert.match(await tab.locator('#try-result').textContent(), /Fuel: \d+ instructions/);
    assert.equal(await tab.locator('.changes li').textContent(), 'reads: 0 → 1');
    await tab.getByRole('button', { name: 'Call method' }).click();
    await until(tab, () => document.querySelector('pre.reply')?.textContent === '5');
    assert.match(await tab.locator('#try-result').textContent(), /The state is as it was/);
    await tab.screenshot({ path: `${folder}/try-light.png`, fullPage: true });
  },
  async 'its page follows its reads'() {
    await tab.locator('#try-result').getByRole('link', { name: 'tried' }).click();
    await tab.getByRole('heading', { name: 'Object tried' }).waitFor();
    await until(tab, () => /"?reads"? ?[=:] ?1\b/.test(document.querySelector('[aria-label="State"]')?.textContent));
    for (let i = 0; i < 41; i++) await redis.get('tried');
    await until(tab, () => /"?reads"? ?[=:] ?42\b/.test(document.querySelector('[aria-label="State"]')?.textContent));
    assert.match(await tab.locator('[aria-label="Code"]').textContent(), /^-- Answers with a greeting/);
    await tab.screenshot({ path: `${folder}/object-light.png`, fullPage: true });
  },
  async 'an object that runs away comes to the top, though others have taken more'() {
    const loop = (steps) => `local aso = {} function aso:onGet() for i = 1, ${steps} do end return 1 end return aso`;
    await redis.call('ASO.PUT', 'old:heavy', loop(20_000));
    await redis.call('ASO.PUT', 'runaway', loop(200));
    for (let i = 0; i < 100; i++) await redis.get('old:heavy');
    await go(tab, '#/objects');
    await tab.getByRole('link', { name: 'old:heavy' }).waitFor();
    let on = true;
    const burning = (async () => { for (; on; await pause(20)) await redis.get('runaway'); })();
    try {
      await until(tab, () => document.querySelector('table.objects tbody tr th')?.textContent === 'runaway');
      const row = (name) => tab.locator('table.objects tbody tr', { hasText: name }).locator('td').allTextContents();
      const [total, other] = [(await row('runaway'))[6], (await row('old:heavy'))[6]];
      assert.ok(valueOf(total) < valueOf(other), `${total} and ${other}`);
      await tab.screenshot({ path: `${folder}/objects-light.png`, fullPage: true });
      await tab.getByRole('link', { name: 'runaway' }).click();
      await tab.getByRole('heading', { name: 'Object runaway' }).waitFor();
      await tab.getByText(/^onGet$/).waitFor();
    } finally {
      on = false;
      await burning;
    }
  },
  async 'the list is sorted by what is chosen, and filtered'() {
    await go(tab, '#/objects');
    await tab.getByRole('button', { name: 'Fuel in all' }).click();
    await until(tab, () => document.querySelector('table.objects tbody tr th')?.textContent === 'old:heavy');
    assert.equal(await tab.getByRole('columnheader', { name: 'Fuel in all' }).getAttribute('aria-sort'), 'descending');
    await tab.getByLabel('Filter').fill('RIED');
    await until(tab, () => document.querySelectorAll('table.objects tbody tr').length === 1);
    assert.equal(await tab.locator('table.objects tbody th').textContent(), 'tried');
    await tab.getByLabel('Filter').fill('');
  },
  async 'markup and control characters are shown, and never obeyed'() {
    const source = 'local aso = { value = "" } function aso:onGet() comet.log(self.value) error(self.value) end return aso';
    await redis.call('ASO.PUT', nasty, source, 'VALUE', nasty, 'RECORD', '4');
    await redis.get(nasty).catch(() => null);
    await go(tab, '#/objects');
    await tab.locator('table.objects').getByText(shown, { exact: true }).click();
    await tab.getByRole('heading', { name: 'Log' }).waitFor();
    for (const part of ['h1', '[aria-label="Log"]', '[aria-label="Last error"]', '[aria-label="State"]'])
      assert.ok((await tab.locator(part).textContent()).includes('<img src=x'), part);
    assert.equal(await tab.evaluate(() => document.querySelectorAll('main img, main b').length), 0);
    await go(tab, '#/');
    await tab.locator('.ring').waitFor();
    assert.equal(await tab.evaluate(() => window.pwned), undefined);
  },
  async 'without a login the page looks only, and a wrong password is told'() {
    const fresh = await open(page);
    await go(fresh, objectPage('tried'));
    await fresh.getByRole('button', { name: 'Delete' }).click();
    await fresh.locator('dialog[open]').waitFor();
    await fresh.getByLabel('User').fill('nobody');
    await fresh.locator('dialog').getByRole('button', { name: 'Log in' }).click();
    await fresh.getByText('WRONGPASS').waitFor();
    assert.equal(faults.length, 1, faults.join('\n'));
    assert.match(faults.pop(), /401/);
    await fresh.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await redis.exists('tried'), 1);
    await fresh.context().close();
  },
  async 'who logs out can change nothing any more'() {
    await tab.getByRole('button', { name: 'Log out default' }).click();
    await tab.getByRole('button', { name: 'Log in' }).waitFor();
    await go(tab, '#/try/tried');
    assert.equal(await tab.getByLabel('Key', { exact: true }).inputValue(), 'tried');
    await tab.getByRole('button', { name: 'Get', exact: true }).click();
    await tab.locator('dialog[open]').waitFor();
    await tab.keyboard.press('Escape');
  },
  async 'everything has a name and is reached with the keyboard'() {
    for (const fragment of ['#/', '#/objects', objectPage('tried'), '#/try']) {
      await go(tab, fragment);
      await tab.locator('main h1').waitFor();
      if (fragment !== '#/try') await tab.locator('main .scroll, main pre').first().waitFor();
      assert.deepEqual(await tab.evaluate(nameless, everything), [], fragment);
      assert.deepEqual(await unreached(tab), [], fragment);
    }
  },
  async 'colours can be read, light and dark, and the switch is kept'() {
    const ground = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const seen = {};
    for (const theme of ['light', 'dark']) {
      await tab.getByLabel('Colours').selectOption(theme);
      seen[theme] = await ground();
      for (const one of await tab.evaluate(contrasts, pairs))
        assert.ok(one.is >= one.least, `${theme}: ${one.pair} has ${one.is.toFixed(2)}, less than ${one.least}`);
    }
    assert.notEqual(seen.light, seen.dark);
    await tab.reload();
    assert.equal(await ground(), seen.dark);
    await tab.getByLabel('Colours').selectOption('auto');
    await tab.emulateMedia({ colorScheme: 'light' });
    assert.equal(await ground(), seen.light);
  },
  async 'a network is a ring of its nodes, with charts of what it does'() {
    const others = new Redis(`redis://${networkClients}`, { maxRetriesPerRequest: 1, retryStrategy: () => null });
    const work = (steps) => `local aso = { reads = 0 } function aso:onGet() self.reads = self.reads + 1 for i = 1, ${steps} do end return 1 end return aso`;
    const keys = Array.from({ length: 12 }, (_, i) => `session:${i}`);
    for (const [i, key] of keys.entries()) await others.call('ASO.PUT', key, work(50 * (i + 1)));
    let on = true;
    const working = (async () => { for (; on; await pause(10)) await Promise.all(keys.map((key) => others.get(key))); })();
    for (const [colorScheme, width] of [['light', 1280], ['dark', 1280], ['light', 400], ['dark', 400]]) {
      const other = await open(network, { colorScheme, viewport: { width, height: 900 } });
      await until(other, () => document.querySelectorAll('.ring .node').length === 3);
      assert.match(await other.locator('.ring').getAttribute('aria-label'), /^Ring of 3 nodes, 0 without an answer/);
      await until(other, () => document.querySelectorAll('.plot .line-1[d^=M]').length === 6);
      await until(other, () => document.querySelectorAll('.ring-key').length > 0);
      await until(other, () => (document.querySelector('.plot .line-1').getAttribute('d').match(/L/g) ?? []).length >= 3);
      const links = await other.locator('tbody th a[href^="http://127.0.0.1:"]').count();
      assert.equal(links, 2);
      await other.screenshot({ path: `${folder}/overview-${colorScheme}-${width}.png`, fullPage: true });
      await other.context().close();
    }
    on = false;
    await working;
    others.disconnect();
  },
  async 'nothing is wider than a narrow screen'() {
    const narrow = await open(page, { viewport: { width: 400, height: 800 }, colorScheme: 'dark' });
    for (const [name, fragment] of [['overview', '#/'], ['objects', '#/objects'], ['object', objectPage(nasty)], ['try', '#/try']]) {
      await go(narrow, fragment);
      await narrow.locator('main h1').waitFor();
      if (name !== 'try') await narrow.locator('main .scroll, main pre').first().waitFor();
      assert.ok(await narrow.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name);
      if (name !== 'overview') await narrow.screenshot({ path: `${folder}/${name}-dark-400.png`, fullPage: true });
    }
    await narrow.context().close();
  },
  async 'nothing was refused by the policy or written as an error'() {
    assert.deepEqual(faults, []);
  },
}, async () => {
  await browser.close();
  redis.disconnect();
}, 400);
