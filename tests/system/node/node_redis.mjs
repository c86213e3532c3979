// redis (node-redis) against a node: node node_redis.mjs HOST PORT
import assert from 'node:assert/strict';
import { createClient } from 'redis';
import { counter, host, port, run } from './checks.mjs';

const client = createClient({ socket: { host, port, reconnectStrategy: false } });
client.on('error', (error) => console.error(error));
await client.connect();

await run({
  async 'strings and expiry'() {
    assert.equal(await client.set('greeting', 'hello', { EX: 1000 }), 'OK');
    assert.equal(await client.get('greeting'), 'hello');
    assert.ok((await client.ttl('greeting')) > 900);
    assert.equal(await client.incr('n'), 1);
    assert.equal(await client.incrBy('n', 41), 42);
    assert.equal(await client.expire('n', 1000), true);
    assert.equal(await client.get('absent'), null);
  },
  async 'commands of one tick travel together'() {
    const sets = Array.from({ length: 1000 }, (_, i) => client.set(`key:${i}`, String(i)));
    assert.ok((await Promise.all(sets)).every((reply) => reply === 'OK'));
    const replies = await client.mGet(['key:0', 'key:999', 'absent']);
    assert.deepEqual(replies, ['0', '999', null]);
  },
  async 'a scan'() {
    const seen = new Set();
    for await (const key of client.scanIterator({ MATCH: 'key:*', COUNT: 50 })) seen.add(key);
    assert.equal(seen.size, 1000);
  },
  async 'publish and subscribe'() {
    const listener = client.duplicate();
    await listener.connect();
    let hear;
    const heard = new Promise((resolve) => { hear = resolve; });
    await listener.subscribe('news', (message) => hear(message));
    assert.equal(await client.publish('news', 'it works'), 1);
    assert.equal(await heard, 'it works');
    await listener.quit();
  },
  async 'an active object'() {
    const call = (...words) => client.sendCommand(words);
    assert.equal(await call('ASO.PUT', 'object', counter), 'OK');
    assert.equal(await client.get('object'), 'first 1');
    assert.equal(await call('ASO.GET', 'object'), 'first 2');
    assert.equal(await client.set('object', 'second'), 'OK');
    assert.equal(await client.get('object'), 'second 3');
    assert.equal(await call('ASO.CALL', 'object', 'add', '2', '40'), 42);
    await assert.rejects(call('ASO.CALL', 'object', 'fail'), /on purpose/);
  },
}, () => client.quit());
