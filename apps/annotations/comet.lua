---@meta
-- What handlers may call: for editors with the Lua language server. Made by Comet; never run.

---Who asked.
---@class comet.caller
---@field ip string
---@field port integer
---@field user string
---@field node string
---@field key string?

---Offered to onUpdate when new code is put over the object.
---@class comet.successor
---@field value? string
---@field code string hash of the new code, in hexadecimal

---The table that a script returns: `---@class door: comet.object` and the fields of its own.
---@class comet.object
---@field value? any what a read gives without onGet
---At creation. Gives what is stored: `self`, or nil for nothing.
---@field onPut? fun(self: any, caller: comet.caller): any
---A read. Gives what the reader sees; `self` means `self.value`.
---@field onGet? fun(self: any, caller: comet.caller, callback_key: string?, payload: string?): any
---A write. Gives `new` to take it, `self` to refuse it; anything else becomes `self.value`. For
---new code `new` is a table, and only `new` or `self` can be given.
---@field onUpdate? fun(self: any, new: string|comet.successor, caller: comet.caller): any
---A delete. Gives false to refuse it.
---@field onDelete? fun(self: any, caller: comet.caller): boolean?
---A timer that the object has set.
---@field onTimer? fun(self: any, name: string): nil

---@class dhtlib
dht = {}

---Calls a method of another object. The arguments arrive as text; a function as the last one is
---not passed on but called with the result.
---
---Errors: The object's own key: it calls its own methods directly. A key that may not be
---reached. Over the limit of messages. Waiting where it cannot.
---
---Cost: 50, 16 for each number as argument, and 1 for each 4 callback keys held.
---```lua
---dht.call("counter", "add", 5) --> 5
---dht.call("counter", "nothing") --> nil, "the object has no method 'nothing'"
---dht.call("counter", "add", 2, function(count) self.count = count end)
----- later
---self.count --> 7
---```
---@param key string
---@param method string
---@param ... string|number|boolean
---@return any result
---@return string? message
---@overload fun(key: string, method: string, ...: string|number|boolean|fun(result: any, message: string?))
function dht.call(key, method, ...) end

---Who asked; nil in onTimer. `user` is empty when not authenticated. `key` is the key of the
---object whose handler asks, nil when none does; `user` is then its owner.
---
---Cost: 9, and the memory of a larger table when an object asks.
---```lua
---dht.caller().user --> ""
---```
---@return {ip: string, port: integer, user: string, node: string, key: string?}?
function dht.caller() end

---Ends a timer when the turn commits. It is no error when there is none.
---
---Errors: While the script is loaded. Too many changes of timers in one turn (64).
---
---Cost: 50.
---```lua
---dht.cancelTimer("alarm")
---```
---@param name string
function dht.cancelTimer(name) end

---The object ends when the turn commits; the turn still answers.
---
---Errors: While the script is loaded.
---```lua
---dht.deleteSelf()
---```
function dht.deleteSelf() end

---The value of a key and the nodes that have copies of it, first the one that answered. The
---payload is what the other object's onGet receives. Of a key that does not exist: nil and no
---nodes. Of the object's own key: its `value` as it was last committed, without a turn, and the
---nodes of its copies.
---
---Errors: A key that may not be reached. Over the limit of messages. Waiting where it cannot.
---
---Cost: 50, and 1 for each 4 callback keys held.
---```lua
---dht.get("greeting") --> "hello", {{id = "node", address = "node:7400"}}
---dht.get("nobody") --> nil, {}
---dht.get(dht.getKey()) --> nil, {{id = "node", address = "node:7400"}}
---dht.get("greeting", function(value) self.seen = value end)
----- later
---self.seen --> "hello"
---```
---@param key string
---@param payload? string
---@return any value
---@return {id: string, address: string}[]|string nodes
---@overload fun(key: string, payload?: string, done: fun(value: any, nodes: {id: string, address: string}[]|string))
---@overload fun(key: string, done: fun(value: any, nodes: {id: string, address: string}[]|string))
function dht.get(key, payload) end

---The node's id in the overlay, in hexadecimal.
---```lua
---dht.getID() --> "aa11"
---```
---@return string
function dht.getID() end

---The node's external address.
---```lua
---dht.getIP() --> "203.0.113.7"
---```
---@return string
function dht.getIP() end

