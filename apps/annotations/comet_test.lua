---@meta
-- The API of `comet test` (docs/testing.md): for editors with the Lua language server. Never run.

---A number of seconds, or a text: "250ms", "10s", "5m", "2h", "3d", "1h 30m".
---@alias comet.duration number|string

---@class comet.test_options
---@field nodes? integer nodes of the network; 1 by default
---@field seed? integer fixes the seed of this test
---@field limit? comet.duration virtual time after which every call fails; "400d" by default
---@field latency? comet.duration one way between two nodes; "1ms" by default
---@field positions? number[][] {x, y} of each node in ms: the latency is their distance
---@field handlers_reach? "replicas"|"any" keys that handlers may address
---@field limits? table<string, integer> of the nodes, by the names of docs/configuration.md

---Names a test, at the top level of a file.
---@param name string
---@param options comet.test_options
---@param body fun(net: comet.network)
---@overload fun(name: string, body: fun(net: comet.network))
function test(name, options, body) end

---@class comet.put_options
---@field value? string|number|boolean
---@field args? (string|number|boolean)[] arguments of the script
---@field ttl? integer seconds
---@field limits? table<string, integer> lower than the node's
---@field compat? boolean

---@class comet.heard_message
---@field channel string
---@field message string
---@field pattern? string that brought it

---@class comet.pending
local pending = {}
---Whether its answer is there.
---@return boolean
function pending:done() end
---Waits for the answer; raises as the call would.
---@return any
function pending:result() end

---@class comet.client
local client = {}
---@param key string
---@param code string a file beside the test file when it ends in ".lua", else the source
---@param options? comet.put_options
---@return any
function client:put(key, code, options) end
---@param key string
---@param options? { payload?: string, callback?: string }
---@return any
function client:get(key, options) end
---@param key string
---@param value string|number|boolean
---@return any
function client:set(key, value) end
---@param key string
---@param ... string
---@return integer count
function client:del(key, ...) end
---@param key string
---@param method string
---@param ... string|number|boolean
---@return any
function client:call(key, method, ...) end
---Any command, as its words.
---@param name string
---@param ... string|number|boolean
---@return any
function client:command(name, ...) end
---The same without waiting.
---@param operation "get"|"set"|"del"|"call"|"put"|"command"
---@param ... any
---@return comet.pending
function client:later(operation, ...) end
---@param channel string
---@param ... string
function client:subscribe(channel, ...) end
---@param pattern string
---@param ... string
function client:psubscribe(pattern, ...) end
---@param ... string
function client:unsubscribe(...) end
---What it heard since the last call.
---@return comet.heard_message[]
function client:messages() end
function client:close() end

---@class comet.node
---@field number integer
---@field id string
---@field address string
local node = {}
---Power off; the disk keeps what was acknowledged.
---@return comet.node
function node:kill() end
---An orderly leave.
---@return comet.node
function node:stop() end
---Again, over its disk.
---@return comet.node
function node:start() end
---@return comet.node
function node:restart() end
---Empties the disk of a node that is down.
---@return comet.node
function node:wipe() end
---@return comet.node
function node:pause() end
---@return comet.node
function node:resume() end
---@return boolean
function node:is_up() end

---@class comet.inspection
---@field value any
---@field state any
---@field active boolean
---@field code? string hash
---@field owner string
---@field expires? integer ms since 1970
---@field timers { name: string, due: integer, every?: number, cron?: string }[]
---@field turns integer
---@field errors integer
---@field fuel integer of the last turn
---@field fuel_max integer
---@field memory integer
---@field messages integer
---@field quarantined? string why
---@field leader? integer a node's number
---@field replicas integer[]

---@class comet.turn
---@field time integer ms since 1970
---@field node integer
---@field handler string
---@field caller { ip: string, port: integer, user: string, node: string }
---@field fuel integer
---@field memory integer
---@field outcome string "ok", or the error's message

---@class comet.network: comet.client
---@field seed integer
local network = {}
---@param options? { node?: integer|comet.node, user?: string, ip?: string, port?: integer }
---@return comet.client
function network:client(options) end
---@return comet.node[]
function network:nodes() end
---@param number integer
---@return comet.node
function network:node(number) end
---@param count? integer
---@return comet.node[]
function network:add(count) end
---@param duration comet.duration
function network:advance(duration) end
---@return integer ms since 1970
function network:now() end
---Until all copies are whole and nothing moves.
function network:settle() end
---@param ... (integer|comet.node)[]
function network:partition(...) end
function network:heal() end
---@param a integer|comet.node
---@param b integer|comet.node
---@param terms { delay?: comet.duration, drop?: number }
function network:link(a, b, terms) end
---@param bound integer
---@return integer number 1 to bound
function network:random(bound) end
---@param key string
---@return comet.inspection?
function network:inspect(key) end
---@param key string
---@return string[]
function network:log(key) end
---@param key string
---@return comet.turn[]
function network:journal(key) end

---@class comet.expect
expect = {}
---@param actual any
---@param expected any
---@param what? string
function expect.equal(actual, expected, what) end
---@param value any
---@param what? string
function expect.truthy(value, what) end
---@param value any
---@param what? string
function expect.falsy(value, what) end
---@param text string
---@param pattern string
function expect.matches(text, pattern) end
---@param pattern string
---@param body function
---@param ... any its arguments
---@return string message
function expect.fails(pattern, body, ...) end
---@param actual number
---@param expected number
---@param tolerance number
function expect.near(actual, expected, tolerance) end
---@param actual number
---@param low number
---@param high number
function expect.between(actual, low, high) end
---@param list any[]
---@param value any
function expect.contains(list, value) end