---The object's key.
---```lua
---dht.getKey() --> "example"
---```
---@return string
function dht.getKey() end

---Milliseconds since 1970, UTC; the same until the turn waits or is preempted.
---```lua
---dht.getSystemTime() --> 1700000000000
---```
---@return integer
function dht.getSystemTime() end

---The nodes nearest to a key.
---
---Errors: A key that may not be reached. Over the limit of messages. Waiting where it cannot.
---
---Cost: 50, and 1 for each 4 callback keys held.
---```lua
---dht.lookup("greeting") --> {{id = "node", address = "node:7400"}}
---```
---@param key string
---@return {id: string, address: string}[]? nodes
---@return string? message
---@overload fun(key: string, done: fun(nodes: {id: string, address: string}[]?, message: string?))
function dht.lookup(key) end

---Sets the value of a key, as SET does, and gives the number of copies written. Of the object's
---own key: `self.value` changes with this turn, and onUpdate is not asked. With nodes, for the
---own key alone, it is dht.replicas for these nodes and no more, and gives their number. `self`
---as value of the own key changes no value.
---
---Errors: A key that may not be reached. A value over `value-bytes-max`. Over the limit of
---messages. Waiting where it cannot. With nodes, those of dht.replicas.
---
---Cost: 50, and 1 for each 4 callback keys held; with nodes as dht.replicas.
---```lua
---dht.put("note", "remember") --> 1
---dht.get("note") --> "remember", {{id = "node", address = "node:7400"}}
---dht.put(dht.getKey(), "kept") --> 1
---self.value --> "kept"
---dht.put(dht.getKey(), self) --> 1
---```
---@param key string
---@param value string|number
---@return integer? copies
---@return string? message
---@overload fun(key: string, value: string|number, done: fun(copies: integer?, message: string?))
---@overload fun(key: string, value: table|string|number, nodes: (string|{id: string})[]): integer
function dht.put(key, value) end

---Asks for copies of the object when the turn commits: `count` in all, those on `nodes` (ids,
---or nodes as any call gives them) among them; without a count, as many as nodes. Each
---`interval` seconds what the copies' disks hold is compared and put right. What was asked for
---before is replaced; an empty table takes it back. Fewer copies than every object gets have no
---effect, and objects of the same range of keys share their copies (docs/replication.md).
---Without arguments: the nodes that kept the object when the turn began, first the one where it
---runs, and what is asked for.
---
---Errors: More than `replicas-max` (7). A count below the number of nodes. A node that is not
---known here. An interval under `replicas-interval-min` (60). While the script is loaded.
---
---Cost: 500, and 50 for each node named; without arguments 50.
---```lua
---dht.replicas({count = 5})
---dht.replicas() --> {{id = "node", address = "node:7400"}}, {count = 5, nodes = {}}
---dht.replicas({})
---dht.replicas() --> {{id = "node", address = "node:7400"}}, nil
---```
---@param options {count: integer?, nodes: (string|{id: string})[]?, interval: number?}
---@overload fun(): {id: string, address: string}[], {count: integer, nodes: {id: string, address: string}[], interval: number?}?
function dht.replicas(options) end

---Sets a timer when the turn commits: onTimer(name) is called. One of `after` and `every`, in
---seconds with fractions, or `cron`, five fields in UTC. `missed` says what becomes of fires
---that were missed: `once` (default), `skip` or `each`. A timer of the same name is replaced.
---
---Errors: A name that is empty or over 128 bytes. `every` under 0.1, seconds over 100 years, a
---cron schedule that does not parse or never comes. More than 16 timers, or 64 changes of
---timers in one turn. While the script is loaded.
---
---Cost: 500.
---```lua
---dht.setTimer("alarm", {after = 2.5})
---dht.setTimer("report", {cron = "0 6 * * 1-5", missed = "skip"})
----- later
---self.rang --> "alarm"
---```
---@param name string
---@param options {after: number?, every: number?, cron: string?, missed: "once"|"skip"|"each"|nil}
function dht.setTimer(name, options) end

---@class cometlib
comet = {}

---The instructions that the turn has left.
---```lua
---comet.fuel() > 1000 --> true
---```
---@return integer
function comet.fuel() end

---HMAC-SHA-256 in hexadecimal.
---
---Cost: 203, and 1 for each 4 bytes of key and data.
---```lua
---comet.hmac("key", "data"):sub(1, 8) --> "5031fe3d"
---#comet.hmac("key", "data") --> 64
---```
---@param key string
---@param data string
---@return string
function comet.hmac(key, data) end

---A line for ASO.INFO, the arguments separated by tabs; the last 32 are kept, of 512 bytes
---each, also when the turn fails.
---
---Cost: 20, and for each argument 2 and what tostring costs.
---```lua
---comet.log("read by", "alice")
---```
---@param ... any
function comet.log(...) end

---Bytes that the object uses over the empty environment, and may use.
---```lua
---select(2, comet.memory()) --> 102400
---```
---@return integer used
---@return integer limit
function comet.memory() end

---The node where the object runs. The coordinate predicts round trips between nodes that never
---spoke, in milliseconds: the distance on the plane and both heights (Vivaldi); `error`, from 0
---to 1, says how far off that is. It is at most half a minute old, and nil on a lone node.
---
---Cost: 50 and the memory of the tables.
---```lua
---comet.node() --> {id = "node", address = "node:7400"}
---```
---@return {id: string, address: string, coordinate: {x: number, y: number, height: number, error: number}?}
function comet.node() end

---A value as msgpack: what a state may hold.
---
---Errors: Functions and coroutines, keys that are tables, tables deeper than the state may be;
---the message names the field.
---
---Cost: 100, 1 for each value and each entry of a table, and 1 for each 8 bytes of the result.
---```lua
---comet.pack({1, 2, 3}) --> "\x93\1\2\3"
---comet.unpack(comet.pack({name = "ada"})) --> {name = "ada"}
---```
---@param value any
---@return string
function comet.pack(value) end

---A message to the subscribers of a channel, on all nodes, when the turn commits.
---
---Errors: Over the limit of messages. While the script is loaded.
---
---Cost: 50.
---```lua
---comet.publish("news", "door opened")
---```
---@param channel string
---@param message string
function comet.publish(channel, message) end

---The same function as math.random.
---
---Errors: An empty interval.
---```lua
---comet.random(1) --> 1
---```
---@return number
---@overload fun(max: integer): integer
---@overload fun(min: integer, max: integer): integer
function comet.random() end

---SHA-256 in hexadecimal.
---
---Cost: 103, and 1 for each 4 bytes.
---```lua
---comet.sha256("abc"):sub(1, 8) --> "ba7816bf"
---```
---@param data string
---@return string
function comet.sha256(data) end

---The value that comet.pack made the string of.
---
---Errors: A string that is not one whole value of msgpack.
---
---Cost: 20, 1 for each 4 bytes, and the memory of the value.
---```lua
---comet.unpack("\x93\1\2\3") --> {1, 2, 3}
---```
---@param packed string
---@return any value
function comet.unpack(packed) end

---The version of the language.
---```lua
---_VERSION --> "Lua 5.4"
---```
---@type string
_VERSION = nil

---Gives its arguments when the first is neither nil nor false; raises the message else.
---
---Errors: The message, or `assertion failed!`.
---
---Cost: 16 when it fails.
---```lua
---assert(1, "unused") --> 1, "unused"
---pcall(assert, false, "closed") --> false, "closed"
---```
---@param value any
---@param message? any
---@param ... any
---@return any
---@return any ...
function assert(value, message, ...) end

---Raises an error. A string gets the place before it: of the caller (level 1, default), of the
---caller's caller (2), or none (0). What ends a turn with level 0 is told to who asked word for
---word, without handler, line and traceback.
---
---Cost: 16 for each error raised, by whatever it is.
---```lua
---pcall(error, "closed", 0) --> false, "closed"
---```
---@param message any
---@param level? integer
function error(message, level) end

---The metatable, or what its field `__metatable` says; nil when there is none. That of strings
---is protected.
---```lua
---getmetatable({}) --> nil
---getmetatable("") --> false
---```
---@param value any
---@return any
function getmetatable(value) end

---For `for i, item in ipairs(list)`: the items from 1 up to the first nil.
---```lua
---local sum = 0
---for i, item in ipairs({10, 20, nil, 40}) do sum = sum + i * item end
---sum --> 50
---select(3, ipairs({})) --> 0
---```
---@param list table
---@return (fun(list: table, i: integer): integer, any)
---@return table
---@return integer
function ipairs(list) end

---The key and value after a key, in no particular order; nil after the last. `next(t) == nil`
---tells that a table is empty.
---
---Errors: A key that is not in the table.
---
---Cost: 1 for each 8 empty places passed over.
---```lua
---next({"only"}) --> 1, "only"
---next({}) --> nil
---```
---@param t table
---@param key? any
---@return any key
---@return any value
function next(t, key) end

---For `for key, value in pairs(t)`: all entries, in no particular order. `__pairs` of the
---metatable is called.
---
---Cost: what next costs, each round.
---```lua
---local sum = 0
---for _, value in pairs({a = 1, b = 2}) do sum = sum + value end
---sum --> 3
---select("#", pairs({})) --> 3
---```
---@param t table
---@return (fun(t: table, key: any): any, any)
---@return table
---@return nil
function pairs(t) end

---Calls a function; true and its results, or false and the error. It catches neither a turn
---that is killed nor what ends with it.
---
---Cost: 3, and 16 when it catches an error.
---```lua
---pcall(math.abs, -3) --> true, 3
---pcall(error, "closed", 0) --> false, "closed"
---```
---@param f function
---@param ... any
---@return boolean ok
---@return any ...
function pcall(f, ...) end

---Equality without metamethods.
---
---Cost: 1 for each 64 bytes of long strings.
---```lua
---rawequal("a", "a") --> true
---rawequal({}, {}) --> false
---```
---@param a any
---@param b any
---@return boolean
function rawequal(a, b) end

---A field, without metamethods.
---```lua
---rawget(setmetatable({}, {__index = {a = 1}}), "a") --> nil
---```
---@param t table
---@param key any
---@return any
function rawget(t, key) end

---The length, without metamethods.
---```lua
---rawlen({10, 20}) --> 2
---```
---@param value table|string
---@return integer
function rawlen(value) end

---Sets a field, without metamethods.
---
---Errors: A key that is nil or not a number (NaN).
---
---Cost: the memory of a new entry.
---```lua
---rawset({}, "a", 1) --> {a = 1}
---```
---@param t table
---@param key any
---@param value any
---@return table
function rawset(t, key, value) end

---The arguments from the nth on (negative: from the end), or with `#` their number.
---
---Errors: n is 0 or before the first.
---```lua
---select(2, "a", "b", "c") --> "b", "c"
---select("#", nil, nil) --> 2
---```
---@param n integer|"#"
---@param ... any
---@return any ...
function select(n, ...) end

---Sets or removes the metatable and gives the table. Metatables are not stored; `__mode` has no
---effect.
---
---Errors: A metatable with `__gc`. A table whose metatable has `__metatable`.
---```lua
---setmetatable({}, {__index = {colour = "blue"}}).colour --> "blue"
---pcall(setmetatable, {}, {__gc = pairs}) --> false, "__gc is not available"
---```
---@param table table
---@param metatable table?
---@return table
function setmetatable(table, metatable) end

---The number that a text says, nil when it says none. Base 2 to 36.
---
---Errors: A base out of range. With a base: a text of over 1,000 bytes.
---
---Cost: 1 for each 8 bytes.
---```lua
---tonumber("0x10") --> 16
---tonumber("1.5e1") --> 15.0
---tonumber("door") --> nil
---tonumber("zz", 36) --> 1295
---```
---@param value any
---@return number?
---@overload fun(text: string, base: integer): integer?
function tonumber(value) end

---The value as text; `__tostring` and `__name` of the metatable are obeyed. Of a table,
---function or coroutine only its type.
---
---Errors: `__tostring` gives no string.
---
---Cost: 16 for a number.
---```lua
---tostring(12) --> "12"
---tostring(1e15) --> "1e+15"
---tostring({}) --> "table"
---```
---@param value any
---@return string
function tostring(value) end

---The type of a value.
---
---Errors: No argument at all.
---```lua
---type(nil) --> "nil"
---type(dht.get) --> "function"
---```
---@param value any
---@return "nil"|"boolean"|"number"|"string"|"table"|"function"|"thread"
function type(value) end

---As pcall, but an error goes through the handler, which runs where the error was raised.
---
---Cost: 16 when it catches an error, and the handler.
---```lua
---xpcall(math.abs, tostring, -3) --> true, 3
---xpcall(error, function(m) return "caught " .. m end, "it", 0) --> false, "caught it"
---```
---@param f function
---@param handler fun(message: any): ...
---@param ... any
---@return boolean ok
---@return any ...
function xpcall(f, handler, ...) end

---@class mathlib
math = {}

---The absolute value.
---```lua
---math.abs(-3) --> 3
---```
---@param x number
---@return number
function math.abs(x) end

---The arc cosine, in radians.
---```lua
---math.acos(1) --> 0.0
---```
---@param x number
---@return number
function math.acos(x) end

---The arc sine, in radians.
---```lua
---math.asin(0) --> 0.0
---```
---@param x number
---@return number
function math.asin(x) end

---The arc tangent of y/x, in radians, in the right quadrant; x is 1 when left out.
---```lua
---math.atan(0, 1) --> 0.0
---math.atan(0, -1) == math.pi --> true
---```
---@param y number
---@param x? number
---@return number
function math.atan(y, x) end

---The least integer not below x.
---```lua
---math.ceil(3.2) --> 4
---```
---@param x number
---@return number
function math.ceil(x) end

---The cosine of an angle in radians.
---```lua
---math.cos(0) --> 1.0
---```
---@param x number
---@return number
function math.cos(x) end

---Radians as degrees.
---```lua
---math.deg(math.pi) --> 180.0
---```
---@param x number
---@return number
function math.deg(x) end

---e to the power of x.
---```lua
---math.exp(0) --> 1.0
---```
---@param x number
---@return number
function math.exp(x) end

---The greatest integer not over x.
---```lua
---math.floor(-3.2) --> -4
---```
---@param x number
---@return number
function math.floor(x) end

---The rest of x/y, rounded towards zero; `%` rounds down.
---
---Errors: Integers with y = 0.
---```lua
---math.fmod(-7, 3) --> -1
----7 % 3 --> 2
---```
---@param x number
---@param y number
---@return number
function math.fmod(x, y) end

---Infinity.
---```lua
---math.huge > math.maxinteger --> true
---```
---@type number
math.huge = nil

---The logarithm; natural without a base.
---```lua
---math.log(8, 2) --> 3.0
---math.log(1) --> 0.0
---```
---@param x number
---@param base? number
---@return number
function math.log(x, base) end

---The greatest argument.
---```lua
---math.max(3, 1, 2) --> 3
---```
---@param x number
---@param ... number
---@return number
function math.max(x, ...) end

---The greatest integer, 2^63 - 1.
---```lua
---math.maxinteger --> 9223372036854775807
---```
---@type integer
math.maxinteger = nil

---The least argument.
---```lua
---math.min(3, 1, 2) --> 1
---```
---@param x number
---@param ... number
---@return number
function math.min(x, ...) end

---The least integer, -2^63.
---```lua
---math.mininteger == -math.maxinteger - 1 --> true
---```
---@type integer
math.mininteger = nil

---The parts before and after the point.
---```lua
---math.modf(3.25) --> 3, 0.25
---```
---@param x number
---@return number whole
---@return number fraction
function math.modf(x) end

---The circle's.
---```lua
---math.pi > 3.1415 and math.pi < 3.1416 --> true
---```
---@type number
math.pi = nil

---Degrees as radians.
---```lua
---math.rad(180) == math.pi --> true
---```
---@param x number
---@return number
function math.rad(x) end

---A number from 0 up to 1, an integer from 1 to max, or from min to max; `math.random(0)` gives
---any integer. There is no randomseed. Not for secrets.
---
---Errors: An empty interval.
---```lua
---math.random(3, 3) --> 3
---math.random() < 1 --> true
---```
---@return number
---@overload fun(max: integer): integer
---@overload fun(min: integer, max: integer): integer
function math.random() end

---The sine of an angle in radians.
---```lua
---math.sin(0) --> 0.0
---```
---@param x number
---@return number
function math.sin(x) end

---The square root.
---```lua
---math.sqrt(9) --> 3.0
---```
---@param x number
---@return number
function math.sqrt(x) end

---The tangent of an angle in radians.
---```lua
---math.tan(0) --> 0.0
---```
---@param x number
---@return number
function math.tan(x) end

---The integer equal to x; nil when there is none.
---```lua
---math.tointeger(3.0) --> 3
---math.tointeger(3.5) --> nil
---```
---@param x any
---@return integer?
function math.tointeger(x) end

---Which kind of number; nil for what is none.
---```lua
---math.type(1) --> "integer"
---math.type(1.0) --> "float"
---math.type("1") --> nil
---```
---@param x any
---@return "integer"|"float"|nil
function math.type(x) end

---Whether a is below b as unsigned integers.
---```lua
---math.ult(1, -1) --> true
---```
---@param a integer
---@param b integer
---@return boolean
function math.ult(a, b) end

---@class coroutinelib
coroutine = {}

---A new coroutine, not yet started.
---
---Cost: 22.
---```lua
---local co = coroutine.create(math.abs)
---coroutine.resume(co, -3) --> true, 3
---type(co) --> "thread"
---```
---@param body fun(...: any): ...
---@return thread
function coroutine.create(body) end

---Whether coroutine.yield is possible here: within a coroutine, and not in a callback of a
---library.
---```lua
---coroutine.isyieldable() --> false
---```
---@return boolean
function coroutine.isyieldable() end

---Runs a coroutine until it yields, ends or fails: true and what it gives, or false and the
---error. A coroutine may wait for dht functions as a handler may.
---
---Errors: Of a coroutine that is not suspended: false and a message.
---
---Cost: what the coroutine executes.
---```lua
---local co = coroutine.create(function(a) return coroutine.yield(a + 1) end)
---coroutine.resume(co, 1) --> true, 2
---coroutine.resume(co, "x") --> true, "x"
---coroutine.resume(co) --> false, "cannot resume dead coroutine"
---```
---@param co thread
---@param ... any
---@return boolean ok
---@return any ...
function coroutine.resume(co, ...) end

---What a coroutine does; normal: it waits for one that it resumed.
---```lua
---coroutine.status(coroutine.create(pairs)) --> "suspended"
---```
---@param co thread
---@return "suspended"|"running"|"normal"|"dead"
function coroutine.status(co) end

---A function that resumes a new coroutine each time it is called, and raises its error.
---
---Cost: 22.
---```lua
---local step = coroutine.wrap(function() coroutine.yield(1) return 2 end)
---step() --> 1
---step() --> 2
---```
---@param body fun(...: any): ...
---@return fun(...: any): ...
function coroutine.wrap(body) end

---Suspends the coroutine; the arguments are what resume gives, and what the next resume passes
---is the result.
---
---Errors: Outside of a coroutine, and in a callback of a library.
---```lua
---coroutine.wrap(function() return coroutine.yield("first") end)() --> "first"
---```
---@param ... any
---@return any ...
function coroutine.yield(...) end

---@class tablelib
table = {}

---The items from i to j as one string, with the separator between them.
---
---Errors: An item that is neither a string nor a number.
---
---Cost: 4 for each item but the last, 16 for a number.
---```lua
---table.concat({"a", "b", 3}, ", ") --> "a, b, 3"
---```
---@param list (string|number)[]
---@param separator? string
---@param i? integer
---@param j? integer
---@return string
function table.concat(list, separator, i, j) end

---Puts a value at the end, or at a position from where the others move up.
---
---Errors: A position that is not 1 to `#list + 1`.
---
---Cost: 1 for each item moved, 8 when the table has named fields too, and memory when it grows.
---```lua
---local list = {"a", "c"}
---table.insert(list, 2, "b")
---list --> {"a", "b", "c"}
---```
---@param list table
---@param value any
---@overload fun(list: table, position: integer, value: any)
function table.insert(list, value) end

---Copies the items first to last to the place `at` on, of `to` or of the same table, and gives
---it.
---
---Errors: Too many items; a destination that wraps around.
---
---Cost: 1 for each item, and memory when the table grows.
---```lua
---table.move({1, 2, 3}, 2, 3, 1, {}) --> {2, 3}
---```
---@param from table
---@param first integer
---@param last integer
---@param at integer
---@param to? table
---@return table
function table.move(from, first, last, at, to) end

---The arguments as a list, their number in `n`.
---
---Cost: 2 and 2 for each argument, and the memory of the table.
---```lua
---table.pack("a", nil).n --> 2
---```
---@param ... any
---@return {n: integer, [integer]: any}
function table.pack(...) end

---Takes the last item, or that at a position, and moves the others down; gives the item.
---
---Errors: A position that is not 1 to `#list + 1`.
---
---Cost: 1 for each item moved, 8 when the table has named fields too.
---```lua
---table.remove({"a", "b", "c"}, 1) --> "a"
---table.remove({}) --> nil
---```
---@param list table
---@param position? integer
---@return any
function table.remove(list, position) end

---Sorts the list in place, by `<` or by a function that tells whether a comes before b; not
---stable. The function cannot wait.
---
---Errors: Values that cannot be compared; a function that contradicts itself.
---
---Cost: 2 for each comparison, and what the function executes.
---```lua
---local list = {3, 1, 2}
---table.sort(list)
---list --> {1, 2, 3}
---table.sort(list, function(a, b) return a > b end)
---list --> {3, 2, 1}
---```
---@param list table
---@param before? fun(a: any, b: any): boolean
function table.sort(list, before) end

---The items from i to j as values.
---
---Errors: More items than fit on the stack.
---
---Cost: 1 for each 4 items.
---```lua
---table.unpack({"a", "b"}) --> "a", "b"
---```
---@param list table
---@param i? integer
---@param j? integer
---@return any ...
function table.unpack(list, i, j) end

---@class stringlib
string = {}

---The bytes from i to j as numbers; i is 1, j is i when left out.
---
---Errors: More bytes than fit on the stack.
---
---Cost: 1 for each 4 bytes given.
---```lua
---string.byte("abc") --> 97
---string.byte("abc", 1, -1) --> 97, 98, 99
---```
---@param s string
---@param i? integer
---@param j? integer
---@return integer ...
function string.byte(s, i, j) end

---The string of these bytes.
---
---Errors: A number that is not 0 to 255.
---
---Cost: 1 for each 4 arguments.
---```lua
---string.char(97, 98) --> "ab"
---```
---@param ... integer
---@return string
function string.char(...) end

---The place of the first match from init on, then its captures; nil when there is none. With
---`plain` the pattern is plain text.
---
---Errors: A malformed or too complex pattern.
---
---Cost: 1 for each step of the match, for each 4 repetitions of an item and for each 8 bytes of
---a set tried, and 1 for each 32 bytes of the pattern; of plain text 1 for each 64 bytes
---searched and for each place tried.
---```lua
---string.find("a door", "door", 1, true) --> 3, 6
---string.find("id=42", "(%d+)") --> 4, 5, "42"
---string.find("abc", "x") --> nil
---```
---@param s string
---@param pattern string
---@param init? integer
---@param plain? boolean
---@return integer? first
---@return integer? last
---@return string|integer ...
function string.find(s, pattern, init, plain) end

---As C's printf, with `%d %i %u %c %x %X %o %e %E %f %F %g %G %a %A %s %q %%`, but without
---`%p`. `%s` takes any value as tostring does.
---
---Errors: A conversion that does not exist, or a value not of its kind.
---
---Cost: for each conversion 16, and 2 for each byte it makes; `%s` of a whole string 16; `%q` 1
---more for each byte.
---```lua
---string.format("%d", 5) --> "5"
---string.format("%-5s|%5.1f|%03d", "ab", 2.25, 7) --> "ab   |  2.2|007"
---```
---@param format string
---@param ... any
---@return string
function string.format(format, ...) end

---For `for a, b in string.gmatch(s, pattern)`: the captures of one match after the other, or
---whole matches.
---
---Errors: A malformed or too complex pattern.
---
---Cost: 10, and each match as string.match.
---```lua
---local words = {}
---for word in string.gmatch("one two", "%a+") do words[#words + 1] = word end
---words --> {"one", "two"}
---string.gmatch("ab", ".")() --> "a"
---```
---@param s string
---@param pattern string
---@param init? integer
---@return fun(): string|integer, ...
function string.gmatch(s, pattern, init) end

---Replaces all matches, or the first n, and tells how many. In a string `%1` to `%9` are
---captures, `%0` the match; a table is asked for the first capture; a function gets the
---captures, and false or nil keeps the match. The function cannot wait.
---
---Errors: A malformed or too complex pattern; a replacement that is not a string or number.
---
---Cost: 1 for each step of the match, for each 4 repetitions of an item and for each 8 bytes of
---a set tried, and 1 for each 32 bytes of the pattern; 1 for each `%` in the replacement.
---```lua
---string.gsub("abc", "b", "x") --> "axc", 1
---string.gsub("hi Ann", "%a+", {Ann = "Bob"}) --> "hi Bob", 2
---string.gsub("3 4", "%d", function(d) return d * d end) --> "9 16", 2
---```
---@param s string
---@param pattern string
---@param replacement string|table|function
---@param n? integer
---@return string result
---@return integer count
function string.gsub(s, pattern, replacement, n) end

---The number of bytes, as `#s`.
---```lua
---string.len("abc") --> 3
---```
---@param s string
---@return integer
function string.len(s) end

---With ASCII letters in lower case.
---
---Cost: 1 for each 8 bytes.
---```lua
---string.lower("Door") --> "door"
---```
---@param s string
---@return string
function string.lower(s) end

---The captures of the first match, or the whole match; nil when there is none.
---
---Errors: A malformed or too complex pattern.
---
---Cost: 1 for each step of the match, for each 4 repetitions of an item and for each 8 bytes of
---a set tried, and 1 for each 32 bytes of the pattern.
---```lua
---string.match("id=42", "(%a+)=(%d+)") --> "id", "42"
---string.match("abc", "%d") --> nil
---```
---@param s string
---@param pattern string
---@param init? integer
---@return string|integer|nil ...
function string.match(s, pattern, init) end

---n copies, with the separator between them.
---
---Errors: A result too large.
---
---Cost: 1 for each 8 copies.
---```lua
---string.rep("ab", 3, "-") --> "ab-ab-ab"
---```
---@param s string
---@param n integer
---@param separator? string
---@return string
function string.rep(s, n, separator) end

---The bytes in reverse.
---
---Cost: 1 for each 8 bytes.
---```lua
---string.reverse("abc") --> "cba"
---```
---@param s string
---@return string
function string.reverse(s) end

---The bytes from i to j; negative places count from the end.
---```lua
---string.sub("swordfish", 6) --> "fish"
---string.sub("swordfish", -4, -2) --> "fis"
---```
---@param s string
---@param i integer
---@param j? integer
---@return string
function string.sub(s, i, j) end

---With ASCII letters in upper case.
---
---Cost: 1 for each 8 bytes.
---```lua
---string.upper("Door") --> "DOOR"
---```
---@param s string
---@return string
function string.upper(s) end

---@class utf8lib
utf8 = {}

---The string of these code points in UTF-8.
---
---Errors: A number that is no code point.
---
---Cost: 16 for each argument.
---```lua
---utf8.char(228, 8364) --> "ä€"
---```
---@param ... integer
---@return string
function utf8.char(...) end

---A pattern that matches one character of valid UTF-8.
---```lua
---string.match("€5", utf8.charpattern) --> "€"
---```
---@type string
utf8.charpattern = nil

---The code points that begin from byte i to byte j; i is 1, j is i when left out.
---
---Errors: Invalid UTF-8 (`lax` allows up to 2^31); a place out of the string.
---
---Cost: 1 for each 2 bytes.
---```lua
---utf8.codepoint("ä") --> 228
---```
---@param s string
---@param i? integer
---@param j? integer
---@param lax? boolean
---@return integer ...
function utf8.codepoint(s, i, j, lax) end

---For `for place, code in utf8.codes(s)`: each character.
---
---Errors: Invalid UTF-8.
---
---Cost: 1 for each 8 bytes skipped.
---```lua
---local sum = 0
---for place, code in utf8.codes("äb") do sum = sum + place * code end
---sum --> 522
---select("#", utf8.codes("a")) --> 3
---```
---@param s string
---@param lax? boolean
---@return (fun(s: string, i: integer): integer, integer)
---@return string
---@return integer
function utf8.codes(s, lax) end

---The number of characters; nil and the place of the first invalid byte.
---
---Errors: A place out of the string.
---
---Cost: 1 for each 4 bytes.
---```lua
---utf8.len("äb") --> 2
---utf8.len("a\xff") --> nil, 2
---```
---@param s string
---@param i? integer
---@param j? integer
---@param lax? boolean
---@return integer? count
---@return integer? invalid
function utf8.len(s, i, j, lax) end

---The byte where the nth character counted from byte i begins; nil when there is none.
---
---Errors: A place out of the string, or within a character.
---
---Cost: 1 for each 16 bytes of the string.
---```lua
---utf8.offset("äb", 2) --> 3
---```
---@param s string
---@param n integer
---@param i? integer
---@return integer?
function utf8.offset(s, n, i) end
